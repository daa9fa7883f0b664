"""Write seals and seal signatures: generation 4 (GB/T 38540-2020), in use today, and 5 (GM/T 0031-2025).

The seal's maker chooses the generation; a signature is of the generation of its seal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gongwen_crypto import der, sm3
from gongwen_crypto.signer import Signer
from gongwen_docs.seals.model import Kind, SealPicture
from gongwen_docs.seals.times import generalized

UNIT_SEAL, PERSONAL_SEAL = 1, 2
_VERSIONS = {Kind.SES_V4: 4, Kind.SES_V5: 5}
_BY_CERTIFICATE, _BY_DIGEST = 1, 2  # certListType
_TIME_STAMP = 0xA0


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
    generation: Kind = Kind.SES_V4  # or SES_V5
    by_digest: bool = False  # lists digests in place of the certificates: smaller, and names nobody


def make_seal(order: SealOrder, maker: Signer) -> bytes:
    """An SESeal (DER) signed by the seal authority ``maker``; the signature is over DER(SES_SealInfo)."""
    version = _VERSIONS[order.generation]
    header = der.sequence((_ia5("ES"), der.integer(version), _ia5(order.vendor_id)))
    entry = _certificate_digest if order.by_digest else _octets
    properties = der.sequence(
        (
            der.integer(order.type),
            der.encode(der.UTF8_STRING, order.name.encode()),
            der.integer(_BY_DIGEST if order.by_digest else _BY_CERTIFICATE),
            der.sequence(map(entry, order.certificates)),
            _time(order.created),
            _time(order.valid_from),
            _time(order.valid_to),
        )
    )
    picture = der.sequence(
        (
            _ia5(order.picture.type),
            _octets(order.picture.data),
            der.integer(round(order.picture.width_mm)),
            der.integer(round(order.picture.height_mm)),
        )
    )
    info = der.sequence((header, _ia5(order.es_id), properties, picture))
    return der.sequence(
        (
            info,
            _octets(maker.certificate_der),
            der.oid(maker.algorithm_oid),
            der.bits(maker.sign(info)),
        )
    )


def to_sign(seal: bytes, at: datetime, data_hash: bytes, property_info: str) -> bytes:
    """TBS_Sign (DER): the bytes that a seal key signs. ``property_info`` is the path of Signature.xml.

    A path beyond ASCII is no IA5String; UTF-8 in its place is what readers expect.
    """
    info = der.encode(der.IA5_STRING, property_info.encode())
    return der.sequence((_version_of(seal), seal, _time(at), der.bits(data_hash), info))


def signed_value(
    tbs: bytes, certificate: bytes, algorithm_oid: str, signature: bytes, time_stamp: bytes | None = None
) -> bytes:
    """SES_Signature (DER): the content of SignedValue.dat. ``time_stamp`` is a token over ``signature``."""
    stamp = b"" if time_stamp is None else der.encode(_TIME_STAMP, der.bits(time_stamp))
    return der.sequence((tbs, _octets(certificate), der.oid(algorithm_oid), der.bits(signature), stamp))


def with_time_stamp(thing: bytes, time_stamp: bytes) -> bytes:
    """A signature of generation 4 or 5, or a seal of generation 5, with a token over its signature value."""
    parts = [part.encoded for part in der.parse(thing).sequence()]
    return der.sequence((*parts, der.encode(_TIME_STAMP, der.bits(time_stamp))))


def _version_of(seal: bytes) -> bytes:
    """header.version of a seal of generation 4 or 5, as written."""
    info, *_ = der.parse(seal).sequence()
    return info.sequence()[0].sequence()[1].encoded


def _certificate_digest(certificate: bytes) -> bytes:
    method = der.encode(der.PRINTABLE_STRING, b"SM3")
    return der.sequence((method, _octets(sm3.digest(certificate))))


def _octets(content: bytes) -> bytes:
    return der.encode(der.OCTET_STRING, content)


def _ia5(text: str) -> bytes:
    return der.encode(der.IA5_STRING, text.encode("ascii"))


def _time(moment: datetime) -> bytes:
    return der.encode(der.GENERALIZED_TIME, generalized(moment).encode())
