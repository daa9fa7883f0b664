"""A network between client and exchange that can be bad: cuts, loses answers, falls silent, lies."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from dataclasses import dataclass, field

PORTAL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 26\r\n\r\n"
    b"<html>please log in</html>"
)
_BLOCK = 65536


@dataclass
class Faults:
    """What is wrong now. ``lose_answers_to`` holds beginnings of requests (b"POST /v1/documents"): each one
    reaches the exchange once, and its answer is lost. ``cut_requests_at`` and ``cut_answers_at`` end the
    connection when so many bytes have passed on it, ``flip_requests_at`` and ``flip_answers_at`` change a bit
    of that byte; each number once."""

    down: bool = False
    silent: bool = False
    portal: bool = False
    delay: float = 0.0
    lose_answers_to: list[bytes] = field(default_factory=list)
    cut_requests_at: list[int] = field(default_factory=list)
    cut_answers_at: list[int] = field(default_factory=list)
    flip_requests_at: list[int] = field(default_factory=list)
    flip_answers_at: list[int] = field(default_factory=list)


class FaultProxy:
    """Listens on a loopback port of its own, in a thread; ``url`` is what a client is given.

    ``lost`` counts answers that were lost, ``cuts`` connections that were ended, ``flips`` bits that were
    changed, ``request_bytes`` bytes that reached the exchange. What is under TLS stays under TLS.
    """

    def __init__(self, target_url: str) -> None:
        scheme, _, place = target_url.partition("://")
        host, _, port = place.partition(":")
        self._target = (host, int(port))
        self.faults = Faults()
        self.lost = 0
        self.cuts = 0
        self.flips = 0
        self.request_bytes = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)
        self._thread.start()
        self._ready.wait()
        self.url = f"{scheme}://127.0.0.1:{self._port}"

    def stop(self) -> None:
        """Cut everything and end the thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(5)
        assert not self._thread.is_alive()

    # -- in the proxy's thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._converse(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.faults.down:
            return
        if self.faults.portal:
            await reader.read(_BLOCK)
            writer.write(PORTAL)
            await writer.drain()
            while await reader.read(_BLOCK):
                pass  # an unread rest would reset the connection under the answer
            return
        there_reader, there_writer = await asyncio.open_connection(*self._target)
        line = _Line(self)
        try:
            pumps = {
                asyncio.ensure_future(line.requests(reader, there_writer)),
                asyncio.ensure_future(line.answers(there_reader, writer)),
            }
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            there_writer.close()


class _Line:
    """One connection."""

    def __init__(self, proxy: FaultProxy) -> None:
        self._proxy = proxy
        self._passed = 0
        self._answered = 0
        self._lose_next = False

    async def requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Client to exchange."""
        faults = self._proxy.faults
        while data := await reader.read(_BLOCK):
            await self._hold_up()
            for beginning in list(faults.lose_answers_to):
                if data.startswith(beginning):
                    faults.lose_answers_to.remove(beginning)
                    self._lose_next = True
            if await self._cut(data, self._passed, faults.cut_requests_at, writer):
                return
            data = self._flipped(data, self._passed, faults.flip_requests_at)
            self._passed += len(data)
            self._proxy.request_bytes += len(data)
            writer.write(data)
            await writer.drain()

    async def answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Exchange to client."""
        while data := await reader.read(_BLOCK):
            await self._hold_up()
            if self._lose_next:
                self._proxy.lost += 1
                return
            faults = self._proxy.faults
            if await self._cut(data, self._answered, faults.cut_answers_at, writer):
                return
            data = self._flipped(data, self._answered, faults.flip_answers_at)
            self._answered += len(data)
            writer.write(data)
            await writer.drain()

    async def _cut(self, data: bytes, passed: int, places: list[int], writer: asyncio.StreamWriter) -> bool:
        """Pass the beginning on when the connection ends within ``data``."""
        cut = next((at for at in places if passed <= at <= passed + len(data)), None)
        if cut is None:
            return False
        places.remove(cut)
        writer.write(data[: cut - passed])
        await writer.drain()
        self._proxy.cuts += 1
        return True

    def _flipped(self, data: bytes, passed: int, places: list[int]) -> bytes:
        place = next((at for at in places if passed <= at < passed + len(data)), None)
        if place is None:
            return data
        places.remove(place)
        self._proxy.flips += 1
        at = place - passed
        return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]

    async def _hold_up(self) -> None:
        faults = self._proxy.faults
        if faults.down:
            raise ConnectionResetError
        while faults.silent:
            await asyncio.sleep(0.02)
        if faults.delay:
            await asyncio.sleep(faults.delay)
