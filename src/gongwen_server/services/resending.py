"""重发 and 补发: the same document once more, or to units that were left out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.actions import ResendRequest
from gongwen_protocol.messages import DocumentView, ReceiptEvent, SupplementRequest
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.states import DeliveryEvent, DeliveryState, DocumentEvent
from gongwen_server.db.tables import DocumentRow, FileRow, UploadRow
from gongwen_server.services.deadlines import deadline
from gongwen_server.services.deliveries import Case, announce
from gongwen_server.services.directory import require_unfollowed
from gongwen_server.services.envelopes import enter_envelopes, renew_envelopes, require_envelopes
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.own_documents import own_document, view_of, where_it_fits
from gongwen_server.services.sending import enter_deliveries, known_recipients, state_delivered
from gongwen_server.services.sessions import Caller


def resend(ledger: Ledger, caller: Caller, document_id: str, request: ResendRequest) -> DocumentView:
    """Deliver once more to units that returned it, lost it or had it recalled. Raises RefusedError:
    document.*, resend.*, secrecy.*."""
    own = own_document(ledger, caller, document_id)
    own.require(DocumentEvent.RESEND)
    if own.document.end_to_end:
        renew_envelopes(ledger, own.document, own.chosen(request.unit_codes), request.envelopes)
    elif request.envelopes:
        raise RefusedError("secrecy.incomplete")

    def deliver(case: Case, state: DeliveryState) -> None:
        deliver_again(ledger, caller, case, state, request.reason.strip())

    where_it_fits(own.chosen(request.unit_codes), DeliveryEvent.RESEND, deliver)
    return view_of(ledger, caller, document_id)


def deliver_again(ledger: Ledger, caller: Caller, case: Case, state: DeliveryState, reason: str) -> None:
    """Begin the delivery's next round; what happened in the earlier ones stays in the receipts. Raises
    RefusedError: send.unit_superseded (who follows gets a supplement), document.contents_removed."""
    require_unfollowed(ledger.exchange, ledger.session, case.unit)
    _require_contents(ledger, case.document, case.profile)
    delivery = case.delivery
    delivery.state = state.value
    delivery.round += 1
    delivery.delivered_at = ledger.now
    delivery.due_at = deadline(ledger, case.document)
    delivery.viewed_at = delivery.verified_at = delivery.returned_at = delivery.recalled_at = None
    delivery.return_reason = delivery.return_note = delivery.handled_by = ""
    delivery.sender_note = reason
    announce(ledger, caller, case, ReceiptEvent.RESENT, reason)


def supplement(ledger: Ledger, caller: Caller, document_id: str, request: SupplementRequest) -> DocumentView:
    """Deliver to units that were left out, under the rules that the document was sent under. Raises
    RefusedError: document.*, send.recipient_*, supplement.already_recipient, resend.not_here, secrecy.*."""
    own = own_document(ledger, caller, document_id)
    own.require(DocumentEvent.SUPPLEMENT)
    _require_contents(ledger, own.document, own.profile)
    _require_new([case.delivery.unit_code for case in own.cases], request, own.profile.article_of("resend"))
    units = known_recipients(ledger.exchange, ledger.session, caller, request.recipients)
    if own.document.end_to_end:
        new = [unit for code, unit in units.items() if code != caller.unit_code]
        require_envelopes(ledger, own.profile, request.envelopes, new, escrow=False)
    elif request.envelopes:
        raise RefusedError("secrecy.incomplete")
    enter_envelopes(ledger.session, document_id, request.envelopes)
    begin = max(case.delivery.position for case in own.cases) + 1
    rows = enter_deliveries(ledger, document_id, request.recipients, units, begin)
    state_delivered(ledger, own.document, rows, units)
    return view_of(ledger, caller, document_id)


def _require_contents(ledger: Ledger, document: DocumentRow, profile: RegionProfile) -> None:
    """The files are still what a unit could fetch: the sweep takes the uploads first, in a transaction."""
    uploaded = (
        select(UploadRow.upload_id)
        .where(UploadRow.unit_code == document.sender_code, UploadRow.digest == FileRow.digest)
        .exists()
    )
    removed = select(FileRow.name).where(FileRow.document_id == document.document_id, ~uploaded)
    if ledger.session.scalar(removed.limit(1)) is not None:
        raise RefusedError("document.contents_removed", article=profile.article_of("retention"))


def _require_new(known: Sequence[str], request: SupplementRequest, article: str) -> None:
    for recipient in request.recipients:
        if recipient.unit_code in known:
            raise RefusedError("supplement.already_recipient", article=article, unit=recipient.unit_code)
