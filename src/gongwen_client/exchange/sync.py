"""One poll: ask the exchange what changed and write each page of it in one commit."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import Directory, DocumentView, ServerInfo, SignedReceipt, SyncAnswer
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


class Synchroniser:
    """Reads pages until there are no more; a crash between pages repeats none and loses none."""

    def __init__(self, api: ExchangeApi, store: Store) -> None:
        self._api = api
        self._store = store

    def run(self, unit_code: str) -> SyncOutcome:
        """Raises what ``ExchangeApi`` raises; pages before the failure stay."""
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
        return outcome

    def _ask(self) -> SyncAnswer:
        cursor = self._store.notes.get(Notes.CURSOR) or "0"
        return self._api.get("/v1/sync", SyncAnswer, {"cursor": cursor})

    def refresh_directory(self) -> bool:
        """Fetch the address book; False when it is as it was."""
        return self._store.units.replace(self._api.get("/v1/directory", Directory))

    def _apply(self, answer: SyncAnswer, unit_code: str, outcome: SyncOutcome) -> None:
        if str(answer.cursor) == self._store.notes.get(Notes.CURSOR):
            return
        trusted = pinned_certificates(self._store)
        with self._store.transaction():
            for document in answer.documents:
                self._apply_document(document, unit_code, outcome)
            for ticket in answer.tickets:
                if self._store.tickets.apply(ticket):
                    outcome.topics.add("incoming")
            for signed in answer.receipts:
                self._apply_receipt(signed, trusted, outcome)
            self._store.notes.set(Notes.CURSOR, str(answer.cursor))

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


def pin_certificate(api: ExchangeApi, store: Store) -> ServerInfo:
    """Learn who the exchange is; the first certificate that it shows for its receipts is the one for good.

    Raises KnownError: exchange.certificate_changed when it shows another one later, network.not_exchange
    when what it shows is no certificate.
    """
    info = api.get("/v1/server", ServerInfo)
    try:
        Certificate.load(base64.b64decode(info.certificate, validate=True))
    except (ValueError, KnownError) as error:
        raise KnownError("network.not_exchange", detail="no certificate") from error
    with store.transaction():
        known = store.notes.get(Notes.SERVER_CERTIFICATE)
        if known is not None and known != info.certificate:
            raise KnownError("exchange.certificate_changed", exchange=info.name)
        store.notes.set(Notes.SERVER_CERTIFICATE, info.certificate)
        store.notes.set(Notes.SERVER_INFO, info.model_dump_json())
    return info


def pinned_certificates(store: Store) -> tuple[bytes, ...]:
    """DER certificates whose receipts count."""
    known = store.notes.get(Notes.SERVER_CERTIFICATE)
    return () if known is None else (base64.b64decode(known),)
