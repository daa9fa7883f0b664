"""Every hand-made bomb in a worker of its own: what came of it, processor seconds, memory (bar S1).

    python benchmarks/bombs.py [PART OF A NAME ...]

Bar: each refused or drawn within 2 s after the worker's start, worker below 512 MB.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from docs.bombs import all_bombs
from docs.bombs.trial import attempt
from gongwen_client.render import RenderPool, TimeLimits


def main(wanted: list[str]) -> None:
    slowest = largest = 0.0
    count = 0
    for bomb in all_bombs():
        if wanted and not any(part in bomb.name for part in wanted):
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "bomb.ofd")
            path.write_bytes(bomb.build())
            pool = RenderPool(1, limits=TimeLimits(start=90, page=90, document=90))
            try:
                pool.warm_up()
                began = processor_seconds(pool.pids)
                trial = attempt(pool, path)
                seconds = processor_seconds(pool.pids) - began
                memory = max((highest_memory_mb(pid) for pid in pool.pids), default=0.0)
            finally:
                pool.stop()
        outcome = trial.refused or trial.page_refused or ", ".join(dict.fromkeys(trial.remarks)) or "drawn"
        print(f"{bomb.name:58} {seconds:6.2f} s {memory:6.0f} MB  {outcome}", flush=True)
        slowest, largest, count = max(slowest, seconds), max(largest, memory), count + 1
    print(f"{count} bombs; slowest {slowest:.2f} s, largest worker {largest:.0f} MB   bar S1: 2 s, 512 MB")


def processor_seconds(pids: tuple[int, ...]) -> float:
    """Time that processes have worked: unlike the clock it does not count what else the machine does."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def highest_memory_mb(pid: int) -> float:
    """Resident memory of a process at its highest so far (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
