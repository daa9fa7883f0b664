"""A network that understands the messages it harms: loses, cuts, doubles, delays, repeats and bends them.

Where :class:`fakes.proxy.FaultProxy` harms connections, this one harms whole requests and answers, so that a
test can say: the first message of *every* kind meets *this* fault.
"""

from __future__ import annotations

import http.client
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from gongwen_protocol.messages import Problem
from gongwen_protocol.proofs import PROOF_HEADER
from gongwen_protocol.sentences import sentence

_IDS = re.compile(r"/[0-9a-f]{32,64}(?=/|$)|/\d+(?=/|$)")
_PORTAL = b"<html>please log in</html>"
_BLOCK = 65536


class Fault(Enum):
    """What happens to one request or its answer."""

    LOST_REQUEST = "the request is lost, the connection reset"
    LOST_ANSWER = "the exchange acts, its answer is lost, the connection reset"
    CUT_REQUEST = "half of the request arrives"
    CUT_ANSWER = "half of the answer arrives"
    DOUBLED = "the request arrives twice, one after the other; the second answer is heard"
    DOUBLED_AT_ONCE = "the request arrives twice at once; the answer that comes last is heard"
    LATE = "the exchange acts, the answer is lost, and the same request comes once more much later"
    BENT_REQUEST = "a bit of the request is flipped"
    BENT_ANSWER = "a bit of the answer is flipped"
    SILENCE = "the exchange acts, the answer never comes, the connection stays"
    DROPS = "the answer comes a few bytes at a time"
    PORTAL = "a log-in page of the network answers instead"
    BAD_GATEWAY = "the exchange acts, a proxy answers 502 instead"
    UNAVAILABLE = "a proxy answers 503 instead"


@dataclass(frozen=True)
class Refusal:
    """An exchange that does not act and says no."""

    status: int
    code: str
    facts: tuple[tuple[str, str], ...] = ()

    def said(self) -> Said:
        """The answer, as the exchange words it."""
        facts = dict(self.facts)
        body = Problem(
            code=self.code, sentence=str(sentence(self.code, **facts)), facts={**facts}, reference=""
        )
        headers = (("Content-Type", "application/json"),)
        return Said(self.status, "Refused", headers, b"").with_body(body.model_dump_json().encode())


NOT_NOW = Refusal(409, "delivery.not_allowed", (("article", "管理办法第十条"),))
NOT_YOU = Refusal(403, "session.role_missing", (("role", "办理"),))
OUT_OF_ORDER = Refusal(500, "exchange.fault")


