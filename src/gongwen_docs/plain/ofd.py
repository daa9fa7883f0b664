"""Take the technical protection out of an OFD package and put pictures where the seals were."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.document import OfdDocument, Page
from gongwen_docs.ofd.entry import ENTRY
from gongwen_docs.ofd.file_list import read_file_list
from gongwen_docs.ofd.rewrite import rewrite
from gongwen_docs.ofd.signatures import read_signatures
from gongwen_docs.ofd.values import Box

_FOLDER = "Plain"


@dataclass(frozen=True)
class Picture:
    """A PNG at ``boundary`` of a page, of which ``shown`` is to be seen (mm from the page's corner).
    ``below`` the page's own content it darkens paper as a seal does; above, it hides what is there."""

    page_index: int
    boundary: Box
    shown: Box
    png: bytes
    below: bool


def write_plain(document: OfdDocument, pictures: Sequence[Picture], target: Path) -> None:
    """Write ``document`` without its protection and with ``pictures`` to ``target``."""
    package = document.package
    parts: dict[str, bytes] = {ENTRY: _entry_without_signatures(package)}
    ids = _Ids(document)
    folder = posixpath.join(posixpath.dirname(document.entry.root), _FOLDER)
    by_page: dict[int, list[Picture]] = {}
    for picture in pictures:
        by_page.setdefault(picture.page_index, []).append(picture)
    for index, placed in sorted(by_page.items()):
        page = document.pages[index]
        resources, files, media = _resources(folder, index, placed, ids)
        parts |= files
        parts[page.path] = _page_with(package, page, placed, media, f"/{resources}", ids)
    if pictures:
        parts[document.entry.root] = _root_with(package, document.entry.root, ids.last)
    with target.open("wb") as stream:
        rewrite(package, stream, parts, without=frozenset(protection(package)) - parts.keys())


def protection(package: Package) -> Iterator[str]:
    """The files of a package that are technical protection: signatures with their seals, and signed lists."""
    root = xml.parse(package.read(ENTRY), ENTRY, package.limits)
    for body in xml.children(root, "DocBody"):
        location = xml.child_text(body, "Signatures")
        if not location:
            continue
        listed = package.resolve(ENTRY, location)
        yield listed
        for signature in read_signatures(package, listed):
            yield signature.path
            yield from filter(None, (signature.seal_path, signature.signed_value_path))
            yield from _beside(package, signature.path)
    files = read_file_list(package)
    if files is not None:
        yield files.path
        if files.signed_value_path:
            yield files.signed_value_path


def _beside(package: Package, signature: str) -> Iterator[str]:
    """What else lies in a signature's own folder (time stamps, loose seals)."""
    folder = posixpath.dirname(signature)
    if "sign" in posixpath.basename(folder).lower():
        yield from (name for name in package.names if name.startswith(f"{folder}/"))


def _entry_without_signatures(package: Package) -> bytes:
    root = xml.parse(package.read(ENTRY), ENTRY, package.limits)
    for body in xml.children(root, "DocBody"):
        for element in list(xml.children(body, "Signatures")):
            body.remove(element)
    return xml.serialise(root)


class _Ids:
    """Numbers that nothing in the document has."""

    def __init__(self, document: OfdDocument) -> None:
        package = document.package
        numbers = [0]
        for name in (document.entry.root, *_xml_names(package)):
            try:
                root = xml.parse(package.read(name), name, package.limits)
            except KnownError:  # a part that is damaged and that no page needs
                continue
            numbers += [_number(element.get("ID", "")) for element in root.iter() if element.get("ID")]
            if name == document.entry.root:
                numbers += [
                    _number(xml.text(found)) for found in root.iter() if xml.local(found) == "MaxUnitID"
                ]
        self.last = max(numbers)

    def next(self) -> int:
        """One more."""
        self.last += 1
        return self.last


def _xml_names(package: Package) -> Iterable[str]:
    return (name for name in package.names if name.lower().endswith(".xml"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _resources(
    folder: str, index: int, pictures: Sequence[Picture], ids: _Ids
) -> tuple[str, Mapping[str, bytes], list[int]]:
    """A resource file of the page's own, the pictures, and the number of each."""
    name = posixpath.join(folder, f"Page_{index}.xml")
    files: dict[str, bytes] = {}
    media: list[int] = []
    lines = []
    for number, picture in enumerate(pictures):
        path = posixpath.join(folder, f"Seal_{index}_{number}.png")
        files[path] = picture.png
        media.append(ids.next())
        lines.append(
            f'<ofd:MultiMedia ID="{media[-1]}" Type="Image" Format="PNG">'
            f"<ofd:MediaFile>/{path}</ofd:MediaFile></ofd:MultiMedia>"
        )
    files[name] = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ofd:Res xmlns:ofd="http://www.ofdspec.org/2016" BaseLoc="">'
        f"<ofd:MultiMedias>{''.join(lines)}</ofd:MultiMedias></ofd:Res>"
    ).encode()
    return name, files, media


def _page_with(
    package: Package, page: Page, pictures: Sequence[Picture], media: Sequence[int], resources: str, ids: _Ids
) -> bytes:
    """The page's file with a layer of pictures before its own layers, or behind them."""
    root = xml.parse(package.read(page.path), page.path, package.limits)
    before = sum(1 for child in root if xml.local(child) in ("Template", "PageRes"))
    location = _made(root, "PageRes")
    location.text = resources
    root.insert(before, location)
    content = xml.child(root, "Content")
    if content is None:
        content = _made(root, "Content")
        actions = xml.child(root, "Actions")
        root.insert(len(root) if actions is None else root.index(actions), content)
    for below in (True, False):
        placed = [(one, number) for one, number in zip(pictures, media, strict=True) if one.below is below]
        if not placed:
            continue
        layer = _made(root, "Layer")
        layer.set("ID", str(ids.next()))
        layer.set("Type", "Background" if below else "Foreground")
        content.insert(0 if below else len(content), layer)
        for picture, number in placed:
            layer.append(_image(root, picture, number, ids))
    return xml.serialise(root)


def _image(root: xml.Element, picture: Picture, media: int, ids: _Ids) -> xml.Element:
    boundary, shown = picture.boundary, picture.shown
    matrix = (boundary.width, 0, 0, boundary.height, boundary.x - shown.x, boundary.y - shown.y)
    element = _made(root, "ImageObject")
    element.set("ID", str(ids.next()))
    element.set("ResourceID", str(media))
    element.set("Boundary", _numbers(shown))
    element.set("CTM", _numbers(matrix))
    return element


def _root_with(package: Package, path: str, last: int) -> bytes:
    root = xml.parse(package.read(path), path, package.limits)
    for element in root.iter():
        if xml.local(element) == "MaxUnitID":
            element.text = str(last)
    return xml.serialise(root)


def _made(parent: xml.Element, name: str) -> xml.Element:
    """A new element in the namespace of ``parent``."""
    namespace = parent.tag.rpartition("}")[0]
    return parent.makeelement(f"{namespace}}}{name}" if namespace else name)


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{round(value, 4):g}" for value in values)
