"""Electronic seals and seal signatures as typed values, whatever generation they came in.

v1: GM/T 0031-2014; v4: GB/T 38540-2020; v5: GM/T 0031-2025; CMS: GB/T 35275-2017.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gongwen_crypto import algorithms


class Kind(StrEnum):
    """What a SignedValue.dat holds."""

    SES_V1 = "ses_v1"
    SES_V4 = "ses_v4"
    SES_V5 = "ses_v5"
    CMS = "cms"
    BARE = "bare"  # nothing but r and s: no signer, no scope


@dataclass(frozen=True)
class SealPicture:
    """The picture of a seal. ``type`` is PNG, JPG, GIF, BMP, SVG or OFD in upper case; sizes in mm."""

    type: str
    data: bytes = field(repr=False)
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class Seal:
    """An electronic seal (SESeal): made and signed by a seal authority for one body or person."""

    generation: Kind
    version: int  # header.version as written
    vendor_id: str
    es_id: str
    type: int  # 1 unit, 2 personal; others are extensions of vendors
    name: str
    certificates: tuple[bytes, ...] = field(repr=False)  # DER of those who may seal with it
    certificate_digests: tuple[tuple[str, bytes], ...] = field(repr=False)  # or their (method, digest)
    created: datetime | None  # aware
    valid_from: datetime | None
    valid_to: datetime | None
    picture: SealPicture
    maker_certificate: bytes = field(repr=False)  # DER of the seal authority's certificate
    algorithm: str  # dotted OID
    signature: bytes = field(repr=False)
    signed_part: bytes = field(repr=False)  # the bytes the maker signed by the rule of this generation
    raw: bytes = field(repr=False)
    time_stamp: bytes | None = field(default=None, repr=False)  # v5: token over the maker's signature value

    def lists(self, certificate: bytes) -> bool:
        """Whether the holder of ``certificate`` (DER) may seal with it: byte-equal or equal digest."""
        if certificate in self.certificates:
            return True
        for method, value in self.certificate_digests:
            digest = algorithms.digest(method)
            if digest is not None and digest.of(certificate) == value:
                return True
        return False


@dataclass(frozen=True)
class SignedValue:
    """The content of a SignedValue.dat, unjudged."""

    kind: Kind
    seal: Seal | None
    time: datetime | None  # the signer's own claim (timeInfo), aware
    time_text: str  # as written
    data_hash: bytes  # what was protected; for CMS the content, for signed attributes messageDigest
    property_info: str  # for OFD the absolute path of the Signature.xml
    certificate: bytes = field(repr=False)  # DER of the signer's certificate, empty when absent
    other_certificates: tuple[bytes, ...] = field(repr=False)  # carried along (CMS); helpers for the path
    algorithm: str  # dotted OID
    signature: bytes = field(repr=False)
    signed_part: bytes | None = field(repr=False)  # None: a detached CMS signs the Signature.xml itself
    time_stamp: bytes | None = field(repr=False)  # token after GB/T 20520
    raw: bytes = field(repr=False)
