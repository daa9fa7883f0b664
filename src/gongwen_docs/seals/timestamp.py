"""Time-stamp tokens (GB/T 20520, RFC 3161): proof that a signature value existed at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509

from gongwen_crypto import algorithms, der
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_docs.seals.check import check_certificate
from gongwen_docs.seals.cms import SignedData, parse_signed_data
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.frame import is_plain
from gongwen_docs.seals.times import parse_time, readable

_STEP = "time_stamp"


@dataclass(frozen=True)
class _TokenInfo:
    digest: algorithms.Digest | None
    imprint: bytes
    time: datetime


def check_time_stamp(token: bytes, signature: bytes, trust: TrustStore) -> tuple[Step, datetime | None]:
    """Judge a token over ``signature`` (the signature value as stored).

    Returns the step and the proven time; the time is None unless everything about the token holds. A token
    of an authority unknown here is a warning: the signature is then as good as one without a token.
    """
    try:
        signed = parse_signed_data(token)
        info = _read_info(signed.content or b"")
        authority = Certificate.load(signed.own_certificate)
    except (KnownError, ValueError, IndexError):
        return Step(_STEP, Status.WARN, "seal.timestamp.unreadable"), None
    facts = {"authority": authority.subject, "time": readable(info.time)}
    if info.digest is None:
        return Step(_STEP, Status.WARN, "seal.timestamp.unreadable", facts), None
    if info.imprint != info.digest.of(signature) or not _signed_by(signed, authority):
        return Step(_STEP, Status.FAIL, "seal.timestamp.tampered", facts), None
    if not is_plain(token):
        return Step(_STEP, Status.WARN, "seal.timestamp.unreadable", facts), None
    if not _may_stamp(authority):
        return Step(_STEP, Status.WARN, "seal.timestamp.not_authority", facts), None
    others = [Certificate.load(item) for item in signed.certificates if item != signed.own_certificate]
    step, _ = check_certificate(_STEP, "timestamp", authority, trust, info.time, others)
    if step.status is Status.OK:
        return Step(_STEP, Status.OK, facts=facts), info.time
    status = Status.WARN if step.status is Status.UNKNOWN else step.status
    return Step(_STEP, status, step.code, {**step.facts, **facts}), None


def _may_stamp(authority: Certificate) -> bool:
    """Whether it is certified for time stamps (RFC 3161 2.3): any key can sign, not every clock counts."""
    try:
        purposes = x509.Certificate.load(authority.der).extended_key_usage_value
        return purposes is not None and "time_stamping" in purposes.native
    except (ValueError, TypeError):
        return False


def _signed_by(signed: SignedData, authority: Certificate) -> bool:
    digest = algorithms.digest_of_signature(signed.algorithm)
    if digest is None or signed.content is None or signed.signed_part is None:
        return False
    if signed.attributes is not None and signed.message_digest != digest.of(signed.content):
        return False
    return verify_signature(authority.public_key, signed.algorithm, signed.signed_part, signed.signature)


def _read_info(content: bytes) -> _TokenInfo:
    """TSTInfo: version, policy, messageImprint, serialNumber, genTime, …"""
    fields = der.parse(content).children()
    method, imprint = fields[2].children()
    time = parse_time(fields[4].text())
    if time is None:
        raise KnownError("crypto.bad_der", reason="genTime")
    return _TokenInfo(algorithms.digest(method.children()[0].oid()), imprint.octets(), time)
