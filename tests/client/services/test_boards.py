"""Boards, calls, kept words and refused wishes on two PCs and a real exchange; 2,000 units in the store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from client.services.test_following import sent, started
from fakes.desk import DeskPc
from fakes.exchange import RunningExchange
from gongwen_client.services.attention import AttentionService
from gongwen_client.services.boards import BoardService
from gongwen_client.services.deputies import DeputyService
from gongwen_client.services.followup import FollowUpService
from gongwen_client.services.notepad import NotepadService
from gongwen_client.store.calls import KEPT_FOR
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.messages import DeliveryView, DocumentView, Elements, FileReference, RecipientRole
from gongwen_protocol.profile import ReminderLevel
from gongwen_protocol.states import DeliveryEvent, DeliveryState


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


def test_whom_an_act_reaches_and_why_not_the_others(sender: DeskPc, receiver: DeskPc) -> None:
    document, delivery = sent(sender, receiver)
    boards, follow = BoardService(sender.desk), FollowUpService(sender.desk)
    board = boards.board(document)
    assert (board.received, len(board.counted), board.hours) == (0, 1, 8)
    assert board.awaited[0].row.unit_code == "002"
    assert board.awaited[0].ranges == "1—2"
    assert boards.reach(document, DeliveryEvent.RECALL).codes == ("002",)
    assert boards.reach(document, DeliveryEvent.RECALL, ["no such unit"]).codes == ()
    turn = boards.reach_of_reminder(document, ReminderLevel.SUPERVISE)
    assert [why.code for _row, why in turn.unable] == ["remind.urge_first"]
    follow.remind(document, ReminderLevel.NOTIFY, "请查收")
    receiver.wait_until(lambda: receiver.store.rows.incoming_one(delivery).reminders == 1)
    sender.wait_until(lambda: boards.board(document).lines[0].reminders == 1)
    soon = boards.reach_of_reminder(document, ReminderLevel.URGE)
    assert [why.code for _row, why in soon.unable] == ["remind.too_soon"]
    follow.recall(document, "误发")
    sender.wait_until(lambda: not boards.board(document).counted)
    closed = boards.reach(document, DeliveryEvent.RECALL)
    assert [why.code for _row, why in closed.unable] == ["recall.already_recalled"]


def test_calls_are_added_and_never_changed(sender: DeskPc, receiver: DeskPc) -> None:
    document, _ = sent(sender, receiver)
    boards = BoardService(sender.desk)
    with pytest.raises(KnownError, match=r"call\.incomplete"):
        boards.note_call(document, "002", " ", "说了什么")
    with pytest.raises(KnownError, match=r"call\.in_future"):
        boards.note_call(document, "002", "收发员", "明天", boards.now() + timedelta(hours=1))
    first = boards.note_call(document, "002", "收发员", "下午接收")
    second = boards.note_call(document, "002", "办公室值班", "已转告")
    assert [call.call_id for call in boards.calls(document)] == [second.call_id, first.call_id]
    assert first.by_post == "收发员"
    assert boards.board(document).lines[0].calls == 2
    with (
        pytest.raises(Exception, match="never changes"),
        sender.store._database.transaction() as connection,
    ):
        connection.execute("UPDATE calls SET said = ''")


def test_words_are_kept_until_they_are_handed_in(sender: DeskPc) -> None:
    notepad, words = NotepadService(sender.desk), sender.store.kept_words
    notepad.keep("return_dialog", "d1", {"note": "附件看不清", "empty": ""})
    notepad.keep("return_dialog", "d1", {"note": "附件第 2 页看不清"})
    assert notepad.kept("return_dialog", "d1") == {"note": "附件第 2 页看不清"}
    assert notepad.kept("return_dialog", "d2") == {}
    notepad.keep("return_dialog", "d1", {"note": ""})
    assert notepad.kept("return_dialog", "d1") == {}
    words.keep("old", "d3", {"note": "很久以前"}, datetime.now(UTC) - KEPT_FOR - timedelta(days=1))
    notepad.keep("return_dialog", "d1", {"note": "新的"})
    assert words.kept("old", "d3") == {}
    notepad.forget("return_dialog", "d1")
    assert notepad.kept("return_dialog", "d1") == {}


def test_a_receiver_knows_its_deadline_and_what_asks_for_it(sender: DeskPc, receiver: DeskPc) -> None:
    _, delivery = sent(sender, receiver)
    service = AttentionService(receiver.desk)
    row = receiver.store.rows.incoming_one(delivery)
    due = service.due(row)
    assert due is not None
    assert due > row.sent_at
    assert delivery in {alert.waiting.delivery_id for alert in service.look().alerts}
    receiver.duty.attended_check()
    step = {alert.waiting.delivery_id: alert.step for alert in service.look().alerts}[delivery]
    assert step == 0, "a person looked"


def test_deputies_are_changed_by_administrators_only(sender: DeskPc) -> None:
    service = DeputyService(sender.desk)
    assert service.list() == ()
    assert not service.may_change
    with pytest.raises(RefusedError, match=r"session\.role_missing"):
        service.accounts()


MANY = 2000


def wide(document_id: str, now: datetime) -> DocumentView:
    """A document to 2,000 units, every third received, every tenth returned."""

    def state(number: int) -> DeliveryState:
        if number % 3 == 0:
            return DeliveryState.RECEIVED
        return DeliveryState.RETURNED if number % 10 == 1 else DeliveryState.DELIVERED

    deliveries = tuple(
        DeliveryView(
            delivery_id=f"{number:032x}",
            document_id=document_id,
            unit_code=f"{number:09}",
            unit_name=f"第{number}号单位",
            role=RecipientRole.MAIN,
            copies=1,
            printed=0,
            state=state(number),
            delivered_at=now - timedelta(days=3, seconds=number % 60),
            received_at=now if number % 3 == 0 else None,
            returned_at=now if state(number) is DeliveryState.RETURNED else None,
            revision=1,
        )
        for number in range(MANY)
    )
    return DocumentView(
        document_id=document_id,
        sender_code="001",
        sender_name="东胜区人民政府办公室",
        sent_at=now - timedelta(days=3),
        elements=Elements(title="关于普发的通知", urgency="加急"),
        body=FileReference(name="通知.ofd", digest="0" * 64, size=1),
        attachments=(),
        seals=(),
        profile_id="ordos-2018",
        deliveries=deliveries,
        profile_version=2,
    )


def test_a_board_of_two_thousand_units(sender: DeskPc, tmp_path: Path) -> None:
    boards, now = BoardService(sender.desk), datetime.now(UTC)
    document = "f" * 32
    sender.store.documents.apply(wide(document, now), "001")
    board = boards.board(document)
    assert len(board.counted) == MANY
    assert board.received == len(range(0, MANY, 3))
    assert board.awaited[0].row.unit_code == f"{59:09}", "the longest waiting first"
    reach = boards.reach(document, DeliveryEvent.RECALL)
    assert len(reach.able) == len(board.awaited)
    assert {why.code for _row, why in reach.unable} == {"recall.already_received", "recall.already_returned"}
