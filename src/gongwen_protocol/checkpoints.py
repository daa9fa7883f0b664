"""Checkpoints of the exchange's log: what it commits to, and whether the next one only adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from gongwen_protocol.basics import Digest, Message, Moment
from gongwen_protocol.merkle import leaf_hash, verify_consistency, verify_inclusion
from gongwen_protocol.signatures import Seal, is_sealed


class Checkpoint(Message):
    """The log of ``origin`` had ``size`` leaves with this root (RFC 6962 with SM3)."""

    origin: str
    size: Annotated[int, Field(ge=0)]
    root: Digest
    at: Moment


class SignedCheckpoint(Message):
    """A checkpoint that the exchange cannot disown."""

    checkpoint: Checkpoint
    seal: Seal


class Restoration(Message):
    """The exchange was restored from a backup: what came after ``checkpoint`` is lost, and it says so.

    ``changes``: the number of the last change in the backup. Whoever has seen more takes this statement as
    evidence, and after a person's word goes on from ``checkpoint``.
    """

    origin: str
    checkpoint: SignedCheckpoint | None
    changes: Annotated[int, Field(ge=0)]
    backup_at: Moment
    at: Moment
    reason: str

    @property
    def size(self) -> int:
        """Leaves of the log in the backup."""
        return 0 if self.checkpoint is None else self.checkpoint.checkpoint.size


class SignedRestoration(Message):
    """A restoration that the exchange cannot disown."""

    restoration: Restoration
    seal: Seal


class RestorationList(Message):
    """GET /v1/restorations: all that there ever were, oldest first."""

    restorations: tuple[SignedRestoration, ...]


class InclusionProof(Message):
    """GET /v1/receipts/{sequence}/proof?size=N: the receipt is leaf ``index`` of the log's first
    ``size`` leaves. Checked against a checkpoint of that size that the reader keeps."""

    index: Annotated[int, Field(ge=0)]
    size: Annotated[int, Field(ge=1)]
    path: Annotated[tuple[Digest, ...], Field(max_length=64)]


class ReceiptProof(Message):
    """A receipt's place in the log, as an evidence bundle carries it."""

    sequence: Annotated[int, Field(ge=1)]
    proof: InclusionProof


class ProofList(Message):
    """All proofs of an evidence bundle; each is checked against a checkpoint of its size beside it."""

    proofs: tuple[ReceiptProof, ...]


class GrowthProof(Message):
    """GET /v1/log/growth?old=M&new=N: that the log of N leaves only added to that of M."""

    path: Annotated[tuple[Digest, ...], Field(max_length=130)]


class SplitView(Message):
    """Two commitments of one exchange that cannot both be true: ``ours`` was shown to this unit, ``theirs``
    to the sender of a document, which brought it along."""

    ours: SignedCheckpoint
    theirs: SignedCheckpoint
    document_id: str
    sender_code: str


class LogProblem(StrEnum):
    """How an exchange is caught at rewriting its history."""

    BAD_SIGNATURE = "bad_signature"
    OTHER_LOG = "other_log"  # a checkpoint of another exchange
    SHRUNK = "shrunk"  # fewer leaves than it had
    REWRITTEN = "rewritten"  # another history than the one that was seen
    BEYOND = "beyond"  # a receipt that the log does not reach
    WITHHELD = "withheld"  # no checkpoint, though there was one before
    SPLIT = "split"  # another history than the one that another unit was shown


class LogAccusation(Message):
    """What a PC kept when it caught the exchange: the checkpoint that it holds the exchange to, and the one
    that contradicts it, where there is one. Both are signed by the exchange."""

    problem: LogProblem
    ours: SignedCheckpoint | None = None
    theirs: SignedCheckpoint | None = None
    document_id: str = ""
    sender_code: str = ""


def judge_checkpoint(
    kept: Checkpoint | None,
    offered: SignedCheckpoint | None,
    proof: Sequence[str],
    trusted: Iterable[bytes],
) -> LogProblem | None:
    """What is wrong with the checkpoint that is offered, given the one that was kept; None when it adds to
    it. Never raises for bad input."""
    if offered is None:
        return None if kept is None else LogProblem.WITHHELD
    new = offered.checkpoint
    if not is_sealed(new, offered.seal, trusted, new.at):
        return LogProblem.BAD_SIGNATURE
    if kept is None:
        return None
    if new.origin != kept.origin:
        return LogProblem.OTHER_LOG
    if new.size < kept.size:
        return LogProblem.SHRUNK
    path = [bytes.fromhex(step) for step in proof]
    roots = bytes.fromhex(kept.root), bytes.fromhex(new.root)
    if not verify_consistency(kept.size, new.size, *roots, path):
        return LogProblem.REWRITTEN
    return None


def is_one_log(one: Checkpoint, other: Checkpoint, proof: Sequence[str]) -> bool:
    """Whether the larger of two checkpoints only adds to the smaller. Never raises for bad input."""
    old, new = sorted((one, other), key=lambda checkpoint: checkpoint.size)
    roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
    path = [bytes.fromhex(step) for step in proof]
    return old.origin == new.origin and verify_consistency(old.size, new.size, *roots, path)


def explains(signed: SignedRestoration, kept: Checkpoint, trusted: Iterable[bytes]) -> bool:
    """Whether a restoration that the exchange signed is the reason why its log does not continue ``kept``.
    Never raises for bad input."""
    said, anchors = signed.restoration, tuple(trusted)
    inner = said.checkpoint
    return (
        said.origin == kept.origin
        and said.size <= kept.size
        and is_sealed(said, signed.seal, anchors, said.at)
        and (inner is None or judge_checkpoint(None, inner, (), anchors) is None)
        and (inner is None or inner.checkpoint.origin == kept.origin)
    )


def is_included(statement: bytes, proof: InclusionProof, checkpoint: Checkpoint) -> bool:
    """Whether the canonical bytes of a receipt are in the log of ``checkpoint``. Never raises."""
    path = [bytes.fromhex(step) for step in proof.path]
    root = bytes.fromhex(checkpoint.root)
    return proof.size == checkpoint.size and verify_inclusion(
        leaf_hash(statement), proof.index, proof.size, path, root
    )
