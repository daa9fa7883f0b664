"""Bounds that a worker sets upon itself before it reads a document. Best effort, reported."""

from __future__ import annotations

import sys
from pathlib import Path

ADDRESS_SPACE = 3 * 512 * 1024 * 1024
"""Bytes: libraries, fonts and the shared pixels take about a third; a bomb meets the limit at 1.5 GB."""
OPEN_FILES = 128
CALL_CPU_SECONDS = 120
FILE_BYTES = 512 * 1024 * 1024
"""Largest file a worker can write: a PDF for the printer or a sealed document."""


def confine() -> tuple[str, ...]:
    """Set the limits that this system has. Returns the names of those now in force, for diagnostics."""
    if sys.platform == "win32":
        return ()
    import resource

    wanted = {
        "address_space": (resource.RLIMIT_AS, ADDRESS_SPACE),
        "open_files": (resource.RLIMIT_NOFILE, OPEN_FILES),
        "file_bytes": (resource.RLIMIT_FSIZE, FILE_BYTES),
        "core": (resource.RLIMIT_CORE, 0),
    }
    in_force = []
    for name, (limit, value) in wanted.items():
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):
            continue
        in_force.append(name)
    return tuple(in_force)


def allow_cpu_for_one_call() -> None:
    """Move the processor limit on: a call that outlives its client's patience still ends by itself."""
    if sys.platform == "win32":
        return
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + CALL_CPU_SECONDS, hard))


def resident_bytes() -> int:
    """Memory that this process occupies now; 0 where the system does not say (a job limits it there)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    import resource

    return pages * resource.getpagesize()
