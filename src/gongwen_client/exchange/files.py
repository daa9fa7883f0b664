"""Files on this PC: digests, and copies that are visible only when complete."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongwen_client.durable import DISK_FULL, sync_folder
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
        if error.errno in DISK_FULL:
            raise KnownError("host.disk_full", folder=str(path.parent)) from error
        raise KnownError("file.io", name=path.name, detail=str(error)) from error


def digest_file(path: Path) -> str:
    """SM3 of a file, hexadecimal. Raises KnownError ``file.*``."""
    with disk_errors(path), path.open("rb") as source:
        return sm3.digest_stream(source).hex()


def copy_file(source: Path, target: Path) -> tuple[int, str]:
    """Copy ``source`` so that ``target`` appears whole or not at all; answers its size and SM3.

    Raises KnownError ``file.*``, ``host.disk_full``; nothing is left then.
    """
    part = target.with_name(f"{target.name}.part")
    hasher = sm3.new()
    size = 0
    try:
        with disk_errors(source):
            reading = source.open("rb")
        with reading, disk_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as writing:
                while block := reading.read(BLOCK):
                    hasher.update(block)
                    size += writing.write(block)
                writing.flush()
                os.fsync(writing.fileno())
            part.replace(target)
            sync_folder(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return size, hasher.digest().hex()
