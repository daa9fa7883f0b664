"""Files on this PC: digests, copying in, and downloads that are visible only when complete."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError

BLOCK = 2**20


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Errors of the file system in our words."""
    try:
        yield
    except FileNotFoundError as error:
        raise KnownError("file.not_found", name=path.name) from error
    except PermissionError as error:
        raise KnownError("file.no_access", name=path.name) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise KnownError("store.full", path=str(path), detail=str(error)) from error
        raise KnownError("file.io", name=path.name, detail=str(error)) from error


def digest_file(path: Path) -> str:
    """SM3 of a file, hexadecimal. Raises KnownError ``file.*``."""
    hasher = sm3.new()
    with disk_errors(path), path.open("rb") as source:
        while block := source.read(BLOCK):
            hasher.update(block)
    return hasher.digest().hex()


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut (no such thing on Windows)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
