"""How each kind of small intent is told to the exchange, and what its answer changes here."""

from __future__ import annotations

from gongwen_client.domain.intents import Intent, IntentKind
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.host.clock import Clock
from gongwen_client.store import Store
from gongwen_protocol.faults import FaultView
from gongwen_protocol.messages import DeliveryView, DocumentView, PrintTicket, TicketGrant, TicketVoid

INTERRUPTED = "程序中断，未送打印机"
"""Reason of a void for copies that were reserved and, after a crash, cannot have reached a printer."""

_DELIVERY_PATHS = {
    IntentKind.VIEW: "/v1/deliveries/{}/view",
    IntentKind.ACCEPT: "/v1/deliveries/{}/accept",
    IntentKind.RETURN: "/v1/deliveries/{}/return",
    IntentKind.COPY: "/v1/deliveries/{}/copies",
    IntentKind.REQUEST: "/v1/deliveries/{}/requests",
    IntentKind.REPLY: "/v1/deliveries/{}/reply",
    IntentKind.ARRIVE: "/v1/deliveries/{}/arrivals",
    IntentKind.GRANT: "/v1/requests/{}/grant",
    IntentKind.REFUSE: "/v1/requests/{}/refuse",
    IntentKind.WITHDRAW: "/v1/requests/{}/withdraw",
}
_DOCUMENT_PATHS = {
    IntentKind.RECALL: "/v1/documents/{}/recall",
    IntentKind.REMIND: "/v1/documents/{}/remind",
    IntentKind.RESEND: "/v1/documents/{}/resend",
    IntentKind.SUPPLEMENT: "/v1/documents/{}/supplement",
    IntentKind.PAPER: "/v1/documents/{}/paper",
}
_TICKET_PATHS = {IntentKind.SETTLE: "settle", IntentKind.VOID: "void"}


class SmallActions:
    """Performs intents of the small lane; the intent is finished in the same commit as its effects."""

    def __init__(self, api: ExchangeApi, store: Store, clock: Clock) -> None:
        self._api = api
        self._store = store
        self._clock = clock

    def perform(self, intent: Intent) -> None:
        """Raises what ``ExchangeApi`` raises; then nothing changed here."""
        if intent.kind in _DELIVERY_PATHS:
            self._delivery(intent)
        elif intent.kind in _DOCUMENT_PATHS:
            self._document(intent)
        elif intent.kind in _TICKET_PATHS:
            self._ticket(intent)
        elif intent.kind is IntentKind.FAULT:
            self._fault(intent)
        else:
            self.reserve(intent, abandoned=True)

    def reserve(self, intent: Intent, *, abandoned: bool) -> TicketGrant:
        """Take numbered copies. An ``abandoned`` wish (the program died meanwhile) gives them back."""
        path = f"/v1/deliveries/{intent.subject}/tickets"
        grant = self._api.post_raw(path, intent.payload.encode(), TicketGrant, intent.key)
        now = self._clock.now()
        with self._store.transaction():
            for ticket in grant.tickets:
                self._store.tickets.apply(ticket)
                self._store.tickets.note_job(ticket.ticket_id, "reserved")
                if abandoned:
                    give_back(self._store, ticket.ticket_id, INTERRUPTED, self._clock)
            self._store.outbox.finish(intent, now)
        return grant

    def _delivery(self, intent: Intent) -> None:
        path = _DELIVERY_PATHS[intent.kind].format(intent.subject)
        delivery = self._api.post_raw(path, intent.payload.encode(), DeliveryView, intent.key)
        with self._store.transaction():
            self._store.documents.apply_delivery(delivery)
            self._store.outbox.finish(intent, self._clock.now())

    def _document(self, intent: Intent) -> None:
        path = _DOCUMENT_PATHS[intent.kind].format(intent.subject)
        document = self._api.post_raw(path, intent.payload.encode(), DocumentView, intent.key)
        with self._store.transaction():
            self._store.documents.apply(document, document.sender_code)
            self._store.outbox.finish(intent, self._clock.now())

    def _fault(self, intent: Intent) -> None:
        view = self._api.post_raw("/v1/faults", intent.payload.encode(), FaultView, intent.key)
        with self._store.transaction():
            self._store.faults.apply(view)
            self._store.outbox.finish(intent, self._clock.now())

    def _ticket(self, intent: Intent) -> None:
        path = f"/v1/tickets/{intent.subject}/{_TICKET_PATHS[intent.kind]}"
        ticket = self._api.post_raw(path, intent.payload.encode(), PrintTicket, intent.key)
        with self._store.transaction():
            self._store.tickets.apply(ticket)
            self._store.outbox.finish(intent, self._clock.now())


def give_back(store: Store, ticket_id: str, reason: str, clock: Clock) -> None:
    """Give a copy back that did not come out: one commit with the intent that tells the exchange."""
    with store.transaction():
        store.tickets.note_job(ticket_id, "finished")
        payload = TicketVoid(reason=reason).model_dump_json()
        store.outbox.add(IntentKind.VOID, ticket_id, payload, clock.now())
