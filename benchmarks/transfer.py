"""Large documents between a client and an exchange in processes of their own, over a network that cuts.

    python benchmarks/transfer.py [--megabytes 100] [--cuts 10]

Bar R3: digest right, <= 5 % re-sent per cut, <= 40 MB of extra memory in the client.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from fakes.desk import DeskPc  # noqa: E402
from fakes.exchange import RunningExchange  # noqa: E402
from fakes.proxy import FaultProxy  # noqa: E402
from gongwen_client.exchange.files import digest_file  # noqa: E402
from gongwen_client.exchange.upload import upload  # noqa: E402
from gongwen_crypto.errors import KnownError  # noqa: E402
from gongwen_protocol.messages import FileReference  # noqa: E402
from gongwen_protocol.states import DocumentState  # noqa: E402


def serve(home: str, pipe: Connection) -> None:
    """An exchange until the pipe closes."""
    exchange = RunningExchange(Path(home))
    exchange.populate()
    pipe.send(exchange.url)
    pipe.recv()
    exchange.stop()


def peak_mb() -> float:
    """Most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_large(path: Path, size: int) -> None:
    """A file that claims to be a document and cannot be compressed."""
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        while file.tell() < size:
            file.write(os.urandom(min(2**20, size - file.tell())))


def until(done: Callable[[], bool]) -> None:
    """Look ten times a second."""
    while not done():
        time.sleep(0.1)


def send_and_fetch(home: Path, url: str, megabytes: int, cuts: int) -> None:
    """Upload one document through the bad network, fetch it as the receiver; print the figures."""
    size = megabytes * 2**20 - 4096
    network = FaultProxy(url)
    sender, receiver = DeskPc(home / "sender", network.url), DeskPc(home / "receiver", url)
    for pc, unit in ((sender, "001"), (receiver, "002")):
        pc.start()
        pc.log_in(unit)
    draft = sender.ready_draft("002")
    assert draft.body is not None
    path = draft.body.path
    write_large(path, size)
    digest = digest_file(path)
    before, sent_before = peak_mb(), network.request_bytes
    network.faults.cut_requests_at += [max(1, megabytes // (2 * (cuts + 1))) * 2**20 for _ in range(cuts)]
    start = time.perf_counter()
    while True:
        try:
            upload(sender.api, path, digest, size, lambda _offset: None)
            break
        except KnownError:
            continue
    took = time.perf_counter() - start
    again = (network.request_bytes - sent_before - size) / size * 100
    per_cut = again / max(1, network.cuts)
    print(f"upload   {megabytes:5} MB {took:7.1f} s  digest right (the exchange checked it)")
    print(f"         {network.cuts} cuts, {per_cut:.2f} % re-sent per cut (bar R3: 5 %)")
    print(f"         +{peak_mb() - before:.1f} MB memory (bar R3: 40 MB)")
    sender.store.drafts.save(replace(draft, body=replace(draft.body, size=size, digest=digest)))
    sender.sending.send(draft.document_id)
    until(lambda: sender.store.drafts.get(draft.document_id).state is DocumentState.SENT)
    before = peak_mb()
    start = time.perf_counter()
    until(lambda: any(row.state.value == "to_verify" for row in receiver.store.rows.incoming(None)))
    took = time.perf_counter() - start
    fetched = receiver.desk.cabinet.place(FileReference(name="通知.ofd", digest=digest, size=size))
    right = digest_file(fetched.path) == digest
    print(f"download {megabytes:5} MB {took:7.1f} s  digest {'right' if right else 'WRONG'}")
    print(f"         +{peak_mb() - before:.1f} MB memory (bar R3: 40 MB)")
    sender.stop()
    receiver.stop()
    network.stop()


def main() -> None:
    """Start the exchange, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--cuts", type=int, default=10)
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = context.Pipe()
        server = context.Process(target=serve, args=(str(Path(name) / "exchange"), theirs), daemon=True)
        server.start()
        send_and_fetch(Path(name), ours.recv(), arguments.megabytes, arguments.cuts)
        ours.send("stop")
        server.join(20)


if __name__ == "__main__":
    main()
