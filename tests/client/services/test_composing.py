"""Composing: where elements come from, names of files, steps and roles, groups, what waits to be sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.exchange import INITIAL_PASSWORD, PASSWORD, RunningExchange
from fakes.units import UnitPc, circular
from gongwen_client.domain.draft_record import Origin, Step
from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.paper import WHOLE_DOCUMENT
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_crypto.errors import GongwenError, RefusedError
from gongwen_docs.typeset import read_circular, typeset
from gongwen_protocol.actions import MeetingCall, SpecialAttachment
from gongwen_protocol.messages import INFO_MATERIAL, Recipient, RecipientRole
from gongwen_protocol.resources import resource_path
from gongwen_protocol.roles import Role
from gongwen_protocol.states import DocumentState

TO_RECEIVER = (Recipient(unit_code=RECEIVER.code, role=RecipientRole.MAIN, copies=2),)


def other_circular() -> bytes:
    from dataclasses import replace

    first = read_circular(resource_path("documents", "qiyong-tongzhi.toml"))
    return typeset(replace(first, title="示范市人民政府办公室关于另一件事的通知", cc="", elements={}))[0]


def titled(pc: UnitPc, draft: Draft, **changes: object) -> Draft:
    elements = draft.elements.model_copy(update=changes)
    return pc.office.drafts.set_elements(draft.document_id, elements)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(GongwenError) as caught:
        call()
    return caught.value.code


def test_what_was_read_is_marked_until_a_person_touches_it(sender: UnitPc) -> None:
    drafts = sender.office.drafts
    draft = drafts.create()
    titled(sender, draft, issuer="本单位自己填的")
    path = sender.write("正文.ofd", circular())
    draft = drafts.set_body(draft.document_id, path)
    origins = draft.record.origins
    assert origins["title"] in (Origin.METADATA, Origin.TEXT)
    assert "issuer" not in origins
    assert draft.elements.issuer == "本单位自己填的", "what a person typed is never overwritten"
    assert draft.elements.print_office
    draft = titled(sender, draft, title="我改过的标题")
    assert "title" not in draft.record.origins
    assert "doc_number" in draft.record.origins
    assert drafts.get(draft.document_id).record == draft.record, "kept on disk"


def test_another_body_fills_anew_what_nobody_has_touched(sender: UnitPc) -> None:
    drafts = sender.office.drafts
    draft = drafts.set_body(drafts.create().document_id, sender.write("一.ofd", circular()))
    assert draft.elements.cc_text
    titled(sender, draft, main_text="按领导意见改过")
    draft = drafts.set_body(draft.document_id, sender.write("二.ofd", other_circular()))
    assert "另一件事" in draft.elements.title
    assert draft.elements.cc_text == "", "what only the earlier body said is gone"
    assert draft.elements.main_text == "按领导意见改过"


def test_attachments_have_clean_names_an_order_and_new_names(sender: UnitPc, tmp_path: Path) -> None:
    drafts = sender.office.drafts
    document = drafts.create().document_id
    odd = tmp_path / "测算表\u202e：2026?初稿.xlsx"
    odd.write_bytes(b"1")
    drafts.add_attachment(document, odd)
    for name in ("二.txt", "三.txt"):
        drafts.add_attachment(document, sender.write(name, b"plain"))
    names = [file.name for file in drafts.get(document).attachments]
    assert names == ["测算表_：2026_初稿.xlsx", "二.txt", "三.txt"]
    moved = drafts.move_attachment(document, "三.txt", -2)
    assert moved.attachments[0].name == "三.txt"
    assert drafts.move_attachment(document, "三.txt", -9).attachments == moved.attachments
    renamed = drafts.rename_attachment(document, "三.txt", "附件/一览表")
    assert renamed.attachments[0].name == "附件_一览表.txt", "the type stays"
    assert code_of(lambda: drafts.rename_attachment(document, "二.txt", "附件_一览表.txt")) == (
        "draft.attachment_twice"
    )
    assert code_of(lambda: drafts.rename_attachment(document, "二.txt", "机密★.txt")) == "send.forbidden_mark"
    assert code_of(lambda: drafts.rename_attachment(document, "二.txt", "长" * 250)) == "file.name_too_long"


def test_materials_go_without_a_seal_documents_do_not(sender: UnitPc, receiver: UnitPc) -> None:
    drafts = sender.office.drafts
    draft = drafts.set_body(drafts.create().document_id, sender.write("简报.ofd", circular()))
    drafts.set_recipients(draft.document_id, TO_RECEIVER)
    assert drafts.needs_seal(draft)
    assert code_of(lambda: drafts.release(draft.document_id)) == "draft.seal_required"
    draft = titled(sender, draft, doc_kind=INFO_MATERIAL, doc_number="")
    assert not drafts.needs_seal(draft)
    ready = drafts.release(draft.document_id)
    assert ready.state is DocumentState.READY
    back = drafts.take_back(draft.document_id)
    assert back.state is DocumentState.DRAFT
    document = sender.send(drafts.release(draft.document_id))
    row = receiver.wait_for(document)
    assert row.elements.doc_kind == INFO_MATERIAL
    checks = receiver.office.incoming.verify(row.delivery_id).checks
    receiver.office.incoming.accept(row.delivery_id, checks)


def test_paper_and_meetings_travel_with_the_document(sender: UnitPc, receiver: UnitPc) -> None:
    drafts = sender.office.drafts
    draft = sender.compose(to=RECEIVER)
    drafts.take_back(draft.document_id)
    paper = (
        SpecialAttachment(name=WHOLE_DOCUMENT, copies=1, sent_by="机要交换"),
        SpecialAttachment(name="规划图册", copies=2, sent_by="专人送达"),
    )
    more = DocumentMore(special_attachments=paper, meeting=MeetingCall(meeting="防汛会商会"))
    drafts.set_form(draft.document_id, draft.elements, more)
    document = sender.send(sender.seal(drafts.submit_for_seal(draft.document_id)))
    row = receiver.wait_for(document)
    kept = receiver.office.incoming._desk.store.documents.get(row.document_id).more
    assert kept.special_attachments == paper
    assert kept.meeting is not None


def test_a_single_track_region_sends_no_paper_beside(tmp_path: Path) -> None:
    exchange = RunningExchange(tmp_path / "exchange", profile_id="jiangmen-2008")
    exchange.populate({SENDER.code: SENDER.name, RECEIVER.code: RECEIVER.name})
    pc = UnitPc(tmp_path / "pc", SENDER, exchange.url)
    try:
        pc.log_in()
        drafts = pc.office.drafts
        draft = drafts.create()
        drafts.set_body(draft.document_id, pc.write("正文.pdf", _pdf(tmp_path)))
        whole = SpecialAttachment(name=WHOLE_DOCUMENT, copies=1, sent_by="机要交换")
        drafts.set_more(draft.document_id, DocumentMore(special_attachments=(whole,)))
        found = {one.code: one for one in drafts.check(draft.document_id)}
        assert found["send.single_track"].blocking
        assert "工作方案" in found["send.single_track"].sentence
        draft = titled(pc, draft, title="信息", doc_kind=INFO_MATERIAL)
        assert code_of(lambda: drafts.release(draft.document_id)) == "draft.seal_required"
    finally:
        pc.stop()
        exchange.stop()


def _pdf(folder: Path) -> bytes:
    from gongwen_docs.draw import open_drawing

    drawing = open_drawing(circular())
    target = folder / "made.pdf"
    drawing.export_pdf(target)
    drawing.close()
    return target.read_bytes()


def test_what_waits_to_be_sent_keeps_its_seal_when_units_change(sender: UnitPc) -> None:
    drafts = sender.office.drafts
    ready = sender.seal(sender.compose(to=RECEIVER))
    changed = drafts.set_recipients(ready.document_id, ())
    assert (changed.state, changed.seals) == (DocumentState.READY, ready.seals)
    assert set(changed.record.steps) == {Step.COMPOSE, Step.SEAL}
    assert code_of(lambda: drafts.take_back(ready.document_id)) == "draft.not_editable"
    assert code_of(lambda: sender.office.sending.send(ready.document_id)) == "draft.no_recipients"
    again = drafts.give_up_seal(ready.document_id)
    assert (again.state, again.body, again.seals) == (DocumentState.DRAFT, None, ())
    assert again.attachments == ready.attachments
    assert ready.body is not None
    assert not ready.body.path.exists()


@pytest.fixture(scope="module")
def people(exchange: RunningExchange) -> None:
    """A unit's work in three hands."""
    for account, post, roles in (
        ("writer", "拟稿岗", {Role.COMPOSE}),
        ("keeper", "印章管理员", {Role.SEAL}),
        ("sender", "收发员", {Role.SEND, Role.RECEIVE}),
        ("newcomer", "新到岗", {Role.COMPOSE}),
    ):
        exchange.add_account(SENDER.code, account, post=post, roles=frozenset(roles))


