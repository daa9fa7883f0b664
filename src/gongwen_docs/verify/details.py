"""What a report tells beside the verdict: certificates with the verdict on each, times kept apart, scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from gongwen_crypto import algorithms
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.paths import TrustStore, build_path, judge_links
from gongwen_docs.seals.describe import type_text
from gongwen_docs.seals.findings import Step
from gongwen_docs.seals.model import Seal, SignedValue
from gongwen_docs.verify.parts import Part, PartKind
from gongwen_docs.verify.timing import Moments


@dataclass(frozen=True)
class ReportedCertificate:
    """A certificate of a chain. ``status`` is the verdict on it alone (``PathStatus``); ``usage`` what it may
    be used for, empty: not restricted; ``anchor``: trusted by this installation itself."""

    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    fingerprint: str  # SM3, hexadecimal
    key: str = ""
    usage: tuple[str, ...] = ()
    authority: bool = False
    anchor: bool = False
    status: str = ""


@dataclass(frozen=True)
class Details:
    """``stamped_time`` is a time-stamp authority's word, ``witnessed_time`` the exchange's. ``algorithm`` as
    people write it; ``covered_pages`` count from 1, ``covered_others`` counts the remaining files."""

    algorithm: str = ""
    stamped_time: datetime | None = None
    time_authority: str = ""
    witnessed_time: datetime | None = None
    seal_version: int = 0
    seal_type: str = ""
    seal_vendor: str = ""
    seal_created: datetime | None = None
    maker_chain: tuple[ReportedCertificate, ...] = ()
    covered_pages: tuple[int, ...] = ()
    covered_attachments: tuple[str, ...] = ()
    covered_others: int = 0


def reported_chain(
    certificate: Certificate | None,
    store: TrustStore,
    at: datetime,
    others: Iterable[Certificate] = (),
) -> tuple[ReportedCertificate, ...]:
    """The chain of a certificate as of ``at``, leaf first; empty for a certificate that cannot be read."""
    if certificate is None:
        return ()
    path = build_path(certificate, store, at, tuple(others))
    verdicts = judge_links(path, store, at)
    return tuple(
        ReportedCertificate(
            subject=link.subject,
            issuer=link.issuer,
            serial=link.serial_text,
            not_before=link.not_before,
            not_after=link.not_after,
            fingerprint=link.fingerprint,
            key=str(link.public_key.kind),
            usage=_usage(link),
            authority=link.is_ca,
            anchor=link in store.roots,
            status=str(verdict),
        )
        for link, verdict in zip(path.chain, verdicts, strict=True)
    )


def details(
    value: SignedValue | None,
    certificate: Certificate | None,
    moments: Moments,
    steps: Iterable[Step],
    trust: TrustStore,
    covered: Iterable[Part] = (),
) -> Details:
    """The details of one signature."""
    parts = tuple(covered)
    pages = sorted(part.page for part in parts if part.kind is PartKind.PAGE and part.page is not None)
    attachments = tuple(part.name for part in parts if part.kind is PartKind.ATTACHMENT)
    seal = None if value is None else value.seal
    authorities = (step.facts.get("authority") for step in steps if step.step == "time_stamp")
    return Details(
        algorithm="" if value is None else algorithm_text(value.algorithm, certificate),
        stamped_time=moments.stamped,
        time_authority=str(next(authorities, None) or ""),
        witnessed_time=moments.witnessed,
        seal_version=0 if seal is None else seal.version,
        seal_type="" if seal is None else type_text(seal),
        seal_vendor="" if seal is None else seal.vendor_id,
        seal_created=None if seal is None else seal.created,
        maker_chain=() if seal is None else maker_chain(seal, trust, moments.signing),
        covered_pages=tuple(pages),
        covered_attachments=attachments,
        covered_others=len(parts) - len(pages) - len(attachments),
    )


def maker_chain(seal: Seal, trust: TrustStore, at: datetime) -> tuple[ReportedCertificate, ...]:
    """The chain of the seal authority's certificate, judged as seal makers are."""
    return reported_chain(Certificate.load_or_none(seal.maker_certificate), trust.for_seal_makers, at)


def algorithm_text(oid: str, certificate: Certificate | None) -> str:
    """SM2 / SM3; an algorithm that is not known here as its number."""
    digest = algorithms.digest_of_signature(oid)
    if digest is None:
        return oid
    return digest.name if certificate is None else f"{certificate.public_key.kind} / {digest.name}"


def helpers(value: SignedValue | None) -> Iterator[Certificate]:
    """Certificates that a signature carries along, those that can be read."""
    for data in () if value is None else value.other_certificates:
        certificate = Certificate.load_or_none(data)
        if certificate is not None:
            yield certificate


def _usage(certificate: Certificate) -> tuple[str, ...]:
    plain = sorted(certificate.key_usage or ())
    return (*plain, "time_stamping") if certificate.may_stamp_time else tuple(plain)
