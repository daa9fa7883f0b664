"""Files of received documents on this PC, by digest: a name from outside never becomes a path."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from gongwen_client.domain.drafts import LocalFile
from gongwen_client.domain.names import safe_suffix
from gongwen_client.durable import sync_folder
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.files import BLOCK, digest_file, disk_errors
from gongwen_client.exchange.opening import ContentKeys, decrypted
from gongwen_client.store.documents import StoredDocument
from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.messages import FileReference


class FileCabinet:
    """``folder`` holds complete, checked files only; unfinished ones end in ``.part``, encrypted ones that
    could not be opened yet in ``.cipher``."""

    def __init__(self, folder: Path, api: ExchangeApi, content_keys: ContentKeys) -> None:
        self._folder = folder
        self._api = api
        self._content_keys = content_keys
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def place(self, reference: FileReference) -> LocalFile:
        """Where the file is, or will be."""
        path = self._folder / reference.digest[:2] / f"{reference.digest}{safe_suffix(reference.name)}"
        return LocalFile(reference.name, path, reference.size, reference.digest)

    def has(self, reference: FileReference) -> bool:
        """Whether the file is here (it was checked before it got its name)."""
        return self.place(reference).path.is_file()

    def fetch_document(
        self,
        document: StoredDocument,
        keep_on: Callable[[], None] = lambda: None,
        content_keys: ContentKeys | None = None,
    ) -> list[LocalFile]:
        """All files of a document, body first: downloaded, and decrypted where they are encrypted.

        Raises KnownError: download.damaged, and with ``secrecy.*`` what keeps the content from being read
        here (the ciphers then stay for the next try).
        """
        using = content_keys or self._content_keys
        using.require_protected(document)
        missing = [place for place, one in enumerate(document.files) if not self.has(one)]
        if not document.encrypted:
            if missing:
                using.require_one_log(document)
            return [self.fetch(reference, keep_on) for reference in document.files]
        ciphers = {place: self._fetch_cipher(document.files[place], keep_on) for place in missing}
        keys = using.keys(document) if missing else ()
        if missing:
            using.require_one_log(document)
        for place, cipher in ciphers.items():
            self._decrypt(document, place, keys[place], cipher, keep_on)
        return [self.place(reference) for reference in document.files]

    def _fetch_cipher(self, reference: FileReference, keep_on: Callable[[], None]) -> LocalFile:
        stored = reference.stored
        path = self._folder / stored.digest[:2] / f"{stored.digest}.cipher"
        file = LocalFile(reference.name, path, stored.size, stored.digest)
        with self._lock_of(stored.digest):
            if not path.is_file():
                self._download(file, keep_on)
        return file

    def _decrypt(
        self,
        document: StoredDocument,
        place: int,
        key: bytes,
        cipher: LocalFile,
        keep_on: Callable[[], None],
    ) -> None:
        """The content gets its name only when it is whole and what its sender stated. Another thread that
        wanted it too may have been first, and have done away with the cipher."""
        file = self.place(document.files[place])
        with self._lock_of(file.digest), disk_errors(file.path):
            if file.path.is_file():
                cipher.path.unlink(missing_ok=True)
                return
            file.path.parent.mkdir(parents=True, exist_ok=True)
            part = file.path.with_name(f"{file.digest}.plain.part")
            try:
                self._write_plain(decrypted(document, place, key, cipher.path), part, file, keep_on)
            except KnownError as error:
                part.unlink(missing_ok=True)
                if error.code == "secrecy.content_altered":
                    cipher.path.unlink(missing_ok=True)
                raise
            part.replace(file.path)
            sync_folder(file.path.parent)
            cipher.path.unlink(missing_ok=True)

    @staticmethod
    def _write_plain(
        pieces: Iterable[bytes], part: Path, file: LocalFile, keep_on: Callable[[], None]
    ) -> None:
        hasher = sm3.new()
        with part.open("wb") as target:
            for piece in pieces:
                hasher.update(piece)
                target.write(piece)
                keep_on()
            target.flush()
            os.fsync(target.fileno())
        if hasher.digest().hex() != file.digest:
            raise KnownError("secrecy.content_altered", name=file.name)

    def fetch(self, reference: FileReference, keep_on: Callable[[], None] = lambda: None) -> LocalFile:
        """The file, downloaded if need be. ``keep_on`` is called between blocks and may raise to stop.

        Raises KnownError("download.damaged") when what came is not what was announced.
        """
        file = self.place(reference)
        with self._lock_of(reference.digest):
            if not file.path.is_file():
                self._download(file, keep_on)
        return file

    def _download(self, file: LocalFile, keep_on: Callable[[], None]) -> None:
        part = file.path.with_name(f"{file.digest}.part")
        with disk_errors(file.path):
            part.parent.mkdir(parents=True, exist_ok=True)
            if not part.exists() or part.stat().st_size < file.size or file.size == 0:
                self._append(file, part, keep_on)
            if part.stat().st_size != file.size or digest_file(part) != file.digest:
                part.unlink()
                raise KnownError("download.damaged", name=file.name)
            part.replace(file.path)
            sync_folder(file.path.parent)

    def _append(self, file: LocalFile, part: Path, keep_on: Callable[[], None]) -> None:
        have = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={have}-", "If-Range": f'"{file.digest}"'} if have else {}
        path = f"/v1/blobs/{file.digest}"
        with self._api.exchange("GET", path, headers=headers) as response:
            resumed = response.status_code == 206
            if resumed and not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                raise RefusedError("download.wrong_range")
            with part.open("ab" if resumed else "wb") as target:
                try:
                    for block in response.iter_content(BLOCK):
                        if target.tell() + len(block) > file.size:
                            raise KnownError("download.damaged", name=file.name)
                        target.write(block)
                        keep_on()
                finally:
                    target.flush()
                    os.fsync(target.fileno())

    def _lock_of(self, digest: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(digest, threading.Lock())
