"""The main job through the services: seal, send, receive, verify, accept, print; and back."""

from __future__ import annotations

from pathlib import Path

from fakes.printer import FakePrinter
from fakes.units import UnitPc
from gongwen_client.domain.rows import IncomingState
from gongwen_client.domain.seal_ledger import LedgerStep, SignerKind
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_crypto import sm3
from gongwen_docs.bundle import Bundle, PartRole
from gongwen_protocol.messages import Finding, ReceiptEvent, ReceiptList, ReturnReason
from gongwen_protocol.states import DeliveryState, DocumentState, TicketState


def test_from_seal_to_sealed_print(sender: UnitPc, receiver: UnitPc, printer: FakePrinter) -> None:
    draft = sender.compose(to=RECEIVER)
    assert draft.elements.title
    assert draft.elements.doc_number
    unsealed = draft.body
    assert unsealed is not None
    ready = sender.seal(draft)
    assert ready.state is DocumentState.READY
    assert ready.body is not None
    assert ready.body.digest != unsealed.digest
    assert not unsealed.path.exists()
    ledger = sender.office.seal_ledger.state()
    assert ledger.whole
    (use,) = ledger.uses
    assert (use.result, use.seal_name) == (LedgerStep.SEALED, SENDER.name)
    assert (use.document_digest, use.sealed_digest) == (unsealed.digest, ready.body.digest)
    assert use.signed_by is SignerKind.SEAL_KEY
    row = receiver.wait_for(sender.send(ready))
    incoming = receiver.office.incoming
    assert row.unread
    files = incoming.open(row.delivery_id)
    assert files.body.path.read_bytes() == ready.body.path.read_bytes()
    assert [file.name for file in files.attachments] == ["附件.xlsx"]
    receiver.wait_until(lambda: not incoming.get(row.delivery_id).unread)
    verification = incoming.verify(row.delivery_id)
    assert verification.report["verdict"] == "valid", verification.report["codes"]
    ok = Finding.OK
    checks = verification.checks
    assert (checks.body, checks.attachments, checks.seal) == (ok, ok, ok)
    assert incoming.accept(row.delivery_id, checks).state is IncomingState.RECEIVED
    receiver.wait_until(lambda: not incoming.get(row.delivery_id).pending)

    printing = receiver.office.printing
    assert printing.remaining(row.delivery_id) == 2
    outcomes = printing.print_original(row.delivery_id, 1, printer.NAME)
    assert [(one.copy_number, one.copies, one.printed) for one in outcomes] == [(1, 2, True)]
    assert printer.paper[0].startswith(b"%PDF-")
    assert printing.remaining(row.delivery_id) == 1
    receiver.wait_until(lambda: printing.tickets(row.delivery_id)[0].state is TicketState.PRINTED)

    tracking = sender.office.tracking
    wanted = ["sent", "delivered", "viewed", "received", "printed"]
    sender.wait_until(
        lambda: [one.receipt.receipt.event.value for one in tracking.receipts(draft.document_id)] == wanted
    )
    assert all(one.verified for one in tracking.receipts(draft.document_id))
    board = tracking.board(draft.document_id)[0]
    assert (board.state, board.printed, board.copies) == (DeliveryState.RECEIVED, 1, 2)
    assert incoming.search("通知")[0].delivery_id == row.delivery_id


def test_a_received_document_becomes_an_evidence_bundle(
    sender: UnitPc, receiver: UnitPc, tmp_path: Path
) -> None:
    row = receiver.wait_for(sender.send(sender.seal(sender.compose(to=RECEIVER))))
    incoming = receiver.office.incoming
    incoming.open(row.delivery_id)
    target = tmp_path / "验真包.zip"
    incoming.make_bundle(row.delivery_id, target)
    with Bundle.open(target) as bundle:
        assert [step.code for step in bundle.check()] == [""]
        assert bundle.document.digest == sm3.digest(bundle.read(bundle.document)).hex()
        assert [seal.name for seal in bundle.manifest.seals] == [SENDER.name]
        (receipts,) = bundle.read_all(PartRole.RECEIPTS)
    events = [one.receipt.event for one in ReceiptList.model_validate_json(receipts).receipts]
    assert ReceiptEvent.SENT in events or ReceiptEvent.DELIVERED in events


def test_receipts_of_a_bundle_are_proven_to_be_in_the_log(
    sender: UnitPc, receiver: UnitPc, tmp_path: Path
) -> None:
    """Written at both ends with inclusion proofs and checkpoint; verified without the exchange."""
    draft = sender.seal(sender.compose(to=RECEIVER))
    row = receiver.wait_for(sender.send(draft))
    incoming, evidence = receiver.office.incoming, receiver.office.evidence
    receiver.wait_until(lambda: bool(evidence.proofs(draft.document_id)))
    made = incoming.make_bundle(row.delivery_id, tmp_path / "收.zip")
    assert made.proven
    opened = receiver.office.local.open_bundle(tmp_path / "收.zip", _folder(tmp_path / "out"))
    assert opened.document is not None
    assert opened.document.is_file()
    bundle = opened.verification.bundle
    assert bundle is not None
    steps = [step for step in bundle["steps"] if step["step"] == "log"]  # type: ignore[attr-defined]
    assert [step["status"] for step in steps] == ["ok"] * made.proven
    assert {part["role"] for part in bundle["parts"]} >= {  # type: ignore[attr-defined]
        PartRole.INCLUSION_PROOF,
        PartRole.CHECKPOINT,
        PartRole.RECEIPTS,
        PartRole.RECEIPT_CERTIFICATE,
    }
    sent = sender.office.tracking.make_bundle(draft.document_id, tmp_path / "发.zip")
    assert sent.receipts
    assert sender.office.tracking.verify(draft.document_id).report["verdict"] == "valid"


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_a_return_reaches_the_sender_with_its_reason(sender: UnitPc, receiver: UnitPc) -> None:
    ready = sender.seal(sender.compose(to=RECEIVER))
    row = receiver.wait_for(sender.send(ready))
    checks = receiver.office.incoming.verify(row.delivery_id).checks
    returned = receiver.office.incoming.return_document(
        row.delivery_id, ReturnReason.ATTACHMENT_FAULT, "附件二缺页", checks
    )
    assert returned.state is IncomingState.RETURNED
    sender.wait_until(lambda: bool(sender.office.tracking.returned()))
    sent, delivery = sender.office.tracking.returned()[0]
    assert sent.document_id == ready.document_id
    assert delivery.return_reason == ReturnReason.ATTACHMENT_FAULT.value
    assert delivery.return_note == "附件二缺页"
    sender.wait_until(lambda: sender.office.duty.counts().returned_to_us == 1)
    assert ReceiptEvent.RETURNED in [
        one.receipt.receipt.event for one in sender.office.tracking.receipts(ready.document_id)
    ]
