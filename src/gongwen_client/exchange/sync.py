"""One poll: ask the exchange what changed and write each page of it in one commit."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.bulletin import fetch_notices, keep_notices
from gongwen_client.exchange.key_directory import KeyDirectory
from gongwen_client.exchange.pinning import is_pinned, pin_certificate, pinned_certificates
from gongwen_client.exchange.restorations import find_restoration, require_agreed
from gongwen_client.exchange.rulebook import Rulebook
from gongwen_client.exchange.witnessing import LogWitness
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.checkpoints import Checkpoint, LogProblem, judge_checkpoint
from gongwen_protocol.messages import Directory, DocumentView, SignedReceipt, SyncAnswer
from gongwen_protocol.receipts import receipt_digest, verify_receipt
from gongwen_protocol.states import DeliveryState

_log = logging.getLogger(__name__)


@dataclass
class SyncOutcome:
    """``arrived`` counts new deliveries to us; ``problem`` is a code, empty when all was in order."""

    server_time: datetime
    topics: set[str] = field(default_factory=set)
    arrived: int = 0
    problem: str = ""
    rules: set[tuple[str, int]] = field(default_factory=set)


class Synchroniser:
    """Reads pages until there are no more; a crash between pages repeats none and loses none."""

    def __init__(self, api: ExchangeApi, store: Store, key_directory: KeyDirectory) -> None:
        self._api = api
        self._store = store
        self._key_directory = key_directory
        self._rulebook = Rulebook(api, store)
        self._witness = LogWitness(api, store)

    def run(self, unit_code: str) -> SyncOutcome:
        """Raises what ``ExchangeApi`` raises, KnownError("log.…"); pages before the failure stay."""
        self._witness.require_settled()
        answer = self._ask()
        outcome = SyncOutcome(answer.server_time)
        self._apply(answer, unit_code, outcome)
        while answer.more:
            before = answer.cursor
            answer = self._ask()
            if answer.cursor <= before:
                raise KnownError("network.not_exchange", detail="more to come, yet nothing comes")
            outcome.server_time = answer.server_time
            self._apply(answer, unit_code, outcome)
        for key in sorted(outcome.rules):
            self._rulebook.require(*key)
        return outcome

    def _ask(self) -> SyncAnswer:
        """One page, once the exchange has proven that its log only grew. Raises KnownError("log.…") for a
        history that was rewritten; what proves it is kept, and nothing of the page is believed."""
        cursor = self._store.notes.get(Notes.CURSOR) or "0"
        held = self._store.evidence.checkpoint()
        kept = None if held is None else held.checkpoint
        tree = 0 if kept is None else kept.size
        try:
            answer = self._api.get("/v1/sync", SyncAnswer, {"cursor": cursor, "tree": tree})
        except RefusedError as error:
            if error.code != "sync.cursor_ahead":
                raise
            if kept is not None and self._restored(kept):
                return self._ask()
            self._store.evidence.accuse(LogProblem.SHRUNK.value, None)
            raise
        offered = answer.checkpoint
        if offered is not None and not is_pinned(self._store, offered.seal.certificate):
            pin_certificate(self._api, self._store)  # a key that was renewed meanwhile, or an impostor
        problem = judge_checkpoint(kept, offered, answer.consistency, pinned_certificates(self._store))
        if problem is None and offered is not None:
            reach = offered.checkpoint.size
            if any(signed.receipt.sequence > reach for signed in answer.receipts):
                problem = LogProblem.BEYOND
        if kept is not None and problem in (LogProblem.SHRUNK, LogProblem.REWRITTEN) and self._restored(kept):
            return self._ask()
        if problem is not None:
            self._store.evidence.accuse(problem.value, offered)
            raise KnownError(f"log.{problem.value}")
        return answer

    def _restored(self, kept: Checkpoint) -> bool:
        """Whether the exchange was restored from a backup and a person has agreed to go on from there.

        Raises KnownError("log.restored") while nobody has. The contradicting checkpoint and the signed
        statement stay as evidence.
        """
        signed = find_restoration(self._api, self._store, kept)
        if signed is None:
            return False
        if self._store.evidence.went_back_for(signed):
            return False  # what this PC saw since then is no loss of that restoration
        require_agreed(self._store, signed)
        self._store.evidence.go_back(signed)
        return True

    def refresh_directory(self) -> set[str]:
        """Fetch address book, rules, working days and encryption certificates; the topics of
        what is not as it was."""
        topics = {"notices"} if fetch_notices(self._api, self._store) else set()
        if self._store.units.replace(self._api.get("/v1/directory", Directory)):
            topics.add("directory")
        if self._rulebook.refresh():
            topics.add("rules")
        if self._key_directory.refresh():
            topics.add("directory")
        return topics

    def _apply(self, answer: SyncAnswer, unit_code: str, outcome: SyncOutcome) -> None:
        held = self._store.evidence.checkpoint()
        if str(answer.cursor) == self._store.notes.get(Notes.CURSOR) and held == answer.checkpoint:
            return
        trusted = pinned_certificates(self._store)
        with self._store.transaction():
            if answer.checkpoint is not None and held != answer.checkpoint:
                self._store.evidence.keep(answer.checkpoint)
            for document in answer.documents:
                self._apply_document(document, unit_code, outcome)
            for ticket in answer.tickets:
                if self._store.tickets.apply(ticket):
                    outcome.topics.add("incoming")
            for signed in answer.receipts:
                self._apply_receipt(signed, trusted, outcome)
            self._apply_notices(answer, outcome)
            self._store.notes.set(Notes.CURSOR, str(answer.cursor))

    def _apply_notices(self, answer: SyncAnswer, outcome: SyncOutcome) -> None:
        problem = keep_notices(self._store, answer.notices, answer.server_time)
        if problem is not None:
            outcome.topics.add("notices")
            outcome.problem = problem or outcome.problem

    def _apply_document(self, document: DocumentView, unit_code: str, outcome: SyncOutcome) -> None:
        try:
            changed = self._store.documents.apply(document, unit_code)
        except KnownError as error:
            # One document that contradicts what was signed earlier must not stop all others.
            _log.error("document %s refused: %s", document.document_id, error)
            outcome.problem = error.code
            return
        if not changed:
            return
        outcome.rules.add((document.profile_id, document.profile_version))
        if document.sender_code == unit_code:
            outcome.topics.add("sent")
        ours = [delivery for delivery in document.deliveries if delivery.unit_code == unit_code]
        if ours:
            outcome.topics.add("incoming")
            outcome.arrived += sum(delivery.state is DeliveryState.DELIVERED for delivery in ours)

    def _apply_receipt(self, signed: SignedReceipt, trusted: Iterable[bytes], outcome: SyncOutcome) -> None:
        problem = verify_receipt(signed, trusted)
        if problem is not None:
            outcome.problem = f"receipt.{problem.value}"
        digest = receipt_digest(signed.receipt)
        if self._store.receipts.add(signed, digest, "" if problem is None else outcome.problem):
            outcome.topics.add("sent")