@dataclass(frozen=True)
class Heard:
    """A request as it came, and the operation that it is."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def operation(self) -> str:
        """Method and route, without numbers of things: ``POST /v1/deliveries/*/accept``."""
        return f"{self.method} {_IDS.sub('/*', self.target.partition('?')[0])}"


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def with_body(self, body: bytes) -> Said:
        """The same answer with other bytes."""
        kept = [(name, value) for name, value in self.headers if name.lower() != "content-length"]
        return Said(self.status, self.reason, (*kept, ("Content-Length", str(len(body)))), body)

    def wire(self) -> bytes:
        """Head and body."""
        lines = [
            f"HTTP/1.1 {self.status} {self.reason}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


Rewrite = Callable[[Heard, Said], Said]
"""What an exchange that lies says instead."""

Plan = Callable[[str, int], Fault | Refusal | None]
"""Operation and how often it was asked for before: what happens to it."""


def nothing(_operation: str, _before: int) -> Fault | Refusal | None:
    """All is well."""
    return None


class Meddler:
    """Listens on ``url`` in front of an exchange until ``stop``. ``met`` counts the faults by operation."""

    def __init__(self, target_url: str, plan: Plan = nothing) -> None:
        self._target = urlsplit(target_url).netloc
        self.plan = plan
        self.rewrite: Rewrite = lambda _heard, said: said
        self.met: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._late: list[Heard] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads: list[threading.Thread] = []
        self._start(self._listen)

    def stop(self) -> None:
        """Cut everything."""
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(15)
            assert not thread.is_alive()

    def begin(self, plan: Plan) -> None:
        """From now on; every operation counts from nought."""
        with self._lock:
            self.plan = plan
            self._asked.clear()
            self.met.clear()

    def deliver_late(self) -> list[Said]:
        """The late repeats arrive now, the newest first; what the exchange says to them."""
        with self._lock:
            late, self._late = self._late, []
        return [self._forward(one) for one in reversed(late)]

    # -- connections ---------------------------------------------------------------------------------------

    def _start(self, run: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=run, args=given, name="meddler", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            self._start(self._converse, connection)

    def _converse(self, connection: socket.socket) -> None:
        try:
            reader = connection.makefile("rb")
            while not self._stopping.is_set():
                heard = _read(reader)
                if heard is None or not self._answer(connection, heard):
                    break
        except (OSError, http.client.HTTPException):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _answer(self, connection: socket.socket, heard: Heard) -> bool:
        """Whether the conversation goes on."""
        operation = heard.operation
        with self._lock:
            fault = self.plan(operation, self._asked[operation])
            self._asked[operation] += 1
            if fault is not None:
                self.met[operation] += 1
        if isinstance(fault, Refusal):
            connection.sendall(fault.said().wire())
            return True
        if fault is None:
            connection.sendall(self.rewrite(heard, self._forward(heard)).wire())
            return True
        return self._harm(connection, heard, fault)

    def _harm(self, connection: socket.socket, heard: Heard, fault: Fault) -> bool:
        if fault is Fault.LOST_REQUEST:
            return _reset(connection)
        if fault is Fault.CUT_REQUEST:
            self._cut(heard)
            return _reset(connection)
        if fault in (Fault.PORTAL, Fault.UNAVAILABLE):
            status, reason = (200, "OK") if fault is Fault.PORTAL else (503, "Unavailable")
            return _page(connection, status, reason)
        if fault is Fault.BENT_REQUEST:
            connection.sendall(self._forward(_bent(heard)).wire())
            return True
        said = self._twice(heard, fault) if fault.name.startswith("DOUBLED") else self._forward(heard)
        if fault is Fault.LATE:
            with self._lock:
                self._late.append(heard)
        if fault in (Fault.LOST_ANSWER, Fault.LATE):
            return _reset(connection)
        if fault is Fault.BAD_GATEWAY:
            return _page(connection, 502, "Bad Gateway")
        if fault is Fault.SILENCE:
            connection.recv(1)  # until the client has had enough
            return False
        wire = said.wire()
        if fault is Fault.CUT_ANSWER:
            connection.sendall(wire[: len(wire) - max(1, len(said.body) // 2)])
            return _reset(connection)
        if fault is Fault.BENT_ANSWER:
            place = len(wire) - len(said.body)  # its first byte: no message is one without it
            wire = wire[:place] + bytes([wire[place] ^ 0x20]) + wire[place + 1 :] if said.body else wire
        if fault is Fault.DROPS:
            for begin in range(0, min(len(wire), 300), 7):
                connection.sendall(wire[begin : begin + 7])
                time.sleep(0.002)
            wire = wire[-(-min(len(wire), 300) // 7) * 7 :]
        connection.sendall(wire)
        return True

    # -- the exchange --------------------------------------------------------------------------------------

    def _twice(self, heard: Heard, fault: Fault) -> Said:
        if fault is Fault.DOUBLED:
            self._forward(heard)
            return self._forward(heard)
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.submit(self._forward, heard), pool.submit(self._forward, heard)
            first.result()
            return second.result()

    def _forward(self, heard: Heard) -> Said:
        exchange = http.client.HTTPConnection(self._target, timeout=60)
        exchange.connect()
        upstream = exchange.sock
        with self._lock:
            self._open.add(upstream)
        try:
            exchange.request(heard.method, heard.target, heard.body or None, dict(heard.headers))
            answer = exchange.getresponse()
            body = answer.read()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP]
            length = answer.getheader("Content-Length") if heard.method == "HEAD" else str(len(body))
            if answer.status != 204:
                kept.append(("Content-Length", length or "0"))
            return Said(answer.status, answer.reason, tuple(kept), body)
        finally:
            with self._lock:
                self._open.discard(upstream)
            exchange.close()

    def _cut(self, heard: Heard) -> None:
        """Half of the request's bytes reach the exchange, and the end of the connection."""
        host, _, port = self._target.partition(":")
        lines = [
            f"{heard.method} {heard.target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in heard.headers),
        ]
        wire = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + heard.body
        with socket.create_connection((host, int(port)), timeout=60) as exchange:
            exchange.sendall(wire[: len(wire) - max(1, len(heard.body) // 2)])
            exchange.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                while exchange.recv(_BLOCK):
                    pass


_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length"}


def _read(reader: object) -> Heard | None:
    """The next request of a connection; None at its end."""
    line = reader.readline(_BLOCK)  # type: ignore[attr-defined]
    if not line.strip():
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    message = http.client.parse_headers(reader)  # type: ignore[arg-type]
    length = int(message.get("Content-Length") or 0)
    body = reader.read(length) if length else b""  # type: ignore[attr-defined]
    if len(body) < length:
        return None
    return Heard(method, target, tuple(message.items()), body)


def _wire(begin: str, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    lines = [begin, *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def _bent(heard: Heard) -> Heard:
    """A bit of the body is flipped; of a request without one, a bit of what it asks for."""
    if heard.body:
        place = len(heard.body) // 2
        body = heard.body[:place] + bytes([heard.body[place] ^ 1]) + heard.body[place + 1 :]
        return Heard(heard.method, heard.target, heard.headers, body)
    headers = tuple(
        (name, value[:-9] + chr(ord(value[-9]) ^ 1) + value[-8:] if name == PROOF_HEADER else value)
        for name, value in heard.headers
    )
    return Heard(heard.method, heard.target, headers, heard.body)


def _reset(connection: socket.socket) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def _page(connection: socket.socket, status: int, reason: str) -> bool:
    headers = (("Content-Type", "text/html"), ("Content-Length", str(len(_PORTAL))))
    connection.sendall(Said(status, reason, headers, _PORTAL).wire())
    return True
