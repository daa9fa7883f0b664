"""Memory that client and worker share for pixels.

Anonymous on both systems, so that nothing stays behind when a process is killed: a memory file passed to the
worker on Linux, a named mapping on Windows. It is as large as the largest picture allowed; the system gives
real memory only to what was written.
"""

from __future__ import annotations

import mmap
import os
import secrets
import sys
import tempfile

from gongwen_docs.limits import DEFAULT_LIMITS

SIZE = DEFAULT_LIMITS.render_pixels * 3
"""Bytes."""


class PixelMemory:
    """One side of the shared memory.

    ``address`` goes to the other side on its command line; ``inherited`` are the file descriptors it needs.
    """

    def __init__(self, address: str, descriptor: int | None) -> None:
        self.address = address
        self._descriptor = descriptor
        if sys.platform == "win32":
            self._map = mmap.mmap(-1, SIZE, tagname=address)
        else:
            assert descriptor is not None
            self._map = mmap.mmap(descriptor, SIZE)

    @classmethod
    def create(cls) -> PixelMemory:
        """The client's side."""
        if sys.platform == "win32":
            return cls(f"gongwen-{secrets.token_hex(16)}", None)
        if hasattr(os, "memfd_create"):
            descriptor = os.memfd_create("gongwen-pixels")
        else:
            with tempfile.TemporaryFile() as file:
                descriptor = os.dup(file.fileno())
        os.ftruncate(descriptor, SIZE)
        return cls(str(descriptor), descriptor)

    @classmethod
    def attach(cls, address: str) -> PixelMemory:
        """The worker's side."""
        return cls(address, None if sys.platform == "win32" else int(address))

    @property
    def inherited(self) -> tuple[int, ...]:
        return () if self._descriptor is None else (self._descriptor,)

    def write(self, data: bytes) -> None:
        """Put pixels at the beginning. At most ``SIZE`` bytes, which the renderer's limit ensures."""
        self._map[: len(data)] = data

    def read(self, size: int) -> bytes:
        """The first ``size`` bytes."""
        return self._map[:size]

    def close(self) -> None:
        self._map.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
