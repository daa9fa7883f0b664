"""Which files of a package a reader can come to, starting from OFD.xml."""

from __future__ import annotations

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package

_LOCATION_ELEMENTS = frozenset(
    (
        *("DocRoot", "Signatures", "Versions", "Cover", "PublicRes", "DocumentRes", "PageRes"),
        *("Annotations", "CustomTags", "Attachments", "Extensions", "FileLoc", "SchemaLoc", "ExtendData"),
        *("MediaFile", "FontFile", "Profile", "BaseLoc", "SignedValue", "ImageLoc"),
    )
)
_LOCATION_ATTRIBUTES = ("BaseLoc", "Profile", "Loc")


def reachable_parts(package: Package, entry: str = "OFD.xml") -> frozenset[str]:
    """Every existing file named by an ST_Loc of a reachable XML file, ``entry`` included.

    Errs on the side of reaching too much: a file that might be shown counts as shown.
    """
    reached: set[str] = set()
    waiting = [entry]
    while waiting:
        part = waiting.pop()
        if part in reached or part not in package:
            continue
        reached.add(part)
        if part.lower().endswith(".xml") or part == entry:
            waiting.extend(_targets(package, part))
    return frozenset(reached)


def _targets(package: Package, part: str) -> set[str]:
    try:
        root = xml.parse(package.read(part), part, package.limits)
    except KnownError:
        return set()  # an attachment that is no XML, or a damaged tag file: it leads nowhere
    base = part
    if xml.local(root) == "Res" and root.get("BaseLoc"):
        base = package.resolve(part, root.get("BaseLoc", "")).rstrip("/") + "/_"
    found: set[str] = set()
    for element in root.iter():
        locations = [element.get(name) for name in _LOCATION_ATTRIBUTES]
        if xml.local(element) in _LOCATION_ELEMENTS:
            locations.append(element.text)
        for location in locations:
            if location and location.strip():
                found.add(package.resolve(base, location))
                found.add(package.resolve(part, location))
    return found
