"""What a sender does about a sent document: 撤回, 催办, 重发, 补发, 转纸质, and answering requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.intents import IntentKind, RefusedWish
from gongwen_client.domain.returns import Handling, ReturnNote
from gongwen_client.domain.rows import DeliveryRow
from gongwen_client.exchange.api import in_foreground
from gongwen_client.exchange.retry import is_network
from gongwen_client.services.desk import Desk
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.actions import (
    PaperRequest,
    RecallRequest,
    RemindRequest,
    RequestGrant,
    RequestRefusal,
    ResendRequest,
)
from gongwen_protocol.decisions import may_grant
from gongwen_protocol.messages import Elements, Recipient, SupplementRequest
from gongwen_protocol.permissions import Action
from gongwen_protocol.profile import RegionProfile, ReminderLevel
from gongwen_protocol.secrecy import Envelope
from gongwen_protocol.states import DeliveryState, DocumentEvent, DocumentState
from gongwen_protocol.transitions import DOCUMENTS
from gongwen_protocol.wrapping import seal_letters


class FollowUpService:
    """Each call writes one intent; the exchange decides, the boards show what it said. A wish that it refuses
    comes back with its reason (``refusals``)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def recall(self, document_id: str, reason: str, unit_codes: Sequence[str] = ()) -> None:
        """撤回 from these units, or from all that have not received. Raises RefusedError: recall.*."""
        self._require(document_id, DocumentEvent.RECALL)
        request = RecallRequest(reason=_words(reason), unit_codes=tuple(unit_codes))
        self._desk.wish(IntentKind.RECALL, document_id, request, "sent")

    def remind(
        self, document_id: str, level: ReminderLevel, text: str = "", unit_codes: Sequence[str] = ()
    ) -> None:
        """通知, 催办 or 督办 these units, or all that have not received. Raises RefusedError: remind.*."""
        self._require(document_id, DocumentEvent.REMIND)
        request = RemindRequest(level=level, text=text, unit_codes=tuple(unit_codes))
        self._desk.wish(IntentKind.REMIND, document_id, request, "sent")

    def resend(self, document_id: str, reason: str, unit_codes: Sequence[str]) -> None:
        """重发: the same document once more; an encrypted document's keys are wrapped anew, for who has a new
        certificate by now. Raises RefusedError: resend.*, secrecy.*; KnownError: as ``supplement``."""
        self._require(document_id, DocumentEvent.RESEND)
        request = ResendRequest(
            reason=_words(reason),
            unit_codes=tuple(unit_codes),
            envelopes=self._envelopes(document_id, unit_codes),
        )
        self._note_returns(document_id, unit_codes)
        self._desk.wish(IntentKind.RESEND, document_id, request, "sent")

    def _note_returns(self, document_id: str, unit_codes: Sequence[str]) -> None:
        """The list of returned documents goes on telling of those that are sent again."""
        came_back = [
            row
            for row in self._desk.store.rows.board(document_id)
            if row.unit_code in unit_codes and row.state is DeliveryState.RETURNED
        ]
        self._keep_notes(came_back, Handling.RESENT, "")

    def close_returns(self, rows: Sequence[DeliveryRow], why: str) -> None:
        """作废: nothing more is sent for these returns (e.g. 误送), and why. Raises
        KnownError("reason.missing")."""
        self._desk.require(Action.FOLLOW_UP)
        self._keep_notes(rows, Handling.CLOSED, _words(why))
        self._desk.announcer.tell("sent")

    def _keep_notes(self, rows: Sequence[DeliveryRow], how: Handling, why: str) -> None:
        hand = self._desk.hand()
        self._desk.store.return_notes.add(
            {
                row.delivery_id: ReturnNote(
                    how=how,
                    returned_at=row.returned_at,
                    reason=row.return_reason,
                    note=row.return_note,
                    at=hand.at,
                    by_post=hand.post,
                    why=why,
                )
                for row in rows
                if row.returned_at is not None
            }
        )

    def supplement(self, document_id: str, recipients: Sequence[Recipient]) -> None:
        """补发 to units that were left out; an encrypted document's keys are wrapped for them here, which may
        ask the exchange for the envelope of this unit. Raises RefusedError: resend.not_here, secrecy.*;
        KnownError: secrecy.key_missing, network.*."""
        self._require(document_id, DocumentEvent.SUPPLEMENT)
        envelopes = self._envelopes(document_id, [one.unit_code for one in recipients])
        request = SupplementRequest(recipients=tuple(recipients), envelopes=envelopes)
        self._desk.wish(IntentKind.SUPPLEMENT, document_id, request, "sent")

    def _envelopes(self, document_id: str, unit_codes: Sequence[str]) -> tuple[Envelope, ...]:
        desk = self._desk
        document = desk.store.documents.get(document_id)
        if not document.encrypted:
            return ()
        self._learn_new_certificates()
        readers, without = desk.key_directory.readers(unit_codes, desk.clock.now())
        if without:
            article = desk.profile_of(document).article_of("end_to_end")
            raise RefusedError("secrecy.no_certificate", article=article, units="、".join(without))
        keys = in_foreground(lambda: desk.opener.keys(document))
        return seal_letters(document.statement(), keys, readers)

    def _learn_new_certificates(self) -> None:
        """A unit may have another one since the last hour. Without network the wish waits as it is: the
        exchange refuses what would not open any more, and it can be wished again then."""
        try:
            in_foreground(self._desk.key_directory.refresh)
        except KnownError as error:
            if not is_network(error):
                raise

    def correct(self, document_id: str) -> Draft:
        """A new draft that corrects a sent document: its elements and recipients, without files. Sent, it
        takes the old one's place. Raises RefusedError: resend.not_here; KnownError: draft.not_found when
        this PC did not send it."""
        self._require(document_id, DocumentEvent.REPLACE)
        old = self._desk.store.drafts.get(document_id)
        draft = replace(
            self._desk.new_draft(),
            elements=Elements.model_validate(old.elements.model_dump()),
            recipients=old.recipients,
            more=DocumentMore.model_validate({**old.more.model_dump(), "replaces": document_id}),
        )
        self._desk.store.drafts.save(draft)
        self._desk.announcer.tell("drafts")
        return draft

    def go_on_paper(self, document_id: str, request: PaperRequest) -> None:
        """转纸质. Raises RefusedError: paper.*."""
        self._require(document_id, DocumentEvent.PAPER)
        self._desk.wish(IntentKind.PAPER, document_id, request, "sent")

    def grant(self, request_id: str, count: int = 0, note: str = "") -> None:
        """Grant copies, or a resending (``count`` 0) with the keys of an encrypted document wrapped anew.
        Raises RefusedError: request.too_many, secrecy.*; KnownError: as ``supplement``."""
        may_grant(self._desk.profile(), count).require()
        envelopes = () if count else self._envelopes_asked_for(request_id)
        answer = RequestGrant(count=count, note=note, envelopes=envelopes)
        self._desk.wish(IntentKind.GRANT, request_id, answer, "sent")

    def _envelopes_asked_for(self, request_id: str) -> tuple[Envelope, ...]:
        for sent, row in self._desk.store.rows.asking():
            if row.details and any(one.request_id == request_id for one in row.details.requests):
                return self._envelopes(sent.document_id, [row.unit_code])
        return ()  # withdrawn meanwhile: the exchange says so

    def refuse(self, request_id: str, reason: str) -> None:
        """Refuse a receiver's request."""
        self._desk.wish(IntentKind.REFUSE, request_id, RequestRefusal(reason=_words(reason)), "sent")

    def refusals(self, subject: str) -> list[str]:
        """Why the exchange refused the last wishes about a document or request, newest first."""
        return self._desk.store.outbox.refusals(subject)

    def refused(self, subjects: Sequence[str]) -> list[RefusedWish]:
        """The wishes about documents or requests that the exchange refused and nobody has put aside."""
        return [wish for subject in subjects for wish in self._desk.store.outbox.refused(subject)]

    def put_aside(self, wish: RefusedWish) -> None:
        """A person has read why it was refused."""
        self._desk.store.outbox.put_aside(wish.intent_id)
        self._desk.announcer.tell("sent", "incoming")

    def _require(self, document_id: str, event: DocumentEvent) -> RegionProfile:
        """What the exchange would refuse anyhow is said at once."""
        profile = self._desk.profile_of(self._desk.store.documents.get(document_id))
        DOCUMENTS.step(self._state(document_id), event, profile)
        return profile

    def _state(self, document_id: str) -> DocumentState:
        row = self._desk.store.rows.sent_one(document_id)
        return row.state


def _words(reason: str) -> str:
    """Raises KnownError("reason.missing")."""
    if not reason.strip():
        raise KnownError("reason.missing")
    return reason.strip()
