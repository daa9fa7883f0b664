"""What the layout knows about the finished pages, for stamp placement and for checks."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from gongwen_docs.write import Box


@dataclass(frozen=True)
class Spot:
    """A line of text on a page (index from 0) with its box in mm."""

    page: int
    box: Box


@dataclass(frozen=True)
class LayoutFacts:
    """Pages and the places of the elements that others ask for. ``body_bottom`` is the lower edge in mm
    of the text above the signature on the signature's page (0 where there is none)."""

    page_count: int
    date_line: Spot
    signature: Spot
    body_bottom: float
    red_line: Spot
    title: Spot
    imprint: Spot | None

    def to_json(self) -> dict[str, object]:
        return asdict(self)
