"""The log that another unit was shown, held against ours (ADR 0068).

Each client checks that the exchange's log only grows; an exchange could still keep two of them, one for each
of two units. A document carries the checkpoint that its sender last saw: of both the larger has to add to the
smaller, or the exchange has signed what cannot both be true.
"""

from __future__ import annotations

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.pinning import is_pinned, pin_certificate, pinned_certificates
from gongwen_client.exchange.restorations import find_restoration, require_agreed
from gongwen_client.store import Store
from gongwen_client.store.documents import StoredDocument
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.checkpoints import Checkpoint, GrowthProof, SignedCheckpoint, SplitView, is_one_log
from gongwen_protocol.signatures import is_sealed


class LogWitness:
    """Compares, accuses, and goes on accusing until the exchange has reconciled both."""

    def __init__(self, api: ExchangeApi, store: Store) -> None:
        self._api = api
        self._store = store

    def compare(self, seen: SignedCheckpoint, document: StoredDocument) -> None:
        """Return when the sender of ``document`` was shown the log that this PC is held to.

        Raises RefusedError("secrecy.checkpoint_forged") for what the exchange did not sign: that accuses
        nobody but the document; KnownError: log.split, once both signed checkpoints are kept as proof,
        log.restored; what ``ExchangeApi`` raises, and then nothing is known.
        """
        self._require_signed(seen)
        ours = self._store.evidence.checkpoint()
        if ours is None:
            return
        self._judge(
            SplitView(
                ours=ours, theirs=seen, document_id=document.document_id, sender_code=document.sender_code
            )
        )

    def require_settled(self) -> None:
        """Raise KnownError("log.split") as long as an accusation stands; asks the exchange once more."""
        split = self._store.evidence.split()
        ours = self._store.evidence.checkpoint()
        if split is None:
            return
        self._judge(split if ours is None else split.model_copy(update={"ours": ours}))
        self._store.evidence.settle_split()

    def _require_signed(self, seen: SignedCheckpoint) -> None:
        if not is_pinned(self._store, seen.seal.certificate):
            pin_certificate(self._api, self._store)  # a key that was renewed meanwhile, or an impostor
        said = seen.checkpoint
        if not is_sealed(said, seen.seal, pinned_certificates(self._store), said.at):
            raise RefusedError("secrecy.checkpoint_forged")

    def _judge(self, split: SplitView) -> None:
        ours, theirs = split.ours.checkpoint, split.theirs.checkpoint
        if is_one_log(ours, theirs, self._proof(ours, theirs)) or self._explained(theirs):
            return
        self._store.evidence.accuse_of_split(split)
        raise KnownError("log.split", sender=self._name(split.sender_code))

    def _proof(self, one: Checkpoint, other: Checkpoint) -> tuple[str, ...]:
        """What the exchange has to show for it; nothing when it does not know of such states."""
        old, new = sorted((one.size, other.size))
        if old in (0, new):
            return ()
        try:
            return self._api.get("/v1/log/growth", GrowthProof, {"old": old, "new": new}).path
        except RefusedError as error:
            if error.code != "log.no_such_states":
                raise
            return ()

    def _explained(self, theirs: Checkpoint) -> bool:
        """Whether what the sender saw was lost in a restoration that a person here has agreed to."""
        signed = find_restoration(self._api, self._store, theirs)
        if signed is None or theirs.at > signed.restoration.at:
            return False
        require_agreed(self._store, signed)
        self._store.evidence.settle_restoration()
        return True

    def _name(self, unit_code: str) -> str:
        return next((unit.name for unit in self._store.units.list() if unit.code == unit_code), unit_code)
