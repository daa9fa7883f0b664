"""A disk that fails when it is told to, below some folders of a process that is started with ``environment``.

The library is ``tests/fakes/c/disk.c``, preloaded; what it is told lies in a file that both have mapped.
"""

from __future__ import annotations

import errno
import mmap
import struct
from pathlib import Path

from fakes.folder_token import build

_FIELDS = struct.Struct("lllll")  # countdown, counted, failed, error, full
FULL, BROKEN = errno.ENOSPC, errno.EIO


class FailingDisk:
    """``fail(n)`` lets the n-th of the next operations fail; a disk that is full stays so."""

    def __init__(self, control: Path, *roots: Path) -> None:
        control.write_bytes(bytes(_FIELDS.size))
        with control.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _FIELDS.size)
        self.environment = {
            "LD_PRELOAD": str(build("disk")),
            "GONGWEN_DISK_ROOT": ":".join(map(str, roots)),
            "GONGWEN_DISK_CONTROL": str(control),
        }

    def fail(self, number: int, error: int) -> None:
        """From now on count anew; the ``number``-th operation fails."""
        self._map[:] = _FIELDS.pack(number, 0, 0, error, 0)

    def mend(self) -> None:
        """All is well again; the counts stay."""
        _, counted, failed, error, _ = _FIELDS.unpack(self._map)
        self._map[:] = _FIELDS.pack(0, counted, failed, error, 0)

    @property
    def counted(self) -> int:
        """Operations since ``fail``."""
        return int(_FIELDS.unpack(self._map)[1])

    @property
    def failed(self) -> int:
        """Operations that failed since ``fail``."""
        return int(_FIELDS.unpack(self._map)[2])
