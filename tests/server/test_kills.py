"""Bar R1, server side: killed at random moments, the exchange loses nothing and does nothing twice."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
import requests

from fakes.documents import announce, digest_of, good_checks, letter, new_key, sync
from fakes.exchange import QUICK, Caller, RunningExchange
from fakes.exchange_process import ServedProcess
from gongwen_protocol.messages import (
    AcceptRequest,
    DocumentView,
    FileReference,
    PrintTicket,
    TicketGrant,
    TicketRequest,
    UploadState,
)
from gongwen_protocol.receipts import verify_chain
from gongwen_protocol.states import DeliveryState, TicketState
from gongwen_server.db.tables import ReceiptRow
from gongwen_server.log.chain import signed_receipt
from gongwen_server.services import administration

T = TypeVar("T")
KILLS = 200
COPIES = 3


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[ServedProcess, Caller, Caller]]:
    """A served exchange with sessions of a sender and a receiver."""
    running = RunningExchange(tmp_path / "home")
    running.populate()
    sender, receiver = running.log_in("001"), running.log_in("002")
    running.stop()
    process = ServedProcess(tmp_path / "home")
    process.start()
    for caller in (sender, receiver):
        caller.url = process.url
    yield process, sender, receiver
    process.stop()
    sender.close()
    receiver.close()


@dataclass
class Journey:
    """Documents go from seal to print while the server dies; every call is repeated until it is answered."""

    process: ServedProcess
    sender: Caller
    receiver: Caller
    done: list[str] = field(default_factory=list)
    repeats: int = 0

    def travel(self) -> None:
        """One document, with everything that can happen to it."""
        body = self._upload(random.randbytes(200_000))
        request, key = letter(body, ("002", COPIES)), new_key()
        sent = self._insist(lambda: self.sender.post("/v1/documents", request, key=key))
        document = DocumentView.model_validate_json(sent.content)
        (delivery,) = document.deliveries
        path = f"/v1/deliveries/{delivery.delivery_id}"
        self._post(f"{path}/view")
        self._post(f"{path}/accept", AcceptRequest(checks=good_checks(body.digest)))
        grant = self._post(f"{path}/tickets", TicketRequest(count=COPIES, printer="一号"))
        for ticket in TicketGrant.model_validate_json(grant.content).tickets:
            self._post(f"/v1/tickets/{ticket.ticket_id}/spool")
            self._post(f"/v1/tickets/{ticket.ticket_id}/settle")
        again = self._insist(lambda: self.sender.post("/v1/documents", request, key=key))
        assert again.content == sent.content
        self.done.append(document.document_id)

    def _upload(self, content: bytes) -> FileReference:
        content = b"PK\x03\x04" + content
        state = self._repeat(lambda: announce(self.sender, content))
        while not state.complete:
            state = self._repeat(lambda: self._append(content))
        return FileReference(name="正文.ofd", digest=digest_of(content), size=len(content))

    def _append(self, content: bytes) -> UploadState:
        state = announce(self.sender, content)
        if state.complete:
            return state
        piece = content[state.offset : state.offset + 50_000]
        headers = {"Upload-Offset": str(state.offset)}
        path = f"/v1/uploads/{state.upload_id}"
        answer = self.sender.call("PATCH", path, data=piece, headers=headers)
        assert answer.status_code == 200, answer.text
        return UploadState.model_validate_json(answer.content)

    def _post(self, path: str, message: object = None) -> requests.Response:
        key = new_key()
        return self._insist(lambda: self.receiver.post(path, message, key=key))

    def _insist(self, call: Callable[[], requests.Response]) -> requests.Response:
        answer = self._repeat(call)
        assert answer.ok, answer.text
        return answer

    def _repeat(self, call: Callable[[], T]) -> T:
        while True:
            self.process.ready.wait(60)
            try:
                return call()
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                self.repeats += 1


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_kills_lose_nothing_and_double_nothing(
    served: tuple[ServedProcess, Caller, Caller], tmp_path: Path
) -> None:
    process, sender, receiver = served
    journey = Journey(process, sender, receiver)
    finished = threading.Event()

    def travel() -> None:
        while not finished.is_set():
            journey.travel()

    traveller = threading.Thread(target=travel)
    traveller.start()
    for _ in range(KILLS):
        finished.wait(random.uniform(0.01, 0.6))
        process.kill()
        process.start()
    finished.set()
    traveller.join(120)
    assert not traveller.is_alive()
    assert journey.repeats > 0
    documents, tickets = everything(receiver)
    assert sorted(documents) == sorted(journey.done)
    assert {document.deliveries[0].state for document in documents.values()} == {DeliveryState.RECEIVED}
    assert {document.deliveries[0].printed for document in documents.values()} == {COPIES}
    assert len(tickets) == COPIES * len(documents)
    assert {ticket.state for ticket in tickets.values()} == {TicketState.PRINTED}
    check_evidence(tmp_path / "home", len(documents))


def everything(caller: Caller) -> tuple[dict[str, DocumentView], dict[str, PrintTicket]]:
    """Documents and tickets of a unit by a sync from the beginning."""
    documents: dict[str, DocumentView] = {}
    tickets: dict[str, PrintTicket] = {}
    cursor, more = 0, True
    while more:
        answer = sync(caller, cursor)
        documents |= {document.document_id: document for document in answer.documents}
        tickets |= {ticket.ticket_id: ticket for ticket in answer.tickets}
        cursor, more = answer.cursor, answer.more
    return documents, tickets


def check_evidence(home: Path, documents: int) -> None:
    """The whole chain holds: sent, delivered, viewed, received and each printed copy, once."""
    with administration.opened(home, passwords=QUICK) as exchange:
        certificate = exchange.signer.certificate_der
        with exchange.reading() as session:
            rows = session.query(ReceiptRow).order_by(ReceiptRow.sequence)
            receipts = [signed_receipt(row.statement, row.signature, certificate) for row in rows]
    assert verify_chain(receipts, [certificate]) is None
    assert len(receipts) == documents * (4 + COPIES)
