"""Evidence bundles of documents that went through the exchange: with its receipts and their proofs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gongwen_client.domain.rows import IncomingFiles
from gongwen_client.exchange.pinning import pinned_certificates
from gongwen_client.services.bundles import BundleOrder, make_bundle
from gongwen_client.services.desk import Desk
from gongwen_client.services.evidence import EvidenceService, Proven
from gongwen_client.services.verification import expected_seals
from gongwen_client.store.documents import StoredDocument
from gongwen_docs.bundle import BundleSource, PartRole
from gongwen_protocol.checkpoints import ProofList, ReceiptProof
from gongwen_protocol.messages import ReceiptEvent, ReceiptList


@dataclass(frozen=True)
class BundleMade:
    """What went into a bundle: files, receipts, and how many of these are proven to be in the log."""

    parts: int
    receipts: int = 0
    proven: int = 0


def make_exchange_bundle(
    desk: Desk, document: StoredDocument, files: IncomingFiles, target: Path
) -> BundleMade:
    """Slow. Body, attachments, certificates, lists, rules, the exchange's receipts and what proves that they
    are in its log, as far as it can be asked now. Raises KnownError ``bundle.*``, ``log.not_included``."""
    signed = [row.receipt for row in desk.store.receipts.of_document(document.document_id)]
    proven = EvidenceService(desk).proofs(document.document_id)
    order = BundleOrder(
        document=files.body.path,
        name=document.body.name,
        attachments=tuple(file.path for file in files.attachments),
        attachment_names=tuple(file.name for file in files.attachments),
        trust_dir=desk.trust_dir if desk.trust_dir.is_dir() else None,
        receipts=ReceiptList(receipts=tuple(signed)).model_dump_json().encode(),
        profile_id=desk.profile().profile_id,
        document_id=document.document_id,
        seals=expected_seals(document.seals),
        more=(*_exchange(desk), *_log(proven)),
    )
    manifest = make_bundle(order, target, desk.clock.now())
    return BundleMade(len(manifest.parts), len(signed), len(proven))


def _exchange(desk: Desk) -> Sequence[BundleSource]:
    return [
        BundleSource(PartRole.RECEIPT_CERTIFICATE, "exchange.cer", der)
        for der in pinned_certificates(desk.store)
    ]


def _log(proven: Sequence[Proven]) -> Sequence[BundleSource]:
    """All proofs in one file, each checkpoint once."""
    if not proven:
        return ()
    proofs = ProofList(
        proofs=tuple(ReceiptProof(sequence=one.signed.receipt.sequence, proof=one.proof) for one in proven)
    )
    checkpoints = dict.fromkeys(one.checkpoint.model_dump_json() for one in proven)
    return (
        BundleSource(PartRole.INCLUSION_PROOF, "proofs.json", proofs.model_dump_json().encode()),
        *(BundleSource(PartRole.CHECKPOINT, "checkpoint.json", text.encode()) for text in checkpoints),
    )


def witnessed_at(desk: Desk, document: StoredDocument) -> datetime | None:
    """When the exchange stated, with a signature that holds, that it has this very body."""
    events = (ReceiptEvent.SENT, ReceiptEvent.DELIVERED)
    times = [
        row.receipt.receipt.at
        for row in desk.store.receipts.of_document(document.document_id)
        if row.verified
        and row.receipt.receipt.event in events
        and row.receipt.receipt.body_digest == document.body.digest
    ]
    return min(times, default=None)
