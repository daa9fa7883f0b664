"""Bad input: one clear refusal each, nothing lost, nothing half-done left."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.exchange import RunningExchange
from fakes.units import UnitPc, circular
from gongwen_client.domain.drafts import Draft, StampPlace
from gongwen_client.domain.seal_ledger import LedgerStep
from gongwen_client.exchange.files import digest_file
from gongwen_client.practice import forger
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_client.store import Store
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_docs.ofd.container import Package, pack
from gongwen_protocol.messages import Elements, Finding, Recipient, RecipientRole
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DocumentState

SOMEWHERE = StampPlace(0, 100, 200, 42, 42)


def files_of(pc: UnitPc, draft: Draft) -> set[Path]:
    return set((pc.places.data / "drafts" / draft.document_id).glob("*"))


def uses(pc: UnitPc, draft: Draft) -> list[str]:
    """What the ledger says about a draft."""
    state = pc.office.seal_ledger.state()
    assert state.whole
    return [use.code or use.result for use in state.uses if use.document_id == draft.document_id]


def with_text(text: str) -> bytes:
    """A one-page document that shows ``text`` at the head of its page."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    shown = (
        '<ofd:TextObject ID="5" Boundary="20 20 170 20" Font="3" Size="5.6">'
        f'<ofd:TextCode X="0" Y="8" DeltaX="g {max(1, len(text) - 1)} 5.6">{text}</ofd:TextCode>'
        "</ofd:TextObject>"
    )
    parts = {
        "OFD.xml": f'<ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>'
        "0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml"
        "</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID>"
        "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        "<ofd:PublicRes>Res.xml</ofd:PublicRes></ofd:CommonData>"
        '<ofd:Pages><ofd:Page ID="1" BaseLoc="Page.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/Res.xml": f'<ofd:Res {space} BaseLoc="."><ofd:Fonts><ofd:Font ID="3" FontName="仿宋"/>'
        "</ofd:Fonts></ofd:Res>",
        "Doc_0/Page.xml": f'<ofd:Page {space}><ofd:Content><ofd:Layer ID="4">{shown if text else ""}'
        "</ofd:Layer></ofd:Content></ofd:Page>",
    }
    return pack({name: part.encode() for name, part in parts.items()})


def with_a_flipped_bit(document: bytes) -> bytes:
    middle = len(document) // 2
    return document[:middle] + bytes([document[middle] ^ 1]) + document[middle + 1 :]


def without(part: str) -> bytes:
    """The circular with one of its files gone."""
    with Package.open(circular()) as package:
        return pack({name: package.read(name) for name in package.names if name != part})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "send.body_format"),
        (b"just some words", "send.body_format"),
        (b"%PDF-1.7 is not the format of this region", "send.body_format"),
        (circular()[: len(circular()) // 2], "ofd.container.damaged"),
        (with_a_flipped_bit(circular()), "ofd.container.damaged"),
        (without("Doc_0/Pages/Page_1/Content.xml"), "ofd.container.missing_part"),
        (without("Doc_0/PublicRes.xml"), "ofd.container.missing_part"),
        (without("OFD.xml"), "ofd.document.no_root"),
        (with_text("机密"), "document.classified_mark"),
        (with_text("绝密★"), "document.classified_mark"),
        (with_text("秘密★1年"), "document.classified_mark"),
        (with_text("内部资料"), "document.internal_mark"),
    ],
)
def test_an_unsuitable_body_is_refused_and_the_draft_stays(sender: UnitPc, content: bytes, code: str) -> None:
    drafts = sender.office.drafts
    before = drafts.set_body(drafts.create().document_id, sender.write("好.ofd", circular()))
    files = files_of(sender, before)
    with pytest.raises(GongwenError) as refused:
        drafts.set_body(before.document_id, sender.write("坏.ofd", content))
    assert refused.value.code == code
    assert sentence(refused.value).do
    assert drafts.get(before.document_id) == before
    assert files_of(sender, before) == files


def test_more_than_100_mb_is_refused_before_it_is_copied(sender: UnitPc) -> None:
    draft = sender.office.drafts.create()
    large = sender.write("大.ofd", b"PK\x03\x04")
    with large.open("r+b") as file:
        file.truncate(100 * 2**20 + 1)
    with pytest.raises(RefusedError, match=r"send\.too_large") as refused:
        sender.office.drafts.set_body(draft.document_id, large)
    assert "第七条" in str(refused.value.facts["article"])
    assert not files_of(sender, draft)


def test_a_folder_is_no_file(sender: UnitPc) -> None:
    draft = sender.office.drafts.create()
    for take in (sender.office.drafts.set_body, sender.office.drafts.add_attachment):
        with pytest.raises(KnownError, match=r"file\.not_a_file"):
            take(draft.document_id, sender.places.data)
    assert not files_of(sender, draft)


