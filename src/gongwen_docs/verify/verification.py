"""Verify a sealed document: every signature, what they leave open, and the document as a whole.

The order of steps is that of GB/T 38540-2020 with the time rules of GM/T 0031-2014 6.2.3. The renderer must
draw the very ``OfdDocument`` that was verified here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.encryption.keys import Opener
from gongwen_docs.ofd.signatures import SignatureFile
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.verify.appearance import check_document
from gongwen_docs.verify.content import PartDigests
from gongwen_docs.verify.coverage import Coverage, Protected, check_coverage, own_files
from gongwen_docs.verify.drawn_seals import check_drawn_seals
from gongwen_docs.verify.encryption import check_encryption, check_hidden, with_decrypted
from gongwen_docs.verify.expectation import Expectation
from gongwen_docs.verify.file_list import check_file_list
from gongwen_docs.verify.listing import check_list
from gongwen_docs.verify.parts import PartNames
from gongwen_docs.verify.pdf_verification import pdf_bytes, verify_pdf
from gongwen_docs.verify.record import check_expectation
from gongwen_docs.verify.report import Report, ReportedCertificate, ReportedStamp, SignatureReport
from gongwen_docs.verify.signature import Circumstances, Examined, examine
from gongwen_docs.verify.stamps import check_seals, check_stamps
from gongwen_docs.verify.tricks import check_pages

NOTHING_EXPECTED = Expectation()
_LOCKED = frozenset(
    {
        "ofd.document.encrypted",
        *(f"ofd.encryption.{why}" for why in ("wrong_password", "not_a_recipient", "unknown_scheme")),
    }
)
_MAX_SIGNATURES = 200  # joint documents carry a dozen; thousands are an attack on our time


def verify_file(
    source: Path | bytes,
    trust: TrustStore,
    now: datetime,
    witnessed_at: datetime | None = None,
    expected: Expectation = NOTHING_EXPECTED,
    openers: Sequence[Opener] = (),
) -> Report:
    """Open, with ``openers`` where it is encrypted, and verify. A file that is refused before its signatures
    can be read is INVALID (locked: UNKNOWN) with ``opened`` False and the code of the refusal."""
    try:
        if (data := pdf_bytes(source)) is not None:
            return verify_pdf(data, trust, now, witnessed_at, expected)
        with OfdDocument.open(source, openers=openers) as document:
            return verify_document(document, trust, now, witnessed_at, expected)
    except KnownError as error:
        return refusal(error)


def refusal(error: KnownError) -> Report:
    """The report about a file that could not be opened. One that is locked is not thereby invalid."""
    status = Status.UNKNOWN if error.code in _LOCKED else Status.FAIL
    return Report(steps=(Step("container", status, error.code, error.facts),), opened=False)


def verify_document(
    document: OfdDocument,
    trust: TrustStore,
    now: datetime,
    witnessed_at: datetime | None = None,
    expected: Expectation = NOTHING_EXPECTED,
) -> Report:
    """Verify all signatures of an opened document. Never raises for bad input.

    ``now`` is aware. ``witnessed_at`` is a trusted moment by which the document existed, e.g. the exchange's
    receipt. ``expected`` is what the exchange's record says the document carries.
    """
    circumstances = Circumstances(trust, now, witnessed_at)
    digest = document.package.file_digest(sm3.new).hex()
    try:
        files = document.signatures
    except KnownError as error:
        unreadable = Step("signatures", Status.FAIL, error.code, error.facts)
        return Report(steps=(unreadable,), digest=digest)
    if len(files) > _MAX_SIGNATURES:
        facts: dict[str, object] = {"found": len(files), "limit": _MAX_SIGNATURES}
        too_many = Step("signatures", Status.FAIL, "seal.document.too_many_signatures", facts)
        return Report(steps=(too_many,), digest=digest)
    digests = PartDigests(document.package)
    names = PartNames(document)
    examined = [examine(document, file, digests, names, circumstances) for file in files]
    protected = [
        Protected(item.file, item.value, _covered(document, item), item.authentic) for item in examined
    ]
    later = {path for item in protected if item.authentic for path in own_files(item.file)}
    listing = check_file_list(document, {document.entry.signatures or "", *later}, names, circumstances)
    reports = []
    for index, item in enumerate(examined):
        coverage = _coverage(document, protected, index, names, listing.own)
        reports.append(_report(document, item, coverage, names))
    steps = (*check_encryption(document), *_document_steps(document, files), *listing.steps)
    seals = check_seals([item.value for item in examined], files)
    record = check_expectation(expected, reports, digest)
    return Report(tuple(reports), (*steps, *seals, *record), digest=digest)


def _document_steps(document: OfdDocument, files: Sequence[SignatureFile]) -> tuple[Step, ...]:
    """About the document as a whole: the list of signatures, and how the document shows itself."""
    steps: list[Step] = []
    signed = (check_list, check_document, check_pages)
    for check in signed if files else (check_list, check_drawn_seals):
        try:
            steps.extend(check(document, files))
        except KnownError as error:
            status = Status.FAIL if check is check_list else Status.UNKNOWN
            steps.append(Step("document", status, error.code, error.facts))
    return tuple(steps)


def _covered(document: OfdDocument, item: Examined) -> frozenset[str]:
    return with_decrypted(document.package, item.content.covered, item.content.stored)


def _coverage(
    document: OfdDocument, protected: list[Protected], index: int, names: PartNames, free: frozenset[str]
) -> Coverage:
    try:
        return check_coverage(document, protected, index, names, free)
    except KnownError as error:
        return Coverage((Step("coverage", Status.FAIL, error.code, error.facts),))


def _report(
    document: OfdDocument,
    item: Examined,
    coverage: Coverage,
    names: PartNames,
) -> SignatureReport:
    value = item.value
    seal = None if value is None else value.seal
    maker = None if seal is None else _maker_name(item.steps)
    hidden = check_hidden(document.package, _covered(document, item), item.content.stored)
    return SignatureReport(
        id=item.file.id,
        kind="" if value is None else str(value.kind),
        steps=(*item.steps, *hidden, *coverage.steps, *check_stamps(document, item.file, seal)),
        seal_id="" if seal is None else seal.es_id,
        seal_name="" if seal is None else seal.name,
        seal_maker=maker or "",
        seal_picture="" if seal is None else seal.picture.type,
        seal_size_mm=(0.0, 0.0) if seal is None else (seal.picture.width_mm, seal.picture.height_mm),
        seal_valid_from=None if seal is None else seal.valid_from,
        seal_valid_to=None if seal is None else seal.valid_to,
        signer="" if item.certificate is None else item.certificate.subject,
        organization="" if item.certificate is None else item.certificate.organization,
        claimed_time=item.moments.claimed,
        trusted_time=item.moments.trusted,
        covered=tuple(sorted(_covered(document, item))),
        changed=tuple(names[path] for path in item.content.changed),
        uncovered=tuple(names[path] for path in coverage.uncovered),
        outside=tuple(names[path] for path in coverage.outside),
        stamps=_stamps(document, item),
        chain=tuple(
            ReportedCertificate(
                link.subject, link.issuer, link.serial_text, link.not_before, link.not_after, link.fingerprint
            )
            for link in item.chain
        ),
    )


def _maker_name(steps: tuple[Step, ...]) -> str | None:
    return next((str(step.facts["maker"]) for step in steps if "maker" in step.facts), None)


def _stamps(document: OfdDocument, item: Examined) -> tuple[ReportedStamp, ...]:
    pages = {page.id: page.index + 1 for page in document.pages}
    return tuple(
        ReportedStamp(pages.get(stamp.page_id), _plain(stamp.boundary), stamp.clip and _plain(stamp.clip))
        for stamp in item.file.stamps
    )


def _plain(box: Box) -> tuple[float, float, float, float]:
    return (box.x, box.y, box.width, box.height)
