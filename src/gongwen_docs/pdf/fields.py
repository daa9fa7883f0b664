"""The signature fields of a PDF file (ISO 32000-1 12.7.4.5, 12.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.values import Box
from gongwen_docs.pdf.objects import MM_PER_POINT, PdfFile, get, is_null, items, name_of, text_of

_MAX_FIELDS = 20_000
_MAX_DEPTH = 32


@dataclass(frozen=True)
class Widget:
    """Where a field shows: page from 0, mm from the page's top left corner."""

    page_index: int
    box: Box


@dataclass(frozen=True)
class Field:
    """One field of the form that has a value or could have one."""

    name: str  # full, e.g. Seal.1
    kind: str  # Sig, Tx, Btn, Ch; empty when not stated
    widgets: tuple[int, ...]  # object numbers
    value: Any = field(repr=False)  # of MuPDF

    @property
    def signed(self) -> bool:
        """Whether it is a signature field that holds a signature."""
        return self.kind == "Sig" and not is_null(self.value)


@dataclass(frozen=True)
class SignatureDictionary:
    """What a signature says about itself, unjudged."""

    name: str
    byte_range: tuple[int, ...]
    offset: int | None  # of the dictionary in the file
    sub_filter: str
    time_text: str  # M
    permission: int | None  # DocMDP: 1 no changes, 2 forms and signatures, 3 annotations too
    widgets: tuple[Widget, ...]


def fields(file: PdfFile) -> tuple[Field, ...]:
    """All terminal fields. Raises ``KnownError``: ``pdf.too_deep``, ``draw.pdf_damaged``."""
    found: list[Field] = []
    try:
        for top in items(get(file.root, "AcroForm", "Fields")):
            for terminal in _terminals(top, "", "", mupdf.PdfObj(), 0):
                found.append(terminal)
                if len(found) > _MAX_FIELDS:
                    raise KnownError("pdf.too_deep")
    except mupdf.FzErrorBase as error:
        raise KnownError("draw.pdf_damaged") from error
    return tuple(found)


def _terminals(node: Any, prefix: str, kind: str, value: Any, depth: int) -> Iterator[Field]:
    if depth == _MAX_DEPTH:
        raise KnownError("pdf.too_deep")
    own = text_of(get(node, "T"))
    name = f"{prefix}.{own}" if prefix and own else prefix or own
    kind = name_of(get(node, "FT")) or kind
    value = value if is_null(get(node, "V")) else get(node, "V")
    kids = list(items(get(node, "Kids")))
    if any(not is_null(get(kid, "T")) for kid in kids):
        for kid in kids:
            yield from _terminals(kid, name, kind, value, depth + 1)
        return
    yield Field(name, kind, tuple(mupdf.pdf_to_num(widget) for widget in kids or [node]), value)


def signatures(file: PdfFile) -> tuple[SignatureDictionary, ...]:
    """All signatures, in the order of what they cover. Raises as :func:`fields`."""
    signed = [item for item in fields(file) if item.signed]
    if not signed:
        return ()
    try:
        places = _widgets(file)
        read = [_read(file, item, places) for item in signed]
    except mupdf.FzErrorBase as error:
        raise KnownError("draw.pdf_damaged") from error
    return tuple(sorted(read, key=lambda one: sum(one.byte_range[2:])))


def _read(file: PdfFile, item: Field, places: dict[int, Widget]) -> SignatureDictionary:
    value = item.value
    numbers = [part for part in items(get(value, "ByteRange")) if mupdf.pdf_is_int(part)]
    holder = mupdf.pdf_to_num(value) if mupdf.pdf_is_indirect(value) else item.widgets[0]
    return SignatureDictionary(
        name=item.name,
        byte_range=tuple(int(mupdf.pdf_to_int64(part)) for part in numbers),
        offset=file.offset(holder) if holder else None,
        sub_filter=name_of(get(value, "SubFilter")),
        time_text=text_of(get(value, "M")),
        permission=_permission(value),
        widgets=tuple(places[number] for number in item.widgets if number in places),
    )


def _permission(value: Any) -> int | None:
    for reference in items(get(value, "Reference")):
        if name_of(get(reference, "TransformMethod")) == "DocMDP":
            stated = get(reference, "TransformParams", "P")
            level = int(mupdf.pdf_to_int(stated)) if mupdf.pdf_is_int(stated) else 2
            return level if level in (1, 2, 3) else 1
    return None


def _widgets(file: PdfFile) -> dict[int, Widget]:
    """Every annotation of every page by its object number."""
    found = {}
    for index, page in enumerate(file.pages):
        for annotation in items(get(page, "Annots")):
            number = mupdf.pdf_to_num(annotation)
            if number:
                found[number] = Widget(index, widget_box(page, annotation))
    return found


def widget_box(page: Any, annotation: Any) -> Box:
    """The rectangle of an annotation in mm from the top left corner of its page as shown."""
    to_page, shown = _transform(page)
    rect = mupdf.fz_transform_rect(mupdf.pdf_to_rect(get(annotation, "Rect")), to_page)
    corners = (rect.x0 - shown.x0, rect.y0 - shown.y0, rect.x1 - rect.x0, rect.y1 - rect.y0)
    return Box(*(value * MM_PER_POINT for value in corners))


def user_space(page: Any, box: Box) -> Any:
    """The rectangle in the page's own coordinates of ``box``, mm from its top left corner as shown."""
    to_page, shown = _transform(page)
    x, y, width, height = (value / MM_PER_POINT for value in box)
    rect = mupdf.FzRect(x + shown.x0, y + shown.y0, x + shown.x0 + width, y + shown.y0 + height)
    return mupdf.fz_transform_rect(rect, mupdf.fz_invert_matrix(to_page))


def _transform(page: Any) -> tuple[Any, Any]:
    """From the page's coordinates to those of the page as shown, and its rectangle there."""
    media, to_page = mupdf.FzRect(), mupdf.FzMatrix()
    mupdf.pdf_page_obj_transform(page, media, to_page)
    return to_page, mupdf.fz_transform_rect(media, to_page)
