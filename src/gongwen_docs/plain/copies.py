"""Make the plain copy of a document, and make sure that it looks like the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw import Drawing, open_drawing
from gongwen_docs.draw.ofd_drawing import OfdDrawing
from gongwen_docs.draw.png import png
from gongwen_docs.draw.seal_image import MAX_SIDE, seal_png
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.values import Box
from gongwen_docs.plain.facts import PlainFacts
from gongwen_docs.plain.looks import Difference, compare
from gongwen_docs.plain.ofd import Picture, write_plain
from gongwen_docs.seals.stamps import PageStamp, page_stamps

_SNAPSHOT_DPI = 300.0


def plain_copy(drawing: Drawing, target: Path) -> PlainFacts:
    """Write the plain copy of an opened document to ``target``: OFD stays OFD, PDF stays PDF.

    Raises ``KnownError`` ``archive.looks_different`` where the copy would not look the same, and what drawing
    raises.
    """
    if isinstance(drawing, OfdDrawing):
        return _plain_ofd(drawing, target)
    drawing.export_pdf(target, for_print=False)
    return PlainFacts(drawing.page_count, 0, 0, *_worst(_compared(drawing, target)))


def _plain_ofd(drawing: OfdDrawing, target: Path) -> PlainFacts:
    document = drawing.document
    stamps = list(_placed(document))
    pictures = [_picture(drawing, index, stamp) for index, stamp in stamps]
    write_plain(document, pictures, target)
    found = _compared(drawing, target)
    hidden = {one.page for one in found if one.seen}
    if hidden:
        pictures = [
            _snapshot(drawing, picture) if picture.page_index in hidden else picture for picture in pictures
        ]
        write_plain(document, pictures, target)
        found = _compared(drawing, target)
    flattened = sum(not picture.below for picture in pictures)
    return PlainFacts(drawing.page_count, len(pictures), flattened, *_worst(found))


def stamped_areas(document: OfdDocument) -> dict[int, list[Box]]:
    """Where seals are to be seen (mm), by page."""
    found: dict[int, list[Box]] = {}
    for index, stamp in _placed(document):
        found.setdefault(index, []).append(_shown(stamp))
    return found


def _placed(document: OfdDocument) -> Iterable[tuple[int, PageStamp]]:
    """The stamps that a page shows, with the page's index."""
    indexes = {page.id: page.index for page in reversed(document.pages)}
    for stamp in page_stamps(document):
        if stamp.page_id in indexes and not stamp.boundary.empty and not _shown(stamp).empty:
            yield indexes[stamp.page_id], stamp


def _shown(stamp: PageStamp) -> Box:
    if stamp.clip is None:
        return stamp.boundary
    return Box(stamp.boundary.x + stamp.clip.x, stamp.boundary.y + stamp.clip.y, *stamp.clip[2:])


def _picture(drawing: Drawing, index: int, stamp: PageStamp) -> Picture:
    shown = _shown(stamp)
    if stamp.picture is not None:
        try:
            image = seal_png(stamp.picture, MAX_SIDE)
            return Picture(index, stamp.boundary, shown, image, below=True)
        except KnownError:
            pass
    return _snapshot(drawing, Picture(index, shown, shown, b"", below=False))


def _snapshot(drawing: Drawing, picture: Picture) -> Picture:
    """The page as it looks there, the seal included: exact also where the seal lies on a scanned page."""
    width, height = drawing.page_size_mm(picture.page_index)
    shown = picture.shown
    left, top = max(shown.x, 0.0), max(shown.y, 0.0)
    area = Box(left, top, min(shown.x + shown.width, width) - left, min(shown.y + shown.height, height) - top)
    pixels = drawing.render(picture.page_index, _SNAPSHOT_DPI, (area.x, area.y, area.width, area.height))
    return replace(picture, boundary=area, shown=area, png=png(pixels, _SNAPSHOT_DPI), below=False)


def difference(drawing: Drawing, copy: Drawing) -> tuple[float, float]:
    """The worst of all pages: outside seals and under them. Raises ``KnownError`` ``archive.looks_different``
    where a person would see it."""
    return _worst(compare(drawing, copy, _areas(drawing)))


def _compared(drawing: Drawing, target: Path) -> tuple[Difference, ...]:
    with open_drawing(target) as copy:
        return compare(drawing, copy, _areas(drawing))


def _areas(drawing: Drawing) -> dict[int, list[Box]]:
    return stamped_areas(drawing.document) if isinstance(drawing, OfdDrawing) else {}


def _worst(found: Sequence[Difference]) -> tuple[float, float]:
    seen = next((one for one in found if one.seen), None)
    if seen is not None:
        raise KnownError("archive.looks_different", page=seen.page + 1)
    return max(one.per_million for one in found), max(one.ink for one in found)
