"""The print ledger: numbers are taken once, come back when a copy fails, never exceed the quota (bar R7)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from fakes.documents import accept, delivery_of, letter, new_key, send, sync, upload
from fakes.exchange import UNITS, Caller, RunningExchange
from fakes.verifying_seal import certified, signed, statement_about
from gongwen_protocol.messages import (
    DocumentView,
    PrintTicket,
    Problem,
    ReceiptEvent,
    TicketGrant,
    TicketRequest,
    TicketVoid,
)
from gongwen_protocol.states import DeliveryState, TicketState


def reserve(
    caller: Caller, document: DocumentView, count: int = 1, key: str | None = None
) -> requests.Response:
    delivery = delivery_of(document, caller)
    return caller.post(
        f"/v1/deliveries/{delivery.delivery_id}/tickets",
        TicketRequest(count=count, printer="一号打印机"),
        key=key or new_key(),
    )


def tickets(answer: requests.Response) -> tuple[PrintTicket, ...]:
    assert answer.status_code == 201, answer.text
    return TicketGrant.model_validate_json(answer.content).tickets


def turn(caller: Caller, ticket: PrintTicket, verb: str, message: object = None) -> requests.Response:
    return caller.post(f"/v1/tickets/{ticket.ticket_id}/{verb}", message, key=new_key())


def code(answer: requests.Response) -> str:
    return Problem.model_validate_json(answer.content).code


@pytest.fixture
def document(sender: Caller, receiver: Caller) -> DocumentView:
    """Accepted by 002, which may print three copies."""
    sent = send(sender, ("002", 3))
    accept(receiver, sent)
    return sent


def test_numbers_are_given_in_order_and_never_beyond(receiver: Caller, document: DocumentView) -> None:
    assert [ticket.copy_number for ticket in tickets(reserve(receiver, document, 2))] == [1, 2]
    refused = reserve(receiver, document, 2)
    assert (refused.status_code, code(refused)) == (409, "print.quota_exceeded")
    assert Problem.model_validate_json(refused.content).facts == {"article": "", "copies": 3, "left": 1}
    (last,) = tickets(reserve(receiver, document))
    assert (last.copy_number, last.copies, last.attempt, last.state) == (3, 3, 1, TicketState.RESERVED)
    assert code(reserve(receiver, document)) == "print.quota_exceeded"


def test_a_copy_that_came_out_is_stated(sender: Caller, receiver: Caller, document: DocumentView) -> None:
    (ticket,) = tickets(reserve(receiver, document))
    assert turn(receiver, ticket, "spool").ok
    settled = PrintTicket.model_validate_json(turn(receiver, ticket, "settle").content)
    assert settled.state is TicketState.PRINTED
    for verb, message in (("spool", None), ("settle", None), ("void", TicketVoid(reason="反悔"))):
        assert code(turn(receiver, ticket, verb, message)) == "print.not_allowed"
    news = [item for item in sync_all(sender) if item.document_id == document.document_id]
    assert news[0].deliveries[0].printed == 1
    receipts = sender.get(f"/v1/documents/{document.document_id}/receipts").json()["receipts"]
    printed = receipts[-1]["receipt"]
    assert (printed["event"], printed["copy_number"]) == (ReceiptEvent.PRINTED, 1)


def sync_all(caller: Caller) -> tuple[DocumentView, ...]:
    documents: tuple[DocumentView, ...] = ()
    answer = sync(caller)
    documents += answer.documents
    while answer.more:
        answer = sync(caller, answer.cursor)
        documents += answer.documents
    return documents


def test_a_jam_gives_the_number_back(receiver: Caller, document: DocumentView) -> None:
    first, _ = tickets(reserve(receiver, document, 2))
    turn(receiver, first, "spool")
    void = PrintTicket.model_validate_json(turn(receiver, first, "void", TicketVoid(reason="卡纸")).content)
    assert (void.state, void.void_reason) == (TicketState.VOID, "卡纸")
    again, third = tickets(reserve(receiver, document, 2))
    assert [(ticket.copy_number, ticket.attempt) for ticket in (again, third)] == [(1, 2), (3, 1)]
    assert code(turn(receiver, first, "settle")) == "print.not_allowed"


def test_a_copy_settles_only_after_the_printer_had_it(receiver: Caller, document: DocumentView) -> None:
    (ticket,) = tickets(reserve(receiver, document))
    assert code(turn(receiver, ticket, "settle")) == "print.not_allowed"


def test_only_what_was_accepted_is_printed(sender: Caller, receiver: Caller) -> None:
    assert code(reserve(receiver, send(sender, ("002", 3)))) == "print.not_received"


def test_without_copies_nothing_is_printed(sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 0))
    accept(receiver, document)
    assert code(reserve(receiver, document)) == "print.quota_exceeded"


def test_foreign_tickets_do_not_exist(
    sender: Caller, receiver: Caller, stranger: Caller, document: DocumentView
) -> None:
    (ticket,) = tickets(reserve(receiver, document))
    for caller in (sender, stranger):
        for verb, message in (("spool", None), ("settle", None), ("void", TicketVoid(reason="x"))):
            answer = turn(caller, ticket, verb, message)
            assert (answer.status_code, code(answer)) == (404, "print.ticket_unknown")


def test_two_computers_cannot_print_more_than_the_quota(
    exchange: RunningExchange, sender: Caller, receiver: Caller
) -> None:
    document = send(sender, ("002", 5))
    accept(receiver, document)
    exchange.add_account("002", "second-clerk")
    second = exchange.log_in("002", "second-clerk")

    def grab(number: int) -> requests.Response:
        return reserve((receiver, second)[number % 2], document, count=1 + number % 2)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(grab, range(24)))
    second.close()
    numbers = [ticket.copy_number for answer in answers if answer.ok for ticket in tickets(answer)]
    assert sorted(numbers) == [1, 2, 3, 4, 5]
    assert all(code(answer) == "print.quota_exceeded" for answer in answers if not answer.ok)


@pytest.fixture
def jiangmen(tmp_path: Path) -> Iterator[RunningExchange]:
    """An exchange under the other region's rules."""
    running = RunningExchange(tmp_path / "home", profile_id="jiangmen-2008")
    running.populate()
    yield running
    running.stop()


