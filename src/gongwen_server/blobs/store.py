"""What a store of documents' bytes must do, wherever it keeps them, and which one a place names.

A blob is named by its SM3 digest and never changes. An upload's offset is what the store itself holds of it:
there is no second record that could disagree. ``append`` states the offset that it continues, so of two
racing writers, in whatever process, one is told the right place.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from gongwen_crypto.errors import KnownError
from gongwen_server.blobs.local import LocalBlobs

PIECE = 1 << 20


class Blobs(Protocol):
    """Raises KnownError: exchange.disk_full, exchange.store_unavailable."""

    def holds(self, digest: str) -> bool:
        """Whether the blob is complete and checked."""

    def size(self, digest: str) -> int:
        """Bytes of a blob."""

    def head(self, digest: str, count: int) -> bytes:
        """The first ``count`` bytes of a blob."""

    def read(self, digest: str, begin: int, end: int) -> Iterator[bytes]:
        """Bytes [begin, end) of a blob, in pieces."""

    def file(self, digest: str) -> Path | None:
        """The file of a blob, where this store has files."""

    def digests(self) -> Iterator[str]:
        """All blobs."""

    def keep(self, digest: str, content: BinaryIO) -> None:
        """Enter a blob whose digest the caller has checked (restoring a backup)."""

    def remove(self, digest: str) -> None:
        """Forget a blob (retention); none there: nothing."""

    def begin(self, upload_id: str) -> None:
        """Make an empty upload that outlives a power cut."""

    def offset(self, upload_id: str) -> int:
        """Bytes that are durable and need not be sent again. Raises RefusedError("upload.gone")."""

    def began(self, upload_id: str, digest: str) -> bool:
        """Whether the bytes of an upload are here, unfinished or already as the blob."""

    def finished(self, upload_id: str, digest: str) -> bool:
        """Whether an upload has become its blob."""

    def append(self, upload_id: str, at: int, data: bytes, limit: int) -> None:
        """Write ``data`` at offset ``at``, which must be the present end; durable only after ``offset``.

        Raises RefusedError: upload.offset_conflict with the right offset, upload.overrun, upload.gone.
        """

    def finish(self, upload_id: str, digest: str) -> bool:
        """Check the digest; make the upload a blob and say True, or remove it and say False. Repeatable."""

    def discard(self, upload_id: str) -> None:
        """Remove an upload that nobody goes on with."""

    def unfinished(self) -> Iterator[tuple[str, datetime]]:
        """Uploads that are not blobs, with the moment of their last byte."""

    def require_writable(self) -> None:
        """Raise KnownError unless a few bytes can be written and removed again."""

    def free_bytes(self) -> int | None:
        """Room that is left, where the store knows."""


def open_blobs(place: str, home: Path) -> Blobs:
    """The store that the settings name: a directory (relative to ``home``) or ``s3://bucket/prefix?…``.

    Raises KnownError("exchange.s3_not_installed") without the optional package.
    """
    if not place.startswith("s3://"):
        return LocalBlobs(home / place)
    try:
        from gongwen_server.blobs.s3 import S3Blobs
    except ImportError as error:
        raise KnownError("exchange.s3_not_installed") from error
    return S3Blobs.at(place)
