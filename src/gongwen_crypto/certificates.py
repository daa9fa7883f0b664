"""X.509 certificates as this project needs them: read once, checked eagerly, immutable (GB/T 20518)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from asn1crypto import pem, x509

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_crypto.keys import PublicKey, verify_signature

__all__ = ["Certificate", "PublicKey", "unarmor", "verify_signature"]

# Extensions whose meaning this project honours or that change nothing about a signature.
_UNDERSTOOD = frozenset(
    {
        "key_usage",
        "basic_constraints",
        "extended_key_usage",
        "key_identifier",
        "authority_key_identifier",
        "subject_alt_name",
        "certificate_policies",
        "crl_distribution_points",
        "authority_information_access",
        "netscape_certificate_type",
    }
)
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
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise KnownError("crypto.bad_certificate") from error

    @classmethod
    def _read(cls, der: bytes) -> Certificate:
        parsed = x509.Certificate.load(der, strict=True)
        body = parsed["tbs_certificate"]
        validity = body["validity"]
        usage = parsed.key_usage_value
        constraints = parsed.basic_constraints_value
        unknown = sorted(parsed.critical_extensions - _UNDERSTOOD)
        return cls(
            der=der,
            subject=_readable(parsed.subject),
            issuer=_readable(parsed.issuer),
            common_name=_attribute(parsed.subject, "common_name"),
            organization=_attribute(parsed.subject, "organization_name"),
            serial=parsed.serial_number,
            not_before=validity["not_before"].native.astimezone(UTC),
            not_after=validity["not_after"].native.astimezone(UTC),
            public_key=PublicKey.from_spki(body["subject_public_key_info"].dump()),
            key_usage=None if usage is None else frozenset(usage.native),
            is_ca=bool(constraints is not None and constraints["ca"].native),
            path_length=None if constraints is None else constraints["path_len_constraint"].native,
            unknown_critical=unknown[0] if unknown else None,
            subject_id=parsed.subject.hashable,
            issuer_id=parsed.issuer.hashable,
            signed_part=body.dump(),
            signature_algorithm=parsed["signature_algorithm"]["algorithm"].dotted,
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
    def self_issued(self) -> bool:
        """Whether subject and issuer are the same name."""
        return self.subject_id == self.issuer_id

    @property
    def may_sign(self) -> bool:
        """Whether its key usage allows signatures over documents (digitalSignature or nonRepudiation)."""
        return self.key_usage is None or not self.key_usage.isdisjoint(
            {"digital_signature", "non_repudiation"}
        )

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
        _, _, der = pem.unarmor(data)
        return bytes(der)
    return data


def _attribute(name: x509.Name, key: str) -> str:
    value = name.native.get(key, "")
    return value if isinstance(value, str) else ", ".join(map(str, value))


def _readable(name: x509.Name) -> str:
    return ", ".join(text for key in _NAME_ORDER if (text := _attribute(name, key)))
