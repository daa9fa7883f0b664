"""Attacks on the eye: what is signed shows something else, or a seal is only drawn."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from docs.office import OVER_THE_DATE, document_parts
from docs.verify.attacks.lab import PAGE_1, ROOT, SIGNATURE, Lab, Parts, replaced, resigned
from docs.verify.attacks.registry import Forgery, attack
from gongwen_docs.ofd.container import pack
from gongwen_docs.ofd.values import Box
from gongwen_docs.sign import Placement
from gongwen_docs.verify import Verdict
from ofd_builder import box_font

NOTE = "Doc_0/Annots/Page_0/Annotation.xml"
WARNING = Verdict.WARNING


def _on_page(units: str, page: str = PAGE_1) -> Parts:
    return replaced(document_parts(), page, "</ofd:Layer>", f"{units}</ofd:Layer>")


def _text(attributes: str, place: str = "20 150 100 10", fill: str = "", text: str = "另有约定") -> str:
    return (
        f'<ofd:TextObject ID="810" Boundary="{place}" Font="1" {attributes}>{fill}'
        f'<ofd:TextCode X="0" Y="5">{text}</ofd:TextCode></ofd:TextObject>'
    )


def _area(fill: str, place: str = "10 10 190 40", attributes: str = "") -> str:
    return (
        f'<ofd:PathObject ID="811" Boundary="{place}" Fill="true" Stroke="false" {attributes}>'
        f'<ofd:FillColor Value="{fill}"/><ofd:AbbreviatedData>M 0 0 L 190 0 L 190 40 L 0 40 C'
        "</ofd:AbbreviatedData></ofd:PathObject>"
    )


def _noted(old: str, new: str) -> Parts:
    return replaced(document_parts(), NOTE, old, new)


@attack(
    "prints-differently",
    "A8",
    "An annotation is on paper only, or on the screen only.",
    "seal.annotation.prints_differently",
    WARNING,
)
def prints_differently(lab: Lab) -> Iterator[Forgery]:
    for label, attributes in (
        ("paper-only", 'Visible="false"'),
        ("screen-only", 'Print="false"'),
        ("said-twice", 'Visible="true" Print="0"'),
    ):
        parts = _noted('Type="Watermark"', f'Type="Watermark" {attributes}')
        yield Forgery(label, pack(lab.seal(parts, lab.unit)))


@attack("note-over-text", "A8", "An annotation lies over the text.", "seal.annotation.covers", WARNING)
def note_over_text(lab: Lab) -> Iterator[Forgery]:
    for label, kind in (("path", "Path"), ("highlight", "Highlight"), ("watermark", "Watermark")):
        parts = document_parts()
        text = (
            parts[NOTE]
            .decode()
            .replace('Type="Watermark"', f'Type="{kind}"')
            .replace(
                'LastModDate="2026-11-20"/>',
                f'LastModDate="2026-11-20"><ofd:Appearance Boundary="10 10 190 40">{_area("255 255 255")}'
                "</ofd:Appearance></ofd:Annot>",
            )
        )
        yield Forgery(label, pack(lab.seal({**parts, NOTE: text.encode()}, lab.unit)))


@attack(
    "hidden-text",
    "A8",
    "Text that nobody sees: white, invisible, tiny, beside the page, covered.",
    "seal.page.hidden_text",
    WARNING,
)
def hidden_text(lab: Lab) -> Iterator[Forgery]:
    white = '<ofd:FillColor Value="255 255 255"/>'
    for label, units in (
        ("white", _text('Size="5"', fill=white)),
        ("nearly-white", _text('Size="5"', fill='<ofd:FillColor Value="252 252 252"/>')),
        ("invisible", _text('Size="5" Visible="false"')),
        ("transparent", _text('Size="5" Alpha="0"')),
        ("tiny", _text('Size="0.2"')),
        ("shrunk", _text('Size="5" CTM="0.02 0 0 0.02 0 0"')),
        ("beside", _text('Size="5"', "300 150 100 10")),
        ("covered", _area("255 255 255")),
    ):
        yield Forgery(label, pack(lab.seal(_on_page(units), lab.unit)))


@attack(
    "other-glyphs", "A11", "The page copies as one text and shows another.", "seal.page.other_glyphs", WARNING
)
def other_glyphs(lab: Lab) -> Iterator[Forgery]:
    for label, text, glyphs in (("one", "A", "2"), ("three", "ABC", "3 1 2"), ("part", "AB", "1 3")):
        parts = {**document_parts(), "Doc_0/Res/fang.otf": box_font()}
        run = (
            f'<ofd:CGTransform CodePosition="0" CodeCount="{len(text)}" GlyphCount="{len(text)}">'
            f"<ofd:Glyphs>{glyphs}</ofd:Glyphs></ofd:CGTransform>"
        )
        parts = replaced(
            parts, PAGE_1, "</ofd:Layer>", _text('Size="5"', fill=run, text=text) + "</ofd:Layer>"
        )
        yield Forgery(label, pack(lab.seal(parts, lab.unit)))


def _restamped(lab: Lab, boundary: str) -> bytes:
    moved = replaced(lab.plain, SIGNATURE, 'Boundary="120 220 42 42"', boundary)
    return pack(resigned(moved, lab.unit))


@attack("stamp-moved", "A7", "The seal is shown elsewhere than it was set.", "seal.content.list_tampered")
def stamp_moved(lab: Lab) -> Iterator[Forgery]:
    for label, boundary in (
        ("elsewhere", 'Boundary="20 20 42 42"'),
        ("other-size", 'Boundary="120 220 10 10"'),
        ("clipped", 'Boundary="120 220 42 42" Clip="0 0 1 1"'),
    ):
        yield Forgery(label, pack(replaced(lab.plain, SIGNATURE, 'Boundary="120 220 42 42"', boundary)))
    other_page = replaced(lab.plain, SIGNATURE, 'PageRef="100"', 'PageRef="101"')
    yield Forgery("other-page", pack(other_page))


@attack("stamp-unseen", "A8", "The seal was set where nobody sees it.", "seal.stamp.off_page", WARNING)
def stamp_unseen(lab: Lab) -> Iterator[Forgery]:
    for label, boundary in (
        ("right", 'Boundary="300 220 42 42"'),
        ("above", 'Boundary="120 -60 42 42"'),
        ("clipped-away", 'Boundary="120 220 42 42" Clip="60 0 10 10"'),
    ):
        yield Forgery(label, _restamped(lab, boundary))
    yield Forgery(
        "sliver", _restamped(lab, 'Boundary="120 220 42 42" Clip="0 0 0.5 10"'), code="seal.stamp.clipped"
    )
    nowhere = replaced(lab.plain, SIGNATURE, 'PageRef="100"', 'PageRef="999"')
    yield Forgery("no-such-page", pack(resigned(nowhere, lab.unit)), code="seal.stamp.no_page")


@attack(
    "stamp-out-of-size",
    "A8",
    "The seal was set in another size or shape than it was made.",
    "seal.stamp.size",
    WARNING,
)
def stamp_out_of_size(lab: Lab) -> Iterator[Forgery]:
    for label, boundary in (
        ("point", 'Boundary="120 220 1 1"'),
        ("page", 'Boundary="0 0 210 297"'),
        ("ellipse", 'Boundary="120 220 60 42"'),
    ):
        yield Forgery(label, _restamped(lab, boundary))


@attack(
    "stamp-doubled",
    "A8",
    "One seal shows whole on one page by several signatures.",
    "seal.stamp.twice",
    WARNING,
)
def stamp_doubled(lab: Lab) -> Iterator[Forgery]:
    once = lab.seal(document_parts(), lab.unit)
    for label, place in (
        ("beside", Placement(0, Box(40, 220, 42, 42))),
        ("over", OVER_THE_DATE),
        ("above", Placement(0, Box(120, 20, 42, 42))),
    ):
        yield Forgery(label, pack(lab.seal(once, lab.unit, place)))


@attack(
    "page-number-doubled",
    "A8",
    "Two pages share an identifier: the seal is on either.",
    "seal.document.same_page_id",
    WARNING,
)
def page_number_doubled(lab: Lab) -> Iterator[Forgery]:
    for pages in (2, 3, 4):
        parts = replaced(document_parts(pages), ROOT, 'ID="101"', 'ID="100"')
        yield Forgery(f"{pages}-pages", pack(lab.seal(parts, lab.unit)))


_RING = "M 42 21 B 42 32.6 32.6 42 21 42 B 9.4 42 0 32.6 0 21 B 0 9.4 9.4 0 21 0 B 32.6 0 42 9.4 42 21 C"


def _drawn_ring(place: str = "110 200 42 42") -> str:
    return (
        f'<ofd:PathObject ID="820" Boundary="{place}" LineWidth="1.2"><ofd:StrokeColor Value="220 20 20"/>'
        f"<ofd:AbbreviatedData>{_RING}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def ring_picture(size: int = 120) -> bytes:
    """A red ring on white, as a scanned seal."""
    middle = (size - 1) / 2
    rows = bytearray()
    for y in range(size):
        rows.append(0)
        for x in range(size):
            distance = ((x - middle) ** 2 + (y - middle) ** 2) ** 0.5 / middle
            rows += b"\xd0\x18\x18" if 0.9 <= distance <= 1.0 or distance < 0.2 else b"\xff\xff\xff"

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def _pictured() -> Parts:
    parts = _on_page(
        '<ofd:ImageObject ID="821" Boundary="110 200 42 42" CTM="42 0 0 42 0 0" ResourceID="50"/>'
    )
    media = (
        '<ofd:MultiMedias><ofd:MultiMedia ID="50" Type="Image" Format="PNG"><ofd:MediaFile>s.png'
        "</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
    )
    return replaced({**parts, "Doc_0/Res/s.png": ring_picture()}, "Doc_0/PublicRes.xml", "</ofd:Res>", media)


def _annotated() -> Parts:
    appearance = (
        'LastModDate="2026-11-20"><ofd:Appearance Boundary="0 0 210 297">'
        f"{_drawn_ring()}</ofd:Appearance></ofd:Annot>"
    )
    return _noted('LastModDate="2026-11-20"/>', appearance)


@attack(
    "seal-only-drawn", "A6", "A seal's picture without a signature.", "seal.page.drawn_seal", Verdict.UNSIGNED
)
def seal_only_drawn(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("picture", pack(_pictured()))
    yield Forgery("paths", pack(_on_page(_drawn_ring())))
    yield Forgery("annotation", pack(_annotated()))


@attack(
    "seal-drawn-beside",
    "A6",
    "A sealed document shows one seal more, which is only drawn.",
    "seal.page.drawn_seal",
    WARNING,
)
def seal_drawn_beside(lab: Lab) -> Iterator[Forgery]:
    for label, parts in (
        ("picture", _pictured()),
        ("paths", _on_page(_drawn_ring("20 200 42 42"))),
        ("annotation", _annotated()),
    ):
        place = Placement(0, Box(60, 120, 42, 42))
        yield Forgery(label, pack(lab.seal(parts, lab.unit, place)))


@attack(
    "runs-actions",
    "A12",
    "The document wants things done when it is opened.",
    "seal.document.runs_actions",
    WARNING,
)
def runs_actions(lab: Lab) -> Iterator[Forgery]:
    for label, event, act in (
        ("address", "DO", '<ofd:URI URI="http://example.invalid"/>'),
        ("attachment", "DO", '<ofd:GotoA AttachID="600"/>'),
        ("page", "PO", '<ofd:Sound ResourceID="1"/>'),
    ):
        action = f'<ofd:Actions><ofd:Action Event="{event}">{act}</ofd:Action></ofd:Actions>'
        parts = replaced(document_parts(), ROOT, "<ofd:Annotations>", f"{action}<ofd:Annotations>")
        yield Forgery(label, pack(lab.seal(parts, lab.unit)))
