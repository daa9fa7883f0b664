"""Marks on printed copies: signed when the copy is spooled, answered for as long as the exchange stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from fakes.documents import delivery_of, new_key
from fakes.exchange import UNITS, Caller, RunningExchange
from fakes.secrecy import KeyCabinet, encrypted_letter
from gongwen_protocol.copy_marks import CopyMarkStatus, mark_text, read_mark
from gongwen_protocol.messages import (
    DocumentView,
    PrintTicket,
    Problem,
    TicketGrant,
    TicketRequest,
    TicketVoid,
)
from gongwen_protocol.secrecy import ESCROW
from gongwen_protocol.states import TicketState


@dataclass(frozen=True)
class Region:
    """An exchange of the region that prints marks, and three units of it."""

    running: RunningExchange
    sender: Caller
    receiver: Caller
    third: Caller
    cabinet: KeyCabinet

    def send(self, copies: int) -> DocumentView:
        letter = encrypted_letter(
            self.sender, self.cabinet, ("002", copies), also=(ESCROW,), profile_id="example-2026"
        )
        answer = self.sender.post("/v1/documents", letter, key=new_key())
        return DocumentView.model_validate_json(answer.content)

    def reserve(self, document: DocumentView) -> PrintTicket:
        path = f"/v1/deliveries/{delivery_of(document, self.receiver).delivery_id}/tickets"
        answer = self.receiver.post(path, TicketRequest(count=1, printer="一号"), key=new_key())
        if not answer.ok:
            raise AssertionError(Problem.model_validate_json(answer.content))
        return TicketGrant.model_validate_json(answer.content).tickets[0]

    def turn(self, ticket: PrintTicket, verb: str, message: object = None) -> PrintTicket:
        answer = self.receiver.post(f"/v1/tickets/{ticket.ticket_id}/{verb}", message, key=new_key())
        return PrintTicket.model_validate_json(answer.content)


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    running = RunningExchange(tmp_path_factory.mktemp("marks") / "home", profile_id="example-2026")
    running.populate()
    cabinet = KeyCabinet(running)
    for code, name in {**UNITS, ESCROW: "示例市"}.items():
        cabinet.equip(code, name)
    callers = [running.log_in(code) for code in ("001", "002", "003")]
    yield Region(running, *callers, cabinet)
    for caller in callers:
        caller.close()
    running.stop()


def test_a_mark_is_signed_when_the_copy_is_spooled(region: Region) -> None:
    document = region.send(1)
    ticket = region.reserve(document)
    assert (ticket.mark, ticket.by_post) == ("", "收发员")
    spooled = region.turn(ticket, "spool")
    read = read_mark(spooled.mark)
    assert read.signed_by([region.running.exchange.signer.certificate_der])
    mark = read.mark
    assert (mark.ticket_id, mark.document_digest) == (ticket.ticket_id, document.body.digest)
    assert (mark.copy_number, mark.attempt, mark.unit_code) == (1, 1, "002")
    # Any unit that holds the paper may ask, and learns what has to stand on it.
    answer = region.third.get(f"/v1/copy-marks/{spooled.mark}")
    told = CopyMarkStatus.model_validate_json(answer.content)
    assert (told.state, told.unit_name, told.copies) == (TicketState.SPOOLED, UNITS["002"], 1)
    assert (told.doc_number, told.sender_name) == (document.elements.doc_number, UNITS["001"])
    region.turn(ticket, "settle")
    told = CopyMarkStatus.model_validate_json(region.third.get(f"/v1/copy-marks/{spooled.mark}").content)
    assert told.state is TicketState.PRINTED


def test_a_void_copy_is_told_to_be_void_and_its_number_comes_again(region: Region) -> None:
    document = region.send(1)
    marks = []
    for attempt in range(1, 4):
        ticket = region.reserve(document)
        assert (ticket.copy_number, ticket.attempt) == (1, attempt)
        marks.append(region.turn(ticket, "spool").mark)
        region.turn(ticket, "void", TicketVoid(reason="卡纸"))
    assert len(set(marks)) == 3
    told = CopyMarkStatus.model_validate_json(region.third.get(f"/v1/copy-marks/{marks[0]}").content)
    assert (told.state, told.void_reason) == (TicketState.VOID, "卡纸")
    with pytest.raises(AssertionError, match=r"print\.attempts_used_up.*示例规定第十条"):
        region.reserve(document)


def test_a_mark_of_somebody_else_tells_nothing(region: Region) -> None:
    document = region.send(1)
    genuine = read_mark(region.turn(region.reserve(document), "spool").mark)
    forger = region.cabinet.equip("003", UNITS["003"])
    for text in (mark_text(genuine.mark, forger), "GW1" + "A" * 208):
        answer = region.third.get(f"/v1/copy-marks/{text}")
        assert (answer.status_code, answer.json()["code"]) == (422, "copy_mark.forged")
    assert region.third.get("/v1/copy-marks/nothing").status_code == 422
