"""Mutants of what lies beside the pages: references, side files, pictures, fonts, seals (bar S1).

``test_mutants`` changes single elements; here parts are exchanged, references lead elsewhere, values move
from one attribute to another, and the bytes of pictures, fonts and signatures change in place.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pymupdf
import pytest
from lxml import etree

from docs.bombs.pictures import jbig2, png, tiff
from docs.draw.test_mutants import NASTY, rich_document
from docs.office import Authority, seal
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import open_drawing
from gongwen_docs.draw.catalogue import catalogue
from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.ofd.values import Box
from gongwen_docs.sign import Placement

Parts = dict[str, bytes]
Mutator = Callable[[Parts, random.Random], None]

_REFERENCES = (
    *("ID", "Font", "ResourceID", "ImageMask", "DrawParam", "Relative", "TemplateID", "PageID", "PageRef"),
    *("ColorSpace", "RefId", "AttachID", "Substitution"),
)
_SIDE = """
<ofd:Permissions><ofd:Print Printable="true" Copies="2"/><ofd:ValidPeriod StartDate="2026-01-01"/>
</ofd:Permissions>
<ofd:VPreferences><ofd:PageMode>UseOutlines</ofd:PageMode></ofd:VPreferences>
<ofd:Bookmarks><ofd:Bookmark Name="a"><ofd:Dest Type="XYZ" PageID="100" Top="9"/></ofd:Bookmark>
</ofd:Bookmarks>
<ofd:Outlines><ofd:OutlineElem Title="a" Count="1"><ofd:Actions><ofd:Action Event="CLICK"><ofd:Goto>
<ofd:Bookmark Name="a"/></ofd:Goto></ofd:Action></ofd:Actions><ofd:OutlineElem Title="b"/></ofd:OutlineElem>
</ofd:Outlines>
<ofd:Actions><ofd:Action Event="DO"><ofd:URI URI="http://example.org" Base="a"/></ofd:Action></ofd:Actions>
<ofd:CustomTags>Tags.xml</ofd:CustomTags><ofd:Extensions>Extensions.xml</ofd:Extensions>
<ofd:Attachments>Attachments.xml</ofd:Attachments>"""
_LISTS = {
    "Tags.xml": '<ofd:CustomTags {0}><ofd:CustomTag NameSpace="urn:a"><ofd:FileLoc>Tag.xml</ofd:FileLoc>'
    "</ofd:CustomTag></ofd:CustomTags>",
    "Tag.xml": '<a:tag xmlns:a="urn:a"><a:title><ofd:ObjectRef {0} PageRef="100">8'
    "</ofd:ObjectRef></a:title></a:tag>",
    "Extensions.xml": '<ofd:Extensions {0}><ofd:Extension AppName="a" RefId="100"><ofd:Property Name="n" '
    'Type="t">v</ofd:Property><ofd:ExtendData>Tag.xml</ofd:ExtendData></ofd:Extension></ofd:Extensions>',
    "Attachments.xml": '<ofd:Attachments {0}><ofd:Attachment ID="1" Name="a" Format="txt" Size="1">'
    "<ofd:FileLoc>Tag.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>",
}


@cache
def full_document() -> bytes:
    """The rich document with every side file, pictures of every kind, and a seal."""
    with Package.open(rich_document()) as package:
        parts = {name: package.read(name) for name in package.names}
    name_space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    document = parts["Doc_0/Document.xml"].decode()
    parts["Doc_0/Document.xml"] = document.replace("</ofd:Document>", f"{_SIDE}</ofd:Document>").encode()
    parts |= {f"Doc_0/{name}": text.format(name_space).encode() for name, text in _LISTS.items()}
    pictures = _pictures()
    media = "".join(
        f'<ofd:MultiMedia ID="{90 + n}" Type="Image"><ofd:MediaFile>{name}</ofd:MediaFile></ofd:MultiMedia>'
        for n, name in enumerate(pictures)
    )
    resources = f'<ofd:Res {name_space} BaseLoc="Res"><ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>'
    parts["Doc_0/PageRes.xml"] = resources.encode()
    parts |= {f"Doc_0/Res/{name}": data for name, data in pictures.items()}
    images = "".join(
        f'<ofd:ImageObject ID="{200 + n}" ResourceID="{90 + n}" Boundary="{n * 15} 80 12 12" '
        'CTM="12 0 0 12 0 0"/>'
        for n in range(len(pictures))
    )
    page = "Doc_0/Pages/Page_0/Content.xml"
    text = parts[page].decode().replace("</ofd:Layer>", f"{images}</ofd:Layer>")
    parts[page] = text.replace(
        "<ofd:Content>", "<ofd:PageRes>../../PageRes.xml</ofd:PageRes><ofd:Content>"
    ).encode()
    return _sealed(pack(parts))


def _pictures() -> Parts:
    noise = random.Random(1).randbytes(40 * 40 * 3)
    jpeg = pymupdf.Pixmap(pymupdf.csRGB, 40, 40, noise, False).tobytes("jpeg")
    rows = b"".join(b"\0" + noise[row * 120 : row * 120 + 120] for row in range(40))
    return {
        "a.jpg": jpeg,
        "a.png": png(40, 40, 8, 2, rows),
        "a.tif": tiff(40, 40, 1, noise[:1600]),
        "a.jb2": jbig2(40, 40, 40),
    }


def _sealed(data: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "plain.ofd").write_bytes(data)
        place = Placement(0, Box(10, 10, 42, 42))
        unit = Authority.found().unit()
        return seal(Path(folder, "plain.ofd"), Path(folder, "sealed.ofd"), unit, place).read_bytes()


def exchange_parts(parts: Parts, dice: random.Random) -> None:
    """Two files of the package change places."""
    first, second = dice.sample(sorted(parts), 2)
    parts[first], parts[second] = parts[second], parts[first]


def lead_elsewhere(parts: Parts, dice: random.Random) -> None:
    """A location names another file, its own file, or what is not there."""
    name, root = _some_xml(parts, dice)
    places = [item for item in root.iter() if item.text and "." in item.text and len(item) == 0]
    if places:
        target = dice.choice([*parts, name, "/", "..", "../../x", ""])
        dice.choice(places).text = dice.choice(("", "/")) + target
        parts[name] = etree.tostring(root)


def swap_references(parts: Parts, dice: random.Random) -> None:
    """Two references, or an identity and a reference, change values."""
    name, root = _some_xml(parts, dice)
    found = [(item, key) for item in root.iter() for key in item.attrib if key in _REFERENCES]
    if len(found) > 1:
        (first, a), (second, b) = dice.sample(found, 2)
        one, other = first.get(a, ""), second.get(b, "")
        first.set(a, other)
        second.set(b, one)
        parts[name] = etree.tostring(root)


def move_values(parts: Parts, dice: random.Random) -> None:
    """A value of one attribute stands in another one, changed a little."""
    name, root = _some_xml(parts, dice)
    found = [(item, key) for item in root.iter() for key in item.attrib]
    if found:
        item, key = dice.choice(found)
        other, source = dice.choice(found)
        value = dice.choice((other.get(source, ""), f"-{item.get(key)}", f"{item.get(key)}9" * 3, *NASTY))
        with suppress(ValueError):
            item.set(key, value)
        parts[name] = etree.tostring(root)


def repeat_elements(parts: Parts, dice: random.Random) -> None:
    """An element and all below it stand many times, or inside one another."""
    name, root = _some_xml(parts, dice)
    elements = list(root.iter())
    item = dice.choice(elements)
    copy = etree.tostring(item)
    parent = item.getparent() if dice.random() < 0.5 else item
    if parent is not None and len(elements) < 3000:
        for _ in range(dice.randint(1, 20)):
            parent.append(etree.fromstring(copy))
        parts[name] = etree.tostring(root)


def change_bytes(parts: Parts, dice: random.Random) -> None:
    """Bytes of a picture, font, seal or signature change, move, or are gone."""
    names = sorted(name for name in parts if not name.endswith(".xml") and parts[name])
    if not names:
        return
    name = dice.choice(names)
    data = bytearray(parts[name])
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(data))
        match dice.randrange(5):
            case 0:
                data[at] ^= 1 << dice.randrange(8)
            case 1:
                data[at : at + 4] = dice.choice(
                    (b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\0\0\0\1")
                )
            case 2:
                del data[at : at + dice.randint(1, 40)]
            case 3:
                data[at:at] = data[dice.randrange(len(data)) :][: dice.randint(1, 200)]
            case _:
                del data[at:]
        if not data:
            break
    parts[name] = bytes(data)


MUTATORS: tuple[Mutator, ...] = (
    *(exchange_parts, lead_elsewhere, swap_references, move_values, repeat_elements),
    *(change_bytes, change_bytes, change_bytes),
)


def _some_xml(parts: Parts, dice: random.Random) -> tuple[str, etree._Element]:
    """One of the files that can be parsed; an empty one where earlier changes left none."""
    names = sorted(name for name in parts if name.endswith(".xml"))
    for name in dice.sample(names, len(names)):
        with suppress(etree.XMLSyntaxError):
            return name, etree.fromstring(parts[name])
    return "OFD.xml", etree.Element("empty")


def mutants(data: bytes, seed: int) -> Iterator[bytes]:
    """Endless packages, each with one to four changes."""
    dice = random.Random(seed)
    with Package.open(data) as package:
        original = {name: package.read(name) for name in package.names}
    while True:
        parts = dict(original)
        for _ in range(dice.randint(1, 4)):
            dice.choice(MUTATORS)(parts, dice)
        yield pack(parts)


def read_everything(data: bytes) -> None:
    """Draw, read and tell about a document; refusals are fine."""
    with suppress(KnownError), open_drawing(data) as drawing:
        for work in (
            lambda: drawing.render(0, 30),
            lambda: drawing.render(0, 60, (10, 10, 30, 30)),
            lambda: drawing.text(0),
            drawing.navigation,
            lambda: drawing.links(0),
            lambda: catalogue(drawing),
        ):
            with suppress(KnownError):
                work()


def test_the_full_document_is_drawn() -> None:
    with open_drawing(full_document()) as drawing:
        drawing.render(0, 60)
        assert {report.code for report in drawing.reports} <= {"draw.picture_damaged"}
        told = catalogue(drawing)
    assert told["findings"] == []
    assert len(told["signatures"]) == len(told["annotations"]) == len(told["attachments"]) == 1


@pytest.mark.parametrize("seed", range(4))
def test_structure_mutants_are_read_or_refused(seed: int) -> None:
    source = mutants(full_document(), seed)
    for _ in range(60):
        read_everything(next(source))


@pytest.mark.long
@pytest.mark.corpus
@pytest.mark.timeout(0)
def test_many_structure_mutants(corpus: Path) -> None:
    sources = [mutants(full_document(), 99)]
    for file in sorted(corpus.glob("*.ofd")):
        with suppress(KnownError):
            source = mutants(file.read_bytes(), len(sources))
            next(source)
            sources.append(source)
    for number in range(20_000):
        # every other one from the document that has everything
        read_everything(next(sources[number % len(sources) if number % 2 else 0]))