def test_a_file_that_is_gone_is_named(sender: UnitPc) -> None:
    draft = sender.office.drafts.create()
    with pytest.raises(KnownError, match=r"file\.not_found"):
        sender.office.drafts.add_attachment(draft.document_id, Path("no/such/附件.xlsx"))


@contextmanager
def files_not_longer_than(size: int) -> Iterator[None]:
    """As on a full disk: writing beyond ``size`` bytes fails in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_no_half_copied_file(sender: UnitPc) -> None:
    draft = sender.office.drafts.create()
    source = sender.write("附件.bin", b"x" * 6 * 2**20)
    with files_not_longer_than(5 * 2**20), pytest.raises(KnownError, match=r"host\.disk_full"):
        sender.office.drafts.add_attachment(draft.document_id, source)
    assert not files_of(sender, draft)
    assert sender.office.drafts.add_attachment(draft.document_id, source).attachments


def test_a_blank_page_is_not_sealed(sender: UnitPc) -> None:
    drafts = sender.office.drafts
    draft = drafts.set_body(drafts.create().document_id, sender.write("空白.ofd", with_text("")))
    drafts.set_elements(draft.document_id, Elements(title="空白文件"))
    findings = {finding.code for finding in drafts.check(draft.document_id)}
    assert "document.blank_page" in findings
    draft = drafts.submit_for_seal(draft.document_id)
    key = sender.office.sealing.keys()[0]
    with pytest.raises(RefusedError, match=r"document\.blank_page"):
        sender.office.sealing.seal(draft.document_id, key.key_id, SENDER.pin, SOMEWHERE)
    assert drafts.get(draft.document_id) == draft
    assert uses(sender, draft) == ["document.blank_page"], "refused uses are kept, too"


def test_a_stamp_is_put_on_the_page_as_a_whole(sender: UnitPc) -> None:
    draft = sender.compose(to=RECEIVER)
    key = sender.office.sealing.keys()[0]
    for place, code in (
        (StampPlace(0, 190, 200, 42, 42), r"document\.stamp_off_page"),
        (StampPlace(9, 100, 200, 42, 42), r"seal\.no_such_page"),
    ):
        with pytest.raises(GongwenError, match=code):
            sender.office.sealing.seal(draft.document_id, key.key_id, SENDER.pin, place)
    assert sender.office.drafts.get(draft.document_id) == draft


def test_a_wrong_pin_seals_nothing_and_is_in_the_ledger(sender: UnitPc) -> None:
    draft = sender.compose(to=RECEIVER)
    files = files_of(sender, draft)
    key = sender.office.sealing.keys()[0]
    with pytest.raises(KnownError, match=r"token\.pin_wrong") as wrong:
        sender.office.sealing.seal(draft.document_id, key.key_id, "000000", SOMEWHERE)
    assert isinstance(wrong.value.facts["tries_left"], int)
    assert sender.office.drafts.get(draft.document_id) == draft
    assert files_of(sender, draft) == files
    assert uses(sender, draft) == ["token.pin_wrong"]


def test_without_a_key_nothing_is_sealed(new_pc: Callable[..., UnitPc]) -> None:
    sender = new_pc(SENDER)
    draft = sender.compose(to=RECEIVER)
    key = sender.office.sealing.keys()[0]
    for file in sender.office.settings.key_folders[0].iterdir():
        file.unlink()
    assert sender.office.sealing.keys() == []
    with pytest.raises(KnownError, match=r"token\.not_found"):
        sender.office.sealing.seal(draft.document_id, key.key_id, SENDER.pin, SOMEWHERE)


def test_the_key_of_another_unit_is_refused_before_its_pin_is_tried(
    new_pc: Callable[..., UnitPc],
) -> None:
    pc = new_pc(SENDER, key_of=RECEIVER)
    draft = pc.compose(to=RECEIVER)
    key = pc.office.sealing.keys()[0]
    with pytest.raises(RefusedError, match=r"token\.foreign_key") as refused:
        pc.office.sealing.seal(draft.document_id, key.key_id, RECEIVER.pin, SOMEWHERE)
    assert refused.value.facts == {"owner": RECEIVER.name, "unit": SENDER.name}
    (use,) = pc.office.seal_ledger.state().uses
    assert (use.result, use.code) == (LedgerStep.REFUSED, "token.foreign_key")
    assert pc.office.sealing.keys()[0].pin == key.pin, "no try was spent"


def test_an_unsealed_draft_is_not_sent_and_a_sealed_one_only_once_addressed(sender: UnitPc) -> None:
    draft = sender.compose(to=RECEIVER)
    with pytest.raises(RefusedError, match=r"draft\.not_ready"):
        sender.office.sending.send(draft.document_id)
    sealed = sender.seal(draft)
    sender.office.drafts.set_recipients(sealed.document_id, ())
    with pytest.raises(KnownError, match=r"draft\.no_recipients"):
        sender.office.sending.send(sealed.document_id)


def test_a_new_body_takes_the_seals_away(sender: UnitPc) -> None:
    sealed = sender.seal(sender.compose(to=RECEIVER))
    changed = sender.office.drafts.set_body(sealed.document_id, sender.write("新.ofd", circular()))
    assert changed.state is DocumentState.DRAFT
    assert changed.seals == ()


def test_what_is_being_sent_is_not_edited(sender: UnitPc, exchange: RunningExchange) -> None:
    sealed = sender.seal(sender.compose(to=RECEIVER))
    exchange.stop()
    sender.office.sending.send(sealed.document_id)
    for change in (
        lambda: sender.office.drafts.set_elements(sealed.document_id, Elements(title="别的")),
        lambda: sender.office.drafts.set_body(sealed.document_id, sender.write("新.ofd", circular())),
        lambda: sender.office.drafts.discard(sealed.document_id),
    ):
        with pytest.raises(RefusedError, match=r"draft\.not_editable"):
            change()
    exchange.start()
    sender.wait_until(lambda: sender.office.duty.waiting() == 0)


def test_a_discarded_draft_leaves_no_files(sender: UnitPc) -> None:
    draft = sender.compose(to=RECEIVER)
    sender.office.drafts.discard(draft.document_id)
    assert draft not in sender.office.drafts.list()
    assert not files_of(sender, draft)


def test_one_unit_is_addressed_once(sender: UnitPc) -> None:
    draft = sender.office.drafts.create()
    twice = (
        Recipient(unit_code=RECEIVER.code, role=RecipientRole.MAIN, copies=1),
        Recipient(unit_code=RECEIVER.code, role=RecipientRole.CC, copies=1),
    )
    with pytest.raises(KnownError, match=r"draft\.recipient_twice"):
        sender.office.drafts.set_recipients(draft.document_id, twice)


# -- what a dishonest sender sends -------------------------------------------------------------------------


def send_instead(sender: UnitPc, change: Callable[[Path, Path], object]) -> str:
    """Seal properly, then send what ``change`` makes of the file."""
    ready = sender.seal(sender.compose(to=RECEIVER))
    assert ready.body is not None
    path = ready.body.path.with_name("changed.ofd")
    change(ready.body.path, path)
    body = replace(ready.body, path=path, size=path.stat().st_size, digest=digest_file(path))
    store = Store(sender.places.data / "gongwen.db", sender.places.data / "drafts")
    store.drafts.save(replace(ready, body=body))
    store.close()
    return sender.send(ready)


def strip_signatures(source: Path, target: Path) -> None:
    with Package.open(source) as package:
        parts = {name: package.read(name) for name in package.names if "Signs/" not in name}
    entry = parts["OFD.xml"].decode()
    start = entry.index("<ofd:Signatures>")
    end = entry.index("</ofd:Signatures>") + len("</ofd:Signatures>")
    parts["OFD.xml"] = (entry[:start] + entry[end:]).encode()
    target.write_bytes(pack(parts))


@pytest.mark.parametrize(
    ("change", "code"),
    [(forger.alter, "seal.content"), (strip_signatures, "seal.document.signature_removed")],
    ids=["altered", "stripped"],
)
def test_a_dishonest_copy_is_invalid_and_cannot_be_accepted(
    sender: UnitPc, receiver: UnitPc, change: Callable[[Path, Path], object], code: str
) -> None:
    row = receiver.wait_for(send_instead(sender, change))
    verification = receiver.office.incoming.verify(row.delivery_id)
    assert verification.report["verdict"] == "invalid"
    assert any(str(found).startswith(code) for found in verification.report["codes"])  # type: ignore[attr-defined]
    assert verification.checks.seal is Finding.FAILED
    assert verification.sentences
    with pytest.raises(RefusedError, match=r"accept\.check_failed"):
        receiver.office.incoming.accept(row.delivery_id, verification.checks)


def test_a_file_altered_on_this_disk_is_fetched_again(sender: UnitPc, receiver: UnitPc) -> None:
    row = receiver.wait_for(sender.send(sender.seal(sender.compose(to=RECEIVER))))
    body = receiver.office.incoming.files(row.delivery_id).body
    body.path.write_bytes(b"overwritten")
    assert receiver.office.incoming.verify(row.delivery_id).report["verdict"] == "valid"
    assert digest_file(body.path) == body.digest
