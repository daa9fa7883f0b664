"""The check of one signature in a PDF file: CMS of any kind, or a seal signature in its place.

What /Contents holds is told by its DER, never by /SubFilter: no name is registered for seal signatures.
"""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_crypto import algorithms
from gongwen_crypto.algorithms import Strength
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.cms import parse_signed_data
from gongwen_crypto.errors import KnownError
from gongwen_crypto.timestamp import TST_INFO, Token
from gongwen_docs.pdf.byte_range import Covered, check_byte_range
from gongwen_docs.pdf.fields import SignatureDictionary
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import Kind, SignedValue
from gongwen_docs.seals.parse import parse_signed_value
from gongwen_docs.seals.times import parse_time
from gongwen_docs.seals.timestamp import check_time_stamp
from gongwen_docs.verify.signature import Circumstances, check_signer
from gongwen_docs.verify.timing import Moments, check_time


@dataclass(frozen=True)
class ExaminedPdf:
    """One signature of a PDF file, examined on its own; None for what cannot be read."""

    signature: SignatureDictionary
    covered: Covered | None
    value: SignedValue | None
    certificate: Certificate | None
    chain: tuple[Certificate, ...]
    steps: tuple[Step, ...]
    moments: Moments


def examine_pdf(data: bytes, signature: SignatureDictionary, circumstances: Circumstances) -> ExaminedPdf:
    """Format, value, seal, signer, time and content, in the order of GB/T 38540. Never raises for bad
    input; what came after the signed revision is judged elsewhere."""
    covered = None
    unknown_time = Moments(None, None, circumstances.witnessed_at, circumstances.now)
    try:
        covered = check_byte_range(data, signature.byte_range, signature.offset)
        value = parse_signed_value(covered.contents)
    except KnownError as error:
        failed = (Step("format", Status.FAIL, error.code, error.facts),)
        return ExaminedPdf(signature, covered, None, None, (), failed, unknown_time)
    certificate = Certificate.load_or_none(value.certificate)
    stamped = None
    stamp_steps: tuple[Step, ...] = ()
    if value.time_stamp is not None:
        step, stamped = check_time_stamp(value.time_stamp, value.signature, circumstances.trust)
        stamp_steps = (step,)
    claimed = value.time or parse_time(signature.time_text.removeprefix("D:").replace("'", ""))
    moments = Moments(claimed, stamped, circumstances.witnessed_at, circumstances.now)
    who, paths = check_signer(value, certificate, circumstances.trust, moments)
    steps = (
        _check_format(value),
        _check_value(value, certificate, covered, data),
        *who,
        check_time(moments, paths, value.seal),
        _check_content(value, covered, data),
        *stamp_steps,
    )
    chain = paths[0].chain if paths else ()
    return ExaminedPdf(signature, covered, value, certificate, chain, steps, moments)


def _check_format(value: SignedValue) -> Step:
    if value.kind is Kind.BARE:
        return Step("format", Status.UNKNOWN, "seal.format.bare_signature")
    if value.kind is Kind.SES_V1:
        return Step("format", Status.WARN, "seal.format.older_generation")
    return Step("format", Status.OK)


def _check_value(value: SignedValue, certificate: Certificate | None, covered: Covered, data: bytes) -> Step:
    if value.kind is Kind.BARE:
        return Step("signature", Status.UNKNOWN, "seal.format.bare_signature")
    if certificate is None:
        return Step("signature", Status.FAIL, "seal.signature.bad_certificate")
    facts = {"signer": certificate.subject, "algorithm": value.algorithm}
    digest = algorithms.digest_of_signature(value.algorithm)
    if digest is None:
        return Step("signature", Status.UNKNOWN, "seal.signature.unsupported", facts)
    facts["digest"] = digest.name
    if digest.strength is Strength.REFUSED:
        return Step("signature", Status.FAIL, "pdf.signature.refused_digest", facts)
    message = covered.message(data) if value.signed_part is None else value.signed_part
    if not verify_signature(certificate.public_key, value.algorithm, message, value.signature):
        return Step("signature", Status.FAIL, "seal.signature.tampered", facts)
    if digest.strength is Strength.WEAK:
        return Step("signature", Status.WARN, "seal.signature.weak", facts)
    return Step("signature", Status.OK, facts=facts)


def _check_content(value: SignedValue, covered: Covered, data: bytes) -> Step:
    """Whether the covered bytes are those that were signed."""
    if value.kind is Kind.CMS:
        try:
            return _check_cms_content(value, covered, data)
        except (KnownError, ValueError, IndexError):
            return Step("content", Status.FAIL, "seal.format.bad_signature")
    digest = algorithms.digest_of_signature(value.algorithm)
    if digest is None:
        return Step("content", Status.UNKNOWN, "seal.content.unknown_digest", {"method": value.algorithm})
    return _judge(digest, covered.feed(digest.new(), data).digest() == value.data_hash)


def _check_cms_content(value: SignedValue, covered: Covered, data: bytes) -> Step:
    """The habits seen: detached (adbe.pkcs7.detached, ETSI.CAdES); the digest of the bytes as content
    (adbe.pkcs7.sha1, and GB/T 35275 software); a time-stamp token over the bytes (ETSI.RFC3161)."""
    signed = parse_signed_data(value.raw)
    method, stated = algorithms.digest(signed.digest_algorithm), signed.content
    if signed.content_type == TST_INFO:
        token = Token.load(value.raw)
        method, stated = token.digest, token.imprint
    elif signed.content is not None and len(signed.content) == 20:
        method = algorithms.digest("SHA1")
    if method is None:
        facts = {"method": signed.digest_algorithm}
        return Step("content", Status.UNKNOWN, "seal.content.unknown_digest", facts)
    actual = covered.feed(method.new(), data).digest()
    if stated is None:
        # Without attributes the signature is over the bytes themselves and was checked with its value.
        return _judge(method, signed.attributes is None or signed.message_digest == actual)
    inner = algorithms.digest(signed.digest_algorithm)
    content = signed.content
    carried = signed.attributes is None or (
        inner is not None and content is not None and inner.of(content) == signed.message_digest
    )
    return _judge(method, carried and stated == actual)


def _judge(method: algorithms.Digest, same: bool) -> Step:
    facts = {"method": method.name}
    if not same:
        return Step("content", Status.FAIL, "pdf.content.changed")
    if method.strength is Strength.REFUSED:
        return Step("content", Status.FAIL, "seal.content.refused_digest", facts)
    if method.strength is Strength.WEAK:
        return Step("content", Status.WARN, "seal.content.weak_digest", facts)
    return Step("content", Status.OK)
