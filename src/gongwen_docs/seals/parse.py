"""Read SESeal and SES_Signature of every generation, with the tolerances that real seals need.

Structures: GM/T 0031-2014 6 (v1), GB/T 38540-2020 6-7 (v4), GM/T 0031-2025 (v5). Received bytes are never
re-encoded: what was signed is a slice of what came.
"""

from __future__ import annotations

from gongwen_crypto import der, sm2
from gongwen_crypto.der import Node
from gongwen_crypto.errors import KnownError
from gongwen_docs.seals.cms import parse_cms
from gongwen_docs.seals.model import Kind, Seal, SealPicture, SignedValue
from gongwen_docs.seals.times import parse_time

_MAX_BYTES = 16 * 1024 * 1024  # a seal picture of 16 MB is an attack, not a seal
_DIGESTS_LISTED = 2  # certListType
_TIME_STAMP = 0xA0


def parse_seal(data: bytes) -> Seal:
    """Read an SESeal (DER). Raises KnownError("seal.format.bad_seal")."""
    try:
        return _seal(_element(data))
    except (KnownError, ValueError, IndexError) as error:
        raise KnownError("seal.format.bad_seal") from error


def parse_signed_value(data: bytes) -> SignedValue:
    """Read a SignedValue.dat: SES of any generation, CMS or a bare pair of numbers.

    Raises KnownError("seal.format.bad_signature").
    """
    try:
        parts = _element(data).sequence()
        if parts[0].tag == der.OID:
            return parse_cms(data)
        if [part.tag for part in parts] == [der.INTEGER, der.INTEGER]:
            return _bare(data)
        return _v1_signature(parts, data) if len(parts) == 2 else _v4_signature(parts, data)
    except (KnownError, ValueError, IndexError) as error:
        raise KnownError("seal.format.bad_signature") from error


def signature_der(value: bytes) -> bytes:
    """An SM2 value as DER: many tokens leave the raw r‖s of 64 bytes in seals and signatures."""
    return sm2.signature_from_raw(value) if len(value) == sm2.RAW_SIGNATURE_LENGTH else value


def _element(data: bytes) -> Node:
    if len(data) > _MAX_BYTES:
        raise KnownError("crypto.bad_der", reason="too large")
    return der.parse(data)


def _seal(node: Node) -> Seal:
    parts = node.sequence()
    info = parts[0].children()
    header = info[0].children()
    if header[0].text() != "ES" or len(parts) not in (2, 4, 5):
        raise KnownError("crypto.bad_der", reason="not a seal")
    version = header[1].integer()
    if len(parts) == 2:
        generation = Kind.SES_V1
        maker, algorithm, value = parts[1].children()[:3]
        maker_certificate, made = maker.content, value.bits()
        signed = der.sequence((parts[0].encoded, maker.encoded, algorithm.encoded))
        digests: tuple[tuple[str, bytes], ...] = ()
        stamps: list[Node] = []
        kind, name, listed, created, start, end = info[2].children()[:6]
        certificates = _certificates(listed)
    else:
        generation = Kind.SES_V5 if version >= 5 or len(parts) == 5 else Kind.SES_V4
        maker, algorithm, value, *stamps = parts[1:]
        if [part.tag for part in stamps] not in ([], [_TIME_STAMP]):
            raise KnownError("crypto.bad_der", reason="more than a seal")
        maker_certificate, made = maker.octets(), value.whole_bits()
        signed = parts[0].encoded
        kind, name, list_type, listed, created, start, end = info[2].children()[:7]
        by_digest = list_type.integer() == _DIGESTS_LISTED
        certificates = () if by_digest else _certificates(listed)
        digests = _digests(listed) if by_digest else ()
    return Seal(
        generation=generation,
        version=version,
        vendor_id=header[2].text(),
        es_id=info[1].text(),
        type=kind.integer(),
        name=name.text(),
        certificates=certificates,
        certificate_digests=digests,
        created=parse_time(created.text()),
        valid_from=parse_time(start.text()),
        valid_to=parse_time(end.text()),
        picture=_picture(info[3]),
        maker_certificate=maker_certificate,
        algorithm=algorithm.oid(),
        signature=signature_der(made),
        signed_part=signed,
        raw=node.encoded,
        time_stamp=stamps[0].children()[0].bits() if stamps else None,
    )


def _certificates(listed: Node) -> tuple[bytes, ...]:
    return tuple(item.content for item in listed.children())


def _digests(listed: Node) -> tuple[tuple[str, bytes], ...]:
    pairs = (item.children() for item in listed.children())
    return tuple((method.text(), value.content) for method, value, *_ in pairs)


def _picture(node: Node) -> SealPicture:
    kind, data, width, height = node.children()[:4]
    return SealPicture(kind.text().strip().upper(), data.content, width.integer(), height.integer())


def _text_or_bits(node: Node) -> bytes:
    """Content of a BIT STRING, or of whatever a v1 producer wrote in its place."""
    return node.bits() if node.tag == der.BIT_STRING else node.content


def _v1_signature(parts: tuple[Node, ...], data: bytes) -> SignedValue:
    body = parts[0].children()
    if len(body) < 7:
        raise KnownError("crypto.bad_der", reason="TBS_Sign")
    time_text = _v1_time(body[2])
    return SignedValue(
        kind=Kind.SES_V1,
        seal=_seal(body[1]),
        time=parse_time(time_text),
        time_text=time_text,
        data_hash=_text_or_bits(body[3]),
        property_info=body[4].text(),
        certificate=body[5].content,
        other_certificates=(),
        algorithm=body[6].oid(),
        signature=signature_der(parts[1].bits()),
        signed_part=parts[0].encoded,
        time_stamp=None,
        raw=data,
    )


def _v1_time(node: Node) -> str:
    """timeInfo of v1 is a BIT STRING around text, or around a UTCTime element, or around a token."""
    content = _text_or_bits(node)
    if (
        content[:1] in (bytes((der.UTC_TIME,)), bytes((der.GENERALIZED_TIME,)))
        and content[1] == len(content) - 2
    ):
        content = content[2:]
    return content.decode("ascii", "replace")


def _v4_signature(parts: tuple[Node, ...], data: bytes) -> SignedValue:
    """What stands outside the signed part has just one form, so that not a bit of it can change unnoticed."""
    to_sign, certificate, algorithm, value, *stamps = parts
    if [part.tag for part in stamps] not in ([], [_TIME_STAMP]):
        raise KnownError("crypto.bad_der", reason="more than a signature")
    body = to_sign.children()
    seal = _seal(body[1])
    return SignedValue(
        kind=seal.generation,
        seal=seal,
        time=parse_time(body[2].text()),
        time_text=body[2].text(),
        data_hash=_text_or_bits(body[3]),
        property_info=body[4].text(),
        certificate=certificate.octets(),
        other_certificates=(),
        algorithm=algorithm.oid(),
        signature=signature_der(value.whole_bits()),
        signed_part=to_sign.encoded,
        time_stamp=stamps[0].children()[0].whole_bits() if stamps else None,
        raw=data,
    )


def _bare(data: bytes) -> SignedValue:
    return SignedValue(Kind.BARE, None, None, "", b"", "", b"", (), "", data, None, None, data)
