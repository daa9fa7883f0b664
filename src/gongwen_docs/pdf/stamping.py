"""Append a signature field with its appearance to a PDF file: an incremental update that leaves every byte
before it as it is (ISO 32000-1 7.5.6, 12.7, 12.8).

MuPDF writes the update; the place of the signature value is reserved and filled in afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymupdf
from pymupdf import mupdf

from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.sm3 import Hasher
from gongwen_docs.draw.drawing import MM_PER_INCH, POINTS_PER_INCH
from gongwen_docs.draw.opening import open_drawing
from gongwen_docs.draw.pictures import Picture, Raster, is_truncated, load_picture
from gongwen_docs.limits import DEFAULT_LIMITS
from gongwen_docs.ofd.values import Box, scaling
from gongwen_docs.pdf.fields import fields, signatures, user_space
from gongwen_docs.pdf.objects import PdfFile
from gongwen_docs.seals.model import SealPicture

_POINTS = POINTS_PER_INCH / MM_PER_INCH
_SEAL_DPI = 600
_ANY = b"1111111111"  # as long as the largest offset will be
_BYTE_RANGE = b"/ByteRange[0 %b %b %b]" % (_ANY, _ANY, _ANY)
_STATED = re.compile(r"/ByteRange\[0 (\d+) (\d+) (\d+)\]")
_BLOCK = 1 << 20
_TURNS = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}
_PRINTED_AND_LOCKED = 132  # annotation flags


@dataclass(frozen=True)
class Stamp:
    """Where the picture goes: page from 0, mm from its top left corner; ``clip`` as of Placement."""

    page_index: int
    boundary: Box
    clip: Box | None


@dataclass(frozen=True)
class SignatureText:
    """The entries of a signature dictionary besides its value."""

    filter: str
    sub_filter: str
    name: str
    time_text: str  # D:20261120093000+08'00'
    reserved: int  # bytes of DER to leave room for


def require_open(data: bytes) -> PdfFile:
    """The file, if it can be sealed. Raises ``KnownError``: ``draw.pdf_damaged``, ``draw.pdf_locked``, and
    ``RefusedError``: ``pdf.encrypted``, ``pdf.certified``."""
    file = PdfFile(data)
    if file.was_repaired:
        raise KnownError("draw.pdf_damaged")
    if file.encrypted:
        raise RefusedError("pdf.encrypted")
    for signature in signatures(file):
        if signature.permission == 1:
            raise RefusedError("pdf.certified", signature=signature.name)
    return file


def next_field_name(file: PdfFile) -> str:
    """A name that no field has yet."""
    taken = {item.name for item in fields(file)}
    number = 1
    while f"Seal{number}" in taken:
        number += 1
    return f"Seal{number}"


def append_signature(
    target: Path, name: str, text: SignatureText, picture: SealPicture, stamps: Sequence[Stamp]
) -> None:
    """Append the field ``name`` to the file at ``target``, which is changed in place, with zeros for its
    value. Raises ``KnownError`` for a picture that cannot be drawn and ``draw.pdf_not_written``."""
    try:
        with pymupdf.open(target) as document:
            _add_field(document, name, text, _image(document, picture), stamps)
            document.saveIncr()
    except mupdf.FzErrorBase as error:
        raise KnownError("draw.pdf_not_written") from error


def _add_field(document: Any, name: str, text: SignatureText, image: int, stamps: Sequence[Stamp]) -> None:
    value = _add(
        document,
        f"<</Type/Sig/Filter/{text.filter}/SubFilter/{text.sub_filter}/Name{_text(text.name)}"
        f"/M({text.time_text}){_BYTE_RANGE.decode()}/Contents<{'00' * text.reserved}>>>",
    )
    own = f"/FT/Sig/T({name})/V {value} 0 R"
    several = len(stamps) > 1
    field = document.get_new_xref() if several else 0
    widgets = []
    for stamp in stamps:
        entries = f"/Parent {field} 0 R/FT/Sig/V {value} 0 R" if several else own
        widget = _add_widget(document, stamp, entries, image)
        widgets.append(widget)
        _append(document, document.page_xref(stamp.page_index), "Annots", widget)
    if several:
        kids = " ".join(f"{widget} 0 R" for widget in widgets)
        document.update_object(field, f"<<{own}/Kids[{kids}]>>")
    _list_field(document, field or widgets[0])


def _add_widget(document: Any, stamp: Stamp, entries: str, image: int) -> int:
    page = document[stamp.page_index]
    shown = stamp.clip or Box(0, 0, stamp.boundary.width, stamp.boundary.height)
    left, top = stamp.boundary.x + shown.x, stamp.boundary.y + shown.y
    inner = mupdf.pdf_document_from_fz_document(document.this)
    rect = user_space(mupdf.pdf_lookup_page_obj(inner, stamp.page_index), Box(left, top, *shown[2:]))
    appearance = _add_appearance(document, stamp.boundary, shown, page.rotation, image)
    box = " ".join(f"{value:.3f}" for value in (rect.x0, rect.y0, rect.x1, rect.y1))
    return _add(
        document,
        f"<</Type/Annot/Subtype/Widget{entries}/Rect[{box}]/F {_PRINTED_AND_LOCKED}/P {page.xref} 0 R"
        f"/AP<</N {appearance} 0 R>>>>",
    )


def _add_appearance(document: Any, whole: Box, shown: Box, rotation: int, image: int) -> int:
    """A form that paints the part ``shown`` of the picture; it darkens what is under it, as ink does."""
    width, height = whole.width * _POINTS, whole.height * _POINTS
    left, below = shown.x * _POINTS, (whole.height - shown.y - shown.height) * _POINTS
    form = _add(
        document,
        f"<</Type/XObject/Subtype/Form/BBox[0 0 {shown.width * _POINTS:.3f} {shown.height * _POINTS:.3f}]"
        f"/Matrix[{_TURNS[rotation % 360]} 0 0]/Group<</S/Transparency>>"
        f"/Resources<</XObject<</Seal {image} 0 R>>/ExtGState<</Ink<</BM/Multiply>>>>>>>>",
    )
    drawing = f"q /Ink gs {width:.3f} 0 0 {height:.3f} {-left:.3f} {-below:.3f} cm /Seal Do Q"
    document.update_stream(form, drawing.encode(), new=True, compress=False)
    return form


def _image(document: Any, picture: SealPicture) -> int:
    """The seal's picture as an image object. Vector seals become 600 dpi on white, which Multiply clears."""
    if picture.type == "OFD" or picture.data.startswith(b"PK\x03\x04"):
        with open_drawing(picture.data) as drawing:
            pixels = drawing.render(0, _SEAL_DPI)
        sheet = pymupdf.Pixmap(pymupdf.csRGB, pixels.width, pixels.height, pixels.samples, 0)
        image = mupdf.fz_new_image_from_pixmap(sheet.this, mupdf.FzImage())
    else:
        if is_truncated(picture.data):
            raise KnownError("draw.picture_damaged", part="seal")
        loaded = load_picture(picture.data, "seal", DEFAULT_LIMITS)
        image = loaded.image if isinstance(loaded, Raster) else _rasterised(loaded, picture)
        mupdf.fz_get_unscaled_pixmap_from_image(image)  # decode now: a damaged seal must not just be absent
    inner = mupdf.pdf_document_from_fz_document(document.this)
    return int(mupdf.pdf_to_num(mupdf.pdf_add_image(inner, image)))


