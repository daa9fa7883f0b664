"""The exchange's log in an evidence bundle: checkpoints that it signed, and receipts proven to be in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_docs.bundle import Bundle, PartRole
from gongwen_docs.seals.findings import Status, Step
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.checkpoints import (
    Checkpoint,
    InclusionProof,
    ProofList,
    ReceiptProof,
    SignedCheckpoint,
    is_included,
)
from gongwen_protocol.messages import SignedReceipt
from gongwen_protocol.signatures import certificate_of, is_sealed, is_trusted

_STEP = "log"


def check_log(bundle: Bundle, receipts: Sequence[SignedReceipt], anchors: Sequence[bytes]) -> list[Step]:
    """A step for each proof, and for each checkpoint that cannot be relied on; none without proofs."""
    try:
        proofs = [
            one
            for data in bundle.read_all(PartRole.INCLUSION_PROOF)
            for one in ProofList.model_validate_json(data).proofs
        ]
        signed = [SignedCheckpoint.model_validate_json(one) for one in bundle.read_all(PartRole.CHECKPOINT)]
    except (KnownError, ValidationError):
        return [Step(_STEP, Status.FAIL, "bundle.log_unreadable")]
    steps = [step for one in signed if (step := _judge_checkpoint(one, anchors)) is not None]
    checkpoints = [one.checkpoint for one in signed]
    return [*steps, *(_judge_proof(one, receipts, checkpoints) for one in proofs)]


def _judge_checkpoint(signed: SignedCheckpoint, anchors: Sequence[bytes]) -> Step | None:
    """What keeps a checkpoint from counting; None for a good one."""
    checkpoint = signed.checkpoint
    facts: dict[str, object] = {"size": checkpoint.size}
    certificate = certificate_of(signed.seal)
    if certificate is None or not is_sealed(checkpoint, signed.seal, [certificate.der], checkpoint.at):
        return Step(_STEP, Status.FAIL, "bundle.checkpoint_forged", facts)
    if not _trusted(certificate, anchors):
        return Step(_STEP, Status.UNKNOWN, "bundle.checkpoint_unknown_signer", facts)
    return None


def _trusted(certificate: Certificate, anchors: Sequence[bytes]) -> bool:
    try:
        return is_trusted(certificate, anchors)
    except KnownError:
        return False


def _judge_proof(
    one: ReceiptProof, receipts: Sequence[SignedReceipt], checkpoints: Sequence[Checkpoint]
) -> Step:
    facts: dict[str, object] = {"sequence": one.sequence, "size": one.proof.size}
    statements = [canonical_bytes(item.receipt) for item in _numbered(receipts, one.sequence)]
    if any(_holds(statement, one.proof, checkpoints) for statement in statements):
        return Step(_STEP, Status.OK, facts=facts)
    return Step(_STEP, Status.FAIL, "bundle.proof_fails", facts)


def _numbered(receipts: Sequence[SignedReceipt], sequence: int) -> Iterator[SignedReceipt]:
    return (item for item in receipts if item.receipt.sequence == sequence)


def _holds(statement: bytes, proof: InclusionProof, checkpoints: Sequence[Checkpoint]) -> bool:
    return any(is_included(statement, proof, checkpoint) for checkpoint in checkpoints)
