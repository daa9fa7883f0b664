"""The check of a time-stamp token (GB/T 20520, RFC 3161) over a signature value."""

from __future__ import annotations

from datetime import datetime

from gongwen_crypto import sm2
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_crypto.timestamp import Token
from gongwen_docs.seals.check import check_certificate
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.frame import is_plain
from gongwen_docs.seals.times import readable

_STEP = "time_stamp"


def check_time_stamp(token: bytes, signature: bytes, trust: TrustStore) -> tuple[Step, datetime | None]:
    """Judge a token over ``signature`` (the signature value as stored).

    Returns the step and the proven time; the time is None unless everything about the token holds. A token
    of an authority unknown here is a warning: the signature is then as good as one without a token. So is a
    token of a certificate that is not made for stamping time: any unit could otherwise date its own seals.
    """
    try:
        read = Token.load(token)
        authority = read.authority()
        others = [Certificate.load(item) for item in read.signed.certificates if item != authority.der]
        holds = any(map(read.stamps, _forms(signature))) and read.holds(authority)
    except (KnownError, ValueError, IndexError):
        return Step(_STEP, Status.WARN, "seal.timestamp.unreadable"), None
    facts = {"authority": authority.subject, "time": readable(read.time), "policy": read.policy}
    if read.digest is None:
        return Step(_STEP, Status.WARN, "seal.timestamp.unreadable", facts), None
    if not holds:
        return Step(_STEP, Status.FAIL, "seal.timestamp.tampered", facts), None
    if not is_plain(token):
        return Step(_STEP, Status.WARN, "seal.timestamp.unreadable", facts), None
    if not authority.may_stamp_time:
        return Step(_STEP, Status.WARN, "seal.timestamp.not_authority", facts), None
    step, _ = check_certificate(_STEP, "timestamp", authority, trust, read.time, others)
    if step.status is Status.OK:
        return Step(_STEP, Status.OK, facts=facts), read.time
    status = Status.WARN if step.status is Status.UNKNOWN else step.status
    return Step(_STEP, status, step.code, {**step.facts, **facts}), None


def _forms(signature: bytes) -> tuple[bytes, ...]:
    """A value as this program keeps it, and as a token that signs raw r‖s had stored it."""
    numbers = sm2.decode_signature(signature)
    if numbers is None or max(numbers) >= 1 << 256:
        return (signature,)
    return signature, b"".join(number.to_bytes(32, "big") for number in numbers)
