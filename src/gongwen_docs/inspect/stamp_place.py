"""Where the seal goes: upright, centred on the date, pressing name and date (GB/T 9704-2012, 7.3.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gongwen_docs.inspect.findings import Finding, Weight
from gongwen_docs.inspect.pages import PageView
from gongwen_docs.inspect.signing_place import SigningPlace

#: The middle of name and date lies below the seal's centre by this share of its height.
_BELOW_CENTER = 0.05
#: Where only a date is known, the name is taken to stand one line above it.
_LINE = 10.4
#: 上距正文一行之内: one line of 三号 text, a trifle less.
_ONE_LINE = 10.3
#: The date's lower edge is at most this share of the seal's height below its centre.
_LOWEST_DATE = 0.4
_MARGIN = 5.0
_RIGHT_EDGE = 26.0
_CHARACTER = 5.6


@dataclass(frozen=True)
class StampPlace:
    """A place for a stamp: page from 0 and boundary x, y, width, height in mm.

    ``confident`` is False where no date line was found and a person should look twice.
    """

    page: int
    x: float
    y: float
    width: float
    height: float
    confident: bool

    @property
    def boundary(self) -> tuple[float, float, float, float]:
        return self.x, self.y, self.width, self.height

    def to_json(self) -> dict[str, object]:
        boundary = [round(value, 2) for value in self.boundary]
        return {"page": self.page, "boundary": boundary, "confident": self.confident}


def suggest_stamp(
    pages: Sequence[PageView], signing: SigningPlace | None, width: float, height: float
) -> StampPlace:
    """The place for a seal picture of ``width`` × ``height`` mm."""
    if signing is None:
        return _lower_right(pages, width, height)
    page = pages[signing.page]
    center_x = signing.date_region.center[0]
    bottom = signing.date_region.bottom
    top = signing.signature_region.top if signing.signature_region else bottom - _LINE
    middle = (top + bottom) / 2
    center_y = middle - height * _BELOW_CENTER
    if center_y - height / 2 < signing.text_bottom:
        # Not over the text above, as long as name and date do not rise above the centre.
        center_y = min(signing.text_bottom + height / 2, middle)
    elif signing.text_bottom:
        # Within one line of the text above, as long as the date stays well inside the seal.
        highest = bottom - height * _LOWEST_DATE
        center_y = max(min(center_y, signing.text_bottom + _ONE_LINE + height / 2), highest)
    return _on_page(page, center_x - width / 2, center_y - height / 2, width, height, confident=True)


def judge_stamp(
    pages: Sequence[PageView],
    signing: SigningPlace | None,
    page: int,
    boundary: tuple[float, float, float, float],
) -> tuple[Finding, ...]:
    """A stamp on a blank page or beyond the sheet is refused; one that does not press the date is a hint."""
    view = pages[page]
    x, y, width, height = boundary
    facts: dict[str, str | int] = {"page": page + 1}
    found = [finding for finding in view.findings() if finding.code == "document.blank_page"]
    if x < 0 or y < 0 or x + width > view.width_mm or y + height > view.height_mm:
        found.append(Finding("document.stamp_off_page", Weight.REFUSE, page, None, facts))
    if signing is not None:
        day_x, day_y = signing.date_region.center
        pressed = page == signing.page and x < day_x < x + width and y < day_y < y + height
        if not pressed:
            facts = {"page": page + 1, "date_page": signing.page + 1}
            found.append(Finding("document.stamp_off_date", Weight.HINT, page, None, facts))
    return tuple(found)


def _lower_right(pages: Sequence[PageView], width: float, height: float) -> StampPlace:
    """Below the text of the last page that has some, towards the right edge of the type area."""
    texts = [page for page in pages if not page.blank]
    page = texts[-1] if texts else pages[-1]
    lines = [line.region.bottom for line in page.lines if line.region.bottom < page.height_mm * 0.88]
    x = page.width_mm - _RIGHT_EDGE - 4 * _CHARACTER - width / 2 - 17
    y = min(max(lines, default=0.0) + _CHARACTER, page.height_mm - 35 - height)
    return _on_page(page, x, y, width, height, confident=False)


def _on_page(
    page: PageView, x: float, y: float, width: float, height: float, *, confident: bool
) -> StampPlace:
    x = min(max(x, _MARGIN), max(page.width_mm - width - _MARGIN, 0.0))
    y = min(max(y, _MARGIN), max(page.height_mm - height - _MARGIN, 0.0))
    return StampPlace(page.index, x, y, width, height, confident)