def _as(pc: UnitPc, account: str) -> None:
    """Somebody else sits down at the PC."""
    login = pc.office.login
    login.log_out()
    try:
        login.log_in(SENDER.code, account, INITIAL_PASSWORD)
        login.change_password(INITIAL_PASSWORD, PASSWORD)
    except RefusedError:
        login.log_in(SENDER.code, account, PASSWORD)


def test_three_people_do_the_three_steps_at_one_pc(
    new_pc: Callable[..., UnitPc], people: None, receiver: UnitPc
) -> None:
    pc = new_pc(SENDER)
    drafts = pc.office.drafts
    _as(pc, "writer")
    draft = pc.compose(to=RECEIVER)
    assert code_of(lambda: pc.seal(draft)) == "session.role_missing"
    _as(pc, "keeper")
    assert code_of(drafts.create) == "session.role_missing"
    elements = draft.elements.model_copy(update={"title": "越权"})
    assert code_of(lambda: drafts.set_elements(draft.document_id, elements)) == "session.role_missing"
    assert code_of(lambda: drafts.discard(draft.document_id)) == "session.role_missing"
    assert drafts.take_back(draft.document_id).state is DocumentState.DRAFT, "the keeper gives it back"
    _as(pc, "writer")
    drafts.submit_for_seal(draft.document_id)
    _as(pc, "keeper")
    ready = pc.seal(drafts.get(draft.document_id))
    assert code_of(lambda: pc.office.sending.send(ready.document_id)) == "session.role_missing"
    _as(pc, "sender")
    drafts.set_recipients(ready.document_id, TO_RECEIVER)
    document = pc.send(ready)
    kept = drafts.get(document).record
    assert kept.hits, "what the guard found stays with the send record"
    steps = kept.steps
    assert [(step, hand.account) for step, hand in steps.items()] == [
        (Step.COMPOSE, "writer"),
        (Step.SEAL, "keeper"),
        (Step.SEND, "sender"),
    ]


