"""What one use of a seal puts on a document: stamps on pages, a riding seam, or both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gongwen_client.domain.drafts import StampPlace


class SeamEdge(StrEnum):
    """The edge of the pages over which a seal is cut (骑缝章)."""

    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True)
class SealPlan:
    """All of it is one signature. At least one stamp, or a seam."""

    stamps: tuple[StampPlace, ...]
    seam: SeamEdge | None = None

    @classmethod
    def of(cls, what: StampPlace | SealPlan) -> SealPlan:
        """A single stamp is the usual plan."""
        return what if isinstance(what, SealPlan) else cls((what,))

    @property
    def first_page(self) -> int:
        """The page, from 0, whose picture stands for the use in the ledger."""
        return self.stamps[0].page_index if self.stamps else 0
