"""Where the seal goes: upright, centred on the date, pressing name and date (GB/T 9704-2012, 7.3.5.1).

In a joint document each seal presses its own name, the last one name and date; seals neither touch nor cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from gongwen_docs.inspect.findings import Finding, Weight
from gongwen_docs.inspect.ink import Region
from gongwen_docs.inspect.pages import PageView
from gongwen_docs.inspect.signing_place import SigningPlace
from gongwen_docs.inspect.text_lines import plain, same_width

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
#: Seals of a joint document stand at least so far apart, in mm, and at most three in a row.
_GAP = 2.0
_IN_A_ROW = 3
#: More red than this share of a stamp's place is a seal that somebody drew there.
_DRAWN_SEAL = 0.04


class Beside(StrEnum):
    """Where a seal goes in relation to a word."""

    OVER = "over"
    ABOVE = "above"
    RIGHT = "right"


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

    @property
    def region(self) -> Region:
        return Region(self.x, self.y, self.x + self.width, self.y + self.height)

    def to_json(self) -> dict[str, object]:
        boundary = [round(value, 2) for value in self.boundary]
        return {"page": self.page, "boundary": boundary, "confident": self.confident}


@dataclass(frozen=True)
class JointOrder:
    """Whose turn it is on a joint document: the ``number``-th, from 1, of ``count`` seals."""

    number: int
    count: int


@dataclass(frozen=True)
class Stamped:
    """What shows of a seal that is on the document already; ``whole`` is False for a slice (骑缝章)."""

    page: int
    region: Region
    seal_name: str
    whole: bool = True


def suggest_stamp(
    pages: Sequence[PageView],
    signing: SigningPlace | None,
    width: float,
    height: float,
    unit: str = "",
    taken: Sequence[Stamped] = (),
) -> StampPlace:
    """The place for a seal picture of ``width`` × ``height`` mm: over the name ``unit`` of a joint document,
    else over the date, and never over a seal that is there."""
    if signing is None:
        place = _lower_right(pages, width, height)
    else:
        own = _own_name(signing, unit)
        if own is None or own == len(signing.signatories) - 1:
            place = _over_date(pages, signing, width, height)
        else:
            place = _over_name(pages, signing, own, width, height)
    return _free_place(pages, place, taken)


def joint_places(
    pages: Sequence[PageView], signing: SigningPlace, width: float, height: float, count: int
) -> tuple[StampPlace, ...]:
    """Places for ``count`` seals in the document's order: over the names where it carries as many, else in
    rows of at most three side by side, the last seal over the date, the rows before it above."""
    if len(signing.signatories) == count > 1:
        before = (_over_name(pages, signing, number, width, height) for number in range(count - 1))
        return (*before, _over_date(pages, signing, width, height))
    last = _over_date(pages, signing, width, height)
    page = pages[signing.page]
    places: list[StampPlace] = []
    rows = -(-count // _IN_A_ROW)
    for row in range(rows):
        inside = min(_IN_A_ROW, count - row * _IN_A_ROW)
        right = last.x if row == rows - 1 else last.x + min(width, page.width_mm - _MARGIN - last.x - width)
        y = last.y - (rows - 1 - row) * (height + _GAP)
        for column in range(inside):
            x = right - (inside - 1 - column) * (width + _GAP)
            places.append(_on_page(page, x, y, width, height, confident=True))
    return tuple(places)


def joint_order(signing: SigningPlace | None, unit: str = "", taken: Sequence[Stamped] = ()) -> JointOrder:
    """The place of ``unit`` among the names on the page; where its name is not there, the next after the
    seals that the document carries."""
    count = max(len(signing.signatories) if signing else 0, 2)
    own = _own_name(signing, unit) if signing else None
    number = 1 + (sum(one.whole for one in taken) if own is None else own)
    return JointOrder(number, max(number, count))


def find_word(pages: Sequence[PageView], word: str) -> tuple[tuple[int, Region], ...]:
    """All places of ``word`` (blanks and width of characters do not matter): page from 0 and box in mm."""
    wanted = same_width(plain(word))
    found: list[tuple[int, Region]] = []
    for page in pages if wanted else ():
        for line in page.lines:
            text = same_width(line.text)
            start = text.find(wanted)
            while start >= 0:
                found.append((page.index, line.part(start, start + len(wanted))))
                start = text.find(wanted, start + len(wanted))
    return tuple(found)


def stamp_at_word(
    pages: Sequence[PageView], where: tuple[int, Region], beside: Beside, width: float, height: float
) -> StampPlace:
    """A seal over, above or to the right of a word that :func:`find_word` found."""
    number, region = where
    x, y = region.center[0] - width / 2, region.center[1] - height / 2
    if beside is Beside.ABOVE:
        y = region.top - height - 1
    elif beside is Beside.RIGHT:
        x = region.right + 1
    return _on_page(pages[number], x, y, width, height, confident=True)


def judge_stamp(
    pages: Sequence[PageView],
    signing: SigningPlace | None,
    page: int,
    boundary: tuple[float, float, float, float],
    taken: Sequence[Stamped] = (),
) -> tuple[Finding, ...]:
    """A stamp on a blank page, beyond the sheet or over another seal is refused; one that presses neither
    the date nor a name is a hint."""
    view = pages[page]
    x, y, width, height = boundary
    region = Region(x, y, x + width, y + height)
    facts: dict[str, str | int] = {"page": page + 1}
    found = [finding for finding in view.findings() if finding.code == "document.blank_page"]
    if x < 0 or y < 0 or x + width > view.width_mm or y + height > view.height_mm:
        found.append(Finding("document.stamp_off_page", Weight.REFUSE, page, None, facts))
    for stamped in taken:
        if stamped.page == page and _cross(region, stamped.region):
            facts = {"page": page + 1, "seal": stamped.seal_name}
            found.append(Finding("document.stamp_overlap", Weight.REFUSE, page, stamped.region, facts))
    if _over_drawn_seal(view, region):
        found.append(Finding("document.stamp_over_red", Weight.REFUSE, page, region, {"page": page + 1}))
    if signing is not None and not _presses(signing, page, region):
        facts = {"page": page + 1, "date_page": signing.page + 1}
        found.append(Finding("document.stamp_off_date", Weight.HINT, page, None, facts))
    return tuple(found)


def _presses(signing: SigningPlace, page: int, region: Region) -> bool:
    """Whether the middle of the date, or of a name of a joint document, lies inside."""
    pressed = [signing.date_region]
    if len(signing.signatories) > 1:
        pressed += [one.region for one in signing.signatories]
    middles = [one.center for one in pressed]
    return page == signing.page and any(
        region.left < x < region.right and region.top < y < region.bottom for x, y in middles
    )


def _over_drawn_seal(page: PageView, region: Region) -> bool:
    """Whether much red ink other than lines of text lies there: a seal that is only drawn."""
    red = page.ink.red_part(region)
    if red < _DRAWN_SEAL:
        return False
    area = region.width * region.height
    words = sum(
        page.ink.count(line.region, page.ink.red)
        for line in page.lines
        if _cross(region, line.region) and page.ink.is_red(line.region)
    )
    pixels = area * page.ink.columns * page.ink.rows / (page.width_mm * page.height_mm)
    return red - words / max(pixels, 1.0) >= _DRAWN_SEAL


def _own_name(signing: SigningPlace, unit: str) -> int | None:
    """Which name of a joint document is the unit's: the same, or its usual short form."""
    names = [one.name for one in signing.signatories]
    if len(names) < 2 or not unit:
        return None
    wanted = plain(unit)
    if wanted in names:
        return names.index(wanted)
    fitting = [number for number, name in enumerate(names) if _short_for(name, wanted)]
    return fitting[0] if len(fitting) == 1 else None


