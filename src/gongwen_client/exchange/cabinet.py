"""Files of received documents on this PC, by digest: a name from outside never becomes a path."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from gongwen_client.domain.drafts import LocalFile
from gongwen_client.domain.names import safe_suffix
from gongwen_client.durable import sync_folder
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.files import BLOCK, digest_file, disk_errors
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.messages import FileReference


class FileCabinet:
    """``folder`` holds complete, checked files only; unfinished ones end in ``.part``."""

    def __init__(self, folder: Path, api: ExchangeApi) -> None:
        self._folder = folder
        self._api = api
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def place(self, reference: FileReference) -> LocalFile:
        """Where the file is, or will be."""
        path = self._folder / reference.digest[:2] / f"{reference.digest}{safe_suffix(reference.name)}"
        return LocalFile(reference.name, path, reference.size, reference.digest)

    def has(self, reference: FileReference) -> bool:
        """Whether the file is here (it was checked before it got its name)."""
        return self.place(reference).path.is_file()

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
