"""Plain copies for the archive, and checking packages."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.render.operations import Desk, operation
from gongwen_docs.archive import PackageReport
from gongwen_docs.archive.checking import check_package
from gongwen_docs.plain.copies import plain_copy
from gongwen_docs.plain.facts import PlainFacts


@operation
def make_plain_copy(desk: Desk, path: Path, target: Path) -> PlainFacts:
    """Write a document without its technical protection; it looks the same or this raises."""
    return plain_copy(desk.documents.get(path), target)


@operation
def check_archive(desk: Desk, folder: Path) -> PackageReport:
    """Check a package in a folder."""
    return check_package(folder)
