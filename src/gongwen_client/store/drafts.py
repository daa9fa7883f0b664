"""Drafts and everything on the way to the exchange."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from gongwen_client.domain.draft_record import DraftRecord
from gongwen_client.domain.drafts import Draft, LocalFile, SealMark
from gongwen_client.domain.following import DocumentMore
from gongwen_client.store.database import Database
from gongwen_client.store.messages import read_elements
from gongwen_client.store.times import from_text, to_text
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import Recipient
from gongwen_protocol.states import DocumentState

_UPSERT = """
INSERT INTO drafts (
    document_id, state, elements, body, attachments, recipients, seals, refusal, progress, created_at,
    updated_at, more, record
) VALUES (
    :document_id, :state, :elements, :body, :attachments, :recipients, :seals, :refusal, :progress,
    :updated_at, :updated_at, :more, :record
)
ON CONFLICT (document_id) DO UPDATE SET
    state = :state, elements = :elements, body = :body, attachments = :attachments, recipients = :recipients,
    seals = :seals, refusal = :refusal, progress = :progress, updated_at = :updated_at, more = :more,
    record = :record
"""


class DraftTable:
    """Reads and writes whole drafts; files are stored as paths below ``folder`` so that it can move."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def save(self, draft: Draft) -> None:
        """Insert or replace."""
        values = {
            "document_id": draft.document_id,
            "state": draft.state.value,
            "elements": draft.elements.model_dump_json(),
            "body": None if draft.body is None else json.dumps(self._file_data(draft.body)),
            "attachments": json.dumps([self._file_data(file) for file in draft.attachments]),
            "recipients": json.dumps([one.model_dump(mode="json") for one in draft.recipients]),
            "seals": json.dumps([_seal_data(mark) for mark in draft.seals]),
            "refusal": draft.refusal,
            "progress": draft.upload_progress,
            "updated_at": to_text(draft.updated_at),
            "more": draft.more.model_dump_json(),
            "record": draft.record.model_dump_json(),
        }
        with self._database.transaction() as connection:
            connection.execute(
                _UPSERT,
                values,
            )

    def find(self, document_id: str) -> Draft | None:
        """The draft, in whatever state."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM drafts WHERE document_id = ?", (document_id,)).fetchone()
            return None if row is None else self._draft(row)

    def get(self, document_id: str) -> Draft:
        """Raises KnownError("draft.not_found")."""
        draft = self.find(document_id)
        if draft is None:
            raise KnownError("draft.not_found", document=document_id)
        return draft

    def all(self) -> list[Draft]:
        """Every draft there is, sent and voided ones too."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM drafts ORDER BY updated_at DESC").fetchall()
            return [self._draft(row) for row in rows]

    def list(self, state: DocumentState | None) -> list[Draft]:
        """Newest first; without ``state`` all that have not been sent or voided."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM drafts WHERE CASE WHEN ? IS NULL THEN state NOT IN ('sent', 'voided')"
                " ELSE state = ? END ORDER BY updated_at DESC",
                (None if state is None else state.value,) * 2,
            ).fetchall()
            return [self._draft(row) for row in rows]

    def delete(self, document_id: str) -> None:
        """Forget the draft; its files are the caller's."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM drafts WHERE document_id = ?", (document_id,))

    def note_progress(self, document_id: str, progress: float) -> None:
        """How far the upload is, 0 to 1."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE drafts SET progress = ? WHERE document_id = ?", (progress, document_id)
            )

    def count(self) -> dict[DocumentState, int]:
        """How many drafts are in each state."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT state, count(*) FROM drafts GROUP BY state").fetchall()
            return {DocumentState(state): count for state, count in rows}

    def known_files(self) -> set[Path]:
        """All files that drafts refer to."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT body, attachments FROM drafts").fetchall()
        names: list[dict[str, object]] = []
        for body, attachments in rows:
            names += [json.loads(body)] if body else []
            names += json.loads(attachments)
        return {self._folder / str(data["path"]) for data in names}

    def _file_data(self, file: LocalFile) -> dict[str, object]:
        relative = file.path.relative_to(self._folder).as_posix()
        return {"name": file.name, "path": relative, "size": file.size, "digest": file.digest}

    def _file(self, data: dict[str, object]) -> LocalFile:
        path = self._folder / str(data["path"])
        return LocalFile(str(data["name"]), path, int(str(data["size"])), str(data["digest"]))

    def _draft(self, row: sqlite3.Row) -> Draft:
        return Draft(
            document_id=row["document_id"],
            state=DocumentState(row["state"]),
            elements=read_elements(row["elements"]),
            body=None if row["body"] is None else self._file(json.loads(row["body"])),
            attachments=tuple(self._file(data) for data in json.loads(row["attachments"])),
            recipients=tuple(Recipient.model_validate(data) for data in json.loads(row["recipients"])),
            seals=tuple(_seal(data) for data in json.loads(row["seals"])),
            updated_at=from_text(row["updated_at"]),
            refusal=row["refusal"],
            upload_progress=row["progress"],
            more=DocumentMore.model_validate_json(row["more"]),
            record=DraftRecord.model_validate_json(row["record"]),
        )


def _seal_data(mark: SealMark) -> dict[str, str]:
    return {
        "seal_name": mark.seal_name,
        "seal_id": mark.seal_id,
        "signature_id": mark.signature_id,
        "key_serial": mark.key_serial,
        "sealed_at": to_text(mark.sealed_at),
        "stamped_at": to_text(mark.stamped_at) if mark.stamped_at else "",
        "unstamped": mark.unstamped,
    }


def _seal(data: dict[str, str]) -> SealMark:
    return SealMark(
        data["seal_name"],
        data["seal_id"],
        data["signature_id"],
        data["key_serial"],
        from_text(data["sealed_at"]),
        from_text(stamped) if (stamped := data.get("stamped_at")) else None,
        data.get("unstamped", ""),
    )
