"""Putting the unit's seal on a document (用印)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongwen_client.domain.drafts import Draft, StampPlace
from gongwen_client.domain.rows import SealUse

if TYPE_CHECKING:
    from gongwen_client.token.keys import KeyInfo


class SealingService:
    """Checks, seals and writes the ledger of seal uses (用印台账)."""

    def keys(self) -> list[KeyInfo]:
        """Slow. Seal keys that are inserted now."""
        raise NotImplementedError

    def suggest(self, document_id: str, key_id: str) -> StampPlace:
        """Slow. Where the seal goes after GB/T 9704 (over the date)."""
        raise NotImplementedError

    def seal(self, document_id: str, key_id: str, pin: str, place: StampPlace) -> Draft:
        """Slow. Seal the body; on any error the draft's body stays as it was."""
        raise NotImplementedError

    def ledger(self) -> list[SealUse]:
        """Slow. All seal uses of this PC, newest first."""
        raise NotImplementedError
