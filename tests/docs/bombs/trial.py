"""Opening a bomb as the client does: in a worker process with its limits."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gongwen_client.render import RenderPool
from gongwen_crypto.errors import GongwenError

DPI = 96.0
_FORGET_THE_PEAK = "5"


@dataclass(frozen=True)
class Trial:
    """What came of it: the code with which the file or its page was refused, and the remarks."""

    refused: str
    page_refused: str
    remarks: tuple[str, ...]


def attempt(pool: RenderPool, path: Path) -> Trial:
    """Open a file, draw its first page and read its text."""
    try:
        pool.open(path)
    except GongwenError as error:
        return Trial(error.code, "", ())
    try:
        remarks = pool.render(path, 0, DPI).remarks
        pool.text(path, 0)
    except GongwenError as error:
        return Trial("", error.code, ())
    return Trial("", "", tuple(remark.code for remark in remarks))


def reset_peak(pool: RenderPool) -> None:
    """Begin to measure the workers' memory anew (Linux)."""
    for pid in pool.pids:
        with suppress(OSError):
            Path(f"/proc/{pid}/clear_refs").write_text(_FORGET_THE_PEAK)


def peak_mb(pool: RenderPool) -> float:
    """Resident memory of the workers at its highest since :func:`reset_peak` (Linux)."""
    peaks = [_status(pid, "VmHWM:") for pid in pool.pids]
    return max(peaks, default=0) / 1024


def processor_seconds(pool: RenderPool) -> float:
    """Time that the workers have worked: unlike the clock it does not count what else the machine does."""
    ticks = 0
    for pid in pool.pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])
