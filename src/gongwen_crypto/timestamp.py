"""Time-stamp tokens (GB/T 20520, RFC 3161): proof that bytes existed at a moment. Read and made here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gongwen_crypto import algorithms, cms, der
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.cms import SignedData, parse_signed_data
from gongwen_crypto.errors import KnownError
from gongwen_crypto.signer import Signer

TST_INFO = "1.2.840.113549.1.9.16.1.4"
OWN_POLICY = "2.25.317846213904587231904112357"  # random UUID arc: the policy of an exchange's own authority
_ACCURACY = timedelta(seconds=1)
_TIME_FORMS = ("%Y%m%d%H%M%SZ", "%Y%m%d%H%M%S.%fZ")


@dataclass(frozen=True)
class Token:
    """A time-stamp token, unjudged."""

    signed: SignedData
    policy: str  # dotted OID: under which rules the authority stamps
    digest: algorithms.Digest | None  # None: a method unknown here
    imprint: bytes  # digest of what was stamped
    serial: int
    time: datetime  # aware, UTC

    @classmethod
    def load(cls, data: bytes) -> Token:
        """Read a token. Raises KnownError("crypto.bad_time_stamp")."""
        try:
            signed = parse_signed_data(data)
            if signed.content_type != TST_INFO or signed.content is None:
                raise KnownError("crypto.bad_time_stamp")
            _, policy, imprint, serial, time, *_ = der.parse(signed.content).sequence()
            method, value = imprint.sequence()
            digest = algorithms.digest(method.sequence()[0].oid())
            return cls(signed, policy.oid(), digest, value.octets(), serial.integer(), _moment(time.text()))
        except (KnownError, ValueError, IndexError) as error:
            raise KnownError("crypto.bad_time_stamp") from error

    def authority(self) -> Certificate:
        """The authority's certificate. Raises KnownError when the token carries none that can be read."""
        return Certificate.load(self.signed.own_certificate)

    def stamps(self, data: bytes) -> bool:
        """Whether the token speaks about ``data``, by a digest that still proves something."""
        return (
            self.digest is not None
            and self.digest.strength is algorithms.Strength.GOOD
            and self.digest.of(data) == self.imprint
        )

    def holds(self, authority: Certificate) -> bool:
        """Whether ``authority`` signed the token as it is."""
        content = self.signed.content
        return content is not None and self.signed.signs(content, authority)


def make_token(authority: Signer, data: bytes, at: datetime, policy: str = OWN_POLICY) -> bytes:
    """A token (DER) by which ``authority`` states that ``data`` existed ``at`` that moment (aware)."""
    known = algorithms.digest_of_signature(authority.algorithm_oid)
    assert known is not None, "signers sign with algorithms that are known here"
    return token_over(authority, known.of(data), at, policy)


def token_over(authority: Signer, imprint: bytes, at: datetime, policy: str = OWN_POLICY) -> bytes:
    """The same over a digest, made with the hash that belongs to the authority's signatures."""
    method = der.sequence((der.oid(algorithms.digest_oid(authority.algorithm_oid)),))
    info = der.sequence(
        (
            der.integer(1),
            der.oid(policy),
            der.sequence((method, der.encode(der.OCTET_STRING, imprint))),
            der.integer(secrets.randbits(63)),
            der.encode(der.GENERALIZED_TIME, at.astimezone(UTC).strftime(_TIME_FORMS[0]).encode()),
            der.sequence((der.integer(int(_ACCURACY.total_seconds())),)),
        )
    )
    return cms.sign(authority, info, TST_INFO, at)


def _moment(text: str) -> datetime:
    """genTime is GeneralizedTime in UTC, with or without a fraction (RFC 3161 2.4.2)."""
    for form in _TIME_FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise KnownError("crypto.bad_time_stamp")