def _short_for(name: str, full: str) -> bool:
    """示范市发展改革委 stands for 示范市发展和改革委员会: its characters in their order, most of them."""
    rest = iter(full)
    return len(name) * 2 >= len(full) and all(char in rest for char in name)


def _over_date(pages: Sequence[PageView], signing: SigningPlace, width: float, height: float) -> StampPlace:
    center_x = _centers(pages, signing, signing.signature_region, width).get(
        signing.signature_region, signing.date_region.center[0]
    )
    bottom = signing.date_region.bottom
    top = signing.signature_region.top if signing.signature_region else bottom - _LINE
    middle = (top + bottom) / 2
    center_y = middle - height * _BELOW_CENTER
    if center_y - height / 2 < signing.text_bottom:
        # Not over the text above, as long as name and date do not rise above the centre.
        center_y = min(signing.text_bottom + height / 2, middle)
    elif signing.text_bottom and len(signing.signatories) < 2:
        # Within one line of the text above, as long as the date stays well inside the seal.
        highest = bottom - height * _LOWEST_DATE
        center_y = max(min(center_y, signing.text_bottom + _ONE_LINE + height / 2), highest)
    page = pages[signing.page]
    return _on_page(page, center_x - width / 2, center_y - height / 2, width, height, confident=True)


