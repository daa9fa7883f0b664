"""One running client per data folder: two would race for the outbox and the print tickets."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from gongwen_client.durable import FileLock
from gongwen_crypto.errors import KnownError


class SingleInstance:
    """Holds the data folder while the program runs; the system frees it when the process dies."""

    def __init__(self, data: Path) -> None:
        self._lock = FileLock(data / "instance.lock")

    def __enter__(self) -> Self:
        """Raises KnownError("host.already_running")."""
        if not self._lock.acquire(wait=False):
            raise KnownError("host.already_running")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
