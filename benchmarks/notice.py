"""Bar U1c: how long after the exchange has a document the waiting units hear of it. Prints a table.

    python benchmarks/notice.py --units 1000 --documents 20
    python benchmarks/notice.py --database postgresql://…

Every unit keeps one ``/v1/changes`` open, as clients do. Documents go to some units, one goes to all; time
runs from the exchange's answer to the sender until the answer to each waiting unit is here.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

from exchange_polling import Times, Wire, memory_mb, prepare, send, served, upload
from gongwen_protocol.messages import ChangeNotice, SyncAnswer

WAIT = 50
BAR = "bar U1c: a unit hears of a document ≤ 10 s after the exchange has it, with 1,000 units"


class Listener:
    """One unit that waits for news, reads it, and waits again."""

    def __init__(self, port: int, token: str) -> None:
        self._wire = Wire(port, token)
        self.cursor = 0
        self.told = asyncio.Event()
        self.told_at = 0.0
        self.failures = 0

    async def run(self) -> None:
        while True:
            path = f"/v1/changes?cursor={self.cursor}&wait={WAIT}"
            status, body = await self._wire.call("GET", path)
            notice = ChangeNotice.model_validate_json(body) if status == 200 else None
            self.failures += notice is None or notice.crowded
            if notice is not None and notice.changed:
                self.told_at = time.monotonic()
                await self.catch_up()
                self.told.set()

    async def catch_up(self) -> None:
        more = True
        while more:
            _, body = await self._wire.call("GET", f"/v1/sync?cursor={self.cursor}")
            answer = SyncAnswer.model_validate_json(body)
            self.cursor, more = answer.cursor, answer.more

    def close(self) -> None:
        self._wire.close()


async def measure(port: int, tokens: list[str], documents: int) -> tuple[list[Times], int]:
    """A handful of units told each time, then all of them at once."""
    some, everybody, sends = Times("told, 5 units"), Times(f"told, {len(tokens) - 1} units"), Times("send")
    sender = Wire(port, tokens[0])
    body = await upload(sender)
    listeners = {f"{number:05d}": Listener(port, token) for number, token in enumerate(tokens) if number}
    for listener in listeners.values():
        await listener.catch_up()
    tasks = [asyncio.create_task(listener.run()) for listener in listeners.values()]
    await asyncio.sleep(3)  # all of them are waiting now
    for number in range(documents + 1):
        last = number == documents
        codes = list(listeners) if last else random.sample(list(listeners), min(5, len(listeners)))
        for code in codes:
            listeners[code].told.clear()
        await send(sender, body, codes, sends)
        sent_at = time.monotonic()
        await asyncio.wait_for(asyncio.gather(*(listeners[code].told.wait() for code in codes)), 60)
        times = everybody if last else some
        times.values += [max(0.0, listeners[code].told_at - sent_at) * 1000 for code in codes]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    failures = sum(listener.failures for listener in listeners.values())
    for listener in listeners.values():
        listener.close()
    sender.close()
    return [some, everybody, sends], failures


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--database", help="URL of an empty database (default: SQLite)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        tokens = prepare(home, options.units, options.database)
        with served(home) as (port, process_id):
            results, failures = asyncio.run(measure(port, tokens, options.documents))
            print(
                f"{'milliseconds':<24}{'calls':>8}{'p50':>10}{'p95':>10}{'p99':>10}{'max':>10}{'failed':>10}"
            )
            for times in results:
                print(times.row())
            print(f"waiting calls that failed or were turned away: {failures}")
            print(f"server: {memory_mb(process_id):.0f} MB at most — {BAR}")


if __name__ == "__main__":
    main()
