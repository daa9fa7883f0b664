"""Blobs in an S3-compatible store: any process on any machine goes on with any upload (ADR 0049).

    PREFIX/ab/abcd…              a blob
    PREFIX/parts/ID/begin        an upload was announced
    PREFIX/parts/ID/OFFSET       the piece that begins there (16 digits); written once, never again

The store acknowledges an object only when it is durable: an offset that is answered needs no sync of ours. A
piece is written under the condition that nothing has its name, so of two writers at one offset one loses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryFile
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.addresses import is_loopback

_BEGIN = "begin"
_PROBE = "parts/probe"
_CHUNK = 8 << 20  # of a multipart upload


class S3Blobs:
    """One prefix of one bucket. Credentials come from the environment (AWS_ACCESS_KEY_ID and so on)."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    @classmethod
    def at(cls, place: str) -> S3Blobs:
        """``s3://bucket/prefix?endpoint=https://…&region=…``. Raises KnownError("exchange.store_address")
        for an endpoint without TLS beyond this machine."""
        parts = urlsplit(place)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        endpoint = options.get("endpoint")
        plain = endpoint is not None and not endpoint.startswith("https://")
        if not parts.netloc or (plain and not is_loopback(urlsplit(endpoint or "").hostname or "")):
            raise KnownError("exchange.store_address", place=place)
        return cls(
            S3Store(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                endpoint=endpoint,
                region=options.get("region", "us-east-1"),
                virtual_hosted_style_request=False,
                client_options={"allow_http": plain},
            )
        )

    # -- blobs --------------------------------------------------------------------------------------------

    def holds(self, digest: str) -> bool:
        """Whether the blob is complete and checked: an object appears whole or not at all."""
        with _store_errors():
            try:
                obstore.head(self._store, _name(digest))
            except FileNotFoundError:
                return False
            return True

    def size(self, digest: str) -> int:
        """Bytes of a blob."""
        with _store_errors():
            return obstore.head(self._store, _name(digest))["size"]

    def head(self, digest: str, count: int) -> bytes:
        """The first ``count`` bytes of a blob."""
        return b"".join(self.read(digest, 0, min(count, self.size(digest))))

    def read(self, digest: str, begin: int, end: int) -> Iterator[bytes]:
        """Bytes [begin, end) of a blob, in pieces."""
        if end <= begin:
            return
        with _store_errors():
            answer = obstore.get(self._store, _name(digest), options={"range": (begin, end)})
            for piece in answer.stream(min_chunk_size=1 << 18):
                yield bytes(piece)

    def file(self, _digest: str) -> None:
        """There are no files here."""
        return

    def digests(self) -> Iterator[str]:
        """All blobs."""
        with _store_errors():
            for page in obstore.list(self._store):
                for entry in page:
                    folder, _, digest = entry["path"].rpartition("/")
                    if folder == digest[:2]:
                        yield digest

    def keep(self, digest: str, content: BinaryIO) -> None:
        """Enter a blob whose digest the caller has checked."""
        with _store_errors():
            obstore.put(self._store, _name(digest), content, chunk_size=_CHUNK)

    def remove(self, digest: str) -> None:
        """Forget a blob."""
        with _store_errors():
            obstore.delete(self._store, _name(digest))

    # -- uploads ------------------------------------------------------------------------------------------

    def begin(self, upload_id: str) -> None:
        """Make an empty upload."""
        with _store_errors():
            obstore.put(self._store, f"parts/{upload_id}/{_BEGIN}", b"")

    def offset(self, upload_id: str) -> int:
        """Bytes that are durable: all pieces up to the first gap. Raises RefusedError("upload.gone")."""
        pieces = self._pieces(upload_id)
        if pieces is None:
            raise RefusedError("upload.gone")
        return sum(size for _, size in pieces)

    def began(self, upload_id: str, digest: str) -> bool:
        """Whether the bytes of an upload are here, unfinished or already as the blob."""
        return self._pieces(upload_id) is not None or self.holds(digest)

    def finished(self, upload_id: str, digest: str) -> bool:
        """Whether an upload has become its blob."""
        return self._pieces(upload_id) is None and self.holds(digest)

    def append(self, upload_id: str, at: int, data: bytes, limit: int) -> None:
        """Write a piece; see ``Blobs.append``."""
        end = self.offset(upload_id)
        if end != at:
            raise RefusedError("upload.offset_conflict", offset=end)
        if at + len(data) > limit:
            raise RefusedError("upload.overrun", offset=end, length=limit)
        if not data:
            return
        try:
            with _store_errors():
                obstore.put(self._store, f"parts/{upload_id}/{at:016d}", data, mode="create")
        except AlreadyExistsError:
            raise RefusedError("upload.offset_conflict", offset=self.offset(upload_id)) from None

    def finish(self, upload_id: str, digest: str) -> bool:
        """Check the digest over the pieces, then put them together; see ``Blobs.finish``."""
        pieces = self._pieces(upload_id)
        if pieces is None:
            if self.holds(digest):
                return True
            raise RefusedError("upload.gone")
        try:
            with TemporaryFile() as whole:  # a blob appears only from bytes that were checked
                hasher = sm3.new()
                for data in self._contents(pieces):
                    hasher.update(data)
                    whole.write(data)
                right = hasher.digest().hex() == digest
                if right and not self.holds(digest):
                    whole.seek(0)
                    self.keep(digest, whole)
        except FileNotFoundError:  # another process was quicker and has removed the pieces
            return self.holds(digest)
        self.discard(upload_id)
        return right

    def discard(self, upload_id: str) -> None:
        """Remove an upload; its announcement first, so that what a kill leaves is no upload any more."""
        with _store_errors():
            names = [
                entry["path"] for page in obstore.list(self._store, f"parts/{upload_id}") for entry in page
            ]
            for name in sorted(names, reverse=True):
                obstore.delete(self._store, name)

    def unfinished(self) -> Iterator[tuple[str, datetime]]:
        """Uploads that are not blobs, with the moment of their last byte."""
        last: dict[str, datetime] = {}
        with _store_errors():
            for page in obstore.list(self._store, "parts"):
                for entry in page:
                    upload_id = entry["path"].split("/")[1]
                    last[upload_id] = max(entry["last_modified"], last.get(upload_id, entry["last_modified"]))
        yield from last.items()

    # -- condition ----------------------------------------------------------------------------------------

    def require_writable(self) -> None:
        """Raise KnownError("exchange.store_unavailable") unless an object can be written and removed."""
        with _store_errors():
            obstore.put(self._store, _PROBE, b"")
            obstore.delete(self._store, _PROBE)

    def free_bytes(self) -> None:
        """Such a store does not say."""
        return

    def _pieces(self, upload_id: str) -> list[tuple[str, int]] | None:
        """(name, size) of the pieces without a gap from offset 0 on; None when there is no such upload."""
        found: dict[str, int] = {}
        with _store_errors():
            for page in obstore.list(self._store, f"parts/{upload_id}"):
                found |= {entry["path"]: entry["size"] for entry in page}
        if found.pop(f"parts/{upload_id}/{_BEGIN}", None) is None:
            return None
        whole, end = [], 0
        while (name := f"parts/{upload_id}/{end:016d}") in found:
            whole.append((name, found[name]))
            end += found[name]
        return whole

    def _contents(self, pieces: list[tuple[str, int]]) -> Iterator[bytes]:
        for name, _ in pieces:
            with _store_errors():
                data = bytes(obstore.get(self._store, name).bytes())
            yield data


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


@contextmanager
def _store_errors() -> Iterator[None]:
    """What callers decide on stays as it is; all else is a store that cannot be reached or does not obey."""
    try:
        yield
    except (FileNotFoundError, AlreadyExistsError):
        raise
    except BaseError as error:
        raise KnownError("exchange.store_unavailable") from error