def test_groups_are_made_renamed_and_kept(sender: UnitPc) -> None:
    addressing = sender.office.addressing
    sender.wait_until(lambda: bool(sender.office.directory.units()))
    addressing.save_group("  常用  单位 ", (RECEIVER.code,))
    assert [group.name for group in addressing.open().own_groups] == ["常用 单位"]
    addressing.save_group("常用 单位", (RECEIVER.code, "gone"))
    addressing.rename_group("常用 单位", "𠮷林片区")
    found = addressing.open()
    assert [(group.name, len(group.unit_codes)) for group in found.own_groups] == [("𠮷林片区", 2)]
    assert [unit.code for unit in found.book.resolve("𠮷林片区").units] == [RECEIVER.code]
    assert code_of(lambda: addressing.save_group(" ", (RECEIVER.code,))) == "group.name_missing"
    assert code_of(lambda: addressing.save_group("空", ())) == "group.empty"
    assert code_of(lambda: addressing.save_group("长" * 61, (RECEIVER.code,))) == "group.name_too_long"
    assert code_of(lambda: addressing.rename_group("没有", "有")) == "group.not_found"
    addressing.save_group("另一组", (RECEIVER.code,))
    assert code_of(lambda: addressing.rename_group("另一组", "𠮷林片区")) == "group.name_taken"
    addressing.delete_group("𠮷林片区")
    assert [group.name for group in addressing.open().own_groups] == ["另一组"]


def test_the_review_says_everything_before_sending(sender: UnitPc) -> None:
    ready = sender.seal(sender.compose(to=RECEIVER))
    review = sender.office.send_review.review(ready.document_id)
    assert review.may_be_sent
    assert {one.rule for one in review.rulings} >= {"body_formats", "max_document_size"}
    assert review.comparison.compared
    assert review.limit == 100 * 2**20
    assert review.timing.counts_for >= review.timing.now.date()
    assert review.to_declare > 0, "the circular speaks of secrecy, and its attachment cannot be read"


def test_a_second_person_is_asked_for_without_touching_the_session(
    new_pc: Callable[..., UnitPc], people: None
) -> None:
    pc = new_pc(SENDER)
    _as(pc, "keeper")
    _as(pc, "writer")
    login = pc.office.login
    here = login.session
    assert login.vouch("keeper", PASSWORD).account == "keeper"
    assert login.session == here
    assert code_of(lambda: login.vouch("writer", PASSWORD)) == "login.same_person"
    assert code_of(lambda: login.vouch("keeper", "wrong")) == "session.wrong_credentials"
    assert code_of(lambda: login.vouch("", "")) == "login.incomplete"
    assert pc.office.directory.readiness().units, "the first session goes on"
    assert code_of(lambda: login.vouch("newcomer", INITIAL_PASSWORD)) == "login.initial_password"
