"""An exchange that lies to a PC: each lie after an honest beginning, each refused under its code, and nothing
of it believed. Rewritten logs: test_log.py; keys and envelopes: tests/client/services/test_secrecy.py.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from fakes.desk import OFD, DeskPc
from fakes.exchange import RunningExchange
from fakes.meddler import Heard, Meddler, Said
from gongwen_client.domain.rows import IncomingState
from gongwen_client.services.followup import FollowUpService
from gongwen_client.store.notes import Notes
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import Receipt, SyncAnswer
from gongwen_protocol.profiles import ProfileStatement, SignedProfile
from gongwen_protocol.signatures import seal_of
from gongwen_protocol.states import DocumentState

StartPc = Callable[..., DeskPc]
Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def liar(exchange: RunningExchange) -> Iterator[Meddler]:
    """An exchange that is honest until it is told otherwise."""
    found = Meddler(exchange.url)
    yield found
    found.stop()


def lie(liar: Meddler, operation: str, change: Change) -> None:
    """From now on JSON answers to ``operation`` are changed."""

    def rewrite(heard: Heard, said: Said) -> Said:
        if heard.operation != operation or said.status >= 300:
            return said
        message = json.loads(said.body)
        change(message)
        return said.with_body(json.dumps(message, ensure_ascii=False).encode())

    liar.rewrite = rewrite


def arrived(sender: DeskPc, receiver: DeskPc, title: str, body: bytes = OFD) -> str:
    """An honest document with its files here; its id."""
    draft = sender.ready_draft("002", title=title, body=body)
    sender.sending.send(draft.document_id)

    def here() -> bool:
        rows = receiver.store.rows.incoming(None)
        ours = [row for row in rows if row.document_id == draft.document_id]
        return bool(ours) and ours[0].state is IncomingState.TO_VERIFY

    receiver.wait_until(here)
    return draft.document_id


def send(sender: DeskPc, title: str) -> str:
    draft = sender.ready_draft("002", title=title, body=OFD + title.encode())
    sender.sending.send(draft.document_id)
    sender.wait_until(lambda: sender.store.drafts.get(draft.document_id).state is DocumentState.SENT)
    return draft.document_id


def in_receipts(change: Change) -> Change:
    def apply(answer: dict[str, Any]) -> None:
        for signed in answer["receipts"]:
            change(signed)

    return apply


def other_post(signed: dict[str, Any]) -> None:
    signed["receipt"]["by_post"] = "他人"


def other_time(signed: dict[str, Any]) -> None:
    signed["receipt"]["at"] = "2020-01-01T00:00:00Z"


def other_key(signed: dict[str, Any]) -> None:
    """A receipt that is signed well, by somebody who is not the exchange."""
    now = datetime.now(UTC)
    root = make_root(Subject("根", "根"), now.replace(year=2020), now.replace(year=2040))
    signer = SoftwareSigner.generate()
    certificate = issue(
        *(
            root,
            Subject("测试电子公文交换中心回执", "测试电子公文交换中心"),
            signer.public_key,
            Usage.SIGNING,
        ),
        *(now.replace(year=2021), now.replace(year=2039)),
    )
    receipt = Receipt.model_validate_json(json.dumps(signed["receipt"]))
    signed["signature"] = base64.b64encode(signer.sign(canonical_bytes(receipt))).decode()
    signed["certificate"] = base64.b64encode(certificate).decode()


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (other_post, "receipt.bad_signature"),
        (other_time, "receipt."),
        (other_key, "receipt.unknown_signer"),
    ],
)
def test_forged_receipts_are_shown_as_what_they_are(
    liar: Meddler, pc: StartPc, exchange: RunningExchange, forge: Change, code: str
) -> None:
    sender, receiver = pc("001", url=liar.url, poll_seconds=3600.0), pc("002", url=exchange.url)
    honest = arrived(sender, receiver, "收据属实")
    sender.wait_until(lambda: len(sender.tracking.receipts(honest)) == 2)
    assert all(row.verified for row in sender.tracking.receipts(honest))
    lie(liar, "GET /v1/sync", in_receipts(forge))
    forged = send(sender, "收据伪造")
    sender.wait_until(lambda: len(sender.tracking.receipts(forged)) == 2)
    assert not any(row.verified for row in sender.tracking.receipts(forged))
    sender.wait_until(lambda: code in sender.duty.state().problem)


def test_a_known_document_does_not_change(liar: Meddler, pc: StartPc, exchange: RunningExchange) -> None:
    sender, receiver = pc("001", url=exchange.url), pc("002", url=liar.url, poll_seconds=3600.0)
    document = arrived(sender, receiver, "拨款一百元")
    before = receiver.store.documents.get(document)

    def richer(answer: dict[str, Any]) -> None:
        for view in answer["documents"]:
            view["elements"]["title"] = "拨款一百万元"

    lie(liar, "GET /v1/sync", richer)
    FollowUpService(sender.desk).recall(document, "误发")  # something to hear of
    receiver.wait_until(lambda: "exchange.contradiction" in receiver.duty.state().problem)
    assert receiver.store.documents.get(document) == before


@pytest.mark.parametrize("what", ["body", "attachment"])
def test_swapped_packages_are_not_taken(
    liar: Meddler, pc: StartPc, exchange: RunningExchange, what: str
) -> None:
    """The bytes of one document in place of another's."""
    sender, receiver = pc("001", url=exchange.url), pc("002", url=liar.url)
    first = arrived(sender, receiver, "第一件", OFD + b"first")
    taken = receiver.desk.cabinet.place(receiver.store.documents.get(first).body).path.read_bytes()

    def rewrite(heard: Heard, said: Said) -> Said:
        return said.with_body(taken) if heard.operation == "GET /v1/blobs/*" else said

    liar.rewrite = rewrite
    second = send(sender, "第二件")
    receiver.wait_until(lambda: "download.damaged" in receiver.duty.state().problem)
    assert not receiver.desk.cabinet.has(receiver.store.documents.get(second).body)
    liar.rewrite = lambda _heard, said: said
    receiver.duty.poll_now()
    receiver.wait_until(lambda: receiver.desk.cabinet.has(receiver.store.documents.get(second).body))


