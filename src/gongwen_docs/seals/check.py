"""Checks of a seal itself, in the order of GM/T 0031-2014 6.1.2 and GB/T 38540-2020."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gongwen_crypto import algorithms, der
from gongwen_crypto.algorithms import Strength
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import PathResult, PathStatus, TrustStore, build_path
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import Kind, Seal
from gongwen_docs.seals.status import check_status
from gongwen_docs.seals.times import readable

_PATH_STATUS = {
    PathStatus.OK: Status.OK,
    PathStatus.REVOCATION_UNKNOWN: Status.UNKNOWN,
    PathStatus.UNTRUSTED: Status.UNKNOWN,
    PathStatus.EXPIRED: Status.FAIL,
    PathStatus.REVOKED: Status.FAIL,
    PathStatus.BROKEN: Status.FAIL,
}


def check_seal(
    seal: Seal,
    trust: TrustStore,
    at: datetime,
    signer: Certificate | None = None,
    proven: datetime | None = None,
) -> tuple[Step, ...]:
    """Judge ``seal`` as of ``at``: now when sealing, the time of signing when verifying.

    ``signer`` is who seals with it, ``proven`` a trusted moment by which it was used, where those are known.
    Steps: ``seal_signature``, ``seal_maker``, ``seal_period`` and, where a register of stopped seals speaks
    about it, ``seal_status``. Never raises for bad input.
    """
    try:
        maker = Certificate.load(seal.maker_certificate)
    except KnownError:
        return (Step("seal_signature", Status.FAIL, "seal.made.bad_certificate", {"seal": seal.name}),)
    return (
        _check_value(seal, maker),
        _check_maker(seal, maker, signer, trust, at),
        check_period(seal, at),
        *check_status(seal, trust, at, proven or at),
    )


def _check_maker(
    seal: Seal, maker: Certificate, signer: Certificate | None, trust: TrustStore, at: datetime
) -> Step:
    step, _ = check_certificate("seal_maker", "maker", maker, trust.for_seal_makers, at)
    if trust.seal_makers and step.status in (Status.OK, Status.UNKNOWN):
        # Declared here or not, the authority above it may have revoked or never issued it.
        issued, _ = check_certificate("seal_maker", "maker", maker, trust, at)
        if issued.code in ("seal.maker.revoked", "seal.maker.broken"):
            return issued
    if step.status is not Status.OK or trust.is_seal_maker(maker):
        return step
    if seal.lists(maker.der) or (signer is not None and _is_same_body(maker, signer)):
        return Step("seal_maker", Status.UNKNOWN, "seal.maker.same_as_signer", step.facts)
    return Step("seal_maker", Status.OK, "seal.maker.undeclared", step.facts)


def _is_same_body(maker: Certificate, signer: Certificate) -> bool:
    """Whether a unit made its own seal, be it with another certificate of its name or key."""
    return (
        maker.subject_id == signer.subject_id
        or maker.public_key.spki == signer.public_key.spki
        or (bool(maker.organization) and maker.organization == signer.organization)
    )


def check_period(seal: Seal, at: datetime) -> Step:
    """Whether ``at`` lies in the seal's own period of validity."""
    facts = {
        "seal": seal.name,
        "valid_from": readable(seal.valid_from),
        "valid_to": readable(seal.valid_to),
        "at": readable(at),
    }
    if seal.valid_from is None or seal.valid_to is None:
        return Step("seal_period", Status.UNKNOWN, "seal.period.unreadable", facts)
    if not seal.valid_from <= at <= seal.valid_to:
        return Step("seal_period", Status.FAIL, "seal.period.outside", facts)
    return Step("seal_period", Status.OK, facts=facts)


def check_certificate(
    step: str,
    role: str,
    certificate: Certificate,
    trust: TrustStore,
    at: datetime,
    others: Sequence[Certificate] = (),
) -> tuple[Step, PathResult]:
    """Judge a certificate that signed something ``at`` a moment; codes are ``seal.{role}.{what}``."""
    path = build_path(certificate, trust, at, others)
    culprit = path.culprit or certificate
    facts = {
        "subject": culprit.subject,
        "issuer": culprit.issuer,
        "serial": culprit.serial_text,
        "not_before": readable(culprit.not_before),
        "not_after": readable(culprit.not_after),
        "revoked_at": readable(path.revoked_at),
        "at": readable(at),
    }
    if not (certificate.may_sign if role == "timestamp" else certificate.may_seal):
        return Step(step, Status.FAIL, f"seal.{role}.usage", facts), path
    if path.status is PathStatus.OK:
        return Step(step, Status.OK, facts=facts), path
    return Step(step, _PATH_STATUS[path.status], f"seal.{role}.{path.status}", facts), path


def _check_value(seal: Seal, maker: Certificate) -> Step:
    facts = {"seal": seal.name, "maker": maker.subject}
    digest = algorithms.digest_of_signature(seal.algorithm)
    if digest is None:
        return Step("seal_signature", Status.UNKNOWN, "seal.made.unsupported", facts)
    if not verify_signature(maker.public_key, seal.algorithm, seal.signed_part, seal.signature):
        if seal.generation is not Kind.SES_V1 and _signed_by_rule_of_v1(seal, maker):
            return Step("seal_signature", Status.WARN, "seal.made.older_rule", facts)
        return Step("seal_signature", Status.FAIL, "seal.made.tampered", facts)
    if digest.strength is not Strength.GOOD:
        return Step("seal_signature", Status.WARN, "seal.made.weak", {**facts, "digest": digest.name})
    return Step("seal_signature", Status.OK, facts=facts)


def _signed_by_rule_of_v1(seal: Seal, maker: Certificate) -> bool:
    """Generation 1 signs the maker's certificate and the algorithm along with the seal."""
    certificate = der.encode(der.OCTET_STRING, seal.maker_certificate)
    message = der.sequence((seal.signed_part, certificate, der.oid(seal.algorithm)))
    return verify_signature(maker.public_key, seal.algorithm, message, seal.signature)
