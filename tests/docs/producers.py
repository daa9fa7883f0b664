"""Other people's software: signatures of every generation and habit that a verifier meets, made for tests."""

from __future__ import annotations

from datetime import datetime

from docs.office import Authority, Unit
from gongwen_crypto import algorithms, der, sm2, sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.signer import Signer
from gongwen_crypto.sm2_reference import sign_digest
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.seals.times import generalized
from gongwen_docs.seals.write import signed_value, to_sign

INFO = "/Doc_0/Signs/Sign_0/Signature.xml"
_DATA, _SIGNED_DATA = "1.2.156.10197.6.1.4.2.1", "1.2.156.10197.6.1.4.2.2"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME = (f"1.2.840.113549.1.9.{arc}" for arc in (3, 4, 5))


def octets(content: bytes) -> bytes:
    return der.encode(der.OCTET_STRING, content)


def ia5(text: str) -> bytes:
    return der.encode(der.IA5_STRING, text.encode())


def utc_time(moment: datetime) -> bytes:
    return der.encode(der.UTC_TIME, generalized(moment)[2:].encode())


def generalized_time(moment: datetime) -> bytes:
    return der.encode(der.GENERALIZED_TIME, generalized(moment).encode())


def seal_v1(authority: Authority, unit: Unit, start: datetime, end: datetime) -> bytes:
    """SESeal of GM/T 0031-2014."""
    maker = authority.maker
    certificates = der.sequence([octets(unit.signer.certificate_der)])
    times = (utc_time(start), utc_time(start), utc_time(end))
    info = der.sequence(
        (
            der.sequence((ia5("ES"), der.integer(1), ia5("OLD"))),
            ia5("15060200000002"),
            der.sequence(
                (der.integer(1), der.encode(der.UTF8_STRING, "旧章".encode()), certificates, *times)
            ),
            der.sequence((ia5("GIF"), octets(b"GIF89a"), der.integer(42), der.integer(42))),
        )
    )
    signed = (info, octets(maker.certificate_der), der.oid(maker.algorithm_oid))
    made = der.sequence((*signed[1:], der.bits(maker.sign(der.sequence(signed)))))
    return der.sequence((info, made))


def signature_v1(seal: bytes, signer: SoftwareSigner, at: datetime, protected: bytes, habit: str) -> bytes:
    """SES_Signature of GM/T 0031-2014; ``habit`` is standard, list (signs Signature.xml itself, with Z in the
    hash) or hash (signs dataHash as if it were e)."""
    with_z = sm2.message_digest(signer.pair.point, protected)
    data_hash = with_z if habit == "list" else sm3.digest(protected)
    body = der.sequence(
        (
            der.integer(1), seal, der.bits(at.strftime("%Y-%m-%d %H:%M:%S").encode()), der.bits(data_hash),
            ia5(INFO), octets(signer.certificate_der), der.oid(signer.algorithm_oid),
        )
    )  # fmt: skip
    if habit == "hash":
        value = _sign_digest(signer, data_hash)
    else:
        value = signer.sign(protected if habit == "list" else body)
    return der.sequence((body, der.bits(value)))


def _sign_digest(signer: SoftwareSigner, digest: bytes) -> bytes:
    private = int.from_bytes(signer.pair.private)
    numbers = sign_digest(private, int.from_bytes(digest), 0x59276E27D506861A16680F3AD9C02DCC)
    assert numbers is not None
    return sm2.encode_signature(*numbers)


def value_v5(authority: Authority, unit: Unit, at: datetime, protected: bytes) -> bytes:
    """SES_Signature of GM/T 0031-2025: header version 5, the rest as generation 4."""
    info = (
        der.parse(unit.seal)
        .children()[0]
        .encoded.replace(
            der.sequence((ia5("ES"), der.integer(4), ia5("GONGWEN"))),
            der.sequence((ia5("ES"), der.integer(5), ia5("GONGWEN"))),
        )
    )
    maker = authority.maker
    seal = der.sequence(
        (info, octets(maker.certificate_der), der.oid(maker.algorithm_oid), der.bits(maker.sign(info)))
    )
    tbs = to_sign(seal, at, sm3.digest(protected), INFO)
    return signed_value(tbs, unit.signer.certificate_der, unit.signer.algorithm_oid, unit.signer.sign(tbs))


def cms(
    signer: Signer, content: bytes, at: datetime | None, content_type: str = _DATA, detached: bool = False
) -> bytes:
    """SignedData of GB/T 35275; with signed attributes where ``at`` is given."""
    certificate = Certificate.load(signer.certificate_der)
    body = der.parse(certificate.signed_part).children()
    digest = der.sequence((der.oid(algorithms.SM3),))
    message, attributes = content, b""
    if at is not None:
        values = (
            (_CONTENT_TYPE, der.oid(content_type)),
            (_SIGNING_TIME, utc_time(at)),
            (_MESSAGE_DIGEST, octets(sm3.digest(content))),
        )
        listed = b"".join(der.sequence((der.oid(name), der.encode(der.SET, value))) for name, value in values)
        message, attributes = der.encode(der.SET, listed), der.encode(0xA0, listed)
    signer_info = der.sequence(
        (
            der.integer(1),
            der.sequence((body[3].encoded, body[1].encoded)),  # issuer, serial number
            digest,
            attributes,
            der.sequence((der.oid(algorithms.SM2_KEY + ".1"),)),
            octets(signer.sign(message)),
        )
    )
    inner = () if detached else (der.encode(0xA0, octets(content)),)
    data = der.sequence(
        (
            der.integer(1 if content_type == _DATA else 3),
            der.encode(der.SET, digest),
            der.sequence((der.oid(content_type), *inner)),
            der.encode(0xA0, signer.certificate_der),
            der.encode(der.SET, signer_info),
        )
    )
    return der.sequence((der.oid(_SIGNED_DATA), der.encode(0xA0, data)))


def time_stamp(authority: Signer, signature: bytes, at: datetime) -> bytes:
    """A token of GB/T 20520 over ``signature``."""
    imprint = der.sequence((der.sequence((der.oid(algorithms.SM3),)), octets(sm3.digest(signature))))
    info = der.sequence((der.integer(1), der.oid("1.2.3.4"), imprint, der.integer(7), generalized_time(at)))
    return cms(authority, info, at, _TST_INFO)


def with_time_stamp(value: bytes, token: bytes) -> bytes:
    """SES_Signature of generation 4 with a token."""
    parts = (part.encoded for part in der.parse(value).children())
    return der.sequence((*parts, der.encode(0xA0, der.bits(token))))
