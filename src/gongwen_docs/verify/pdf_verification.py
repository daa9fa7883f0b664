"""Verify the signatures of a PDF file, giving the same report as an OFD package.

The parser is that of the renderer, on the same bytes: what is judged is what is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pymupdf import mupdf

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_docs.kinds import HEAD, is_package_too, is_pdf
from gongwen_docs.pdf.byte_range import check_byte_range
from gongwen_docs.pdf.fields import SignatureDictionary, signatures
from gongwen_docs.pdf.objects import PdfFile, get, is_null, items, name_of
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.verify.details import details, helpers, reported_chain
from gongwen_docs.verify.expectation import Expectation
from gongwen_docs.verify.parts import Part
from gongwen_docs.verify.pdf_coverage import Revisions, check_pdf_coverage
from gongwen_docs.verify.pdf_signature import ExaminedPdf, examine_pdf
from gongwen_docs.verify.record import check_expectation
from gongwen_docs.verify.report import Report, ReportedStamp, SignatureReport
from gongwen_docs.verify.signature import Circumstances

_NOTHING_EXPECTED = Expectation()
_MAX_SIGNATURES = 50  # each later revision is opened as a document
_STORED_RANGE = re.compile(rb"/ByteRange\s{0,8}\[((?:\s{0,64}\d{1,10}){4})\s{0,64}\]")


def pdf_bytes(source: Path | bytes) -> bytes | None:
    """The bytes of a file that is read as PDF; None for any other file.

    Raises ``KnownError("ofd.container.unreadable")``.
    """
    data = source if isinstance(source, bytes) else _read_pdf(source)
    return data if is_pdf(data[:HEAD]) else None


def _read_pdf(path: Path) -> bytes:
    """All of a file that begins like a PDF file; nothing of any other."""
    try:
        with path.open("rb") as stream:
            begins = is_pdf(stream.read(HEAD))
            stream.seek(0)
            return stream.read() if begins else b""
    except OSError as error:
        raise KnownError("ofd.container.unreadable", file=path.name) from error


def verify_pdf(
    data: bytes,
    trust: TrustStore,
    now: datetime,
    witnessed_at: datetime | None = None,
    expected: Expectation = _NOTHING_EXPECTED,
) -> Report:
    """Verify all signatures of a PDF file. Never raises for bad input; parameters as of
    :func:`gongwen_docs.verify.verify_document`."""
    digest = sm3.digest(data).hex()
    if is_package_too(data):
        return Report(steps=(Step("document", Status.FAIL, "pdf.document.two_formats"),), digest=digest)
    try:
        file = PdfFile(data)
    except KnownError as error:
        return Report(steps=(Step("container", Status.FAIL, error.code, error.facts),), opened=False)
    try:
        found = signatures(file)
        if len(found) > _MAX_SIGNATURES:
            facts: dict[str, object] = {"found": len(found), "limit": _MAX_SIGNATURES}
            raise KnownError("seal.document.too_many_signatures", **facts)
    except KnownError as error:
        return Report(steps=(Step("signatures", Status.FAIL, error.code, error.facts),), digest=digest)
    circumstances = Circumstances(trust, now, witnessed_at)
    revisions = Revisions(data, file)
    reports = [_report(examine_pdf(data, one, circumstances), revisions, found, trust) for one in found]
    steps = (*_removed(data, found), *(_document_steps(file) if found else ()))
    return Report(tuple(reports), (*steps, *check_expectation(expected, reports, digest)), digest=digest)


def _report(
    item: ExaminedPdf, revisions: Revisions, all_found: tuple[SignatureDictionary, ...], trust: TrustStore
) -> SignatureReport:
    value, certificate = item.value, item.certificate
    seal = None if value is None else value.seal
    coverage: tuple[Step, ...] = ()
    changed: tuple[Part, ...] = ()
    added: tuple[Part, ...] = ()
    covered: tuple[str, ...] = ()
    if item.covered is not None:
        coverage, changed, added = check_pdf_coverage(revisions, item.covered, item.signature, all_found)
        first, second = item.covered.gap
        covered = (f"0-{first}", f"{second}-{item.covered.end}")
    return SignatureReport(
        id=item.signature.name,
        kind="" if value is None else str(value.kind),
        steps=(*item.steps, *coverage, *_check_stamps(item)),
        seal_id="" if seal is None else seal.es_id,
        seal_name="" if seal is None else seal.name,
        seal_maker=_maker(item.steps),
        seal_picture="" if seal is None else seal.picture.type,
        seal_size_mm=(0.0, 0.0) if seal is None else (seal.picture.width_mm, seal.picture.height_mm),
        seal_valid_from=None if seal is None else seal.valid_from,
        seal_valid_to=None if seal is None else seal.valid_to,
        signer="" if certificate is None else certificate.subject,
        organization="" if certificate is None else certificate.organization,
        claimed_time=item.moments.claimed,
        trusted_time=item.moments.trusted,
        covered=covered,
        changed=changed,
        uncovered=added,
        stamps=tuple(
            ReportedStamp(widget.page_index + 1, tuple(widget.box), None)  # type: ignore[arg-type]
            for widget in item.signature.widgets
        ),
        chain=reported_chain(certificate, trust, item.moments.signing, helpers(value)),
        details=details(value, certificate, item.moments, item.steps, trust),
    )


def _maker(steps: tuple[Step, ...]) -> str:
    return next((str(step.facts["maker"]) for step in steps if "maker" in step.facts), "")


def _check_stamps(item: ExaminedPdf) -> Iterator[Step]:
    """How the signature shows. A PDF draws any picture it likes in the place of a seal: the panel shows the
    seal's own, and says so."""
    if item.value is None:
        return
    shown = [widget for widget in item.signature.widgets if not widget.box.empty]
    seal = item.value.seal
    if seal is not None and not shown:
        yield Step("stamps", Status.WARN, "seal.stamp.none", {"seal": seal.name})
    elif shown:
        facts = {"page": shown[0].page_index + 1, "name": item.signature.name}
        yield Step("stamps", Status.OK, "pdf.stamp.own_picture" if seal else "pdf.stamp.no_seal", facts)


