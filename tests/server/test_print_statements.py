"""The statement of the 验证印章: due where the rules say so, checked, kept, bound into the receipt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.documents import accept, delivery_of, letter, new_key, upload
from fakes.exchange import UNITS, Caller, RunningExchange
from fakes.verifying_seal import certified, signed, statement_about
from gongwen_crypto.issue import Usage
from gongwen_protocol.canonical import canonical_digest
from gongwen_protocol.messages import (
    DocumentView,
    PrintTicket,
    Problem,
    TicketGrant,
    TicketRequest,
    TicketSettle,
)

PDF = b"%PDF-1.7\n" + b"a body that only claims to be a PDF file\n" * 20


@pytest.fixture(scope="module")
def jiangmen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path_factory.mktemp("jiangmen") / "home", profile_id="jiangmen-2008")
    running.populate()
    yield running
    running.stop()


def settle(caller: Caller, ticket: PrintTicket, message: TicketSettle | None) -> tuple[int, str]:
    answer = caller.post(f"/v1/tickets/{ticket.ticket_id}/settle", message, key=new_key())
    return answer.status_code, "" if answer.ok else Problem.model_validate_json(answer.content).code


def printed(receiver: Caller, document: DocumentView, count: int) -> tuple[PrintTicket, ...]:
    request = TicketRequest(count=count, printer="一号打印机")
    path = f"/v1/deliveries/{delivery_of(document, receiver).delivery_id}/tickets"
    tickets = TicketGrant.model_validate_json(receiver.post(path, request, key=new_key()).content).tickets
    for ticket in tickets:
        assert receiver.post(f"/v1/tickets/{ticket.ticket_id}/spool", None, key=new_key()).ok
    return tickets


def test_a_statement_is_checked_kept_and_receipted(jiangmen: RunningExchange) -> None:
    sender, receiver, stranger = (jiangmen.log_in(code) for code in ("001", "002", "003"))
    request = letter(upload(sender, PDF, "正文.pdf"), ("002", 2), profile_id="jiangmen-2008")
    document = DocumentView.model_validate_json(sender.post("/v1/documents", request, key=new_key()).content)
    accept(receiver, document)
    first, second = printed(receiver, document, 2)
    statement = statement_about(document, (first, second))
    own = certified(UNITS["002"])
    good = signed(statement, own)
    assert settle(receiver, first, None) == (409, "print.statement_missing")
    changed = {
        "other unit": signed(statement, certified(UNITS["003"])),
        "expired": signed(statement, certified(UNITS["002"], days=-5)),
        "encryption": signed(statement, certified(UNITS["002"], usage=Usage.ENCRYPTION)),
        "clock": signed(statement, certified(UNITS["002"], usage=Usage.TIME_STAMPING)),
        "swapped numbers": signed(statement.model_copy(update={"copy_numbers": (2, 1)}), own),
        "fewer numbers": signed(statement.model_copy(update={"copy_numbers": (1,)}), own),
        "twice": signed(statement.model_copy(update={"tickets": (first.ticket_id,) * 2}), own),
        "other body": signed(statement.model_copy(update={"document_digest": "0" * 64}), own),
        "text": good.model_copy(update={"statement": statement.model_copy(update={"printer": "二号"})}),
        "signature": good.model_copy(update={"signature": "AAAA"}),
        "certificate": good.model_copy(update={"certificate": "AAAA"}),
        "no base64": good.model_copy(update={"signature": "证"}),
    }
    for label, wrong in changed.items():
        assert settle(receiver, first, wrong) == (409, "print.statement_wrong"), label
    assert settle(receiver, first, good)[0] == 200
    assert settle(receiver, second, good)[0] == 200

    digest = canonical_digest(statement)
    receipts = sender.get(f"/v1/documents/{document.document_id}/receipts").json()["receipts"]
    stated = [one["receipt"] for one in receipts if one["receipt"]["event"] == "printed"]
    assert [(one["copy_number"], one["said"]) for one in stated] == [(1, digest), (2, digest)]
    for party in (sender, receiver):
        kept = TicketSettle.model_validate_json(party.get(f"/v1/print-statements/{digest}").content)
        assert kept == good
    assert stranger.get(f"/v1/print-statements/{digest}").status_code == 404
    for caller in (sender, receiver, stranger):
        caller.close()


def test_elsewhere_none_is_due_and_one_that_comes_is_checked(
    sender: Caller, receiver: Caller, tmp_path: Path
) -> None:
    document = DocumentView.model_validate_json(
        sender.post(
            "/v1/documents", letter(upload(sender, b"PK\3\4" + b"x" * 99), ("002", 2)), key=new_key()
        ).content
    )
    accept(receiver, document)
    first, second = printed(receiver, document, 2)
    assert settle(receiver, first, None)[0] == 200
    wrong = statement_about(document, (first,))
    assert settle(receiver, second, signed(wrong, certified(UNITS["002"])))[1] == "print.statement_wrong"
