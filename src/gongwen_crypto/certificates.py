"""X.509 certificates as this project needs them: read once, checked eagerly, immutable (GB/T 20518)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from asn1crypto import pem, x509

from gongwen_crypto import algorithms, der, sm3
from gongwen_crypto.errors import KnownError
from gongwen_crypto.keys import PublicKey, verify_signature

__all__ = ["Certificate", "PublicKey", "unarmor", "verify_signature"]

_EXTENSIONS_TAG = 0xA3
_KEY_USAGE, _BASIC_CONSTRAINTS, _EXTENDED_USAGE = "2.5.29.15", "2.5.29.19", "2.5.29.37"
_TIME_STAMPING, _OCSP_SIGNING = "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"
# Extensions that may be critical: honoured here, or of no weight for a signature (alternative names,
# policies, where to fetch revocation lists). Others that are critical must not be ignored.
_UNDERSTOOD = frozenset(
    {
        _KEY_USAGE,
        _BASIC_CONSTRAINTS,
        "2.5.29.14",
        "2.5.29.17",
        "2.5.29.31",
        "2.5.29.32",
        "2.5.29.35",
        _EXTENDED_USAGE,
    }
)
#: What the decoder raises for malformed values, besides KnownError.
DECODING_ERRORS = (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError)
_NAME_ORDER = ("common_name", "organizational_unit_name", "organization_name", "country_name")


@dataclass(frozen=True)
class Certificate:
    """One certificate. Equality is equality of its DER bytes, as GB/T 38540 compares certificates."""

    der: bytes
    subject: str = field(compare=False)  # readable, e.g. "东胜区人民政府, 电子政务中心, CN"
    issuer: str = field(compare=False)
    common_name: str = field(compare=False)
    organization: str = field(compare=False)
    serial: int = field(compare=False)
    not_before: datetime = field(compare=False)  # aware, UTC
    not_after: datetime = field(compare=False)
    public_key: PublicKey = field(compare=False, repr=False)
    key_usage: frozenset[str] | None = field(compare=False, repr=False)  # None: not restricted
    extended_usage: frozenset[str] = field(compare=False, repr=False)  # dotted OIDs; empty: not restricted
    is_ca: bool = field(compare=False, repr=False)
    path_length: int | None = field(compare=False, repr=False)
    unknown_critical: str | None = field(compare=False, repr=False)  # an extension we must not ignore
    subject_id: str = field(compare=False, repr=False)  # normalised name, for comparison only
    issuer_id: str = field(compare=False, repr=False)
    signed_part: bytes = field(compare=False, repr=False)  # TBSCertificate
    signature_algorithm: str = field(compare=False, repr=False)  # dotted OID
    signature: bytes = field(compare=False, repr=False)

    @classmethod
    def load(cls, data: bytes) -> Certificate:
        """Read DER or PEM. Raises KnownError("crypto.bad_certificate" | "crypto.unsupported_key")."""
        try:
            return cls._read(unarmor(data))
        except KnownError as error:
            if error.code == "crypto.unsupported_key":
                raise
            raise KnownError("crypto.bad_certificate") from error
        except DECODING_ERRORS as error:
            raise KnownError("crypto.bad_certificate") from error

    @classmethod
    def load_or_none(cls, data: bytes) -> Certificate | None:
        """Read DER or PEM; None for what is no certificate that we can read."""
        try:
            return cls.load(data)
        except KnownError:
            return None

    @classmethod
    @lru_cache(maxsize=256)  # one document names the same few certificates again and again
    def _read(cls, encoded: bytes) -> Certificate:
        parsed = x509.Certificate.load(encoded, strict=True)
        body = parsed["tbs_certificate"]
        validity = body["validity"]
        signed_part = body.dump()
        usage, extended, constraints, unknown = _read_extensions(_extensions(signed_part))
        return cls(
            der=encoded,
            subject=_readable(parsed.subject),
            issuer=_readable(parsed.issuer),
            common_name=_attribute(parsed.subject, "common_name"),
            organization=_attribute(parsed.subject, "organization_name"),
            serial=parsed.serial_number,
            not_before=validity["not_before"].native.astimezone(UTC),
            not_after=validity["not_after"].native.astimezone(UTC),
            public_key=PublicKey.from_spki(body["subject_public_key_info"].dump()),
            key_usage=usage,
            extended_usage=extended,
            is_ca=bool(constraints["ca"].native),
            path_length=constraints["path_len_constraint"].native,
            unknown_critical=unknown,
            subject_id=parsed.subject.hashable,
            issuer_id=parsed.issuer.hashable,
            signed_part=signed_part,
            signature_algorithm=algorithms.signature_named(
                parsed["signature_algorithm"]["algorithm"].dotted,
                parsed["signature_algorithm"]["parameters"].dump(),
            ),
            signature=parsed["signature_value"].native,
        )

    @property
    def serial_text(self) -> str:
        """Serial number as upper-case hexadecimal, the way CAs print it."""
        return f"{self.serial:X}"

    @property
    def fingerprint(self) -> str:
        """SM3 of the DER bytes, lower-case hexadecimal."""
        return sm3.digest(self.der).hex()

    @property
    def may_sign(self) -> bool:
        """Whether its key usage allows signatures over documents (digitalSignature or nonRepudiation)."""
        return self.key_usage is None or not self.key_usage.isdisjoint(
            {"digital_signature", "non_repudiation"}
        )

    @property
    def may_seal(self) -> bool:
        """Whether it may sign documents and seals: a signing key that is not for clocks or status only."""
        return self.may_sign and not (
            self.extended_usage and self.extended_usage <= {_TIME_STAMPING, _OCSP_SIGNING}
        )

    @property
    def may_encrypt(self) -> bool:
        """Whether keys may be encrypted for it: the encryption half of a double certificate."""
        return self.key_usage is None or not self.key_usage.isdisjoint(
            {"key_encipherment", "data_encipherment", "key_agreement"}
        )

    @property
    def may_stamp_time(self) -> bool:
        """Whether it is a time-stamp authority's: a signing key for nothing but that (RFC 3161 2.3)."""
        return self.may_sign and self.extended_usage == {_TIME_STAMPING}

    @property
    def may_issue(self) -> bool:
        """Whether it may sign certificates and revocation lists."""
        return self.is_ca and (self.key_usage is None or "key_cert_sign" in self.key_usage)

    def valid_at(self, moment: datetime) -> bool:
        """Whether ``moment`` (aware) lies inside the validity period."""
        return self.not_before <= moment <= self.not_after

    def signed_by(self, issuer: Certificate) -> bool:
        """Whether ``issuer``'s key made this certificate's signature."""
        return verify_signature(issuer.public_key, self.signature_algorithm, self.signed_part, self.signature)


