"""What a seal key says about itself, for dialogs: seal name, picture, validity, certificate subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from gongwen_client.host.clock import to_local
from gongwen_client.token.keys import KeyInfo
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.parse import parse_seal

_SIDE = 512


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


def seal_facts(key: KeyInfo) -> SealFacts:
    """Read the seal of ``key``; a key without a readable seal shows its label and certificate only."""
    certificate = x509.load_der_x509_certificate(key.certificate_der)
    subject = _subject(key)
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if key.seal_der is None:
        return SealFacts(key.token_label, subject, key.serial, start, end, None, 42.0, 42.0)
    try:
        seal = parse_seal(key.seal_der)
    except KnownError:
        return SealFacts(key.token_label, subject, key.serial, start, end, None, 42.0, 42.0)
    picture = seal.picture
    return SealFacts(
        seal.name,
        subject,
        key.serial,
        seal.valid_from,
        seal.valid_to,
        picture_image(picture),
        picture.width_mm,
        picture.height_mm,
    )


def _subject(key: KeyInfo) -> str:
    try:
        return Certificate.load(key.certificate_der).common_name
    except KnownError:
        return key.token_label


def picture_image(picture: SealPicture) -> QImage | None:
    """The seal's picture with a transparent ground; None for kinds that only a page can show (OFD)."""
    if picture.type == "SVG":
        image = QImage(_SIDE, _SIDE, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        QSvgRenderer(QByteArray(picture.data)).render(painter, QRectF(0, 0, _SIDE, _SIDE))
        painter.end()
        return image
    image = QImage.fromData(picture.data)
    if image.isNull():
        return None
    return image if image.hasAlphaChannel() else _without_paper(image)


def _without_paper(image: QImage) -> QImage:
    """A picture on white paper (BMP, JPG): the white becomes transparent."""
    result = image.convertToFormat(QImage.Format.Format_ARGB32)
    mask = result.createMaskFromColor(0xFFFFFFFF, Qt.MaskMode.MaskOutColor)
    result.setAlphaChannel(mask)
    return result
