"""Pages that show something else than their text says: hidden text, glyphs of other characters, drawn seals.

All of it lies inside what was signed, so it breaks no signature. But whoever made the page may have wanted
the signer to see one thing and the reader another (shadow attacks of 2020), so it is worth a remark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.colors import Color, read_color
from gongwen_docs.ofd.document import OfdDocument, Page
from gongwen_docs.ofd.resources import Resources
from gongwen_docs.ofd.signatures import SignatureFile
from gongwen_docs.ofd.values import Box, boolean, box, number
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.verify.drawn_seals import check_drawn_seals
from gongwen_docs.verify.glyphs import Glyphs

_STEP = "pages"
_MOST_PAGES = 200
_WHITE = 250.0  # of 255
_LEGIBLE = 0.6  # mm per em; microtext of banknotes has 0.3 and more
_SAMPLE = 20


class Hidden(StrEnum):
    """Why nobody can read a text that the page holds."""

    INVISIBLE = "不可见"
    WHITE = "与纸同色"
    OUTSIDE = "在页面之外"
    TINY = "小到无法辨认"
    COVERED = "被遮盖"


@dataclass
class _Text:
    text: str
    place: Box
    hidden: Hidden | None


def check_pages(document: OfdDocument, files: Sequence[SignatureFile]) -> tuple[Step, ...]:
    """Remarks about the first pages of a document: one for each way of hiding on each page."""
    steps: list[Step] = []
    glyphs = Glyphs(document.package)
    for page in document.pages[:_MOST_PAGES]:
        fresh = Page(document, page.id, page.index, page.path)  # not kept: a thousand trees would stay
        try:
            steps.extend(_check_page(document, fresh, glyphs))
        except KnownError as error:
            steps.append(Step(_STEP, Status.UNKNOWN, error.code, error.facts))
    steps.extend(check_drawn_seals(document, files))
    if len(document.pages) > _MOST_PAGES:
        steps.append(Step(_STEP, Status.OK, "seal.page.first_pages", {"pages": _MOST_PAGES}))
    return tuple(steps)


def _check_page(document: OfdDocument, page: Page, glyphs: Glyphs) -> Iterator[Step]:
    texts: list[_Text] = []
    painted: list[Box] = []
    number_of_page = page.index + 1
    differing: list[tuple[str, str]] = []
    first = Box(0, 0, 0, 0)
    for element, resources in _elements(document, page):
        name = xml.local(element)
        if name == "TextObject":
            text = _read_text(element, page, resources, painted)
            texts.append(text)
            if text.hidden is None:
                others = glyphs.differing(element, resources)
                first = first if differing or not others else text.place
                differing += others
        elif name == "PathObject" and _is_opaque_fill(element):
            _cover(element, resources, texts, painted)
        elif name == "ImageObject":
            painted.append(box(element.get("Boundary")) or Box(0, 0, 0, 0))
    for reason in Hidden:
        found = [item for item in texts if item.hidden is reason and item.text]
        if found:
            words = "".join(item.text for item in found)[:_SAMPLE]
            facts = {"page": number_of_page, "how": str(reason), "text": words, "box": _plain(found[0].place)}
            yield Step(_STEP, Status.WARN, "seal.page.hidden_text", facts)
    if differing:
        said = "".join(pair[0] for pair in differing)[:_SAMPLE]
        drawn = "".join(pair[1] for pair in differing)[:_SAMPLE]
        facts = {"page": number_of_page, "said": said, "drawn": drawn, "box": _plain(first)}
        yield Step(_STEP, Status.WARN, "seal.page.other_glyphs", facts)


def _plain(place: Box) -> tuple[float, float, float, float]:
    return (place.x, place.y, place.width, place.height)


def _elements(document: OfdDocument, page: Page) -> Iterator[tuple[xml.Element, Resources]]:
    """Graphic units in painting order: templates behind, the page, templates in front."""
    behind = [use.template_id for use in page.templates if not use.foreground]
    before = [use.template_id for use in page.templates if use.foreground]
    sources = [document.templates.get(name) for name in behind]
    for source in (*sources, page, *(document.templates.get(name) for name in before)):
        if source is None:
            continue
        for layer in source.layers:
            for element in layer.element.iter():
                yield element, source.resources


def _read_text(element: xml.Element, page: Page, resources: Resources, painted: list[Box]) -> _Text:
    codes = [item.text or "" for item in element if xml.local(item) == "TextCode"]
    text = "".join("".join(codes).split())
    place = box(element.get("Boundary")) or Box(0, 0, 0, 0)
    width, height = page.size_mm
    hidden = None
    if not boolean(element.get("Visible"), True) or number(element.get("Alpha"), 255.0) < 3:
        hidden = Hidden.INVISIBLE
    elif place.x >= width or place.y >= height or place.x + place.width <= 0 or place.y + place.height <= 0:
        hidden = Hidden.OUTSIDE
    elif 0 < number(element.get("Size")) * _scale(element) < _LEGIBLE:
        hidden = Hidden.TINY
    elif _is_white(_fill(element, resources), resources) and not any(_meet(place, box) for box in painted):
        hidden = Hidden.WHITE
    return _Text(text, place, hidden)


def _scale(element: xml.Element) -> float:
    """By how much the object's CTM magnifies downwards."""
    values = [number(item) for item in (element.get("CTM") or "").split()]
    return float((values[2] ** 2 + values[3] ** 2) ** 0.5) if len(values) == 6 else 1.0


def _is_opaque_fill(element: xml.Element) -> bool:
    visible = boolean(element.get("Visible"), True) and number(element.get("Alpha"), 255.0) >= 250
    return visible and boolean(element.get("Fill"), False) and xml.child(element, "Clips") is None


def _cover(element: xml.Element, resources: Resources, texts: list[_Text], painted: list[Box]) -> None:
    """A white area hides the text painted before it; one of any other colour may carry white text."""
    area = box(element.get("Boundary")) or Box(0, 0, 0, 0)
    color = _fill(element, resources)
    if not _is_white(color, resources):
        painted.append(area)
        return
    if element.get("CTM") or "B" in xml.child_text(element, "AbbreviatedData"):
        return  # not a plain rectangle as large as its boundary
    for item in texts:
        if item.hidden is None and _contains(area, item.place):
            item.hidden = Hidden.COVERED


def _fill(element: xml.Element, resources: Resources) -> Color | None:
    own = read_color(xml.child(element, "FillColor"))
    return own if own is not None else resources.style(element.get("DrawParam", "")).fill


def _is_white(color: Color | None, resources: Resources) -> bool:
    """White in RGB, the space of a colour that names none; other spaces are not judged."""
    if color is None or color.value is None or color.special is not None:
        return False
    space = resources.color_spaces.get(color.space_id or resources.default_color_space)
    if space is not None and (space.type != "RGB" or space.bits != 8):
        return False
    return len(color.value) == 3 and all(channel >= _WHITE for channel in color.value)


def _meet(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def _contains(outer: Box, inner: Box) -> bool:
    """With a tenth of a millimetre to spare."""
    return (
        outer.x <= inner.x + 0.1
        and outer.y <= inner.y + 0.1
        and outer.x + outer.width >= inner.x + inner.width - 0.1
        and outer.y + outer.height >= inner.y + inner.height - 0.1
    )
