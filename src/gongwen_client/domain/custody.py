"""Who keeps a seal key and who knows its PIN: posts, never persons (Jiangmen art. 24; Ordos art. 15)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Custody:
    """The posts of one key. With ``second_pin_holder`` the PIN has two parts, which two posts type one after
    the other; neither knows the whole."""

    carrier_holder: str = ""
    pin_holder: str = ""
    second_pin_holder: str = ""

    @property
    def two_part(self) -> bool:
        """Whether two posts share the PIN."""
        return bool(self.second_pin_holder)

    @property
    def split(self) -> bool:
        """Whether carrier and PIN are kept by different posts."""
        return bool(self.carrier_holder and self.pin_holder) and self.carrier_holder != self.pin_holder
