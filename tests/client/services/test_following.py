"""Two PCs and a real exchange: what follows on a sent document, there and back, offline too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.desk import OFD, DeskPc
from fakes.exchange import RunningExchange
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.rows import IncomingState
from gongwen_client.services.asking import AskingService
from gongwen_client.services.directory import DirectoryService
from gongwen_client.services.evidence import EvidenceService
from gongwen_client.services.followup import FollowUpService
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.actions import (
    Attendance,
    MeetingCall,
    MeetingReply,
    PaperCause,
    PaperRequest,
    SpecialAttachment,
)
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.checkpoints import is_included
from gongwen_protocol.messages import Recipient, RecipientRole
from gongwen_protocol.profile import ReminderLevel, load_profile
from gongwen_protocol.states import DeliveryState, DocumentState, RequestState

LATE = Recipient(unit_code="003", role=RecipientRole.CC, copies=3)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path_factory.mktemp("exchange") / "home")
    running.populate()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def sender(exchange: RunningExchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskPc]:
    yield from started(tmp_path_factory.mktemp("sender"), exchange, "001")


@pytest.fixture(scope="module")
def receiver(exchange: RunningExchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskPc]:
    yield from started(tmp_path_factory.mktemp("receiver"), exchange, "002")


def started(home: Path, exchange: RunningExchange, unit_code: str) -> Iterator[DeskPc]:
    pc = DeskPc(home, exchange.url)
    pc.start()
    pc.log_in(unit_code)
    pc.wait_until(lambda: pc.store.rules.in_force() is not None)
    yield pc
    pc.stop()


_counter = iter(range(1000))


def sent(sender: DeskPc, receiver: DeskPc, more: DocumentMore | None = None) -> tuple[str, str]:
    """A document that the receiver has heard of: (document, its delivery there)."""
    draft = sender.ready_draft("002", body=OFD + bytes([next(_counter)]))
    if more is not None:
        sender.store.drafts.save(replace(draft, more=more))
    sender.sending.send(draft.document_id)

    def deliveries() -> list[str]:
        rows = receiver.store.rows.incoming(None)
        return [row.delivery_id for row in rows if row.document_id == draft.document_id]

    receiver.wait_until(lambda: bool(deliveries()))
    sender.wait_until(lambda: bool(sender.tracking.board(draft.document_id)))
    return draft.document_id, deliveries()[0]


def state_at(receiver: DeskPc, delivery_id: str) -> DeliveryState:
    return receiver.store.documents.delivery_state(delivery_id)


def test_recalled_at_the_other_side(sender: DeskPc, receiver: DeskPc) -> None:
    document, delivery = sent(sender, receiver)
    service = FollowUpService(sender.desk)
    with pytest.raises(KnownError, match=r"reason\.missing"):
        service.recall(document, "  ")
    service.recall(document, "印发日期有误")
    receiver.wait_until(lambda: state_at(receiver, delivery) is DeliveryState.RECALLED)
    row = receiver.store.rows.incoming_one(delivery)
    assert (row.state, row.sender_note) == (IncomingState.RECALLED, "印发日期有误")
    sender.wait_until(lambda: sender.store.rows.sent_one(document).state is DocumentState.RECALLED)
    with pytest.raises(RefusedError, match=r"recall\.already_recalled"):
        service.recall(document, "再撤一次")


def test_reminders_reach_the_list_and_are_bounded(sender: DeskPc, receiver: DeskPc) -> None:
    document, delivery = sent(sender, receiver)
    service = FollowUpService(sender.desk)
    service.remind(document, ReminderLevel.NOTIFY, "请查收")
    receiver.wait_until(lambda: receiver.store.rows.incoming_one(delivery).reminders == 1)
    service.remind(document, ReminderLevel.URGE, "请尽快接收")
    sender.wait_until(lambda: bool(service.refusals(document)))
    assert "管理办法第九条" in service.refusals(document)[0]
    details = sender.tracking.board(document)[0].details
    assert details is not None
    assert [(one.level, one.text) for one in details.reminders] == [(ReminderLevel.NOTIFY, "请查收")]


def test_supplement_and_correction(sender: DeskPc, receiver: DeskPc) -> None:
    document, delivery = sent(sender, receiver)
    service = FollowUpService(sender.desk)
    service.supplement(document, [LATE])
    sender.wait_until(lambda: len(sender.tracking.board(document)) == 2)
    corrected = service.correct(document)
    assert corrected.more.replaces == document
    old = sender.store.drafts.get(document)
    sender.store.drafts.save(replace(corrected, state=DocumentState.READY, body=old.body))
    sender.sending.send(corrected.document_id)
    receiver.wait_until(lambda: state_at(receiver, delivery) is DeliveryState.RESENT)
    assert receiver.store.rows.incoming_one(delivery).replaced_by == corrected.document_id
    row = sender.store.rows.sent_one(corrected.document_id)
    assert row.replaces == document


def test_requests_go_there_and_answers_come_back(sender: DeskPc, receiver: DeskPc) -> None:
    document, delivery = sent(sender, receiver)
    asking, service = AskingService(receiver.desk), FollowUpService(sender.desk)
    asking.more_copies(delivery, 2, "卡纸")
    sender.wait_until(lambda: sender.store.rows.sent_one(document).open_requests == 1)
    receiver.wait_until(lambda: receiver.store.rows.incoming_one(delivery).open_requests == 1)
    with pytest.raises(RefusedError, match=r"request\.still_open"):
        asking.more_copies(delivery, 1, "再要一份")
    details = sender.tracking.board(document)[0].details
    assert details is not None
    service.grant(details.requests[0].request_id, 2, "同意")
    receiver.wait_until(lambda: receiver.store.rows.incoming_one(delivery).copies == 4)
    view = receiver.store.documents.delivery(delivery)
    assert [(one.first, one.last) for one in view.ranges] == [(1, 2), (3, 4)]
    assert view.requests[0].state is RequestState.GRANTED


def test_replies_and_ticks(sender: DeskPc, receiver: DeskPc) -> None:
    drawing = SpecialAttachment(name="图纸", sent_by="机要通信")
    more = DocumentMore(special_attachments=(drawing,), meeting=MeetingCall(meeting="防汛会议"))
    document, delivery = sent(sender, receiver, more)
    assert receiver.store.documents.of_delivery(delivery).more.special_attachments == (drawing,)
    asking = AskingService(receiver.desk)
    reply = MeetingReply(attendance=Attendance.ATTENDS, posts=("局长",))
    asking.reply(delivery, reply)
    asking.arrived(delivery, 0, "完好")

    def complete() -> bool:
        details = sender.tracking.board(document)[0].details
        return details is not None and details.reply == reply and len(details.arrivals) == 1

    sender.wait_until(complete)
    _, other = sent(sender, receiver)
    with pytest.raises(KnownError, match=r"meeting\.not_called"):
        asking.reply(other, reply)


def test_on_paper(sender: DeskPc, receiver: DeskPc) -> None:
    document, delivery = sent(sender, receiver)
    request = PaperRequest(cause=PaperCause.OUTAGE, carried_by="机要通信", unit_codes=("002",))
    FollowUpService(sender.desk).go_on_paper(document, request)
    receiver.wait_until(lambda: state_at(receiver, delivery) is DeliveryState.PAPER_FALLBACK)
    assert receiver.store.rows.incoming_one(delivery).state is IncomingState.PAPER_FALLBACK
    AskingService(receiver.desk).arrived(delivery, None)
    receiver.wait_until(lambda: receiver.store.documents.delivery(delivery).paper_arrived_at is not None)


def test_a_working_copy_needs_the_acceptance(sender: DeskPc, receiver: DeskPc) -> None:
    _, delivery = sent(sender, receiver)
    with pytest.raises(RefusedError, match=r"print\.not_received"):
        AskingService(receiver.desk).working_copy(delivery, "传阅")


def test_receipts_are_proven_and_proofs_kept(sender: DeskPc, receiver: DeskPc) -> None:
    document, _ = sent(sender, receiver)
    sender.wait_until(lambda: len(sender.tracking.receipts(document)) >= 2)
    service = EvidenceService(sender.desk)
    proven = service.prove(document)
    assert len(proven) >= 2
    for signed in proven:
        kept = service.proof(signed)
        assert kept is not None
        assert is_included(canonical_bytes(signed.receipt), kept[0], kept[1].checkpoint)
        forged = signed.model_copy(update={"receipt": signed.receipt.model_copy(update={"by_post": "x"})})
        assert service.proof(forged) is None


def test_rules_and_working_days_are_here_signed(sender: DeskPc) -> None:
    assert sender.store.rules.in_force() == load_profile("ordos-2018")
    assert sender.store.rules.calendar().knows(datetime(2026, 1, 1, tzinfo=UTC).date())
    assert sender.duty.counts_for(datetime(2026, 10, 4, tzinfo=UTC)).isoformat() == "2026-10-08"
    sender.duty.attended_check()
    today = sender.duty.today()
    assert today.morning_done + today.afternoon_done == 1


def test_groups_and_readiness(sender: DeskPc) -> None:
    service = DirectoryService(sender.desk)
    assert service.groups() == ()
    ready = {unit.unit_code: unit for unit in service.readiness().units}
    assert ready["002"].enabled


def test_wishes_made_offline_are_kept_in_order(
    exchange: RunningExchange, sender: DeskPc, receiver: DeskPc
) -> None:
    document, delivery = sent(sender, receiver)
    exchange.stop()
    service = FollowUpService(sender.desk)
    service.remind(document, ReminderLevel.NOTIFY, "请查收")
    service.recall(document, "误发")
    service.recall(document, "误发")
    assert sender.duty.waiting() == 2
    exchange.start()
    receiver.wait_until(lambda: state_at(receiver, delivery) is DeliveryState.RECALLED)
    assert receiver.store.rows.incoming_one(delivery).reminders == 1
    sender.wait_until(lambda: sender.duty.waiting() == 0)
