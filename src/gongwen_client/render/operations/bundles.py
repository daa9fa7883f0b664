"""Judging an evidence bundle (验真包) without a network: its list, its receipts, the document in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from gongwen_client.render.operations import Desk, operation
from gongwen_client.render.operations.bundle_log import check_log
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_crypto.revocation import RevocationList
from gongwen_crypto.seal_register import SealRegister
from gongwen_docs.bundle import Bundle, BundlePart, PartRole, plain_suffix
from gongwen_docs.seals.findings import Status, Step, worst
from gongwen_docs.verify import Expectation, Report, Verdict, verify_file
from gongwen_docs.verify.report import step_json
from gongwen_protocol.messages import ReceiptEvent, ReceiptList, SignedReceipt
from gongwen_protocol.receipts import ReceiptProblem, verify_receipt

SCHEMA = "gongwen.bundle-verification/1"
_WITNESSES = (ReceiptEvent.SENT, ReceiptEvent.DELIVERED)
_VERDICTS = {
    Status.OK: Verdict.VALID,
    Status.WARN: Verdict.WARNING,
    Status.UNKNOWN: Verdict.UNKNOWN,
    Status.FAIL: Verdict.INVALID,
}
_ORDER = (Verdict.VALID, Verdict.WARNING, Verdict.UNKNOWN, Verdict.UNSIGNED, Verdict.INVALID)


@operation
def unpack_bundle(desk: Desk, path: Path, folder: Path) -> dict[str, str]:
    """Write document and attachments of a bundle into an empty folder; the answer maps the path in the
    bundle to the file's name in ``folder``. Raises ``KnownError`` ``bundle.*``, ``ofd.container.*``."""
    with Bundle.open(path) as bundle:
        wanted = (*bundle.manifest.of_role(PartRole.DOCUMENT), *bundle.manifest.of_role(PartRole.ATTACHMENT))
        names = {}
        for number, part in enumerate(wanted):
            if part.path not in bundle.package:
                continue
            name = f"{number:03}{plain_suffix(part.name)}"
            (folder / name).write_bytes(bundle.read(part))
            names[part.path] = name
        return names


@operation
def verify_bundle(
    desk: Desk, path: Path, trust_dir: Path | None, now: datetime, exchange: Sequence[bytes]
) -> dict[str, object]:
    """Verify a bundle. Roots in it are its own word: only those of ``trust_dir`` can make anything valid,
    and for receipts the certificates of the ``exchange`` (DER) that this PC deals with."""
    own = None if trust_dir is None else TrustStore.load(trust_dir)
    try:
        with Bundle.open(path) as bundle:
            return _judge(bundle, own, now, exchange)
    except KnownError as error:
        refused = (Step("bundle", Status.FAIL, error.code, error.facts),)
        return _answer(Verdict.INVALID, refused, (), None, None)


def _judge(
    bundle: Bundle, own: TrustStore | None, now: datetime, exchange: Sequence[bytes]
) -> dict[str, object]:
    steps = list(bundle.check())
    carried, trouble = _carried(bundle)
    steps += trouble
    if own is None:
        steps.append(Step("bundle", Status.UNKNOWN, "bundle.own_anchors"))
        anchors = [root.der for root in carried.roots]
        anchors += _readable(bundle, PartRole.RECEIPT_CERTIFICATE)
    else:
        anchors = [*exchange, *(root.der for root in own.roots)]
    # Lists are signed by their authority: those carried along can only add to what is known here.
    lists = carried.revocation_lists
    trust = (
        carried
        if own is None
        else replace(
            own,
            revocation_lists=own.revocation_lists + lists,
            seal_registers=own.seal_registers + carried.seal_registers,
        )
    )
    receipts, judged, witnessed = _check_receipts(bundle, anchors)
    judged += check_log(bundle, receipts, anchors)
    expected = Expectation(
        bundle.manifest.seals, bundle.document.digest, complete=bool(bundle.manifest.seals)
    )
    report = _verify_document(bundle, trust, now, witnessed, expected)
    found = _VERDICTS[worst((*steps, *judged))]
    verdict = max((found, report.verdict), key=_ORDER.index)
    return _answer(verdict, (*steps, *judged), receipts, bundle, report)


def _verify_document(
    bundle: Bundle, trust: TrustStore, now: datetime, witnessed: datetime | None, expected: Expectation
) -> Report:
    try:
        data = bundle.read(bundle.document)
    except KnownError as error:
        return Report(steps=(Step("container", Status.FAIL, error.code, error.facts),), opened=False)
    return verify_file(data, trust, now, witnessed, expected)