def test_in_jiangmen_the_first_print_is_the_receipt(jiangmen: RunningExchange) -> None:
    sender, receiver = jiangmen.log_in("001"), jiangmen.log_in("002")
    body = upload(sender, b"%PDF-1.7 body", "正文.pdf")
    request = letter(body, ("002", 2), profile_id="jiangmen-2008")
    sent = DocumentView.model_validate_json(sender.post("/v1/documents", request, key=new_key()).content)
    assert code(reserve(receiver, sent)) == "print.not_received"
    checked = accept(receiver, sent)
    assert (checked.state, checked.received_at) == (DeliveryState.VERIFIED, None)
    first, second = tickets(reserve(receiver, sent, 2))
    for ticket in (first, second):
        turn(receiver, ticket, "spool")
        statement = statement_about(sent, (first, second))
        assert turn(receiver, ticket, "settle", signed(statement, certified(UNITS["002"]))).ok
    answer = sync(sender)
    assert answer.documents[0].deliveries[0].state is DeliveryState.RECEIVED
    events = [signed.receipt.event for signed in answer.receipts][2:]
    assert events == [
        ReceiptEvent.VERIFIED,
        ReceiptEvent.RECEIVED,
        ReceiptEvent.PRINTED,
        ReceiptEvent.PRINTED,
    ]
    assert answer.receipts[3].receipt.reason == "first_original_print"
    assert answer.documents[0].deliveries[0].receipt_by == "first_original_print"
    sender.close()
    receiver.close()
