"""What the checks before sealing and sending found (plain values; the looking is in ``looking``)."""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_docs.inspect.findings import Finding, Weight
from gongwen_docs.inspect.pages import PageView
from gongwen_docs.inspect.prefill import Prefill
from gongwen_docs.inspect.signing_place import SigningPlace
from gongwen_docs.inspect.stamp_place import (
    Beside,
    JointOrder,
    Stamped,
    StampPlace,
    find_word,
    joint_order,
    joint_places,
    judge_stamp,
    stamp_at_word,
    suggest_stamp,
)


@dataclass(frozen=True)
class Inspection:
    """What was found in one document, before anybody seals or sends it."""

    pages: tuple[PageView, ...]
    findings: tuple[Finding, ...]
    signing: SigningPlace | None
    prefill: Prefill
    fonts_not_embedded: tuple[str, ...]
    stamps: tuple[Stamped, ...] = ()
    """Seals that are on the pages already."""

    @property
    def blank_pages(self) -> tuple[int, ...]:
        """Pages, from 0, that must not be sealed."""
        return tuple(page.index for page in self.pages if page.blank)

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """Findings that forbid exchange in every region. Blank pages forbid sealing, not exchange."""
        return tuple(
            finding
            for finding in self.findings
            if finding.weight is Weight.REFUSE and finding.code != "document.blank_page"
        )

    def suggest_stamp(self, width_mm: float, height_mm: float, unit: str = "") -> StampPlace:
        """Where to put a seal picture of this size; ``unit`` finds its name in a joint document."""
        return suggest_stamp(self.pages, self.signing, width_mm, height_mm, unit, self.stamps)

    def joint_places(self, width_mm: float, height_mm: float, count: int) -> tuple[StampPlace, ...]:
        """Places for ``count`` seals in the document's order; none without a date."""
        if self.signing is None:
            return ()
        return joint_places(self.pages, self.signing, width_mm, height_mm, count)

    def joint_order(self, unit: str = "") -> JointOrder:
        """Which of the seals of a joint document ``unit``'s is, as far as the document shows it."""
        return joint_order(self.signing, unit, self.stamps)

    def places_at_word(
        self, word: str, beside: Beside, width_mm: float, height_mm: float
    ) -> tuple[StampPlace, ...]:
        """A place at each occurrence of ``word``, in reading order."""
        return tuple(
            stamp_at_word(self.pages, where, beside, width_mm, height_mm)
            for where in find_word(self.pages, word)
        )

    def judge_stamp(self, page: int, boundary: tuple[float, float, float, float]) -> tuple[Finding, ...]:
        """What speaks against a stamp at ``boundary`` (x, y, width, height in mm) on ``page`` (from 0)."""
        return judge_stamp(self.pages, self.signing, page, boundary, self.stamps)

    def to_json(self) -> dict[str, object]:
        return {
            "pages": [page.to_json() for page in self.pages],
            "blank_pages": list(self.blank_pages),
            "findings": [finding.to_json() for finding in self.findings],
            "signing": self.signing.to_json() if self.signing else None,
            "prefill": self.prefill.to_json(),
            "fonts_not_embedded": list(self.fonts_not_embedded),
        }
