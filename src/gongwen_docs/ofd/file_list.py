"""OFDEntries.xml: the list of all files of a package, against smuggled ones (GM/T 0099-2020 7.4, Annex D)."""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package

FILE_LIST = "OFDEntries.xml"


@dataclass(frozen=True)
class FileList:
    """The list as written, unjudged: ``files`` are package paths, as often as they are listed."""

    path: str
    creator: str
    date: str
    signed_value_path: str
    files: tuple[str, ...]


def read_file_list(package: Package) -> FileList | None:
    """The list of a package, None where it has none. Raises ``KnownError`` for damaged XML."""
    path = package.find(FILE_LIST)
    if path is None:
        return None
    root = xml.parse(package.read(path), path, package.limits)
    listed = xml.child(root, "FileList")
    location = _said(root, "SignedValueLoc")
    return FileList(
        path=path,
        creator=_said(root, "CreatorName"),
        date=_said(root, "CreationDate"),
        signed_value_path=package.resolve(path, location) if location else "",
        files=()
        if listed is None
        else tuple(
            (xml.text(item) or item.get("FileLoc", "")).removeprefix("/")
            for item in xml.children(listed, "File")
        ),
    )


def _said(root: xml.Element, name: str) -> str:
    """Attribute or element: which of the two the standard means could not be read."""
    return root.get(name) or xml.child_text(root, name)
