"""Verify a sealed document: every signature, what they leave open, and the document as a whole.

The order of steps is that of GB/T 38540-2020 with the time rules of GM/T 0031-2014 6.2.3. The renderer must
draw the very ``OfdDocument`` that was verified here.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.entry import ENTRY
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.verify.appearance import check_document, check_stamps
from gongwen_docs.verify.content import PartDigests
from gongwen_docs.verify.coverage import Protected, check_coverage
from gongwen_docs.verify.parts import PartNames
from gongwen_docs.verify.report import Report, ReportedCertificate, ReportedStamp, SignatureReport
from gongwen_docs.verify.signature import Circumstances, Examined, examine

_MAX_SIGNATURES = 200  # joint documents carry a dozen; thousands are an attack on our time


def verify_file(
    source: Path | bytes,
    trust: TrustStore,
    now: datetime,
    witnessed_at: datetime | None = None,
    promised_seals: int = 0,
) -> Report:
    """Open and verify. A file that is refused before its signatures can be read is INVALID with
    ``opened`` False and the code of the refusal."""
    try:
        with OfdDocument.open(source) as document:
            return verify_document(document, trust, now, witnessed_at, promised_seals)
    except KnownError as error:
        return Report(steps=(Step("container", Status.FAIL, error.code, error.facts),), opened=False)


def verify_document(
    document: OfdDocument,
    trust: TrustStore,
    now: datetime,
    witnessed_at: datetime | None = None,
    promised_seals: int = 0,
) -> Report:
    """Verify all signatures of an opened document. Never raises for bad input.

    ``now`` is aware. ``witnessed_at`` is a trusted moment by which the document existed, e.g. the exchange's
    receipt. ``promised_seals`` is the number of seals that the exchange knows the document to carry: fewer
    found means that one was removed, which the package alone cannot tell (attack class A4).
    """
    circumstances = Circumstances(trust, now, witnessed_at)
    try:
        files = document.signatures
    except KnownError as error:
        unreadable = Step("signatures", Status.FAIL, error.code, error.facts)
        return Report(steps=(unreadable,))
    if len(files) > _MAX_SIGNATURES:
        facts: dict[str, object] = {"found": len(files), "limit": _MAX_SIGNATURES}
        return Report(steps=(Step("signatures", Status.FAIL, "seal.document.too_many_signatures", facts),))
    digests = PartDigests(document.package)
    names = PartNames(document)
    examined = [examine(document, file, digests, names, circumstances) for file in files]
    protected = [Protected(item.file, item.value, item.content.covered, item.authentic) for item in examined]
    reports = []
    for index, item in enumerate(examined):
        coverage, uncovered = _coverage(document, protected, index, names)
        reports.append(_report(document, item, coverage, uncovered, names))
    steps = check_document(document) if reports else _check_missing_signatures(document)
    if len({file.path for file in files}) < len(files):
        steps = (*steps, Step("signatures", Status.FAIL, "seal.document.listed_twice"))
    if len(reports) < promised_seals:
        facts = {"promised": promised_seals, "found": len(reports)}
        steps = (*steps, Step("signatures", Status.FAIL, "seal.document.signature_removed", facts))
    return Report(tuple(reports), steps)


def _check_missing_signatures(document: OfdDocument) -> tuple[Step, ...]:
    """A document without signatures must not point to some: a list that is gone, or another body's."""
    package = document.package
    root = xml.parse(package.read(ENTRY), ENTRY, package.limits)
    pointers = [element for element in root.iter() if xml.local(element) == "Signatures"]
    listed = document.entry.signatures
    if (listed is not None and listed not in package) or (listed is None and pointers):
        return (Step("signatures", Status.FAIL, "seal.document.signatures_gone"),)
    return ()


def _coverage(
    document: OfdDocument, protected: list[Protected], index: int, names: PartNames
) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    try:
        return check_coverage(document, protected, index, names)
    except KnownError as error:
        return (Step("coverage", Status.FAIL, error.code, error.facts),), ()


def _report(
    document: OfdDocument,
    item: Examined,
    coverage: tuple[Step, ...],
    uncovered: tuple[str, ...],
    names: PartNames,
) -> SignatureReport:
    value = item.value
    seal = None if value is None else value.seal
    maker = None if seal is None else _maker_name(item.steps)
    return SignatureReport(
        id=item.file.id,
        kind="" if value is None else str(value.kind),
        steps=(*item.steps, *coverage, *check_stamps(document, item.file, seal)),
        seal_id="" if seal is None else seal.es_id,
        seal_name="" if seal is None else seal.name,
        seal_maker=maker or "",
        seal_valid_from=None if seal is None else seal.valid_from,
        seal_valid_to=None if seal is None else seal.valid_to,
        signer="" if item.certificate is None else item.certificate.subject,
        organization="" if item.certificate is None else item.certificate.organization,
        claimed_time=item.moments.claimed,
        trusted_time=item.moments.trusted,
        covered=tuple(sorted(item.content.covered)),
        changed=tuple(names[path] for path in item.content.changed),
        uncovered=tuple(names[path] for path in uncovered),
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
