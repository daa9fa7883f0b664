"""Signatures of type Sign: SignedData of GB/T 35275-2017 in the place of a seal."""

from __future__ import annotations

from gongwen_crypto import algorithms
from gongwen_crypto.cms import SIGNING_TIME, TIME_STAMP, parse_signed_data
from gongwen_docs.seals.model import Kind, SignedValue
from gongwen_docs.seals.times import parse_time


def parse_cms(data: bytes) -> SignedValue:
    """Read the SignedValue.dat of a signature of type Sign. Raises KnownError("crypto.bad_der") and
    ValueError."""
    signed = parse_signed_data(data)
    time_text = ""
    if signed.attributes is not None and SIGNING_TIME in signed.attributes:
        time_text = signed.attributes[SIGNING_TIME].text()
    own = signed.own_certificate
    token = signed.unsigned_attributes.get(TIME_STAMP)
    return SignedValue(
        kind=Kind.CMS,
        seal=None,
        time=parse_time(time_text) if time_text else None,
        time_text=time_text,
        data_hash=(signed.content if signed.attributes is None else signed.message_digest) or b"",
        property_info="",
        certificate=own,
        other_certificates=tuple(item for item in signed.certificates if item != own),
        algorithm=signed.algorithm,
        signature=signed.signature,
        signed_part=signed.signed_part,
        time_stamp=None if token is None else token.encoded,
        raw=data,
    )


def covers(value: SignedValue, protected: bytes) -> bool:
    """Whether the signed content of a CMS speaks about ``protected`` (the bytes of Signature.xml).

    Habits seen: the content is Signature.xml itself, or its digest, or absent; with signed attributes
    messageDigest is the digest of that content.
    """
    digest = algorithms.digest_of_signature(value.algorithm)
    if digest is None:
        return False
    signed = parse_signed_data(value.raw)
    if (
        None not in (signed.content, signed.attributes)
        and digest.of(signed.content or b"") != value.data_hash
    ):
        return False  # the content carried along is not what the attributes speak of (RFC 5652 5.6)
    once = digest.of(protected)
    return value.signed_part is None or value.data_hash in (protected, once, digest.of(once))
