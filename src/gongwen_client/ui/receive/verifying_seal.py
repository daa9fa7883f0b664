"""The 验证印章 and its PIN, in the dialog that prints originals (Jiangmen art. 18, 34)."""

from __future__ import annotations

from collections.abc import Sequence

from gongwen_client.services.keys import KeyCard
from gongwen_client.services.print_witness import Verifier
from gongwen_client.ui.keys.key_and_pin import KeyAndPin


class VerifyingSeal(KeyAndPin):
    """The unit's 验证印章 keys."""

    def __init__(self, cards: Sequence[KeyCard]) -> None:
        super().__init__(cards, "验证印章")

    def take(self) -> Verifier | None:
        """The key with its PIN; the field is empty then."""
        taken = self.take_both()
        return Verifier(*taken) if taken is not None else None