def unarmor(data: bytes) -> bytes:
    """DER of ``data``, which is DER or one PEM block. Raises ValueError for broken PEM."""
    if pem.detect(data):
        _, _, encoded = pem.unarmor(data)
        return bytes(encoded)
    return data


def _read_extensions(
    extensions: Iterable[der.Node],
) -> tuple[frozenset[str] | None, frozenset[str], x509.BasicConstraints, str | None]:
    """Key usage, extended usage, basic constraints and the first critical extension that is not understood.

    Only these three are decoded: real certificates carry broken values in extensions that nobody needs.
    """
    usage = None
    extended: frozenset[str] = frozenset()
    constraints = x509.BasicConstraints({"ca": False})
    unknown = None
    for extension in extensions:
        name, *critical, value = extension.children()
        oid = name.oid()
        if oid == _KEY_USAGE:
            usage = frozenset(x509.KeyUsage.load(value.octets(), strict=True).native)
        elif oid == _EXTENDED_USAGE:
            extended = frozenset(purpose.oid() for purpose in der.parse(value.octets()).sequence())
        elif oid == _BASIC_CONSTRAINTS:
            constraints = x509.BasicConstraints.load(value.octets(), strict=True)
        elif critical and any(critical[0].content) and oid not in _UNDERSTOOD:
            unknown = unknown or oid
    return usage, extended, constraints, unknown


def _extensions(signed_part: bytes) -> tuple[der.Node, ...]:
    last = der.parse(signed_part).children()[-1]
    return last.children()[0].children() if last.tag == _EXTENSIONS_TAG else ()


def _attribute(name: x509.Name, key: str) -> str:
    value = name.native.get(key, "")
    return value if isinstance(value, str) else ", ".join(map(str, value))


def _readable(name: x509.Name) -> str:
    return ", ".join(text for key in _NAME_ORDER if (text := _attribute(name, key)))
