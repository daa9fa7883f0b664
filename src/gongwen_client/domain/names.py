"""Names of files that come from persons or from outside."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")
_DOCUMENTS = frozenset(
    (
        *(".ofd", ".pdf", ".ceb", ".txt", ".csv", ".rtf"),
        *(".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".wps", ".et", ".dps"),
        *(".odt", ".ods", ".odp", ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff"),
    )
)
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\\.|$)", re.IGNORECASE)
_LONGEST = 180
"""Bytes in UTF-8 before the suffix: file systems take 255, and a number may follow."""
# Separators of folders, what Windows forbids, controls, and marks that turn the reading direction around.
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]')


def safe_suffix(name: str) -> str:
    """The suffix of a file name, in lower case, when it is a plain one; else empty."""
    suffix = PurePosixPath(name).suffix
    return suffix.lower() if _SUFFIX.fullmatch(suffix) else ""


def opens_as_document(name: str) -> bool:
    """Whether the system may be asked to open such a file: programs, scripts and links never."""
    return safe_suffix(name) in _DOCUMENTS


def plain_name(name: str) -> str:
    """The name to propose for a copy: it names no folder and reads the way it is."""
    return _UNFIT.sub("_", name).strip(" .") or "_"


def file_name(words: str, suffix: str) -> str:
    """A file name of words that a document brought along, which any system takes: not too long, no device of
    Windows, its suffix kept."""
    stem = plain_name(words)
    while len(stem.encode()) > _LONGEST:
        stem = stem[:-1]
    stem = stem.rstrip(" .") or "_"
    return f"_{stem}{suffix}" if _DEVICES.match(stem) else f"{stem}{suffix}"
