"""Opening a bomb as the client does: in a worker process with its limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gongwen_client.render import RenderPool
from gongwen_crypto.errors import GongwenError

DPI = 96.0


@dataclass(frozen=True)
class Trial:
    """What came of it: the code with which the file or its page was refused, and the remarks."""

    refused: str
    page_refused: str
    remarks: tuple[str, ...]


def attempt(pool: RenderPool, path: Path) -> Trial:
    """Open a file, draw its first page and read its text."""
    try:
        pool.open(path)
    except GongwenError as error:
        return Trial(error.code, "", ())
    try:
        remarks = pool.render(path, 0, DPI).remarks
        pool.text(path, 0)
    except GongwenError as error:
        return Trial("", error.code, ())
    return Trial("", "", tuple(remark.code for remark in remarks))
