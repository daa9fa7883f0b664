"""The exchange's log as this PC saw it: the checkpoint it is held to, and proofs for receipts."""

from __future__ import annotations

from gongwen_client.store.database import Database
from gongwen_client.store.notes import Notes
from gongwen_protocol.canonical import canonical_digest
from gongwen_protocol.checkpoints import (
    InclusionProof,
    LogAccusation,
    LogProblem,
    Restoration,
    SignedCheckpoint,
    SignedRestoration,
    SplitView,
)


class EvidenceTable:
    """One checkpoint, the latest that added to the one before; any number of proofs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes = Notes(database)

    def checkpoint(self) -> SignedCheckpoint | None:
        """What the exchange has committed to, as far as this PC knows."""
        text = self._notes.get(Notes.CHECKPOINT)
        return None if text is None else SignedCheckpoint.model_validate_json(text)

    def keep(self, checkpoint: SignedCheckpoint) -> None:
        """Hold the exchange to this from now on."""
        self._notes.set(Notes.CHECKPOINT, checkpoint.model_dump_json())

    def accuse(self, problem: str, offered: SignedCheckpoint | None) -> None:
        """Keep what proves that history was rewritten: two signed checkpoints that contradict each other."""
        shown = "" if offered is None else offered.model_dump_json()
        self._notes.set(Notes.LOG_PROBLEM, f"{problem} {shown}")

    def accuse_of_split(self, split: SplitView) -> None:
        """Keep what proves that the exchange showed two units two histories."""
        with self._database.transaction():
            self._notes.set(Notes.LOG_SPLIT, split.model_dump_json())
            self._notes.set(Notes.LOG_PROBLEM, f"{LogProblem.SPLIT.value} {split.model_dump_json()}")

    def accusation(self) -> LogAccusation | None:
        """The latest proof, also of what was reconciled since; None where there never was one."""
        problem, _, shown = (self._notes.get(Notes.LOG_PROBLEM) or "").partition(" ")
        if not problem:
            return None
        if problem == LogProblem.SPLIT.value:
            split = SplitView.model_validate_json(shown)
            return LogAccusation(problem=LogProblem.SPLIT, **dict(split))
        theirs = SignedCheckpoint.model_validate_json(shown) if shown else None
        return LogAccusation(problem=LogProblem(problem), ours=self.checkpoint(), theirs=theirs)

    def split(self) -> SplitView | None:
        """The two histories that the exchange has not reconciled."""
        text = self._notes.get(Notes.LOG_SPLIT)
        return None if text is None else SplitView.model_validate_json(text)

    def settle_split(self) -> None:
        """It has: by a proof, or by a restoration that a person agreed to. The record of it stays."""
        self._forget(Notes.LOG_SPLIT)

    def settle_restoration(self) -> None:
        """Nothing is left to agree to."""
        self._forget(Notes.RESTORATION)

    def _forget(self, name: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM settings WHERE name = ?", (name,))

    def agree(self) -> Restoration | None:
        """A person agrees to go on from the backup that the exchange was restored from; None where there is
        nothing to agree to. Takes effect at the next poll."""
        text = self._notes.get(Notes.RESTORATION)
        if text is None:
            return None
        said = SignedRestoration.model_validate_json(text).restoration
        self._notes.set(Notes.RESTORATION_AGREED, canonical_digest(said))
        return said

    def went_back_for(self, signed: SignedRestoration) -> bool:
        """Whether this restoration was followed before: it explains what is lost once, and no rewriting of
        what came after it."""
        return self._notes.get(_gone_back(signed.restoration)) is not None

    def go_back(self, signed: SignedRestoration) -> None:
        """Hold the exchange to the checkpoint of its backup. What it had committed to beyond it stays."""
        said, held = signed.restoration, self.checkpoint()
        with self._database.transaction() as connection:
            cursor = int(self._notes.get(Notes.CURSOR) or "0")
            self._notes.set(Notes.CURSOR, str(min(cursor, said.changes)))
            beyond = "" if held is None else held.model_dump_json()
            self._notes.set(_gone_back(said), f"{signed.model_dump_json()} {beyond}")
            self._notes.set(Notes.PROFILE_MAY_GO_BACK, "1")
            connection.execute("DELETE FROM encryption_entries")  # read anew: newer ones are lost
            self._forget(Notes.ENCRYPTION)
            if said.checkpoint is None:
                self._forget(Notes.CHECKPOINT)
            else:
                self.keep(said.checkpoint)
            self._forget(Notes.RESTORATION)

    def add_proof(self, sequence: int, proof: InclusionProof, checkpoint: SignedCheckpoint) -> None:
        """Keep a proof that was checked."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO proofs (sequence, view, checkpoint) VALUES (?, ?, ?)",
                (sequence, proof.model_dump_json(), checkpoint.model_dump_json()),
            )

    def proof(self, sequence: int) -> tuple[InclusionProof, SignedCheckpoint] | None:
        """The kept proof of a receipt."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT view, checkpoint FROM proofs WHERE sequence = ?", (sequence,)
            ).fetchone()
        if row is None:
            return None
        return InclusionProof.model_validate_json(row[0]), SignedCheckpoint.model_validate_json(row[1])


def _gone_back(said: Restoration) -> str:
    """The note that keeps a restoration that was followed, with what was lost by it."""
    return f"{Notes.RESTORATION}.{said.at.isoformat()}"
