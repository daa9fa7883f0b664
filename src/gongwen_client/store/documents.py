"""Sent and received documents, as the exchange last described them."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from gongwen_client.domain.following import DocumentMore, document_more
from gongwen_client.store.database import Database
from gongwen_client.store.messages import read_elements
from gongwen_client.store.registers import RegisterTable
from gongwen_client.store.search import index_body, spread
from gongwen_client.store.times import optional_text, to_text
from gongwen_crypto.errors import KnownError
from gongwen_protocol.checkpoints import SignedCheckpoint
from gongwen_protocol.letters import DocumentStatement
from gongwen_protocol.messages import DeliveryView, DocumentView, Elements, FileReference, SealFact
from gongwen_protocol.secrecy import Envelope
from gongwen_protocol.states import DeliveryState, RequestState

_INSERT_DOCUMENT = """
INSERT INTO documents (
    document_id, sender_code, sender_name, sent_at, elements, body, attachments, seals, profile_id, size,
    ours, profile_version, more
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

# Of two views the one with the higher revision is the newer: an answer that was overtaken is ignored.
_UPSERT_DELIVERY = """
INSERT INTO deliveries (
    delivery_id, document_id, unit_code, unit_name, role, copies, printed, state, delivered_at, viewed_at,
    received_at, returned_at, return_reason, return_note, handled_by, to_us, revision, verified_at,
    recalled_at, sender_note, replaced_by, reminders, open_requests, view
) VALUES (
    :delivery_id, :document_id, :unit_code, :unit_name, :role, :copies, :printed, :state, :delivered_at,
    :viewed_at, :received_at, :returned_at, :return_reason, :return_note, :handled_by, :to_us, :revision,
    :verified_at, :recalled_at, :sender_note, :replaced_by, :reminders, :open_requests, :view
)
ON CONFLICT (delivery_id) DO UPDATE SET
    copies = :copies, printed = :printed, state = :state, delivered_at = :delivered_at,
    viewed_at = :viewed_at, received_at = :received_at, returned_at = :returned_at,
    return_reason = :return_reason, return_note = :return_note, handled_by = :handled_by,
    revision = :revision, verified_at = :verified_at, recalled_at = :recalled_at,
    sender_note = :sender_note, replaced_by = :replaced_by, reminders = :reminders,
    open_requests = :open_requests, view = :view, opened = opened AND :state <> 'delivered'
WHERE :revision > revision
"""


@dataclass(frozen=True)
class StoredDocument:
    """What never changes about a document. ``seen``: the exchange's log as the sender was shown it, where
    the exchange passes that on."""

    document_id: str
    sender_code: str
    body: FileReference
    attachments: tuple[FileReference, ...]
    seals: tuple[SealFact, ...]
    fetched: bool
    profile_id: str
    profile_version: int
    more: DocumentMore
    elements: Elements
    seen: SignedCheckpoint | None = None

    @property
    def encrypted(self) -> bool:
        """Whether its files travel as ciphers."""
        return any(file.cipher is not None for file in self.files)

    def statement(self) -> DocumentStatement:
        """What its sender stated, as the exchange shows it."""
        return DocumentStatement(
            document_id=self.document_id,
            sender_code=self.sender_code,
            elements=self.elements,
            body=self.body,
            attachments=self.attachments,
            seals=self.seals,
            profile_id=self.profile_id,
            profile_version=self.profile_version,
            replaces=self.more.replaces,
            special_attachments=self.more.special_attachments,
            meeting=self.more.meeting,
            seen=self.seen,
        )

    @property
    def files(self) -> tuple[FileReference, ...]:
        """Body first."""
        return (self.body, *self.attachments)


class DocumentTable:
    """Applies what the exchange says and answers what the client needs of one document."""

    def __init__(self, database: Database, registers: RegisterTable) -> None:
        self._database = database
        self._registers = registers

    def apply(self, document: DocumentView, own_unit: str) -> bool:
        """Write the exchange's view; False when nothing changed. Raises KnownError("exchange.contradiction")
        when it changes what never changes."""
        with self._database.transaction() as connection:
            changed = self._insert(connection, document, own_unit)
            for delivery in document.deliveries:
                changed |= self._apply_delivery(connection, delivery, document.document_id, own_unit)
            if changed and document.sender_code == own_unit:
                self._registers.take_document(document.document_id)
            return changed

    def apply_delivery(self, delivery: DeliveryView) -> bool:
        """Write the exchange's answer about a delivery to us; False when nothing changed."""
        with self._database.transaction() as connection:
            return self._apply_delivery(connection, delivery, delivery.document_id, delivery.unit_code)

    def get(self, document_id: str) -> StoredDocument:
        """Raises KnownError("document.not_found")."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT d.*, s.checkpoint FROM documents AS d LEFT JOIN logs_seen AS s USING (document_id)"
                " WHERE document_id = ?",
                (document_id,),
            ).fetchone()
        if row is None:
            raise KnownError("document.not_found", document=document_id)
        return StoredDocument(
            document_id=row["document_id"],
            sender_code=row["sender_code"],
            body=FileReference.model_validate_json(row["body"]),
            attachments=tuple(FileReference.model_validate(data) for data in json.loads(row["attachments"])),
            seals=tuple(SealFact.model_validate(data) for data in json.loads(row["seals"])),
            fetched=row["fetch"] == 2,
            profile_id=row["profile_id"],
            profile_version=row["profile_version"],
            more=DocumentMore.model_validate_json(row["more"]),
            elements=read_elements(row["elements"]),
            seen=SignedCheckpoint.model_validate_json(row["checkpoint"]) if row["checkpoint"] else None,
        )

    def of_delivery(self, delivery_id: str) -> StoredDocument:
        """The document of a delivery to us. Raises KnownError("delivery.not_found")."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT document_id FROM deliveries WHERE delivery_id = ? AND to_us = 1", (delivery_id,)
            ).fetchone()
        if row is None:
            raise KnownError("delivery.not_found", delivery=delivery_id)
        return self.get(row[0])

    def delivery_state(self, delivery_id: str) -> DeliveryState:
        """What the exchange last said. Raises KnownError("delivery.not_found")."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT state FROM deliveries WHERE delivery_id = ?", (delivery_id,)
            ).fetchone()
        if row is None:
            raise KnownError("delivery.not_found", delivery=delivery_id)
        return DeliveryState(row[0])

    def delivery(self, delivery_id: str) -> DeliveryView:
        """All that the exchange last said of it. Raises KnownError("delivery.not_found")."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT view FROM deliveries WHERE delivery_id = ? AND view <> ''", (delivery_id,)
            ).fetchone()
        if row is None:
            raise KnownError("delivery.not_found", delivery=delivery_id)
        return DeliveryView.model_validate_json(row[0])

    def to_fetch(self) -> list[str]:
        """Documents that were delivered to us, are not decided and whose files are not here, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT d.document_id FROM deliveries AS v JOIN documents AS d USING (document_id)"
                " WHERE v.to_us = 1 AND v.state IN ('delivered', 'viewed', 'verified') AND d.fetch < 2"
                " ORDER BY v.delivered_at LIMIT 100"
            ).fetchall()
            return [str(row[0]) for row in rows]

    def note_fetch(self, document_id: str, stage: int) -> None:
        """0 not here, 1 being downloaded, 2 all files here."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE documents SET fetch = ?, obstacle = CASE WHEN ? = 2 THEN '' ELSE obstacle END"
                " WHERE document_id = ?",
                (stage, stage, document_id),
            )

    def note_obstacle(self, document_id: str, sentence: str) -> None:
        """Why its content cannot be read here, in words for the person (未能解密)."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE documents SET obstacle = ? WHERE document_id = ?", (sentence, document_id)
            )

    def own_envelope(self, document_id: str) -> Envelope | None:
        """The sender's own envelope of a document that was sent from this PC."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT own_envelope FROM documents WHERE document_id = ?", (document_id,)
            ).fetchone()
        return Envelope.model_validate_json(row[0]) if row is not None and row[0] else None

    def keep_envelope(self, document_id: str, envelope: Envelope) -> None:
        """Keep the sender's own envelope: readers added later get their keys out of it."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE documents SET own_envelope = ? WHERE document_id = ?",
                (envelope.model_dump_json(), document_id),
            )

    def forget_interrupted_fetches(self) -> None:
        """After a crash nothing is being downloaded."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE documents SET fetch = 0 WHERE fetch = 1")

    def note_opened(self, delivery_id: str) -> bool:
        """A person opened the delivery; True the first time."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "UPDATE deliveries SET opened = 1 WHERE delivery_id = ? AND opened = 0", (delivery_id,)
            )
            return cursor.rowcount == 1

    @staticmethod
    def _insert(connection: sqlite3.Connection, document: DocumentView, own_unit: str) -> bool:
        # Without empty fields: the texts of documents from before there were ciphers stay as they were.
        body = document.body.model_dump_json(exclude_none=True)
        attachments = json.dumps(
            [one.model_dump(mode="json", exclude_none=True) for one in document.attachments]
        )
        known = connection.execute(
            "SELECT sender_code, body, attachments, profile_id, profile_version, elements FROM documents"
            " WHERE document_id = ?",
            (document.document_id,),
        ).fetchone()
        if known is not None:
            rules = (document.profile_id, document.profile_version)
            same = tuple(known)[:5] == (document.sender_code, body, attachments, *rules)
            if not same or read_elements(known["elements"]) != document.elements:
                raise KnownError("exchange.contradiction", document=document.document_id)
            return False
        cursor = connection.execute(
            _INSERT_DOCUMENT,
            (
                document.document_id,
                document.sender_code,
                document.sender_name,
                to_text(document.sent_at),
                document.elements.model_dump_json(),
                body,
                attachments,
                json.dumps([one.model_dump(mode="json") for one in document.seals]),
                document.profile_id,
                document.body.size + sum(one.size for one in document.attachments),
                document.sender_code == own_unit,
                document.profile_version,
                document_more(document).model_dump_json(),
            ),
        )
        if document.seen is not None:
            connection.execute(
                "INSERT INTO logs_seen (document_id, checkpoint) VALUES (?, ?)",
                (document.document_id, document.seen.model_dump_json()),
            )
        words = f"{document.elements.title} {document.elements.doc_number} {document.sender_name}"
        connection.execute(
            "INSERT INTO search (rowid, words) VALUES (?, ?)", (cursor.lastrowid, spread(words))
        )
        drafted = connection.execute(
            "SELECT text FROM draft_texts WHERE document_id = ?", (document.document_id,)
        ).fetchone()
        if drafted is not None:  # what was a draft here is now at the exchange
            index_body(connection, document.document_id, drafted[0])
        return True

    def _apply_delivery(
        self, connection: sqlite3.Connection, delivery: DeliveryView, document_id: str, own_unit: str
    ) -> bool:
        values = {
            "delivery_id": delivery.delivery_id,
            "document_id": document_id,
            "unit_code": delivery.unit_code,
            "unit_name": delivery.unit_name,
            "role": delivery.role.value,
            "copies": delivery.copies,
            "printed": delivery.printed,
            "state": delivery.state.value,
            "delivered_at": to_text(delivery.delivered_at),
            "viewed_at": optional_text(delivery.viewed_at),
            "received_at": optional_text(delivery.received_at),
            "returned_at": optional_text(delivery.returned_at),
            "return_reason": delivery.return_reason,
            "return_note": delivery.return_note,
            "handled_by": delivery.handled_by,
            "to_us": delivery.unit_code == own_unit,
            "revision": delivery.revision,
            "verified_at": optional_text(delivery.verified_at),
            "recalled_at": optional_text(delivery.recalled_at),
            "sender_note": delivery.sender_note,
            "replaced_by": delivery.replaced_by,
            "reminders": len(delivery.reminders),
            "open_requests": sum(one.state is RequestState.OPEN for one in delivery.requests),
            "view": delivery.model_dump_json(),
        }
        cursor = connection.execute(_UPSERT_DELIVERY, values)
        changed = cursor.rowcount == 1
        if changed and delivery.unit_code == own_unit:
            self._registers.take_delivery(delivery)
        return changed
