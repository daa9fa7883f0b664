"""Blobs in a local directory, named by their SM3 digest; unfinished uploads beside them.

An upload's offset *is* the length of its part file: there is no second record that could disagree with the
bytes. Every write states the offset that it continues, so of two racing writers one is told the right place.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError, RefusedError

if sys.platform != "win32":
    import fcntl

_LOCKS = 64
_PIECE = 1 << 20
_DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class LocalBlobs:
    """``folder/ab/abcd…`` holds a blob, ``folder/parts/ID`` an unfinished upload."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts = folder / "parts"
        self._parts.mkdir(parents=True, exist_ok=True)
        self._locks = tuple(threading.Lock() for _ in range(_LOCKS))

    # -- blobs --------------------------------------------------------------------------------------------

    def path(self, digest: str) -> Path:
        """Where the blob is, or would be."""
        return self._folder / digest[:2] / digest

    def holds(self, digest: str) -> bool:
        """Whether the blob is complete and checked."""
        return self.path(digest).is_file()

    def size(self, digest: str) -> int:
        """Bytes of a blob."""
        return self.path(digest).stat().st_size

    def head(self, digest: str, count: int) -> bytes:
        """The first ``count`` bytes of a blob."""
        with self.path(digest).open("rb") as file:
            return file.read(count)

    def read(self, digest: str, begin: int, end: int) -> Iterator[bytes]:
        """Bytes [begin, end) of a blob, in pieces."""
        with self.path(digest).open("rb") as file:
            file.seek(begin)
            while begin < end and (piece := file.read(min(_PIECE, end - begin))):
                begin += len(piece)
                yield piece

    def file(self, digest: str) -> Path:
        """The file of a blob."""
        return self.path(digest)

    def digests(self) -> Iterator[str]:
        """All blobs."""
        for path in self._folder.glob("??/*"):
            if path.name.startswith(path.parent.name) and not path.suffix:
                yield path.name

    def keep(self, digest: str, content: BinaryIO) -> None:
        """Enter a blob whose digest the caller has checked; it gets its name when it is durable."""
        place = self.path(digest)
        with _disk_errors():
            place.parent.mkdir(exist_ok=True)
            fresh = place.with_suffix(".new")
            with fresh.open("wb") as file:
                shutil.copyfileobj(content, file, _PIECE)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(place)
            _sync_folder(place.parent)
            _sync_folder(self._folder)

    def remove(self, digest: str) -> None:
        """Forget a blob."""
        self.path(digest).unlink(missing_ok=True)

    # -- uploads ------------------------------------------------------------------------------------------

    def begin(self, upload_id: str) -> None:
        """Make an empty part file that outlives a power cut."""
        with _disk_errors():
            with (self._parts / upload_id).open("xb") as file:
                os.fsync(file.fileno())
            _sync_folder(self._parts)

    def offset(self, upload_id: str) -> int:
        """Bytes that are on disk and need not be sent again. Raises RefusedError("upload.gone")."""
        with self._held(upload_id), _disk_errors(), self._part(upload_id) as file:
            try:
                os.fsync(file.fileno())
            except OSError:
                # The system drops what it could not write and says so once: a second call would succeed, and
                # the bytes be gone after a power cut. They have to come again.
                (self._parts / upload_id).unlink(missing_ok=True)
                raise
            return file.seek(0, os.SEEK_END)

    def began(self, upload_id: str, digest: str) -> bool:
        """Whether the bytes of an upload are here, as a part or already as the blob."""
        return (self._parts / upload_id).exists() or self.holds(digest)

    def finished(self, upload_id: str, digest: str) -> bool:
        """Whether a part has become its blob (so that it has no part file any more)."""
        return not (self._parts / upload_id).exists() and self.holds(digest)

    def append(self, upload_id: str, at: int, data: bytes, limit: int) -> None:
        """Write ``data`` at offset ``at``, which must be the present end; durable only after ``offset``.

        Raises RefusedError("upload.offset_conflict") with the right offset, or RefusedError("upload.overrun")
        when the bytes would exceed ``limit``.
        """
        with self._held(upload_id), _disk_errors(), self._part(upload_id) as file:
            end = file.seek(0, os.SEEK_END)
            if end != at:
                raise RefusedError("upload.offset_conflict", offset=end)
            if at + len(data) > limit:
                raise RefusedError("upload.overrun", offset=end, length=limit)
            file.write(data)  # what a full disk leaves of it is still the right beginning

    def finish(self, upload_id: str, digest: str) -> bool:
        """Check the digest; make the part a blob and say True, or remove it and say False.

        Safe to repeat: a part that became its blob before a crash is found there.
        """
        with self._held(upload_id), _disk_errors():
            part = self._parts / upload_id
            if self.finished(upload_id, digest):
                return True
            if not part.exists():
                raise RefusedError("upload.gone")
            if _digest(part) != digest:
                part.unlink()
                return False
            place = self.path(digest)
            place.parent.mkdir(exist_ok=True)
            try:
                part.replace(place)
            except FileNotFoundError:  # another process was quicker
                return self.holds(digest)
            _sync_folder(place.parent)
            _sync_folder(self._folder)
            return True

    def discard(self, upload_id: str) -> None:
        """Remove an upload that nobody goes on with."""
        with self._held(upload_id):
            (self._parts / upload_id).unlink(missing_ok=True)

    def unfinished(self) -> Iterator[tuple[str, datetime]]:
        """Uploads that are not blobs, with the moment of their last byte."""
        for part in self._parts.iterdir():
            try:
                yield part.name, datetime.fromtimestamp(part.stat().st_mtime, UTC)
            except FileNotFoundError:  # finished meanwhile
                continue

    # -- condition ----------------------------------------------------------------------------------------

    def require_writable(self) -> None:
        """Raise KnownError("exchange.disk_full") or KnownError("exchange.store_unavailable") unless a few
        bytes can be written and removed again."""
        probe = self._folder / f"probe-{os.getpid()}-{threading.get_ident()}"
        with _disk_errors():
            with probe.open("wb") as file:
                file.write(b"probe")
                file.flush()
                os.fsync(file.fileno())
            probe.unlink()

    def free_bytes(self) -> int:
        """Room that is left on the disk."""
        return shutil.disk_usage(self._folder).free

    @contextmanager
    def _held(self, upload_id: str) -> Iterator[None]:
        """One writer at a time for an upload, held for one piece only: a dead connection blocks nobody."""
        with self._locks[hash(upload_id) % _LOCKS]:
            yield

    @contextmanager
    def _part(self, upload_id: str) -> Iterator[BinaryIO]:
        try:
            file = (self._parts / upload_id).open("r+b")
        except FileNotFoundError:
            raise RefusedError("upload.gone") from None
        with file:
            if sys.platform != "win32":  # against other processes; freed when the file is closed
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file


@contextmanager
def _disk_errors() -> Iterator[None]:
    """Raise KnownError("exchange.disk_full") or KnownError("exchange.store_unavailable")."""
    try:
        yield
    except OSError as error:
        full = error.errno in _DISK_FULL
        raise KnownError("exchange.disk_full" if full else "exchange.store_unavailable") from error


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return sm3.digest_stream(file).hex()


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
