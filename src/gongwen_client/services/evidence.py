"""Proofs that receipts are in the exchange's log, checked here and kept for the day they are needed."""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_client.exchange.api import in_foreground
from gongwen_client.services.desk import Desk
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.checkpoints import InclusionProof, SignedCheckpoint, is_included
from gongwen_protocol.messages import SignedReceipt


@dataclass(frozen=True)
class Proven:
    """A receipt, its place in the log, and the checkpoint that this holds against."""

    signed: SignedReceipt
    proof: InclusionProof
    checkpoint: SignedCheckpoint


class EvidenceService:
    """Works against the checkpoint that this PC holds the exchange to, never one that comes along."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def prove(self, document_id: str) -> list[SignedReceipt]:
        """Slow. Fetch and check a proof for every receipt of a document that has none yet; answers the
        receipts that are proven now.

        Raises KnownError: log.not_included when the exchange cannot prove one, network.*.
        """
        held = self._desk.store.evidence.checkpoint()
        if held is None:
            return []
        proven = []
        for row in self._desk.store.receipts.of_document(document_id):
            signed = row.receipt
            if self.proof(signed) is None:
                self._fetch(signed, held)
            proven.append(signed)
        return proven

    def proofs(self, document_id: str) -> list[Proven]:
        """Slow. What is proven of a document's receipts, fetching proofs as far as the exchange can be asked
        now. Raises KnownError: log.not_included when it cannot prove one that its log must hold."""
        held = self._desk.store.evidence.checkpoint()
        found = []
        reachable = held is not None
        for row in self._desk.store.receipts.of_document(document_id):
            signed = row.receipt
            if held is not None and reachable and self.proof(signed) is None:
                reachable = self._try_to_fetch(signed, held)
            kept = self.proof(signed)
            if kept is not None:
                found.append(Proven(signed, *kept))
        return found

    def _try_to_fetch(self, signed: SignedReceipt, held: SignedCheckpoint) -> bool:
        """False when the exchange cannot be reached."""
        try:
            self._fetch(signed, held)
        except RefusedError:
            return True  # newer than the checkpoint that this PC holds
        except KnownError as error:
            if error.code == "log.not_included":
                raise
            return False
        return True

    def proof(self, signed: SignedReceipt) -> tuple[InclusionProof, SignedCheckpoint] | None:
        """The kept proof of a receipt, if it holds for this very receipt."""
        kept = self._desk.store.evidence.proof(signed.receipt.sequence)
        if kept is None:
            return None
        proof, checkpoint = kept
        return kept if is_included(canonical_bytes(signed.receipt), proof, checkpoint.checkpoint) else None

    def _fetch(self, signed: SignedReceipt, held: SignedCheckpoint) -> None:
        sequence, size = signed.receipt.sequence, held.checkpoint.size
        proof = in_foreground(
            lambda: self._desk.api.get(f"/v1/receipts/{sequence}/proof", InclusionProof, {"size": size})
        )
        if not is_included(canonical_bytes(signed.receipt), proof, held.checkpoint):
            raise KnownError("log.not_included", sequence=sequence)
        self._desk.store.evidence.add_proof(sequence, proof, held)
