"""The check of one signature up to its content: who signed what, with which seal, when (steps 1 to 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gongwen_crypto import algorithms, sm2
from gongwen_crypto.algorithms import Strength
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError
from gongwen_crypto.keys import KeyKind
from gongwen_crypto.paths import PathResult, TrustStore, build_path
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.signatures import SignatureFile
from gongwen_docs.seals.check import check_certificate, check_seal
from gongwen_docs.seals.findings import Status, Step, worst
from gongwen_docs.seals.frame import is_plain
from gongwen_docs.seals.model import Kind, SignedValue
from gongwen_docs.seals.parse import parse_signed_value
from gongwen_docs.seals.timestamp import check_time_stamp
from gongwen_docs.verify.canonical import is_canonical
from gongwen_docs.verify.content import ContentResult, PartDigests, check_content
from gongwen_docs.verify.parts import PartNames
from gongwen_docs.verify.timing import Moments, check_time


@dataclass(frozen=True)
class Circumstances:
    """What the verifier knows besides the document."""

    trust: TrustStore
    now: datetime
    witnessed_at: datetime | None


@dataclass(frozen=True)
class Examined:
    """One signature, examined on its own. ``value`` and ``certificate`` are None when unreadable."""

    file: SignatureFile
    value: SignedValue | None
    certificate: Certificate | None
    chain: tuple[Certificate, ...]
    steps: tuple[Step, ...]
    content: ContentResult
    moments: Moments

    @property
    def authentic(self) -> bool:
        """Whether its own files are as its signer made them, whatever became of the files they list."""
        own = [step for step in self.steps if step.step in ("format", "signature")]
        return self.content.list_holds and worst(own) in (Status.OK, Status.WARN)


_NOTHING = ContentResult(())


def examine(
    document: OfdDocument,
    file: SignatureFile,
    digests: PartDigests,
    names: PartNames,
    circumstances: Circumstances,
) -> Examined:
    """Run steps 1 to 7 on one signature. Never raises for bad input."""
    unknown_time = Moments(None, None, circumstances.witnessed_at, circumstances.now)
    try:
        value = parse_signed_value(document.package.read(file.signed_value_path))
        protected = document.package.read(file.path)
    except KnownError as error:
        code = error.code if error.code.startswith("seal.") else "seal.format.missing_file"
        failed = Step("format", Status.FAIL, code, {"part": file.signed_value_path or file.path})
        return Examined(file, None, None, (), (failed,), _NOTHING, unknown_time)
    certificate = Certificate.load_or_none(value.certificate)
    stamp_steps: tuple[Step, ...] = ()
    stamped = None
    if value.time_stamp is not None:
        step, stamped = check_time_stamp(value.time_stamp, value.signature, circumstances.trust)
        stamp_steps = (step,)
    moments = Moments(value.time, stamped, circumstances.witnessed_at, circumstances.now)
    content = check_content(file, value, certificate, document.package, digests, names)
    who, paths = check_signer(value, certificate, circumstances.trust, moments)
    steps = (
        _check_format(file, value),
        _check_value(value, certificate, protected),
        *who,
        check_time(moments, paths, value.seal),
        *content.steps,
        *stamp_steps,
    )
    chain = paths[0].chain if paths else ()
    return Examined(file, value, certificate, chain, steps, content, moments)


def _check_format(file: SignatureFile, value: SignedValue) -> Step:
    """The container must be of the announced type, and a stated scope must be this very Signature.xml."""
    stated = value.property_info.strip("\x00 ")
    if value.kind is Kind.BARE:
        return Step("format", Status.UNKNOWN, "seal.format.bare_signature")
    if value.kind is Kind.CMS and file.stamps:
        return Step("format", Status.FAIL, "seal.format.stamp_without_seal")
    if stated.lower().endswith(".xml") and stated.lstrip("/").lower() != file.path.lower():
        return Step("format", Status.FAIL, "seal.format.other_scope", {"stated": stated, "part": file.path})
    if value.kind is Kind.SES_V1:
        return Step("format", Status.WARN, "seal.format.older_generation")
    if (value.kind is Kind.CMS) != (file.type == "Sign"):
        return Step("format", Status.WARN, "seal.format.other_type", {"type": file.type})
    plain = is_plain(value.raw) if value.kind is Kind.CMS else is_canonical(value.raw)
    if not plain:
        return Step("format", Status.WARN, "seal.format.not_der")
    return Step("format", Status.OK)


def _check_value(value: SignedValue, certificate: Certificate | None, protected: bytes) -> Step:
    if value.kind is Kind.BARE:
        return Step("signature", Status.UNKNOWN, "seal.format.bare_signature")
    if certificate is None:
        return Step("signature", Status.FAIL, "seal.signature.bad_certificate")
    facts = {"signer": certificate.subject, "algorithm": value.algorithm}
    digest = algorithms.digest_of_signature(value.algorithm)
    if digest is None:
        return Step("signature", Status.UNKNOWN, "seal.signature.unsupported", facts)
    message = protected if value.signed_part is None else value.signed_part
    if verify_signature(certificate.public_key, value.algorithm, message, value.signature):
        if digest.strength is not Strength.GOOD:
            return Step("signature", Status.WARN, "seal.signature.weak", {**facts, "digest": digest.name})
        return Step("signature", Status.OK, facts=facts)
    if value.kind is Kind.SES_V1 and _by_legacy_rule(value, certificate, protected):
        return Step("signature", Status.WARN, "seal.signature.legacy_rule", facts)
    return Step("signature", Status.FAIL, "seal.signature.tampered", facts)


def _by_legacy_rule(value: SignedValue, certificate: Certificate, protected: bytes) -> bool:
    """Two habits of old producers: they sign Signature.xml itself, or dataHash as if it were the digest e.

    Such a signature binds neither seal nor time nor scope, so it never earns more than a warning.
    """
    key = certificate.public_key
    if verify_signature(key, value.algorithm, protected, value.signature):
        return True
    return key.kind is KeyKind.SM2 and sm2.verify_digest(key.point, value.data_hash, value.signature)


def check_signer(
    value: SignedValue, certificate: Certificate | None, trust: TrustStore, moments: Moments
) -> tuple[list[Step], list[PathResult]]:
    """Steps 3 to 5: the seal lists the signer, the seal is good, the signer's certificate is good."""
    if certificate is None:
        return [], []
    at = moments.signing
    steps: list[Step] = []
    paths: list[PathResult] = []
    seal = value.seal
    if seal is not None:
        facts = {"signer": certificate.subject, "seal": seal.name}
        listed = seal.lists(value.certificate)
        steps.append(
            Step("signer_listed", Status.OK, facts=facts)
            if listed
            else Step("signer_listed", Status.FAIL, "seal.signer.not_listed", facts)
        )
        steps.extend(check_seal(seal, trust, at, certificate, moments.trusted or moments.now))
    others = [other for other in map(Certificate.load_or_none, value.other_certificates) if other is not None]
    step, path = check_certificate("signer_certificate", "signer", certificate, trust, at, others)
    steps.append(step)
    paths.append(path)
    maker = None if seal is None else Certificate.load_or_none(seal.maker_certificate)
    if maker is not None:
        paths += [build_path(maker, store, at) for store in (trust.for_seal_makers, trust)]
    return steps, paths