def _carried(bundle: Bundle) -> tuple[TrustStore, list[Step]]:
    """Certificates and lists of the bundle; those that cannot be read are told."""
    trouble: list[Step] = []

    def certificates(role: str) -> Iterable[Certificate]:
        for data in _readable(bundle, role):
            try:
                yield Certificate.load(data)
            except KnownError:
                trouble.append(Step("bundle", Status.UNKNOWN, "bundle.unreadable_part", {"part": role}))

    lists = []
    for data in _readable(bundle, PartRole.REVOCATION_LIST):
        try:
            lists.append(RevocationList.load(data))
        except KnownError:
            facts = {"part": PartRole.REVOCATION_LIST}
            trouble.append(Step("bundle", Status.UNKNOWN, "bundle.unreadable_part", facts))
    registers = []
    for data in _readable(bundle, PartRole.SEAL_REGISTER):
        try:
            registers.append(SealRegister.load(data))
        except KnownError:
            facts = {"part": PartRole.SEAL_REGISTER}
            trouble.append(Step("bundle", Status.UNKNOWN, "bundle.unreadable_part", facts))
    roots, makers = tuple(certificates(PartRole.ROOT)), tuple(certificates(PartRole.SEAL_MAKER))
    return TrustStore(roots, tuple(lists), makers, tuple(registers)), trouble


def _readable(bundle: Bundle, role: str) -> list[bytes]:
    try:
        return list(bundle.read_all(role))
    except KnownError:
        return []  # the check of the list has told about it


def _check_receipts(
    bundle: Bundle, anchors: Sequence[bytes]
) -> tuple[tuple[SignedReceipt, ...], list[Step], datetime | None]:
    """All receipts, a step for each, and the earliest moment at which the exchange had this document."""
    receipts: list[SignedReceipt] = []
    steps: list[Step] = []
    for data in _readable(bundle, PartRole.RECEIPTS):
        try:
            receipts += ReceiptList.model_validate_json(data).receipts
        except ValidationError:
            steps.append(Step("receipts", Status.FAIL, "bundle.receipts_unreadable"))
    witnessed: list[datetime] = []
    for signed in receipts:
        step = _check_receipt(bundle, signed, anchors)
        steps.append(step)
        if step.status is Status.OK and signed.receipt.event in _WITNESSES:
            witnessed.append(signed.receipt.at)
    return tuple(receipts), steps, min(witnessed, default=None)


def _check_receipt(bundle: Bundle, signed: SignedReceipt, anchors: Sequence[bytes]) -> Step:
    receipt = signed.receipt
    facts = {"event": str(receipt.event.value), "unit": receipt.unit_name, "sequence": receipt.sequence}
    try:
        problem = verify_receipt(signed, anchors)
    except KnownError:
        problem = ReceiptProblem.UNREADABLE
    if problem is not None:
        status = Status.UNKNOWN if problem is ReceiptProblem.UNKNOWN_SIGNER else Status.FAIL
        return Step("receipts", status, f"bundle.receipt.{problem}", facts)
    same_id = not bundle.manifest.document_id or receipt.document_id == bundle.manifest.document_id
    if receipt.body_digest.lower() != bundle.document.digest or not same_id:
        return Step("receipts", Status.FAIL, "bundle.receipt.of_another", facts)
    return Step("receipts", Status.OK, facts=facts)


def _part_json(part: BundlePart) -> dict[str, object]:
    return {"path": part.path, "role": part.role, "name": part.name, "size": part.size, "sm3": part.digest}


def _answer(
    verdict: Verdict,
    steps: Sequence[Step],
    receipts: Sequence[SignedReceipt],
    bundle: Bundle | None,
    report: Report | None,
) -> dict[str, object]:
    manifest = None if bundle is None else bundle.manifest
    return {
        "schema": SCHEMA,
        "verdict": str(verdict),
        "opened": bundle is not None,
        "made_at": "" if manifest is None else manifest.made_at,
        "made_by": "" if manifest is None else manifest.tool,
        "document_id": "" if manifest is None else manifest.document_id,
        "profile": "" if manifest is None else manifest.profile,
        "document": "" if bundle is None else bundle.document.name,
        "size": 0 if bundle is None else bundle.document.size,
        "steps": [step_json(step) for step in steps],
        "receipts": [signed.receipt.model_dump(mode="json") for signed in receipts],
        "parts": [] if manifest is None else [_part_json(part) for part in manifest.parts],
        "report": None if report is None else report.to_json(),
    }
