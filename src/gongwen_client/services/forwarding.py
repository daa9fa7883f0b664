"""转发: a received document goes on to others as attachment of a new document of this unit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gongwen_client.domain.draft_record import Origin
from gongwen_client.domain.drafts import Draft, LocalFile
from gongwen_client.domain.names import file_name, safe_suffix
from gongwen_client.domain.rows import IncomingRow, IncomingState
from gongwen_client.services.desk import Desk
from gongwen_client.services.drafts import DraftService
from gongwen_client.services.incoming import IncomingService
from gongwen_client.services.rules import LONGEST_TITLE
from gongwen_crypto.errors import GongwenError, RefusedError
from gongwen_protocol.permissions import Action

_LONGEST_NAME = 80
"""Characters of the title that name the forwarded body's file."""


class ForwardingService:
    """What is forwarded stays what it was: the files are attached as they came, with their seals, and the
    receiver can verify them. Copies that its sender granted this unit are not handed on: the new document has
    its own."""

    def __init__(self, desk: Desk, incoming: IncomingService, drafts: DraftService) -> None:
        self._desk = desk
        self._incoming = incoming
        self._drafts = drafts

    def may_forward(self, row: IncomingRow) -> bool:
        """Whether who works here could begin it now."""
        return row.state is IncomingState.RECEIVED and not row.pending and self._desk.may(Action.COMPOSE)

    def begin(self, delivery_id: str) -> Draft:
        """Slow. A draft with the received files attached, its title proposed; the body is still to be chosen.

        Raises RefusedError: forward.not_received, send.too_large, send.forbidden_mark, session.role_missing;
        what fetching the files raises. No draft stays behind then.
        """
        self._desk.require(Action.COMPOSE)
        row = self._incoming.get(delivery_id)
        if row.state is not IncomingState.RECEIVED or row.pending:
            profile = self._desk.profile_of(self._desk.store.documents.of_delivery(delivery_id))
            raise RefusedError("forward.not_received", article=profile.article_of("checks_before_acceptance"))
        files = self._incoming.checked_files(delivery_id)
        draft = self._entitled(row)
        self._desk.store.drafts.save(draft)
        try:
            self._attach(draft.document_id, files.body, f"{row.elements.title[:_LONGEST_NAME]}（来文）")
            for attachment in files.attachments:
                self._attach(draft.document_id, attachment, Path(attachment.name).stem)
        except GongwenError:
            self._drafts.discard(draft.document_id)
            raise
        return self._drafts.get(draft.document_id)

    def _attach(self, document_id: str, file: LocalFile, stem: str) -> None:
        taken = {one.name for one in self._drafts.get(document_id).attachments}
        suffix = safe_suffix(file.name)
        name, number = file_name(stem, suffix), 2
        while name in taken:
            name, number = file_name(f"{stem}（{number}）", suffix), number + 1
        self._drafts.add_attachment(document_id, file.path, name)

    def _entitled(self, row: IncomingRow) -> Draft:
        """Proposed until the body says another title or a person types one."""
        title = f"关于转发《{row.elements.title}》的通知"[:LONGEST_TITLE]
        draft = self._desk.new_draft()
        found = {"origins": {"title": Origin.RECEIVED}, "forwards": row.elements.title}
        return replace(
            draft,
            elements=draft.elements.model_copy(update={"title": title}),
            record=draft.record.model_copy(update=found),
        )
