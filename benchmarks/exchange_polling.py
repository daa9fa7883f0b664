"""Bar P3: many units poll one exchange on this machine while documents are sent. Prints a table.

    python benchmarks/exchange_polling.py --units 1000 --seconds 60
    python benchmarks/exchange_polling.py --units 10000 --seconds 120 --send-every 2
    python benchmarks/exchange_polling.py --postgresql      (a private cluster of Debian's programs)
    python benchmarks/exchange_polling.py --database postgresql://…

The exchange runs in a process of its own; the simulated units share this one (asyncio, keep-alive).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from sqlalchemy import select, update  # noqa: E402

from fakes.postgresql import find_programs, private_cluster  # noqa: E402
from gongwen_crypto import sm3  # noqa: E402
from gongwen_protocol.messages import (  # noqa: E402
    Elements,
    FileReference,
    Recipient,
    RecipientRole,
    Role,
    SendRequest,
    Unit,
)
from gongwen_protocol.profile import load_profile  # noqa: E402
from gongwen_server.db.tables import AccountRow, SessionRow  # noqa: E402
from gongwen_server.services import accounts, administration  # noqa: E402
from gongwen_server.services.accounts import NewAccount  # noqa: E402
from gongwen_server.services.passwords import Passwords  # noqa: E402

BODY = b"PK\x03\x04" + b"0" * 20_000
ROLES = frozenset({Role.SEND, Role.RECEIVE, Role.PRINT})
QUICK = Passwords(memory_kib=1024, passes=1)
BAR = "bar P3: ≥ 1,000 units every 30 s, p99 < 100 ms; one document to 1,000 units ≤ 2 s"


@dataclass
class Times:
    """Durations of one kind of call, in milliseconds."""

    name: str
    values: list[float] = field(default_factory=list)
    failures: int = 0
    refused: int = 0  # politely, with Retry-After

    def row(self) -> str:
        """One line of the table."""
        if not self.values:
            return f"{self.name:<24}{'0':>8}"
        ordered = sorted(self.values)
        p50, p95, p99 = (
            ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95, 0.99)
        )
        numbers = "".join(f"{value:>10.1f}" for value in (p50, p95, p99, ordered[-1]))
        return f"{self.name:<24}{len(ordered):>8}{numbers}{self.failures:>10}{self.refused:>10}"


class Wire:
    """One keep-alive connection of a simulated unit."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.retry_after = 0.0  # seconds, of the last answer

    async def call(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """Status and body of the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {self._token}",
            f"Content-Length: {len(body)}",
            "Content-Type: application/json",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        self.retry_after = float(head.partition("retry-after:")[2].split("\r\n")[0] or 0)
        length = int(head.partition("content-length:")[2].split("\r\n")[0] or 0)
        return int(head.split(" ")[1]), await reader.readexactly(length)

    def close(self) -> None:
        """Drop the connection."""
        if self._streams is not None:
            self._streams[1].close()


def prepare(home: Path, units: int, database: str | None) -> list[str]:
    """Set up an exchange; a session token for each unit."""
    administration.set_up(home, name="基准", profile_id="ordos-2018", database_url=database)
    names = [f"{number:05d}" for number in range(units)]
    tokens = [secrets.token_urlsafe(32) for _ in names]
    with administration.opened(home, passwords=QUICK) as exchange:
        accounts.add_accounts(
            exchange,
            [NewAccount(code, "clerk", "收发员", ROLES, "initial secret") for code in names],
            [Unit(code=code, name=f"单位{code}", rank=rank) for rank, code in enumerate(names)],
        )
        now = exchange.clock.now()
        with exchange.writing() as session:  # ten thousand log-ins would take longer than the measurement
            session.execute(update(AccountRow).values(must_change_password=False))
            ids = {row.unit_code: row.account_id for row in session.scalars(select(AccountRow))}
            session.add_all(
                SessionRow(
                    token_digest=sm3.digest(token.encode()).hex(),
                    account_id=ids[code],
                    issued_at=now,
                    last_seen_at=now,
                    expires_at=now + timedelta(hours=12),
                )
                for code, token in zip(names, tokens, strict=True)
            )
    return tokens


@contextmanager
def served(home: Path, workers: int = 1) -> Iterator[tuple[int, int]]:
    """(port, process id) of the exchange, served by a process of its own, or by several below it."""
    log = (home / "log").open("wb")
    command = [sys.executable, "-m", "gongwen_server.cli", "serve", "--home", str(home), "--port", "0"]
    command += ["--workers", str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8")
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline().strip().rpartition(":")[2]), process.pid
    finally:
        process.terminate()
        process.wait(30)
        log.close()


async def poll(wire: Wire, times: Times, interval: float, until: float) -> None:
    """One unit: polls as the client does, every ``interval`` seconds from a random moment on, with proof that
    the log only grew, and stays away when it is asked to."""
    cursor = tree = 0
    await asyncio.sleep(random.uniform(0, min(interval, until - time.monotonic())))
    while time.monotonic() < until:
        begun = time.monotonic()
        status, body = await wire.call("GET", f"/v1/sync?cursor={cursor}&tree={tree}")
        pause = random.uniform(0.8, 1.0) * interval
        if status == 200:
            times.values.append((time.monotonic() - begun) * 1000)
            answer = json.loads(body)
            cursor = answer["cursor"]
            tree = answer["checkpoint"]["checkpoint"]["size"] if answer["checkpoint"] else 0
        elif status == 503 and wire.retry_after:
            times.refused += 1
            pause = random.uniform(1.0, 1.5) * wire.retry_after
        else:
            times.failures += 1
        await asyncio.sleep(max(0.0, begun + pause - time.monotonic()))


async def upload(wire: Wire) -> FileReference:
    """The body that all documents of the benchmark share."""
    digest = sm3.digest(BODY).hex()
    request = json.dumps({"length": len(BODY), "digest": digest}).encode()
    _, answer = await wire.call("POST", "/v1/uploads", request)
    await wire.call("PATCH", f"/v1/uploads/{json.loads(answer)['upload_id']}", BODY, Upload_Offset="0")
    return FileReference(name="正文.ofd", digest=digest, size=len(BODY))


async def send(wire: Wire, body: FileReference, recipients: Sequence[str], times: Times) -> None:
    """Send a document and take the time."""
    request = SendRequest(
        document_id=uuid.uuid4().hex,
        elements=Elements(title="关于做好防汛工作的通知"),
        body=body,
        recipients=tuple(Recipient(unit_code=code, role=RecipientRole.MAIN, copies=1) for code in recipients),
        profile_id="ordos-2018",
        profile_version=load_profile("ordos-2018").version,
    )
    begun = time.monotonic()
    status, _ = await wire.call(
        "POST", "/v1/documents", request.model_dump_json().encode(), Idempotency_Key=uuid.uuid4().hex
    )
    times.values.append((time.monotonic() - begun) * 1000)
    times.failures += status != 201


async def measure(port: int, tokens: list[str], options: argparse.Namespace) -> list[Times]:
    """All kinds of calls at once for the given time."""
    polls, sends, broadcasts = Times("poll"), Times("send to 5 units"), Times(f"send to {len(tokens) - 1}")
    wires = [Wire(port, token) for token in tokens]
    sender = Wire(port, tokens[0])
    body = await upload(sender)
    codes = [f"{number:05d}" for number in range(1, len(tokens))]
    until = time.monotonic() + options.seconds
    tasks = [asyncio.create_task(poll(wire, polls, options.interval, until)) for wire in wires]
    next_broadcast = time.monotonic() + options.seconds / 3
    while time.monotonic() < until:
        if time.monotonic() >= next_broadcast:
            next_broadcast = until
            await send(sender, body, codes, broadcasts)
        await send(sender, body, random.sample(codes, min(5, len(codes))), sends)
        await asyncio.sleep(options.send_every)
    await asyncio.gather(*tasks)
    for wire in (*wires, sender):
        wire.close()
    return [polls, sends, broadcasts]


def family(process_id: int) -> list[int]:
    """A process and those that it started (Linux)."""
    found = [process_id]
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((folder / "stat").read_text("utf-8").rpartition(") ")[2].split()[1]) == process_id:
                found.append(int(folder.name))
    return found


def memory_mb(process_id: int) -> float:
    """Highest resident memory of a process (Linux), or 0."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text("ascii")
    except OSError:
        return 0.0
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def processor_seconds(process_id: int) -> float:
    """Processor time of a process so far (Linux), or 0: what a figure is worth on a busy machine."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text("utf-8").rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--interval", type=float, default=30, help="seconds between two polls of a unit")
    parser.add_argument("--send-every", type=float, default=0.5, help="seconds between two documents")
    parser.add_argument("--workers", type=int, default=1, help="processes of the exchange")
    parser.add_argument("--database", help="URL of an empty database (default: SQLite)")
    parser.add_argument("--postgresql", action="store_true", help="on a private PostgreSQL cluster")
    options = parser.parse_args()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "home"
        database = options.database
        if options.postgresql:
            programs = find_programs()
            if programs is None:
                parser.error("no pg_ctl below /usr/lib/postgresql")
            database = stack.enter_context(private_cluster(programs))
        begun = time.monotonic()
        tokens = prepare(home, options.units, database)
        print(f"{options.units} units set up in {time.monotonic() - begun:.1f} s")
        with served(home, options.workers) as (port, process_id):
            results = asyncio.run(measure(port, tokens, options))
            print(
                f"{'milliseconds':<24}{'calls':>8}{'p50':>10}{'p95':>10}{'p99':>10}{'max':>10}{'failed':>10}{'refused':>10}"
            )
            for times in results:
                print(times.row())
            processes = family(process_id)
            spent, memory = sum(map(processor_seconds, processes)), sum(map(memory_mb, processes))
            print(f"server: {memory:.0f} MB at most, {spent:.1f} s of processor time")
    print(f"mean poll {statistics.fmean(results[0].values):.1f} ms — {BAR}")


if __name__ == "__main__":
    main()
