"""Write seals and seal signatures of generation 4 (GB/T 38540-2020), the one in use today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gongwen_crypto import der
from gongwen_crypto.signer import Signer
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.times import generalized

UNIT_SEAL, PERSONAL_SEAL = 1, 2
_VERSION = 4
_BY_CERTIFICATE = 1  # certListType


@dataclass(frozen=True)
class SealOrder:
    """What a seal authority is asked to make."""

    es_id: str  # unique code of the seal, ASCII
    name: str
    certificates: Sequence[bytes]  # DER certificates of those who may seal with it
    picture: SealPicture  # whole millimetres
    created: datetime  # aware
    valid_from: datetime
    valid_to: datetime
    type: int = UNIT_SEAL
    vendor_id: str = "GONGWEN"


def make_seal(order: SealOrder, maker: Signer) -> bytes:
    """An SESeal (DER) signed by the seal authority ``maker``; the signature is over DER(SES_SealInfo)."""
    header = der.sequence((_ia5("ES"), der.integer(_VERSION), _ia5(order.vendor_id)))
    certificates = der.sequence(der.encode(der.OCTET_STRING, item) for item in order.certificates)
    properties = der.sequence(
        (
            der.integer(order.type),
            der.encode(der.UTF8_STRING, order.name.encode()),
            der.integer(_BY_CERTIFICATE),
            certificates,
            _time(order.created),
            _time(order.valid_from),
            _time(order.valid_to),
        )
    )
    picture = der.sequence(
        (
            _ia5(order.picture.type),
            der.encode(der.OCTET_STRING, order.picture.data),
            der.integer(round(order.picture.width_mm)),
            der.integer(round(order.picture.height_mm)),
        )
    )
    info = der.sequence((header, _ia5(order.es_id), properties, picture))
    return der.sequence(
        (
            info,
            der.encode(der.OCTET_STRING, maker.certificate_der),
            der.oid(maker.algorithm_oid),
            der.bits(maker.sign(info)),
        )
    )


def to_sign(seal: bytes, at: datetime, data_hash: bytes, property_info: str) -> bytes:
    """TBS_Sign (DER): the bytes that a seal key signs. ``property_info`` is the path of Signature.xml.

    A path beyond ASCII is no IA5String; UTF-8 in its place is what readers expect.
    """
    info = der.encode(der.IA5_STRING, property_info.encode())
    return der.sequence((der.integer(_VERSION), seal, _time(at), der.bits(data_hash), info))


def signed_value(tbs: bytes, certificate: bytes, algorithm_oid: str, signature: bytes) -> bytes:
    """SES_Signature (DER): the content of SignedValue.dat."""
    return der.sequence(
        (
            tbs,
            der.encode(der.OCTET_STRING, certificate),
            der.oid(algorithm_oid),
            der.bits(signature),
        )
    )


def _ia5(text: str) -> bytes:
    return der.encode(der.IA5_STRING, text.encode("ascii"))


def _time(moment: datetime) -> bytes:
    return der.encode(der.GENERALIZED_TIME, generalized(moment).encode())