def _removed(data: bytes, found: tuple[SignatureDictionary, ...]) -> tuple[Step, ...]:
    """Signatures whose bytes are still in the file but that no field shows: a later update hid them."""
    stored = set()
    for match in _STORED_RANGE.finditer(data):
        numbers = tuple(map(int, match[1].split()))
        try:
            check_byte_range(data, numbers, _object_before(data, match.start()))
        except KnownError:
            continue
        stored.add(numbers)
    missing = stored - {one.byte_range for one in found}
    if not missing:
        return ()
    facts: dict[str, object] = {"stored": len(missing) + len(found), "found": len(found)}
    return (Step("signatures", Status.FAIL, "pdf.document.signature_removed", facts),)


def _object_before(data: bytes, position: int) -> int:
    """Where the object that holds ``position`` may begin: behind the end of the one before."""
    before = data.rfind(b"endobj", 0, position)
    return 0 if before < 0 else before + len(b"endobj")


def _document_steps(file: PdfFile) -> Iterator[Step]:
    """What makes one file look different to different readers."""
    if file.was_repaired:
        yield Step("document", Status.FAIL, "pdf.document.repaired")
    layers = get(file.root, "OCProperties", "D")
    if any(items(get(layers, "OFF"))) or name_of(get(layers, "BaseState")) == "OFF":
        yield Step("document", Status.WARN, "pdf.document.hidden_layers")
    if not is_null(get(file.root, "AcroForm", "XFA")):
        yield Step("document", Status.WARN, "pdf.document.dynamic_form")
    if any(not is_null(thing) for thing in _actions(file)):
        yield Step("document", Status.WARN, "pdf.document.scripts")


def _actions(file: PdfFile) -> Iterator[object]:
    """Everything by which a document would do something by itself."""
    opening = get(file.root, "OpenAction")
    if mupdf.pdf_is_dict(opening) and name_of(get(opening, "S")) != "GoTo":
        yield opening
    yield get(file.root, "AA")
    yield get(file.root, "Names", "JavaScript")
    for page in file.pages:
        yield get(page, "AA")