def test_answers_of_yesterday_are_noticed(liar: Meddler, pc: StartPc, exchange: RunningExchange) -> None:
    """An old answer, signed and all, played again to hide what came since."""
    sender, receiver = pc("001", url=exchange.url), pc("002", url=liar.url)
    arrived(sender, receiver, "昨天")
    kept: list[Said] = []

    def remember(heard: Heard, said: Said) -> Said:
        if heard.operation == "GET /v1/sync" and said.status == 200:
            kept.append(said)
        return said

    liar.rewrite = remember
    receiver.wait_until(lambda: bool(kept))
    arrived(sender, receiver, "今天", OFD + b"today")
    old = SyncAnswer.model_validate_json(kept[0].body)
    assert old.checkpoint is not None
    held = receiver.store.evidence.checkpoint()
    assert held is not None
    assert old.checkpoint.checkpoint.size < held.checkpoint.size
    liar.rewrite = lambda heard, said: kept[0] if heard.operation == "GET /v1/sync" else said
    receiver.duty.poll_now()
    receiver.wait_until(lambda: receiver.store.notes.get(Notes.LOG_PROBLEM) is not None)
    assert (receiver.store.notes.get(Notes.LOG_PROBLEM) or "").startswith("shrunk")
    assert receiver.store.evidence.checkpoint() == held


def asked_for_rules(pc: DeskPc) -> str:
    """Make the PC ask for them at its next poll; what is wrong now."""
    pc.engine.logged_in()
    return pc.duty.state().problem


def signed_by(exchange: RunningExchange, message: dict[str, Any], **changes: object) -> None:
    """Other rules under the exchange's own signature: what only its keeper can do."""
    signed = SignedProfile.model_validate_json(json.dumps(message))
    profile = signed.statement.profile.model_copy(update=changes)
    statement = ProfileStatement(profile=profile, at=signed.statement.at)
    fresh = SignedProfile(statement=statement, seal=seal_of(statement, exchange.exchange.signer))
    message.clear()
    message.update(json.loads(fresh.model_dump_json()))


def test_rules_do_not_go_back_or_change_under_their_version(
    liar: Meddler, pc: StartPc, exchange: RunningExchange
) -> None:
    receiver = pc("002", url=liar.url)
    receiver.wait_until(lambda: receiver.store.rules.in_force() is not None)
    before = receiver.store.rules.in_force()
    assert before is not None
    for code, changes in {
        "profile.altered": {"rule_name": "别的规则"},
        "profile.older": {"version": before.version - 1},
    }.items():
        lie(liar, "GET /v1/profile", lambda message, changes=changes: signed_by(exchange, message, **changes))
        receiver.wait_until(lambda code=code: code in asked_for_rules(receiver))
        assert receiver.store.rules.in_force() == before
    lie(liar, "GET /v1/profile", lambda message: signed_by(exchange, message, version=before.version + 1))
    asked_for_rules(receiver)
    receiver.wait_until(lambda: receiver.store.rules.in_force() != before)


def test_rules_under_another_signature_are_refused(
    liar: Meddler, pc: StartPc, exchange: RunningExchange
) -> None:
    receiver = pc("002", url=liar.url)
    receiver.wait_until(lambda: receiver.store.rules.in_force() is not None)

    def unsigned(message: dict[str, Any]) -> None:
        message["statement"]["profile"]["max_document_size"]["value"] += 1

    lie(liar, "GET /v1/profile", unsigned)
    receiver.wait_until(lambda: "profile.not_signed" in asked_for_rules(receiver))


def test_what_is_not_for_this_unit_is_no_delivery(
    liar: Meddler, pc: StartPc, exchange: RunningExchange
) -> None:
    """A delivery of another unit among the answers is not shown as one to us."""
    sender, receiver = pc("001", url=exchange.url), pc("002", url=liar.url)
    arrived(sender, receiver, "属于本单位")

    def to_others(answer: dict[str, Any]) -> None:
        for view in answer["documents"]:
            for delivery in view["deliveries"]:
                delivery["unit_code"] = "003"

    lie(liar, "GET /v1/sync", to_others)
    document = send(sender, "不属于本单位")
    cursor = receiver.store.notes.get(Notes.CURSOR)
    receiver.wait_until(lambda: receiver.store.notes.get(Notes.CURSOR) != cursor)
    assert document not in [row.document_id for row in receiver.store.rows.incoming(None)]
