"""The engine against the real exchange over a network that fails."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from fakes.desk import OFD, DeskPc
from fakes.exchange import RunningExchange
from fakes.proxy import FaultProxy
from gongwen_client.domain.intents import IntentKind
from gongwen_client.domain.rows import Connection, IncomingRow
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.messages import AcceptRequest, CheckResult, Finding, ReceiptEvent
from gongwen_protocol.states import DeliveryState, DocumentState

Start = Callable[..., DeskPc]


def inbox(pc: DeskPc) -> list[IncomingRow]:
    return pc.store.rows.incoming(None)


def sent(pc: DeskPc, document_id: str) -> bool:
    return pc.store.drafts.get(document_id).state is DocumentState.SENT


def send(pc: DeskPc, *units: str, body: bytes = OFD) -> str:
    draft = pc.ready_draft(*units, body=body)
    pc.sending.send(draft.document_id)
    return draft.document_id


def accept(pc: DeskPc, row: IncomingRow) -> None:
    body = pc.store.documents.of_delivery(row.delivery_id).body
    ok = Finding.OK
    checks = CheckResult(body=ok, attachments=ok, seal=ok, layout=ok, body_digest=body.digest)
    payload = AcceptRequest(checks=checks).model_dump_json()
    pc.store.outbox.add(IntentKind.ACCEPT, row.delivery_id, payload, pc.desk.clock.now())
    pc.engine.nudge()


def test_a_document_goes_from_one_pc_to_the_other_and_its_receipts_come_back(pc: Start) -> None:
    sender, receiver = pc("001"), pc("002")
    document_id = send(sender, "002")
    receiver.wait_until(lambda: [row.state.value for row in inbox(receiver)] == ["to_verify"])
    row = inbox(receiver)[0]
    assert row.unread
    assert row.elements.title == "关于测试的通知"
    file = receiver.desk.cabinet.place(receiver.store.documents.of_delivery(row.delivery_id).body)
    assert file.path.read_bytes() == OFD
    accept(receiver, row)
    assert inbox(receiver)[0].state.value == "received", "the wish shows at once"
    sender.wait_until(
        lambda: [one.state for one in sender.tracking.board(document_id)] == [DeliveryState.RECEIVED]
    )
    sender.wait_until(
        lambda: (
            [row.receipt.receipt.event for row in sender.tracking.receipts(document_id)]
            == [ReceiptEvent.SENT, ReceiptEvent.DELIVERED, ReceiptEvent.RECEIVED]
        )
    )
    assert all(row.verified for row in sender.tracking.receipts(document_id))
    assert sender.tracking.sent()[0].received == 1
    assert sender.duty.counts().sent == 1
    assert sender.tracking.sent_files(document_id).body.path.read_bytes() == OFD


def test_with_the_exchange_away_the_send_waits_and_goes_when_it_is_back(
    pc: Start, exchange: RunningExchange
) -> None:
    sender = pc("001")
    sender.wait_until(lambda: sender.duty.state().connection is Connection.ONLINE)
    exchange.stop()
    document_id = send(sender, "002")
    sender.wait_until(lambda: sender.duty.state().connection is Connection.OFFLINE)
    assert "政务外网" in sender.duty.state().problem
    assert sender.store.drafts.get(document_id).state is DocumentState.SENDING
    exchange.start()
    sender.wait_until(lambda: sent(sender, document_id))
    sender.wait_until(lambda: sender.duty.state().connection is Connection.ONLINE)


def test_what_waits_survives_a_restart_of_the_client(
    pc: Start, network: FaultProxy, exchange: RunningExchange
) -> None:
    first = pc("001")
    network.faults.down = True
    document_id = send(first, "002")
    first.stop()
    network.faults.down = False
    second = pc("001")
    second.wait_until(lambda: sent(second, document_id))
    assert len(second.tracking.board(document_id)) == 1


@pytest.mark.parametrize("lost", [b"POST /v1/documents", b"POST /v1/uploads", b"PATCH ", b"GET /v1/sync"])
def test_a_lost_answer_is_asked_for_again_and_nothing_happens_twice(
    pc: Start, network: FaultProxy, lost: bytes
) -> None:
    sender, receiver = pc("001"), pc("002")
    network.faults.lose_answers_to.append(lost)
    document_id = send(sender, "002")
    sender.wait_until(lambda: sent(sender, document_id))
    receiver.wait_until(lambda: len(inbox(receiver)) == 1)
    events = [row.receipt.receipt.event for row in sender.tracking.receipts(document_id)]
    sender.wait_until(lambda: len(sender.tracking.receipts(document_id)) == 2)
    events = [row.receipt.receipt.event for row in sender.tracking.receipts(document_id)]
    assert events == [ReceiptEvent.SENT, ReceiptEvent.DELIVERED]
    assert network.lost == 1


@pytest.mark.parametrize("verb", ["view", "accept"])
def test_a_lost_answer_to_a_decision_decides_once(pc: Start, network: FaultProxy, verb: str) -> None:
    sender, receiver = pc("001"), pc("002")
    document_id = send(sender, "002")
    receiver.wait_until(lambda: len(inbox(receiver)) == 1)
    row = inbox(receiver)[0]
    network.faults.lose_answers_to.append(f"POST /v1/deliveries/{row.delivery_id}/{verb}".encode())
    if verb == "view":
        receiver.store.outbox.add(IntentKind.VIEW, row.delivery_id, "{}", receiver.desk.clock.now())
        receiver.engine.nudge()
        wanted = ReceiptEvent.VIEWED
    else:
        accept(receiver, row)
        wanted = ReceiptEvent.RECEIVED
    receiver.wait_until(lambda: receiver.store.outbox.count_pending() == 0)
    sender.wait_until(lambda: len(sender.tracking.receipts(document_id)) == 3)
    events = [one.receipt.receipt.event for one in sender.tracking.receipts(document_id)]
    assert events.count(wanted) == 1
    assert network.lost == 1


def test_a_large_upload_goes_on_where_it_was_cut(pc: Start, network: FaultProxy) -> None:
    sender = pc("001")
    sender.wait_until(lambda: sender.duty.state().connection is Connection.ONLINE)
    body = OFD[:4] + os.urandom(12 * 2**20)
    before = network.request_bytes
    network.faults.cut_requests_at += [3 * 2**20, 3 * 2**20, 2 * 2**20]
    document_id = send(sender, "002", body=body)
    sender.wait_until(lambda: sent(sender, document_id))
    assert network.cuts == 3
    # Lost with each cut: less than one piece and what the sockets held.
    assert network.request_bytes - before < len(body) + 3 * 2.5 * 2**20


def test_a_large_upload_goes_on_when_the_exchange_was_killed(
    pc: Start, network: FaultProxy, exchange: RunningExchange
) -> None:
    sender = pc("001")
    network.faults.delay = 0.01
    document_id = send(sender, "002", body=OFD[:4] + os.urandom(8 * 2**20))
    sender.wait_until(lambda: sender.store.drafts.get(document_id).upload_progress > 0.2)
    exchange.kill()
    exchange.start()
    network.faults.delay = 0.0
    sender.wait_until(lambda: sent(sender, document_id))


def test_a_large_upload_does_not_hold_up_small_calls(pc: Start, network: FaultProxy) -> None:
    sender, receiver = pc("001"), pc("002", url="")
    send(sender, "002")
    receiver.wait_until(lambda: len(inbox(receiver)) == 1)
    network.faults.delay = 0.02
    document_id = send(receiver, "001", body=OFD[:4] + os.urandom(8 * 2**20))
    receiver.wait_until(lambda: receiver.store.drafts.get(document_id).upload_progress > 0)
    accept(receiver, inbox(receiver)[0])
    receiver.wait_until(lambda: receiver.store.outbox.count_pending() == 1)
    assert not sent(receiver, document_id)
    network.faults.delay = 0.0


def test_a_login_page_of_the_network_is_never_taken_for_data(pc: Start, network: FaultProxy) -> None:
    one = pc("001")
    one.wait_until(lambda: one.duty.state().connection is Connection.ONLINE)
    network.faults.portal = True
    network.faults.down = True
    one.wait_until(lambda: one.duty.state().connection is Connection.OFFLINE)
    with pytest.raises(KnownError, match=r"network\.unreachable"):
        one.duty.attended_check()
    network.faults.down = False
    one.wait_until(lambda: "network.not_exchange" in one.duty.state().problem)
    assert one.duty.state().connection is Connection.OFFLINE
    with pytest.raises(KnownError, match=r"network\.not_exchange"):
        one.duty.attended_check()


def test_a_refused_send_returns_to_ready_with_the_reason(pc: Start, exchange: RunningExchange) -> None:
    sender = pc("001")
    draft = sender.ready_draft("no-such-unit")
    sender.sending.send(draft.document_id)
    sender.wait_until(lambda: sender.store.drafts.get(draft.document_id).state is DocumentState.READY)
    refused = sender.store.drafts.get(draft.document_id)
    assert "send.recipient_unknown" in refused.refusal
    recipients = tuple(one.model_copy(update={"unit_code": "002"}) for one in refused.recipients)
    sender.store.drafts.save(replace(refused, recipients=recipients))
    assert sender.sending.retry(draft.document_id).refusal == ""
    sender.wait_until(lambda: sent(sender, draft.document_id))


def test_two_clicks_at_once_send_one_document(pc: Start) -> None:
    sender = pc("001")
    draft = sender.ready_draft("002")
    clicks = [threading.Thread(target=sender.sending.send, args=(draft.document_id,)) for _ in range(8)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    sender.wait_until(lambda: sent(sender, draft.document_id))
    sender.wait_until(lambda: len(sender.tracking.receipts(draft.document_id)) == 2)
    assert len(sender.tracking.board(draft.document_id)) == 1


def test_a_document_that_never_works_does_not_hold_up_the_next(pc: Start) -> None:
    sender = pc("001")
    bad = sender.ready_draft("002", body=OFD + b"bad")
    assert bad.body is not None
    good = sender.ready_draft("002")
    sender.sending.send(bad.document_id)
    bad.body.path.unlink()
    sender.sending.send(good.document_id)
    sender.wait_until(lambda: sent(sender, good.document_id))
    sender.wait_until(lambda: sender.store.drafts.get(bad.document_id).state is DocumentState.READY)
    assert "draft.file_gone" in sender.store.drafts.get(bad.document_id).refusal


def test_a_file_altered_before_it_was_sent_comes_back_with_the_reason(pc: Start) -> None:
    sender = pc("001")
    draft = sender.ready_draft("002")
    assert draft.body is not None
    draft.body.path.write_bytes(OFD[:-1] + b"X")
    sender.sending.send(draft.document_id)
    sender.wait_until(lambda: "draft.file_gone" in sender.store.drafts.get(draft.document_id).refusal)


def test_a_wish_that_makes_the_program_stumble_holds_up_no_other(pc: Start) -> None:
    one = pc("001")
    draft = one.ready_draft("002")
    with one.store.transaction():
        one.store.outbox.add(IntentKind.SEND, draft.document_id, "no JSON", one.desk.clock.now())
        one.store.outbox.add(IntentKind.VIEW, "no such delivery", "{}", one.desk.clock.now())
    document_id = send(one, "002")
    one.wait_until(lambda: sent(one, document_id))
    one.wait_until(lambda: one.store.outbox.count_pending() == 0)
    assert "request.invalid" in one.store.drafts.get(draft.document_id).refusal


def test_an_expired_session_asks_for_a_login_and_then_goes_on(pc: Start, exchange: RunningExchange) -> None:
    sender = pc("001")
    sender.wait_until(lambda: sender.duty.state().connection is Connection.ONLINE)
    other = exchange.log_in("001")
    other.call("DELETE", "/v1/session")
    sender.api.token = "no longer valid"
    sender.wait_until(lambda: sender.duty.state().connection is Connection.SESSION_EXPIRED)
    with pytest.raises(KnownError, match=r"session\.none"):
        sender.sending.send(sender.ready_draft("002").document_id)
    sender.log_in("001")
    sender.wait_until(lambda: sender.duty.state().connection is Connection.ONLINE)
    other.close()


def test_a_wrong_password_says_how_many_tries_are_left(pc: Start) -> None:
    one = pc("001", log_in=False)
    with pytest.raises(RefusedError, match=r"session\.wrong_credentials") as refused:
        one.login.log_in("001", "clerk", "not the password")
    assert refused.value.facts["tries_left"] == 4
    assert one.login.session is None


def test_a_pc_belongs_to_the_unit_that_logged_in_first(pc: Start) -> None:
    one = pc("001")
    one.login.log_out()
    with pytest.raises(RefusedError, match=r"login\.other_unit"):
        one.login.log_in("002", "clerk", "whatever")


def test_another_certificate_of_the_exchange_is_refused(pc: Start) -> None:
    one = pc("001")
    one.login.log_out()
    one.store.notes.set("server.certificate", "AAAA")
    with pytest.raises(KnownError, match=r"exchange\.certificate_changed"):
        one.log_in("001")


def test_an_attended_check_counts_with_the_exchanges_time(pc: Start) -> None:
    one = pc("001")
    assert one.duty.state().last_attended_check is None
    recorded = one.duty.attended_check()
    assert one.duty.state().last_attended_check == recorded


def test_a_download_that_was_cut_goes_on_and_a_damaged_one_is_dropped(pc: Start) -> None:
    sender, receiver = pc("001"), pc("002")
    body = OFD[:4] + os.urandom(3 * 2**20)
    send(sender, "002", body=body)
    receiver.wait_until(lambda: [row.state.value for row in inbox(receiver)] == ["to_verify"])
    reference = receiver.store.documents.of_delivery(inbox(receiver)[0].delivery_id).body
    file = receiver.desk.cabinet.place(reference)
    part = file.path.with_name(f"{file.digest}.part")
    file.path.rename(part)
    with part.open("r+b") as half:
        half.truncate(2**20)
    assert receiver.desk.cabinet.fetch(reference).path.read_bytes() == body
    file.path.rename(part)
    with part.open("r+b") as damaged:
        damaged.truncate(2**20)
        damaged.write(b"X")
    with pytest.raises(KnownError, match=r"download\.damaged"):
        receiver.desk.cabinet.fetch(reference)
    assert not file.path.exists()
    assert receiver.desk.cabinet.fetch(reference).path.read_bytes() == body