def _over_name(
    pages: Sequence[PageView], signing: SigningPlace, own: int, width: float, height: float
) -> StampPlace:
    region = signing.signatories[own].region
    center_x = _centers(pages, signing, region, width)[region]
    center_y = region.center[1] - height * _BELOW_CENTER
    page = pages[signing.page]
    return _on_page(page, center_x - width / 2, center_y - height / 2, width, height, confident=True)


def _centers(
    pages: Sequence[PageView], signing: SigningPlace, region: Region | None, width: float
) -> dict[Region | None, float]:
    """Where the seals over the names of one row are centred: on the names, and where these stand closer than
    seals may, spread around the row's middle. Empty for a name that stands alone."""
    if region is None:
        return {}
    row = [
        one.region
        for one in signing.signatories
        if abs(one.region.center[1] - region.center[1]) < region.height / 2
    ]
    if len(row) < 2 and len(signing.signatories) < 2:
        return {}
    room = pages[signing.page].width_mm - 2 * _MARGIN - width
    centers = _spread([one.center[0] for one in row], width + _GAP, room)
    return dict(zip(row, centers, strict=True))


def _spread(centers: list[float], least: float, room: float) -> list[float]:
    """Centres at least ``least`` apart around the same middle, as far as ``room`` allows."""
    gaps = [after - before for before, after in pairwise(centers)]
    if not gaps or min(gaps) >= least or least * len(gaps) > room:
        return centers
    middle = sum(centers) / len(centers)
    start = middle - least * len(gaps) / 2
    return [start + number * least for number in range(len(centers))]


def _free_place(pages: Sequence[PageView], place: StampPlace, taken: Sequence[Stamped]) -> StampPlace:
    """``place``, or where it meets another seal the nearest free place to the left, then above."""
    page = pages[place.page]
    here = [one.region for one in taken if one.page == place.page]

    def free(region: Region) -> bool:
        return not any(_cross(region, other) for other in here) and not _over_drawn_seal(page, region)

    if free(place.region):
        return place
    for up in range(3):
        for left in range(4):
            x = place.x - left * (place.width + _GAP)
            y = place.y - up * (place.height + _GAP)
            moved = _on_page(page, x, y, place.width, place.height, confident=False)
            if x >= _MARGIN and y >= _MARGIN and free(moved.region):
                return moved
    return _on_page(page, place.x, place.y, place.width, place.height, confident=False)


def _cross(one: Region, other: Region) -> bool:
    """Whether two boxes have more than a hair in common."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > 0.1 and down > 0.1


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
