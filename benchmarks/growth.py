"""What a unit and a document cost as both grow by ten times. Processor time of the exchange's work without
HTTP; prints a table.

    python benchmarks/growth.py [--database URL of an empty database]
    python benchmarks/growth.py --postgresql      (a private cluster of Debian's programs)
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from fakes.postgresql import find_programs, private_cluster  # noqa: E402
from gongwen_crypto import sm3  # noqa: E402
from gongwen_protocol.messages import (  # noqa: E402
    DocumentView,
    Elements,
    FileReference,
    Recipient,
    RecipientRole,
    Role,
    SendRequest,
    Unit,
    UploadRequest,
)
from gongwen_server.services import administration, sending, syncing, uploads  # noqa: E402
from gongwen_server.services.commands import Command, perform  # noqa: E402
from gongwen_server.services.directory import enter_units  # noqa: E402
from gongwen_server.services.exchange import Exchange  # noqa: E402
from gongwen_server.services.sessions import Caller  # noqa: E402

CASES = ((100, 1_000), (1_000, 1_000), (1_000, 10_000), (10_000, 10_000))
RECEIVERS = 5
RUNS = 30
BODY = b"PK\x03\x04" + b"0" * 20_000
ROLES = frozenset({Role.SEND, Role.RECEIVE})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--largest", type=int, default=len(CASES), help="how many of the cases")
    options = parser.parse_args()
    head = (
        "units",
        "documents",
        f"send to {RECEIVERS}, ms",
        "broadcast, ms a unit",
        "poll, ms",
        "poll with news, ms",
        "log",
    )
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
    for case in CASES[: options.largest]:
        with ExitStack() as stack:
            url = options.database
            if options.postgresql:
                url = stack.enter_context(private_cluster(find_programs()))
            print(f"| {' | '.join(measure(*case, url))} |", flush=True)


def measure(units: int, documents: int, url: str | None) -> tuple[str, ...]:
    """An exchange with so many units that has carried so many documents."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        administration.set_up(home, name="测算交换中心", profile_id="ordos-2018", database_url=url)
        with administration.opened(home) as exchange:
            codes = [f"U{number:05}" for number in range(units)]
            known = [Unit(code=code, name=f"第{code}单位", rank=rank) for rank, code in enumerate(codes)]
            with exchange.writing() as session:
                enter_units(exchange, session, known)
            callers = {code: caller_of(code) for code in codes}
            sender = callers[codes[0]]
            body = upload(exchange, sender)
            for _ in range(documents):
                send(exchange, sender, body, random.sample(codes[1:], RECEIVERS))
            sends = timed(RUNS, lambda: send(exchange, sender, body, random.sample(codes[1:], RECEIVERS)))
            broadcast = timed(1, lambda: send(exchange, sender, body, codes[1:])) / (units - 1)
            reader = callers[codes[1]]
            at = newest(exchange, reader)
            quiet = timed(RUNS, lambda: syncing.changes_since(exchange, reader, *at))
            news = statistics.median(news_times(exchange, sender, reader, body, at))
            size = at[1]
    figures = (f"{sends:.2f}", f"{broadcast:.3f}", f"{quiet:.2f}", f"{news:.2f}")
    return (str(units), str(documents), *figures, f"{size:,}")


def news_times(
    exchange: Exchange, sender: Caller, reader: Caller, body: FileReference, at: tuple[int, int]
) -> list[float]:
    """Polls that bring one document each."""
    times = []
    for _ in range(RUNS):
        send(exchange, sender, body, [reader.unit_code])
        here = at
        times.append(timed(1, lambda here=here: syncing.changes_since(exchange, reader, *here)))  # type: ignore[misc]
        at = newest(exchange, reader, at)
    return times


def newest(exchange: Exchange, reader: Caller, at: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """Cursor and size of the log of one who has read all."""
    while True:
        answer = syncing.changes_since(exchange, reader, *at)
        size = answer.checkpoint.checkpoint.size if answer.checkpoint else 0
        at = (answer.cursor, size)
        if not answer.more:
            return at


def send(exchange: Exchange, sender: Caller, body: FileReference, codes: Sequence[str]) -> None:
    """As the route does: one transaction with receipts, log and stored answer."""
    request = SendRequest(
        document_id=uuid.uuid4().hex,
        elements=Elements(title="关于做好防汛工作的通知"),
        body=body,
        recipients=tuple(Recipient(unit_code=code, role=RecipientRole.MAIN, copies=1) for code in codes),
        profile_id=exchange.profile.profile_id,
        profile_version=exchange.profile.version,
    )
    command = Command(uuid.uuid4().hex, "POST /v1/documents", request)

    def effect(ledger: sending.Ledger) -> DocumentView:
        return sending.send(ledger, sender, request)

    perform(exchange, sender, command, effect, 201)


def upload(exchange: Exchange, sender: Caller) -> FileReference:
    """The body that all documents share."""
    digest = sm3.digest(BODY).hex()
    state = uploads.create(exchange, sender, UploadRequest(length=len(BODY), digest=digest))
    uploads.append(exchange, uploads.find(exchange, sender, state.upload_id), 0, BODY)
    uploads.state(exchange, sender, state.upload_id)
    return FileReference(name="正文.ofd", digest=digest, size=len(BODY))


def caller_of(code: str) -> Caller:
    """A clerk of a unit."""
    return Caller(
        "a",
        code,
        f"第{code}单位",
        "clerk",
        "收发员",
        ROLES,
        platform=False,
        must_change_password=False,
        token_digest="",
        device_id=None,
    )


def timed(runs: int, work: Callable[[], object]) -> float:
    """Milliseconds of processor time, the median of ``runs``."""
    times = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        times.append((time.process_time() - begin) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
