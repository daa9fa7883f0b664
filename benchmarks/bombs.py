"""Every hand-made bomb in a worker process: what came of it, processor seconds, memory (bar S1).

    python benchmarks/bombs.py [PART OF A NAME ...]

Bar: each refused or drawn within 2 s after the worker's start, worker below 512 MB.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from docs.bombs import Bomb, all_bombs
from docs.bombs.trial import attempt, peak_mb, processor_seconds, reset_peak
from gongwen_client.render import RenderPool, TimeLimits


def main(wanted: list[str]) -> None:
    slowest = largest = 0.0
    count = 0
    pool = RenderPool(1, limits=TimeLimits(start=90, page=90, document=90))
    try:
        for bomb in all_bombs():
            if wanted and not any(part in bomb.name for part in wanted):
                continue
            seconds, memory, outcome = measure(pool, bomb)
            print(f"{bomb.name:58} {seconds:6.2f} s {memory:6.0f} MB  {outcome}", flush=True)
            slowest, largest, count = max(slowest, seconds), max(largest, memory), count + 1
    finally:
        pool.stop()
    print(f"{count} bombs; slowest {slowest:.2f} s, largest worker {largest:.0f} MB   bar S1: 2 s, 512 MB")


def measure(pool: RenderPool, bomb: Bomb) -> tuple[float, float, str]:
    """Processor seconds, MB at the highest, and what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bomb.ofd")
        path.write_bytes(bomb.build())
        pool.warm_up()
        reset_peak(pool)
        began = processor_seconds(pool)
        trial = attempt(pool, path)
        seconds = processor_seconds(pool) - began
        outcome = trial.refused or trial.page_refused or ", ".join(dict.fromkeys(trial.remarks)) or "drawn"
        return seconds, peak_mb(pool), outcome


if __name__ == "__main__":
    main(sys.argv[1:])
