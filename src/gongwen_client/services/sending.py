"""Handing a sealed document to the exchange (发送)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gongwen_client.domain.draft_record import Step
from gongwen_client.domain.drafts import Draft, LocalFile
from gongwen_client.domain.intents import IntentKind
from gongwen_client.domain.paper import listed, paper_beside
from gongwen_client.exchange.key_directory import Protection
from gongwen_client.services.desk import Desk
from gongwen_client.services.rules import require_files, require_title, send_facts
from gongwen_client.services.secrecy_guard import SecrecyGuard
from gongwen_crypto.errors import KnownError
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.decisions import (
    may_attach_on_paper,
    may_call_meeting,
    may_send,
    may_send_paper_beside,
)
from gongwen_protocol.messages import Elements, FileReference, SealLedgerHead, SendRequest
from gongwen_protocol.permissions import Action
from gongwen_protocol.states import DocumentEvent, DocumentState
from gongwen_protocol.transitions import DOCUMENTS


class SendingService:
    """Writes one intent; the engine does the rest."""

    def __init__(
        self,
        desk: Desk,
        ledger_head: Callable[[], SealLedgerHead | None] = lambda: None,
        guard: SecrecyGuard | None = None,
    ) -> None:
        self._desk = desk
        self._ledger_head = ledger_head
        self._guard = guard

    def send(self, document_id: str) -> Draft:
        """State becomes sending; a second click changes nothing.

        Raises KnownError: draft.no_title, draft.title_too_long, draft.no_recipients, draft.no_body;
        RefusedError: draft.not_ready, send.* with the region's article, secrecy.*, document.classified_*.
        """
        desk = self._desk
        desk.grant()
        desk.require(Action.SEND)
        if self._guard is not None:
            self._guard.require_settled(document_id)
        with desk.store.transaction():
            draft = desk.store.drafts.get(document_id)
            if draft.state is DocumentState.SENDING:
                return draft
            request = self._request(draft, self._protection(draft).end_to_end)
            payload = canonical_bytes(request).decode()
            desk.store.outbox.add(IntentKind.SEND, document_id, payload, desk.clock.now())
            sending = replace(
                draft,
                record=draft.record.stepped(Step.SEND, desk.hand()),
                state=DocumentState.SENDING,
                refusal="",
                upload_progress=0.0,
                updated_at=desk.clock.now(),
            )
            desk.store.drafts.save(sending)
        desk.engine.nudge()
        desk.announcer.tell("drafts")
        return sending

    def protection(self, document_id: str) -> Protection:
        """How the document will travel, for the confirmation. Raises RefusedError: secrecy.no_certificate
        naming the units, secrecy.no_escrow, where the region demands encryption."""
        return self._protection(self._desk.store.drafts.get(document_id))

    def _protection(self, draft: Draft) -> Protection:
        desk = self._desk
        codes = [recipient.unit_code for recipient in draft.recipients]
        own = desk.grant().unit_code
        return desk.key_directory.protection(desk.profile(), codes, own, desk.clock.now())

    def held_up(self, document_id: str) -> str:
        """Why a document that is being sent has not arrived yet, empty when nothing is known to be wrong."""
        waiting = self._desk.store.outbox.waiting(document_id)
        return next((one.trouble for one in waiting if one.kind is IntentKind.SEND), "")

    def retry(self, document_id: str) -> Draft:
        """Try a waiting send again at once; send a refused one anew."""
        draft = self._desk.store.drafts.get(document_id)
        if draft.state is not DocumentState.SENDING:
            return self.send(document_id)
        self._desk.engine.poll_now()
        return draft

    def _request(self, draft: Draft, end_to_end: bool) -> SendRequest:
        profile = self._desk.profile()
        DOCUMENTS.step(draft.state, DocumentEvent.SEND, profile)
        require_title(draft)
        if not draft.recipients:
            raise KnownError("draft.no_recipients")
        body = require_files(draft)
        may_send(profile, send_facts(draft, body)).require()
        may_attach_on_paper(profile, len(listed(draft.more))).require()
        may_send_paper_beside(profile, paper_beside(draft.more) is not None).require()
        may_call_meeting(profile, draft.more.meeting is not None).require()
        return SendRequest(
            document_id=draft.document_id,
            elements=Elements.model_validate(draft.elements.model_dump()),
            body=_reference(body),
            attachments=tuple(_reference(file) for file in draft.attachments),
            recipients=draft.recipients,
            seals=tuple(mark.fact for mark in draft.seals),
            profile_id=profile.profile_id,
            profile_version=profile.version,
            replaces=draft.more.replaces,
            special_attachments=draft.more.special_attachments,
            meeting=draft.more.meeting,
            seal_ledger=self._ledger_head(),
            end_to_end=end_to_end,
            seen=self._desk.store.evidence.checkpoint(),
        )


def _reference(file: LocalFile) -> FileReference:
    return FileReference(name=file.name, digest=file.digest, size=file.size)