def _rasterised(picture: Picture, seal: SealPicture) -> Any:
    columns, rows = (
        max(1, round(size / MM_PER_INCH * _SEAL_DPI)) for size in (seal.width_mm, seal.height_mm)
    )
    bounds = mupdf.FzIrect(0, 0, columns, rows)
    sheet = mupdf.fz_new_pixmap_with_bbox(mupdf.fz_device_rgb(), bounds, mupdf.FzSeparations(), 0)
    mupdf.fz_clear_pixmap_with_value(sheet, 255)
    device = mupdf.fz_new_draw_device(mupdf.FzMatrix(), sheet)
    picture.paint(device, scaling(columns, rows), 1.0)
    mupdf.fz_close_device(device)
    return mupdf.fz_new_image_from_pixmap(sheet, mupdf.FzImage())


def _list_field(document: Any, field: int) -> None:
    root = document.pdf_catalog()
    kind, value = document.xref_get_key(root, "AcroForm")
    if kind == "xref":
        form, prefix = int(value.split()[0]), ""
    else:
        form, prefix = root, "AcroForm/"
        if kind != "dict":
            document.xref_set_key(root, "AcroForm", "<<>>")
    _append(document, form, f"{prefix}Fields", field)
    document.xref_set_key(form, f"{prefix}SigFlags", "3")


