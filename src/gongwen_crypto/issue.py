"""A small certification authority (GB/T 20518 profile): the demo seal authority, server keys and tests."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from asn1crypto import core, crl, keys, x509

from gongwen_crypto import sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.keys import PublicKey
from gongwen_crypto.signer import Signer
from gongwen_crypto.software import SoftwareSigner


class Usage(Enum):
    """What a certificate is for; the value is its key usage. GB/T 20518 parts signing from encryption."""

    SIGNING = frozenset({"digital_signature", "non_repudiation"})
    ENCRYPTION = frozenset({"key_encipherment", "data_encipherment", "key_agreement"})
    AUTHORITY = frozenset({"key_cert_sign", "crl_sign"})
    TIME_STAMPING = frozenset({"digital_signature"})


@dataclass(frozen=True)
class Subject:
    """Whom a certificate names: a body and, where needed, one of its posts."""

    common_name: str
    organization: str
    unit: str = ""
    country: str = "CN"

    def name(self) -> x509.Name:
        """The X.501 name."""
        parts = {
            "country_name": self.country,
            "organization_name": self.organization,
            "organizational_unit_name": self.unit,
            "common_name": self.common_name,
        }
        return x509.Name.build({key: value for key, value in parts.items() if value})


@dataclass(frozen=True)
class Revoked:
    """One line of a revocation list."""

    serial: int
    at: datetime  # aware
    reason: str = "unspecified"  # as RFC 5280 5.3.1, in the spelling of asn1crypto


def make_root(subject: Subject, not_before: datetime, not_after: datetime) -> SoftwareSigner:
    """A fresh self-signed authority."""
    signer = SoftwareSigner.generate()
    body = _body(subject.name(), subject.name(), signer.public_key, Usage.AUTHORITY, not_before, not_after)
    _identify_issuer(body, signer.public_key)
    return signer.with_certificate(_signed(body, signer))


def issue(
    authority: Signer,
    subject: Subject,
    key: PublicKey,
    usage: Usage,
    not_before: datetime,
    not_after: datetime,
) -> bytes:
    """A certificate (DER) for ``key``. Raises KnownError("crypto.not_an_authority")."""
    issuer = Certificate.load(authority.certificate_der)
    if not issuer.may_issue:
        raise KnownError("crypto.not_an_authority", subject=issuer.subject)
    issuer_name = x509.Certificate.load(issuer.der).subject
    body = _body(issuer_name, subject.name(), key, usage, not_before, not_after)
    _identify_issuer(body, issuer.public_key)
    return _signed(body, authority)


def issue_revocation_list(
    authority: Signer,
    revoked: Iterable[Revoked],
    this_update: datetime,
    next_update: datetime,
    number: int = 1,
    base: int | None = None,
) -> bytes:
    """A revocation list (DER, X.509 CRL version 2) of ``authority``; a delta to list number ``base``."""
    issuer = x509.Certificate.load(authority.certificate_der).subject
    algorithm = {"algorithm": authority.algorithm_oid}
    extensions = [{"extn_id": "crl_number", "critical": False, "extn_value": core.Integer(number)}]
    if base is not None:
        extensions.append(
            {"extn_id": "delta_crl_indicator", "critical": True, "extn_value": core.Integer(base)}
        )
    body = crl.TbsCertList(
        {
            "version": "v2",
            "signature": algorithm,
            "issuer": issuer,
            "this_update": _time(this_update),
            "next_update": _time(next_update),
            "revoked_certificates": [_line(entry) for entry in revoked] or None,
            "crl_extensions": extensions,
        }
    )
    return bytes(
        crl.CertificateList(
            {
                "tbs_cert_list": body,
                "signature_algorithm": algorithm,
                "signature": core.OctetBitString(authority.sign(body.dump())),
            }
        ).dump()
    )


def _line(entry: Revoked) -> dict[str, object]:
    line: dict[str, object] = {"user_certificate": entry.serial, "revocation_date": _time(entry.at)}
    if entry.reason != "unspecified":
        reason = {"extn_id": "crl_reason", "critical": False, "extn_value": crl.CRLReason(entry.reason)}
        line["crl_entry_extensions"] = [reason]
    return line


def _body(
    issuer: x509.Name,
    subject: x509.Name,
    key: PublicKey,
    usage: Usage,
    not_before: datetime,
    not_after: datetime,
) -> x509.TbsCertificate:
    extensions = [
        {"extn_id": "key_usage", "critical": True, "extn_value": x509.KeyUsage(set(usage.value))},
        {
            "extn_id": "basic_constraints",
            "critical": True,
            "extn_value": x509.BasicConstraints({"ca": usage is Usage.AUTHORITY}),
        },
        {"extn_id": "key_identifier", "critical": False, "extn_value": core.OctetString(_key_id(key))},
    ]
    if usage is Usage.TIME_STAMPING:
        purposes = x509.ExtKeyUsageSyntax(["time_stamping"])
        extensions.append({"extn_id": "extended_key_usage", "critical": True, "extn_value": purposes})
    return x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(126) | 1 << 126,  # positive, 16 bytes, unpredictable
            "issuer": issuer,
            "validity": {"not_before": _time(not_before), "not_after": _time(not_after)},
            "subject": subject,
            "subject_public_key_info": keys.PublicKeyInfo.load(key.spki),
            "extensions": extensions,
        }
    )


def _identify_issuer(body: x509.TbsCertificate, issuer: PublicKey) -> None:
    identifier = x509.AuthorityKeyIdentifier({"key_identifier": _key_id(issuer)})
    body["extensions"].append(
        {"extn_id": "authority_key_identifier", "critical": False, "extn_value": identifier}
    )


def _key_id(key: PublicKey) -> bytes:
    """20 bytes that tell keys apart (RFC 5280 4.2.1.2 leaves the method open)."""
    return sm3.digest(key.spki)[:20]


def _signed(body: x509.TbsCertificate, signer: Signer) -> bytes:
    algorithm = {"algorithm": signer.algorithm_oid}
    body["signature"] = algorithm
    return bytes(
        x509.Certificate(
            {
                "tbs_certificate": body,
                "signature_algorithm": algorithm,
                "signature_value": core.OctetBitString(signer.sign(body.dump())),
            }
        ).dump()
    )


def _time(moment: datetime) -> x509.Time:
    """UTCTime until 2049, GeneralizedTime after (RFC 5280 4.1.2.5)."""
    utc = moment.astimezone(UTC).replace(microsecond=0)
    if utc.year < 2050:
        return x509.Time(name="utc_time", value=core.UTCTime(utc))
    return x509.Time(name="general_time", value=core.GeneralizedTime(utc))
