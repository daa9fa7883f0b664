"""The guard: every place is read, every hit explained, nothing doubtful goes unexplained where the region
wants a second person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.exchange import PASSWORD, RunningExchange
from fakes.units import UnitPc, circular
from gongwen_client.domain.draft_record import Source
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_client.services.secrecy_guard import hit_sentence, is_unread
from gongwen_crypto.errors import GongwenError
from gongwen_docs.typeset import Block, BlockKind, read_circular, typeset
from gongwen_protocol.messages import Recipient, RecipientRole
from gongwen_protocol.resources import resource_path

TO_RECEIVER = (Recipient(unit_code=RECEIVER.code, role=RecipientRole.MAIN, copies=2),)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    """An exchange of a region that wants a reason and a second person."""
    running = RunningExchange(tmp_path_factory.mktemp("strict") / "home", profile_id="example-2026")
    running.populate({SENDER.code: SENDER.name, RECEIVER.code: RECEIVER.name})
    running.add_account(SENDER.code, "second", post="印章管理员")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def pc(strict: RunningExchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnitPc]:
    started = UnitPc(tmp_path_factory.mktemp("pc"), SENDER, strict.url)
    started.log_in()
    caller = strict.log_in(SENDER.code, "second")  # the initial password is changed
    caller.close()
    yield started
    started.stop()


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(GongwenError) as caught:
        call()
    return caught.value.code


def silent() -> bytes:
    """A circular without a word of secrecy."""
    from dataclasses import replace

    first = read_circular(resource_path("documents", "qiyong-tongzhi.toml"))
    text = "为做好有关工作，经研究同意，现将有关事项通知如下，请认真贯彻执行。" * 3
    return typeset(replace(first, content=(Block(BlockKind.PARAGRAPH, text),)))[0]


def composed(pc: UnitPc, body: bytes, *attachments: Path) -> str:
    drafts = pc.office.drafts
    document = drafts.create().document_id
    drafts.set_body(document, pc.write("正文.ofd", body))
    drafts.set_recipients(document, TO_RECEIVER)
    for path in attachments:
        drafts.add_attachment(document, path)
    return document


def test_every_place_is_read_and_every_hit_explained(pc: UnitPc) -> None:
    notes = pc.write("关于涉密人员的说明.txt", "人员名单\n其中涉密岗位三个\n".encode())
    table = pc.write("测算.xls", b"\xd0\xcf\x11\xe0" * 50)
    document = composed(pc, circular(), notes, table)
    drafts = pc.office.drafts
    elements = drafts.get(document).elements.model_copy(update={"remark": "内含工作秘密"})
    drafts.set_elements(document, elements)
    hits = pc.office.secrecy.scan(document).record.hits
    assert {hit.source for hit in hits} == {Source.BODY, Source.NAME, Source.ATTACHMENT, Source.ELEMENTS}
    assert [hit.name for hit in hits if is_unread(hit)] == ["测算.xls"]
    body = [hit for hit in hits if hit.source is Source.BODY]
    assert all(hit.box is not None and hit.page == 1 for hit in body)
    for hit in hits:
        said = hit_sentence(hit)
        assert "＿" not in f"{said.what}{said.do}"
        assert said.rule


def test_a_document_about_secrecy_needs_a_reason_and_a_second_person(pc: UnitPc) -> None:
    secrecy, drafts = pc.office.secrecy, pc.office.drafts
    document = composed(pc, circular())
    assert code_of(lambda: drafts.submit_for_seal(document)) == "secrecy.reason_needed"
    assert code_of(lambda: secrecy.declare(document, "  ")) == "reason.missing"
    assert code_of(lambda: secrecy.confirm(document, "second", PASSWORD)) == "secrecy.reason_needed"
    secrecy.declare(document, "本文部署保密要求，只提及字样。")
    pc.seal(drafts.submit_for_seal(document))
    blocking = [one.code for one in drafts.check(document) if one.blocking]
    assert blocking == ["secrecy.second_person_needed"]
    assert code_of(lambda: pc.office.sending.send(document)) == "secrecy.second_person_needed"
    assert code_of(lambda: secrecy.confirm(document, "clerk", PASSWORD)) == "login.same_person"
    assert code_of(lambda: secrecy.confirm_here(document)) == "login.same_person"
    assert code_of(lambda: secrecy.confirm(document, "second", "wrong")) == "session.wrong_credentials"
    secrecy.confirm(document, "second", PASSWORD)
    secrecy.require_settled(document)
    kept = drafts.get(document).record
    assert kept.declaration is not None
    assert kept.declaration.confirmed is not None
    assert (kept.declaration.by.account, kept.declaration.confirmed.account) == ("clerk", "second")


def test_a_declaration_holds_for_what_was_looked_at(pc: UnitPc) -> None:
    secrecy = pc.office.secrecy
    document = composed(pc, circular())
    said = secrecy.declare(document, "只提及字样。").record.declaration
    assert said is not None
    assert secrecy.scan(document).record.declaration == said
    pc.office.drafts.add_attachment(document, pc.write("又一份.txt", "内容涉密".encode()))
    assert secrecy.scan(document).record.declaration is None


def test_nothing_is_asked_where_nothing_is_found(pc: UnitPc) -> None:
    document = composed(pc, silent())
    assert pc.office.secrecy.scan(document).record.hits == ()
    assert code_of(lambda: pc.office.secrecy.declare(document, "没有")) == "secrecy.nothing_found"
    pc.office.drafts.submit_for_seal(document)


def test_a_mark_in_an_attachment_cannot_be_declared_harmless(pc: UnitPc) -> None:
    secrecy = pc.office.secrecy
    document = composed(pc, silent(), pc.write("名单.txt", "名单\n秘密★1年\n".encode()))
    found = {one.code: one for one in pc.office.drafts.check(document)}
    assert found["secrecy.mark_in_attachment"].blocking
    assert code_of(lambda: secrecy.declare(document, "误标")) == "secrecy.mark_in_attachment"
    assert code_of(lambda: secrecy.require_settled(document)) == "secrecy.mark_in_attachment"


def test_without_the_network_a_second_person_can_still_confirm_at_their_own_log_in(
    strict: RunningExchange, pc: UnitPc
) -> None:
    secrecy, login = pc.office.secrecy, pc.office.login
    document = composed(pc, circular())
    secrecy.declare(document, "只提及字样。")
    strict.stop()
    try:
        assert code_of(lambda: secrecy.confirm(document, "second", PASSWORD)).startswith("network.")
    finally:
        strict.start()
    login.log_out()
    login.log_in(SENDER.code, "second", PASSWORD)
    try:
        secrecy.confirm_here(document)
        secrecy.require_settled(document)
    finally:
        login.log_out()
        login.log_in(SENDER.code, "clerk", PASSWORD)
