"""A disk that is full or broken at each single write of the exchange: it refuses in words, accepts nothing
without its receipt, loses nothing, and goes on by itself when the disk is well again (bar R5)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from fakes.disk import BROKEN, FULL, FailingDisk
from fakes.documents import OFD, digest_of, good_checks, letter, new_key, sync
from fakes.exchange import QUICK, Caller, RunningExchange
from fakes.exchange_process import ServedProcess
from gongwen_protocol.messages import (
    AcceptRequest,
    DocumentView,
    FileReference,
    PrintTicket,
    Problem,
    TicketGrant,
    TicketRequest,
    UploadRequest,
    UploadState,
)
from gongwen_protocol.receipts import verify_chain
from gongwen_protocol.states import DeliveryState, TicketState
from gongwen_server.db.tables import DocumentRow, ReceiptRow, TicketRow
from gongwen_server.log.chain import signed_receipt
from gongwen_server.services import administration, evidence

SAID = {
    "exchange.disk_full",
    "exchange.store_unavailable",
    "exchange.evidence_unwritable",
    "exchange.unavailable",
}
COPIES = 2


@dataclass
class Served:
    """A served exchange on a disk that fails, with a sender and a receiver."""

    process: ServedProcess
    disk: FailingDisk
    sender: Caller
    receiver: Caller
    home: Path
    failures: int = 0

    def travel(self) -> None:
        """One document from its upload to its copies; what is refused is asked again on a mended disk."""
        reference = self._upload(OFD + random.randbytes(3_000))
        sent = self._insist(self.sender, "/v1/documents", letter(reference, ("002", COPIES)))
        delivery = DocumentView.model_validate_json(sent.content).deliveries[0].delivery_id
        path = f"/v1/deliveries/{delivery}"
        self._insist(self.receiver, f"{path}/view")
        self._insist(self.receiver, f"{path}/accept", AcceptRequest(checks=good_checks(reference.digest)))
        grant = self._insist(self.receiver, f"{path}/tickets", TicketRequest(count=COPIES, printer="一号"))
        for ticket in TicketGrant.model_validate_json(grant.content).tickets:
            self._insist(self.receiver, f"/v1/tickets/{ticket.ticket_id}/spool")
            settled = self._insist(self.receiver, f"/v1/tickets/{ticket.ticket_id}/settle")
            assert PrintTicket.model_validate_json(settled.content).state is TicketState.PRINTED

    def _upload(self, content: bytes) -> FileReference:
        wish = UploadRequest(length=len(content), digest=digest_of(content))
        while True:
            state = UploadState.model_validate_json(
                self._mended(lambda: self.sender.post("/v1/uploads", wish)).content
            )
            if state.complete:
                return FileReference(name="正文.ofd", digest=digest_of(content), size=len(content))
            headers = {"Upload-Offset": str(state.offset)}
            path = f"/v1/uploads/{state.upload_id}"
            answer = self.sender.call("PATCH", path, data=content[state.offset :], headers=headers)
            if not answer.ok:
                self._require_words(answer, "upload.gone", "upload.digest_wrong")

    def _insist(self, caller: Caller, path: str, message: object = None) -> requests.Response:
        key = new_key()
        return self._mended(lambda: caller.post(path, message, key=key))

    def _mended(self, call: Callable[[], requests.Response]) -> requests.Response:
        answer = call()
        if not answer.ok:
            self._require_words(answer)
            answer = call()
        assert answer.ok, answer.text
        return answer

    def _require_words(self, answer: requests.Response, *also: str) -> None:
        """A failure of the disk is told as one; then the disk is made well."""
        code = Problem.model_validate_json(answer.content).code
        assert code in {*SAID, *also}, answer.text
        self.failures += 1
        self.disk.mend()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    home = tmp_path / "home"
    running = RunningExchange(home)
    running.populate()
    sender, receiver = running.log_in("001"), running.log_in("002")
    running.stop()
    disk = FailingDisk(tmp_path / "control", home)
    process = ServedProcess(home, disk.environment)
    process.start()
    for caller in (sender, receiver):
        caller.url = process.url
    yield Served(process, disk, sender, receiver, home)
    process.stop()
    sender.close()
    receiver.close()


@pytest.mark.parametrize("error", [FULL, BROKEN])
@pytest.mark.parametrize("step", [7, pytest.param(1, marks=[pytest.mark.long, pytest.mark.timeout(1800)])])
def test_each_write_fails_once_and_nothing_is_lost(served: Served, error: int, step: int) -> None:
    served.disk.fail(0, error)
    served.travel()
    operations = served.disk.counted
    assert operations > 50
    journeys, met = 1, 0
    for number in range(1, operations + 1, step):
        served.disk.fail(number, error)
        served.travel()
        served.disk.mend()
        journeys += 1
        met += served.disk.failed > 0
    assert met > operations // step * 0.8, "the disk hardly ever failed"
    assert served.failures > 0
    print(f"{operations} writes of a document, {met} failures of the disk, {served.failures} refusals")  # noqa: T201
    require_all_of_it(served, journeys)


def require_all_of_it(served: Served, journeys: int) -> None:
    """Every document once, received and printed; the evidence whole; nothing half-done."""
    documents = {}
    cursor, more = 0, True
    while more:
        answer = sync(served.receiver, cursor)
        documents |= {one.document_id: one for one in answer.documents}
        cursor, more = answer.cursor, answer.more
    assert len(documents) == journeys
    assert {one.deliveries[0].state for one in documents.values()} == {DeliveryState.RECEIVED}
    served.process.stop()
    with administration.opened(served.home, passwords=QUICK) as exchange:
        assert evidence.broken_at(exchange) is None
        certificate = exchange.signer.certificate_der
        with exchange.reading() as session:
            rows = session.query(ReceiptRow).order_by(ReceiptRow.sequence)
            receipts = [signed_receipt(row.statement, row.signature, certificate) for row in rows]
            assert session.query(DocumentRow).count() == journeys
            assert session.query(TicketRow).count() == journeys * COPIES
        assert all(exchange.blobs.holds(one.body.digest) for one in documents.values())
    assert verify_chain(receipts, [certificate]) is None
    assert len(receipts) == journeys * (4 + COPIES)
    served.process.start()
