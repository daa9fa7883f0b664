"""What follows on a sent document, on the wire: recall, reminders, resending, requests, replies, paper."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import BaseModel

from fakes.clock import FakeClock
from fakes.documents import OFD, accept, delivery_of, good_checks, letter, new_key, send, sync, upload
from fakes.exchange import UNITS, Caller, RunningExchange
from fakes.secrecy import KeyCabinet, encrypted_letter
from gongwen_protocol.actions import (
    Arrival,
    Attendance,
    MeetingCall,
    MeetingReply,
    PaperCause,
    PaperRequest,
    RecallRequest,
    ReceiverRequest,
    RemindRequest,
    RequestGrant,
    RequestKind,
    RequestPicture,
    RequestRefusal,
    ResendRequest,
    SpecialAttachment,
    WorkingCopy,
)
from gongwen_protocol.messages import (
    AcceptRequest,
    DeliveryView,
    DocumentView,
    Problem,
    ReceiptEvent,
    ReceiptList,
    Recipient,
    RecipientRole,
    ReturnReason,
    ReturnRequest,
    SupplementRequest,
    TicketGrant,
    TicketRequest,
)
from gongwen_protocol.profile import ReminderLevel
from gongwen_protocol.secrecy import ESCROW
from gongwen_protocol.states import DeliveryState, RequestState

RECALL = RecallRequest(reason="印发日期有误")
D = DeliveryState


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def exchange(tmp_path: Path, clock: FakeClock) -> Iterator[RunningExchange]:
    """Units 001 to 003 under Ordos rules, with a clock that the test moves."""
    running = RunningExchange(tmp_path / "home", clock=clock)
    running.populate()
    yield running
    running.stop()


@pytest.fixture
def sender(exchange: RunningExchange) -> Iterator[Caller]:
    caller = exchange.log_in("001")
    yield caller
    caller.close()


@pytest.fixture
def receiver(exchange: RunningExchange) -> Iterator[Caller]:
    caller = exchange.log_in("002")
    yield caller
    caller.close()


@pytest.fixture
def other(exchange: RunningExchange) -> Iterator[Caller]:
    caller = exchange.log_in("003")
    yield caller
    caller.close()


def ask(caller: Caller, path: str, message: BaseModel | None, key: str | None = None) -> requests.Response:
    return caller.post(path, message, key=key or new_key())


def on_document(caller: Caller, document: DocumentView, verb: str, message: BaseModel) -> requests.Response:
    return ask(caller, f"/v1/documents/{document.document_id}/{verb}", message)


def on_delivery(caller: Caller, document: DocumentView, verb: str, message: BaseModel | None) -> Any:
    return ask(caller, f"/v1/deliveries/{delivery_of(document, caller).delivery_id}/{verb}", message)


def done(answer: requests.Response) -> DocumentView:
    assert answer.status_code == 200, answer.text
    return DocumentView.model_validate_json(answer.content)


def delivered(answer: requests.Response) -> DeliveryView:
    assert answer.status_code == 200, answer.text
    return DeliveryView.model_validate_json(answer.content)


def refused(answer: requests.Response) -> tuple[str, object]:
    problem = Problem.model_validate_json(answer.content)
    return problem.code, problem.facts.get("article")


def states(document: DocumentView) -> list[DeliveryState]:
    return [delivery.state for delivery in document.deliveries]


def events(caller: Caller, document: DocumentView) -> list[ReceiptEvent]:
    answer = caller.get(f"/v1/documents/{document.document_id}/receipts")
    return [one.receipt.event for one in ReceiptList.model_validate_json(answer.content).receipts]


# -- recall -------------------------------------------------------------------------------------------------


def test_recall_before_receipt(sender: Caller, receiver: Caller, other: Caller) -> None:
    document = send(sender, ("002", 1), ("003", 1))
    accept(other, document)
    recalled = done(on_document(sender, document, "recall", RECALL))
    assert states(recalled) == [D.RECALLED, D.RECEIVED]
    seen = sync(receiver).documents[0].deliveries[0]
    assert (seen.state, seen.sender_note) == (D.RECALLED, RECALL.reason)
    blob = f"/v1/blobs/{document.body.digest}"
    assert refused(receiver.get(blob))[0] == "delivery.recalled"
    assert (other.get(blob).status_code, sender.get(blob).status_code) == (200, 200)
    late = AcceptRequest(checks=good_checks(document.body.digest))
    assert refused(on_delivery(receiver, document, "accept", late)) == ("delivery.recalled", "管理办法第十条")
    assert refused(on_document(sender, document, "recall", RECALL)) == (
        "recall.already_received",
        "管理办法第十条",
    )
    assert events(receiver, document)[-1] is ReceiptEvent.RECALLED


def test_after_acceptance_there_is_no_recall(sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 1))
    accept(receiver, document)
    assert refused(on_document(sender, document, "recall", RECALL))[0] == "recall.already_received"
    assert receiver.get(f"/v1/blobs/{document.body.digest}").status_code == 200


def test_recall_and_acceptance_at_once_have_one_winner(sender: Caller, receiver: Caller) -> None:
    """Whoever comes first: one of the two succeeds, the other reads why not, and receipts say the same."""
    winners = set()
    with ThreadPoolExecutor(2) as pool:
        for number in range(12):
            document = send(sender, ("002", 1), data=OFD + bytes([number]))
            checks = AcceptRequest(checks=good_checks(document.body.digest))
            pair = [
                pool.submit(on_document, sender, document, "recall", RECALL),
                pool.submit(on_delivery, receiver, document, "accept", checks),
            ][:: 1 if number % 2 else -1]
            answers = [future.result() for future in pair]
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            last = events(sender, document)[-1]
            winners.add(last)
            state = sync_last(sender, document).deliveries[0].state
            assert (last, state) in (
                (ReceiptEvent.RECALLED, D.RECALLED),
                (ReceiptEvent.RECEIVED, D.RECEIVED),
            )
    assert winners <= {ReceiptEvent.RECALLED, ReceiptEvent.RECEIVED}


def sync_last(caller: Caller, document: DocumentView) -> DocumentView:
    found, cursor = None, 0
    while True:
        answer = sync(caller, cursor)
        found = next((one for one in answer.documents if one.document_id == document.document_id), found)
        if not answer.more:
            assert found is not None
            return found
        cursor = answer.cursor


def test_strangers_recall_nothing(sender: Caller, receiver: Caller, other: Caller) -> None:
    document = send(sender, ("002", 1))
    for caller in (receiver, other):
        answer = on_document(caller, document, "recall", RECALL)
        assert (answer.status_code, refused(answer)[0]) == (404, "document.unknown")
    beyond = RecallRequest(reason="x", unit_codes=("003",))
    assert refused(on_document(sender, document, "recall", beyond))[0] == "document.not_recipient"


# -- reminders ----------------------------------------------------------------------------------------------


def test_reminders_are_counted_and_bounded(
    exchange: RunningExchange, sender: Caller, receiver: Caller, clock: FakeClock
) -> None:
    document = send(sender, ("002", 1), ("003", 1))

    def remind(level: ReminderLevel) -> requests.Response:
        return on_document(sender, document, "remind", RemindRequest(level=level, text="请尽快接收"))

    assert refused(remind(ReminderLevel.SUPERVISE)) == ("remind.urge_first", "管理办法第九条")
    assert remind(ReminderLevel.NOTIFY).ok
    assert refused(remind(ReminderLevel.URGE))[0] == "remind.too_soon"
    clock.advance(minutes=30)
    assert remind(ReminderLevel.URGE).ok
    accept(receiver, document)
    clock.advance(minutes=30)
    reminded = done(remind(ReminderLevel.SUPERVISE))
    assert [len(one.reminders) for one in reminded.deliveries] == [2, 3]
    assert [one.level.value for one in reminded.deliveries[1].reminders] == ["notify", "urge", "supervise"]
    clock.advance(minutes=30)
    assert refused(remind(ReminderLevel.URGE))[0] == "remind.too_often"
    clock.advance(days=1)
    tomorrow = exchange.log_in("001")
    assert tomorrow.grant is not None
    sender.use(tomorrow.grant)
    tomorrow.close()
    assert remind(ReminderLevel.URGE).ok
    assert events(sender, document).count(ReceiptEvent.URGED) == 3


def test_who_received_is_reminded_no_more(sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 1))
    accept(receiver, document)
    answer = on_document(sender, document, "remind", RemindRequest(level=ReminderLevel.NOTIFY))
    assert refused(answer) == ("remind.already_received", "管理办法第九条")


# -- resending ----------------------------------------------------------------------------------------------


def test_returned_and_sent_once_more(sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 1))
    on_delivery(receiver, document, "return", ReturnRequest(reason=ReturnReason.SEAL_FAULT))
    again = done(
        on_document(sender, document, "resend", ResendRequest(reason="印章已核对", unit_codes=("002",)))
    )
    (delivery,) = again.deliveries
    assert (delivery.state, delivery.round, delivery.returned_at) == (D.DELIVERED, 2, None)
    assert accept(receiver, document).state is D.RECEIVED
    answer = on_document(sender, document, "resend", ResendRequest(reason="x", unit_codes=("002",)))
    assert refused(answer)[0] == "resend.already_received"


def test_units_that_were_left_out(sender: Caller, receiver: Caller, other: Caller) -> None:
    document = send(sender, ("002", 3))
    late = Recipient(unit_code="003", role=RecipientRole.CC, copies=2)
    both = done(on_document(sender, document, "supplement", SupplementRequest(recipients=(late,))))
    assert [(one.unit_code, one.ranges[0].first, one.ranges[0].last) for one in both.deliveries] == [
        ("002", 1, 3),
        ("003", 4, 5),
    ]
    assert accept(other, both).state is D.RECEIVED
    twice = on_document(sender, document, "supplement", SupplementRequest(recipients=(late,)))
    assert refused(twice)[0] == "supplement.already_recipient"


def test_a_corrected_document_takes_the_place_of_the_old(
    sender: Caller, receiver: Caller, other: Caller
) -> None:
    old = send(sender, ("002", 1), ("003", 1))
    accept(other, old)
    body = upload(sender, OFD + b"corrected")
    request = letter(body, ("002", 1), ("003", 1)).model_copy(update={"replaces": old.document_id})
    new = DocumentView.model_validate_json(ask(sender, "/v1/documents", request).content)
    assert new.replaces == old.document_id
    after = sync_last(sender, old)
    assert states(after) == [D.RESENT, D.RECEIVED]
    assert {one.replaced_by for one in after.deliveries} == {new.document_id}
    late = AcceptRequest(checks=good_checks(old.body.digest))
    assert refused(on_delivery(receiver, old, "accept", late))[0] == "delivery.resent"
    assert accept(receiver, new).state is D.RECEIVED
    stolen = letter(upload(other, OFD), ("002", 1)).model_copy(update={"replaces": old.document_id})
    assert refused(ask(other, "/v1/documents", stolen))[0] == "document.unknown"


# -- requests -----------------------------------------------------------------------------------------------


def wish(count: int = 2, kind: RequestKind = RequestKind.COPIES) -> ReceiverRequest:
    return ReceiverRequest(kind=kind, count=count, reason="打印机卡纸")


def test_extra_copies_continue_the_numbers(sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 2), ("003", 3))
    accept(receiver, document)
    asked = delivered(on_delivery(receiver, document, "requests", wish()))
    assert asked.requests[0].state is RequestState.OPEN
    assert refused(on_delivery(receiver, document, "requests", wish()))[0] == "request.still_open"
    path = f"/v1/requests/{asked.requests[0].request_id}"
    assert refused(ask(receiver, f"{path}/grant", RequestGrant(count=2)))[0] == "request.unknown"
    granted = delivered(ask(sender, f"{path}/grant", RequestGrant(count=2)))
    assert [(one.first, one.last) for one in granted.ranges] == [(1, 2), (6, 7)]
    assert (granted.copies, granted.requests[0].granted) == (4, 2)
    answer = on_delivery(receiver, document, "tickets", TicketRequest(count=4, printer="一号"))
    tickets = TicketGrant.model_validate_json(answer.content).tickets
    assert [ticket.copy_number for ticket in tickets] == [1, 2, 6, 7]
    assert refused(ask(sender, f"{path}/refuse", RequestRefusal(reason="x")))[0] == "request.already_answered"


def test_a_request_is_refused_or_withdrawn(sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 1))
    first = delivered(on_delivery(receiver, document, "requests", wish())).requests[0]
    answer = ask(sender, f"/v1/requests/{first.request_id}/refuse", RequestRefusal(reason="份数已够"))
    assert (delivered(answer).requests[0].state, delivered(answer).requests[0].answer) == (
        RequestState.REFUSED,
        "份数已够",
    )
    second = delivered(on_delivery(receiver, document, "requests", wish())).requests[1]
    withdrawn = delivered(ask(receiver, f"/v1/requests/{second.request_id}/withdraw", None))
    assert withdrawn.requests[1].state is RequestState.WITHDRAWN


def test_a_document_is_asked_for_once_more(sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 1))
    request = delivered(on_delivery(receiver, document, "requests", wish(0, RequestKind.RESEND))).requests[0]
    again = delivered(ask(sender, f"/v1/requests/{request.request_id}/grant", RequestGrant()))
    assert (again.state, again.round) == (D.DELIVERED, 2)


def test_a_photograph_goes_with_a_request(sender: Caller, receiver: Caller, other: Caller) -> None:
    document = send(sender, ("002", 1), ("003", 1))
    photograph = RequestPicture(data=base64.b64encode(b"JPEG").decode())
    with_it = wish().model_copy(update={"picture": photograph})
    request = delivered(on_delivery(receiver, document, "requests", with_it)).requests[0]
    assert request.pictured
    path = f"/v1/requests/{request.request_id}/picture"
    for caller in (sender, receiver):
        assert RequestPicture.model_validate_json(caller.get(path).content) == photograph
    assert refused(other.get(path))[0] == "request.unknown"
    without = delivered(on_delivery(other, document, "requests", wish())).requests[0]
    assert not without.pictured
    assert refused(sender.get(f"/v1/requests/{without.request_id}/picture"))[0] == "request.no_picture"


def test_a_photograph_of_an_encrypted_document_is_encrypted_too(
    exchange: RunningExchange, sender: Caller, receiver: Caller
) -> None:
    cabinet = KeyCabinet(exchange)
    for code in ("001", "002"):
        cabinet.equip(code, UNITS[code])
    answer = ask(sender, "/v1/documents", encrypted_letter(sender, cabinet, ("002", 2)))
    document = DocumentView.model_validate_json(answer.content)
    photograph = RequestPicture(data=base64.b64encode(b"JPEG").decode())
    in_the_open = wish().model_copy(update={"picture": photograph})
    assert refused(on_delivery(receiver, document, "requests", in_the_open))[0] == "request.picture_open"
    sealed = photograph.model_copy(update={"certificate": "a" * 64})
    enclosed = wish().model_copy(update={"picture": sealed})
    assert delivered(on_delivery(receiver, document, "requests", enclosed)).requests[0].pictured


@pytest.mark.parametrize(("kind", "count"), [(RequestKind.COPIES, 0), (RequestKind.RESEND, 1)])
def test_a_request_says_what_it_wants(
    sender: Caller, receiver: Caller, kind: RequestKind, count: int
) -> None:
    document = send(sender, ("002", 1))
    answer = on_delivery(receiver, document, "requests", wish(count, kind))
    assert refused(answer)[0] == "request.count_wrong"


# -- meetings and paper -------------------------------------------------------------------------------------


def test_replies_to_a_meeting(sender: Caller, receiver: Caller, clock: FakeClock) -> None:
    call = MeetingCall(meeting="防汛工作会议", reply_by=clock.now().replace(hour=9))
    request = letter(upload(sender, OFD), ("002", 1)).model_copy(update={"meeting": call})
    document = DocumentView.model_validate_json(ask(sender, "/v1/documents", request).content)
    reply = MeetingReply(attendance=Attendance.SENDS_DEPUTY, posts=("副局长",), contact="0750-3300000")
    assert delivered(on_delivery(receiver, document, "reply", reply)).reply == reply
    absent = MeetingReply(attendance=Attendance.ABSENT)
    assert delivered(on_delivery(receiver, document, "reply", absent)).reply == absent
    clock.advance(hours=9)
    assert refused(on_delivery(receiver, document, "reply", reply))[0] == "meeting.too_late"
    plain = send(sender, ("002", 1))
    assert refused(on_delivery(receiver, plain, "reply", reply))[0] == "meeting.not_called"


def test_a_delivery_goes_on_by_paper(sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 1), ("003", 1))
    request = PaperRequest(cause=PaperCause.OUTAGE, carried_by="机要通信", unit_codes=("002",))
    assert refused(on_delivery(receiver, document, "arrivals", Arrival()))[0] == "arrival.unknown"
    on_paper = done(on_document(sender, document, "paper", request))
    assert states(on_paper) == [D.PAPER_FALLBACK, D.DELIVERED]
    assert on_paper.deliveries[0].paper_since is not None
    assert refused(receiver.get(f"/v1/blobs/{document.body.digest}"))[0] == "delivery.on_paper"
    assert delivered(on_delivery(receiver, document, "arrivals", Arrival())).paper_arrived_at is not None
    assert refused(on_delivery(receiver, document, "arrivals", Arrival()))[0] == "arrival.already"


def test_special_attachments_are_ticked(sender: Caller, receiver: Caller) -> None:
    drawing = SpecialAttachment(name="规划图纸", copies=2, sent_by="机要通信")
    request = letter(upload(sender, OFD), ("002", 1)).model_copy(update={"special_attachments": (drawing,)})
    document = DocumentView.model_validate_json(ask(sender, "/v1/documents", request).content)
    assert document.special_attachments == (drawing,)
    ticked = delivered(on_delivery(receiver, document, "arrivals", Arrival(position=0, note="完好")))
    assert [(one.position, one.note, one.by_post) for one in ticked.arrivals] == [(0, "完好", "收发员")]
    assert refused(on_delivery(receiver, document, "arrivals", Arrival(position=1)))[0] == "arrival.unknown"
    assert sync_last(sender, document).deliveries[0].arrivals == ticked.arrivals


def test_working_copies(sender: Caller, receiver: Caller) -> None:
    document = send(sender, ("002", 1))
    copy = WorkingCopy(purpose="传阅")
    assert refused(on_delivery(receiver, document, "copies", copy)) == (
        "print.not_received",
        "管理办法第十条",
    )
    accept(receiver, document)
    assert delivered(on_delivery(receiver, document, "copies", copy)).receipt_by == ""
    assert events(sender, document)[-1] is ReceiptEvent.COPIED


# -- other regions ------------------------------------------------------------------------------------------


def pdf_letter(profile_id: str, sender: Caller) -> DocumentView:
    body = upload(sender, b"%PDF-1.7 body", "正文.pdf")
    request = letter(body, ("002", 2), profile_id=profile_id)
    return DocumentView.model_validate_json(ask(sender, "/v1/documents", request).content)


def test_in_jiangmen_a_working_copy_is_a_receipt_after_the_check(tmp_path: Path) -> None:
    running = RunningExchange(tmp_path / "jiangmen", profile_id="jiangmen-2008")
    running.populate()
    sender, receiver = running.log_in("001"), running.log_in("002")
    document = pdf_letter("jiangmen-2008", sender)
    copy = WorkingCopy(purpose="传阅")
    assert refused(on_delivery(receiver, document, "copies", copy)) == (
        "print.not_received",
        "暂行办法第三十三条",
    )
    assert accept(receiver, document).state is D.VERIFIED
    received = delivered(on_delivery(receiver, document, "copies", copy))
    assert (received.state, received.receipt_by) == (D.RECEIVED, "first_working_copy")
    assert refused(on_document(sender, document, "recall", RECALL)) == (
        "recall.already_received",
        "暂行办法第三十六条",
    )
    assert refused(on_delivery(receiver, document, "requests", wish(51))) == (
        "request.too_many",
        "暂行办法第三十七条",
    )
    for caller in (sender, receiver):
        caller.close()
    running.stop()


def test_a_region_without_recall_and_extra_copies(tmp_path: Path) -> None:
    running = RunningExchange(tmp_path / "example", profile_id="example-2026")
    running.populate()
    sender, receiver = running.log_in("001"), running.log_in("002")
    cabinet = KeyCabinet(running)
    for code, name in {"001": UNITS["001"], "002": UNITS["002"], ESCROW: "示例市"}.items():
        cabinet.equip(code, name)
    letter = encrypted_letter(sender, cabinet, ("002", 2), also=(ESCROW,), profile_id="example-2026")
    document = DocumentView.model_validate_json(ask(sender, "/v1/documents", letter).content)
    assert refused(on_document(sender, document, "recall", RECALL)) == ("recall.not_here", "示例规定第八条")
    assert refused(on_delivery(receiver, document, "requests", wish())) == (
        "request.not_here",
        "示例规定第十条",
    )
    supervise = RemindRequest(level=ReminderLevel.SUPERVISE)
    assert on_document(sender, document, "remind", supervise).ok
    for caller in (sender, receiver):
        caller.close()
    running.stop()