def _append(document: Any, holder: int, key: str, element: int) -> None:
    """One more reference in the array at ``key``, which may be an object of its own or absent."""
    kind, value = document.xref_get_key(holder, key)
    if kind == "xref":
        number = int(value.split()[0])
        listed = document.xref_object(number, compressed=True).strip()
        document.update_object(number, f"{listed[:-1]} {element} 0 R]")
    elif kind == "array":
        document.xref_set_key(holder, key, f"{value[:-1]} {element} 0 R]")
    else:
        document.xref_set_key(holder, key, f"[{element} 0 R]")


def _add(document: Any, text: str) -> int:
    number = int(document.get_new_xref())
    document.update_object(number, text)
    return number


def _text(text: str) -> str:
    return f"<FEFF{text.encode('utf-16-be').hex()}>"


# --- the reserved place ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a signature value goes: from the < of /Contents to behind its >, in a file of ``length``."""

    start: int
    end: int
    length: int

    @property
    def room(self) -> int:
        """Bytes of DER that fit."""
        return (self.end - self.start) // 2 - 1

    def __str__(self) -> str:
        """The range that is covered, as the file states it."""
        return f"/ByteRange[0 {self.start} {self.end} {self.length - self.end}]"

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read what ``str`` gives. Raises ``KnownError("seal.nothing_prepared")``."""
        found = _STATED.fullmatch(text)
        if found is None:
            raise KnownError("seal.nothing_prepared")
        start, end, rest = (int(number) for number in found.groups())
        return cls(start, end, end + rest)

    def digest(self, path: Path, hasher: Hasher) -> bytes:
        """Digest of the covered bytes of the file, read a megabyte at a time."""
        with path.open("rb") as stream:
            for start, stop in ((0, self.start), (self.end, self.length)):
                stream.seek(start)
                while stop > start and (block := stream.read(min(_BLOCK, stop - start))):
                    hasher.update(block)
                    start += len(block)
        return hasher.digest()

    def fill(self, path: Path, value: bytes) -> None:
        """Put ``value`` into its place, which must still hold zeros, in a file that is otherwise complete.
        Raises ``KnownError("seal.nothing_prepared")``."""
        if len(value) > self.room or path.stat().st_size != self.length:
            raise KnownError("seal.nothing_prepared")
        with path.open("r+b") as stream:
            stream.seek(self.start)
            reserved = stream.read(self.end - self.start)
            if reserved != b"<" + b"0" * (2 * self.room) + b">":
                raise KnownError("seal.nothing_prepared")
            stream.seek(self.start + 1)
            stream.write(value.hex().encode())


def close_byte_range(path: Path, original_length: int, reserved: int) -> Place:
    """Write down the ByteRange of the place that was reserved behind ``original_length``."""
    with path.open("r+b") as stream:
        stream.seek(original_length)
        appended = stream.read()
        zeros = b"<" + b"00" * reserved + b">"
        at, start = appended.find(_BYTE_RANGE), appended.find(zeros)
        if not 0 <= at < start:
            raise KnownError("draw.pdf_not_written")
        first, length = original_length + start, original_length + len(appended)
        place = Place(first, first + len(zeros), length)
        stated = b"/ByteRange[0 %-10d %-10d %-10d]" % (first, place.end, length - place.end)
        assert len(stated) == len(_BYTE_RANGE), "offsets of ten digits fit their reservation"
        stream.seek(original_length + at)
        stream.write(stated)
    return place
