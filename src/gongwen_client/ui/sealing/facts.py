"""What a seal key says about itself, for dialogs: seal name, picture, validity, certificate subject.

The seal itself was read and drawn by a render worker; the picture here is the worker's PNG.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtGui import QImage

from gongwen_client.host.clock import to_local
from gongwen_client.services.keys import KeyCard

_USUAL_MM = 42.0


@dataclass(frozen=True)
class SealFacts:
    """A seal in words. Times are aware or None; sizes are mm."""

    name: str
    subject: str
    serial: str
    valid_from: datetime | None
    valid_to: datetime | None
    picture: QImage | None
    width_mm: float
    height_mm: float

    @property
    def period(self) -> str:
        """2025-01-01 至 2030-01-01."""
        if self.valid_from is None or self.valid_to is None:
            return "未注明"
        return f"{to_local(self.valid_from):%Y-%m-%d} 至 {to_local(self.valid_to):%Y-%m-%d}"


def seal_facts(card: KeyCard) -> SealFacts:
    """The words of a key; one without a readable seal shows its label and its certificate's period."""
    certificate, face = card.certificate, card.face
    subject = certificate.common_name or card.key.token_label
    if face is None:
        start, end = certificate.not_before, certificate.not_after
        return SealFacts(card.name, subject, card.key.serial, start, end, None, _USUAL_MM, _USUAL_MM)
    return SealFacts(
        face.name,
        subject,
        card.key.serial,
        face.valid_from,
        face.valid_to,
        seal_image(card),
        face.width_mm,
        face.height_mm,
    )


def seal_image(card: KeyCard) -> QImage | None:
    """The seal's picture with a transparent ground; None for a key without one that can be drawn."""
    if card.face is None or not card.face.picture_png:
        return None
    image = QImage.fromData(card.face.picture_png)
    return None if image.isNull() else image
