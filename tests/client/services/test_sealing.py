"""Using seals: joint documents, name plates, seams, words, the checks, the ledger of every use, crashes."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes.units import UnitPc, authority
from gongwen_client.domain.custody import Custody
from gongwen_client.domain.drafts import Draft, StampPlace
from gongwen_client.domain.seal_ledger import LedgerStep, SignerKind
from gongwen_client.domain.seal_plan import SealPlan, SeamEdge
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_client.services.ledger_book import export_ledger
from gongwen_client.services.seal_checks import CheckStatus
from gongwen_client.token.keyfile import create_key_file
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_crypto.issue import Subject, Usage, issue
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.inspect import Beside
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.seal_artwork import draw_seal_picture
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.parse import parse_seal
from gongwen_docs.seals.write import SealOrder, make_seal
from gongwen_docs.write import DocumentInfo, OfdWriter, PageCanvas, Role, default_shelf


def write(page: PageCanvas, text: str, x: float, y: float) -> None:
    page.text(x, y, text, default_shelf().face(Role.FANG), 5.64)


def centred(page: PageCanvas, text: str, x: float, y: float) -> None:
    face = default_shelf().face(Role.FANG)
    write(page, text, x - sum(map(face.advance, text)) * 5.64 / 2, y)


def joint_body() -> bytes:
    """Signed by the receiver first and the sender second."""
    writer = OfdWriter(DocumentInfo(title="关于联合开展检查的通知"))
    page = writer.page()
    write(page, "现将有关事项通知如下，请各单位认真贯彻执行。", 28, 60)
    centred(page, RECEIVER.name, 60, 110)
    centred(page, SENDER.name, 150, 110)
    centred(page, "2026年3月5日", 150, 120)
    write(page, "（盖章）", 60, 230)
    return writer.to_bytes()


def key_id(pc: UnitPc) -> str:
    return pc.office.sealing.keys()[0].key_id


def sealed_at_word(pc: UnitPc, draft: Draft) -> StampPlace:
    return pc.office.sealing.place_at_word(draft.document_id, key_id(pc), "（盖章）", 1, Beside.OVER)


def test_two_units_seal_one_document_in_turn(sender: UnitPc, receiver: UnitPc) -> None:
    """The second unit seals the draft that the first has sealed; both seals stay valid and apart."""
    first = receiver.seal(receiver.compose(to=SENDER, body=joint_body()))
    assert first.body is not None
    draft = sender.compose(to=RECEIVER, body=first.body.path.read_bytes())
    place = sender.office.sealing.suggest(draft.document_id, key_id(sender))
    assert place.confident
    assert place.x < 150 < place.x + place.width, "over its own name, which is the last"
    over = StampPlace(0, 45, 90, 42, 42)
    with pytest.raises(RefusedError, match=r"document\.stamp_overlap"):
        sender.office.sealing.seal(draft.document_id, key_id(sender), SENDER.pin, over)
    both = sender.office.sealing.seal(draft.document_id, key_id(sender), SENDER.pin, place)
    assert both.body is not None
    trust = sender.office.settings.trust_dir
    report = sender.office.render.verify(both.body.path, trust_dir=trust, now=datetime.now(UTC))
    assert report["verdict"] == "valid", report
    assert [one["seal"]["name"] for one in report["signatures"]] == [RECEIVER.name, SENDER.name]


def test_a_seal_goes_to_a_word(sender: UnitPc) -> None:
    draft = sender.compose(to=RECEIVER, body=joint_body())
    place = sealed_at_word(sender, draft)
    assert (place.x + place.width / 2, place.y + place.height / 2) == (
        pytest.approx(71.3, abs=1),
        pytest.approx(228, abs=2),
    )
    with pytest.raises(KnownError, match=r"seal\.word_not_found") as missing:
        sender.office.sealing.place_at_word(draft.document_id, key_id(sender), "（盖章）", 2, Beside.OVER)
    assert missing.value.facts["count"] == 1


def test_stamp_and_seam_are_one_signature_and_a_single_page_has_no_seam(sender: UnitPc) -> None:
    draft = sender.compose(to=RECEIVER)
    place = sender.office.sealing.suggest(draft.document_id, key_id(sender))
    plan = SealPlan((place,), SeamEdge.LEFT)
    sealed = sender.office.sealing.seal(draft.document_id, key_id(sender), SENDER.pin, plan)
    assert sealed.body is not None
    assert len(sealed.seals) == 1
    with OfdDocument.open(sealed.body.path) as document:
        (signature,) = document.signatures
        assert len(signature.stamps) == 1 + len(document.pages)
    (use,) = [use for use in sender.office.seal_ledger.state().uses if use.document_id == draft.document_id]
    assert (use.seam, use.pages) == ("left", f"第 {place.page_index + 1} 页；骑缝")
    single = sender.compose(to=RECEIVER, body=joint_body())
    where = SealPlan((sealed_at_word(sender, single),), SeamEdge.RIGHT)
    with pytest.raises(RefusedError, match=r"seal\.seam_single_page"):
        sender.office.sealing.seal(single.document_id, key_id(sender), SENDER.pin, where)


def test_name_plates_are_chosen_by_the_name_of_the_seal(new_pc: Callable[..., UnitPc]) -> None:
    """A unit with a second name plate (挂牌) has two keys; the plate's seal goes over the plate's name."""
    pc = new_pc(SENDER)
    plate = "示范市大数据管理局"
    plug_plate(pc, plate)
    inserted = pc.office.sealing.keys()
    keys = {parse_seal(key.seal_der).name: key for key in inserted if key.seal_der}
    assert set(keys) == {SENDER.name, plate}
    writer = OfdWriter(DocumentInfo(title="关于联合开展检查的通知"))
    page = writer.page()
    write(page, "现将有关事项通知如下，请各单位认真贯彻执行。", 28, 60)
    centred(page, plate, 60, 110)
    centred(page, SENDER.name, 150, 110)
    centred(page, "2026年3月5日", 150, 120)
    draft = pc.compose(to=RECEIVER, body=writer.to_bytes())
    over_plate = pc.office.sealing.suggest(draft.document_id, keys[plate].key_id)
    assert over_plate.x < 60 < over_plate.x + over_plate.width
    for name in (plate, SENDER.name):
        place = pc.office.sealing.suggest(draft.document_id, keys[name].key_id)
        draft = pc.office.sealing.seal(draft.document_id, keys[name].key_id, SENDER.pin, place)
    assert [mark.seal_name for mark in draft.seals] == [plate, SENDER.name]


def plug_plate(pc: UnitPc, name: str) -> None:
    """A key whose certificate is the unit's and whose seal bears another name."""
    found, year = authority(), timedelta(days=365)
    signer = SoftwareSigner.generate()
    until = found.since + 3 * year
    subject = Subject(name, SENDER.name)
    certificate = issue(found.root, subject, signer.public_key, Usage.SIGNING, found.since, until)
    art = draw_seal_picture(name)
    order = SealOrder(
        es_id=f"{SENDER.code}02",
        name=name,
        picture=SealPicture("PNG", art.png(), art.width_mm, art.height_mm),
        certificates=(certificate,),
        created=found.since,
        valid_from=found.since,
        valid_to=until,
    )
    create_key_file(
        pc.office.settings.key_folders[0] / "plate.gwkey",
        signer.pair.private,
        certificate,
        make_seal(order, found.maker),
        SENDER.pin,
        label=name,
        serial="GW-PLATE-02",
    )


def test_the_list_of_checks_is_what_sealing_enforces(sender: UnitPc) -> None:
    draft = sender.compose(to=RECEIVER)
    place = sender.office.sealing.suggest(draft.document_id, key_id(sender))
    checks = sender.office.sealing.checks(draft.document_id, key_id(sender), place)
    assert {check.status for check in checks} == {CheckStatus.PASSED}
    outside = sender.office.sealing.checks(draft.document_id, key_id(sender), StampPlace(0, 190, 200, 42, 42))
    refused = [check for check in outside if check.status is CheckStatus.REFUSED]
    assert [check.error.code for check in refused if check.error] == ["document.stamp_off_page"]
    assert all(check.sentence and check.sentence.rule for check in refused)


def test_fonts_that_are_not_carried_along_refuse(sender: UnitPc) -> None:
    body = without_font(joint_body())
    draft = sender.compose(to=RECEIVER, body=body)
    place = sender.office.sealing.suggest(draft.document_id, key_id(sender))
    with pytest.raises(RefusedError, match=r"seal\.fonts_not_embedded"):
        sender.office.sealing.seal(draft.document_id, key_id(sender), SENDER.pin, place)


def without_font(data: bytes) -> bytes:
    """The same document with its fonts left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as result:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("PublicRes.xml"):
                text = content.decode()
                start, end = text.index("<ofd:FontFile>"), text.index("</ofd:FontFile>")
                content = (text[:start] + text[end + len("</ofd:FontFile>") :]).encode()
            if not name.endswith((".otf", ".ttf")):
                result.writestr(name, content)
    return target.getvalue()


class TestLedger:
    def test_who_held_key_and_pin_is_kept(self, sender: UnitPc) -> None:
        serial = sender.office.sealing.keys()[0].serial
        sender.office.keys.set_custody(serial, Custody("机要员", "办公室主任"))
        sender.seal(sender.compose(to=RECEIVER))
        use = sender.office.seal_ledger.state().uses[-1]
        assert (use.carrier_holder, use.pin_holder) == ("机要员", "办公室主任")
        assert (use.key_serial, use.result) == (serial, LedgerStep.SEALED)
        assert use.signed_by is SignerKind.SEAL_KEY
        assert len(use.page_digest) == len(use.document_digest) == 64

    def test_an_interrupted_use_is_settled_at_the_next_start(self, new_pc: Callable[..., UnitPc]) -> None:
        """As after a power cut between the key and the store: the line is open, half a file lies about."""
        pc = new_pc(SENDER)
        draft = pc.compose(to=RECEIVER)
        assert draft.body is not None
        pc.office.seal_ledger.begin({"document_id": draft.document_id, "title": "断电", "places": []})
        half = draft.body.path.with_name("half.ofd")
        half.write_bytes(b"PK\x03\x04 half")
        pc.stop()
        again = new_pc(SENDER)
        state = again.office.seal_ledger.state()
        assert state.whole
        assert [(use.title, use.result) for use in state.uses] == [("断电", LedgerStep.INTERRUPTED)]
        assert not half.exists()
        assert again.office.drafts.get(draft.document_id) == draft

    def test_every_kind_of_tampering_is_named_at_its_line(self, new_pc: Callable[..., UnitPc]) -> None:
        pc = new_pc(SENDER)
        for _ in range(2):
            pc.seal(pc.compose(to=RECEIVER))
        database = pc.places.data / "gongwen.db"
        assert pc.office.seal_ledger.state().whole
        update = "UPDATE seal_ledger SET"
        for change, code, sequence in (
            (f"{update} body = replace(body, '收发员', '他人') WHERE sequence = 1", "changed", 1),
            (f"{update} signature = x'3006020101020101' WHERE sequence = 3", "signature_wrong", 3),
            (f"{update} signer_kind = 'device' WHERE sequence = 4", "signer_foreign", 4),
            ("DELETE FROM seal_ledger WHERE sequence = 2", "gap", 3),
        ):
            with tampered(database, change):
                state = pc.office.seal_ledger.state()
                assert not state.whole
                first = state.breaks[0]
                assert (first.sequence, first.code) == (sequence, f"ledger.{code}"), change
        with tampered(database, "DELETE FROM seal_ledger WHERE sequence > 2"):
            state = pc.office.seal_ledger.state()
            assert not state.breaks, "a chain that ends early hangs together"
            assert len(state.unrecorded) == 1, "but a sealed document of which it does not tell betrays it"
        assert pc.office.seal_ledger.state().whole

    def test_entries_are_only_added(self, sender: UnitPc) -> None:
        sender.seal(sender.compose(to=RECEIVER))
        connection = sqlite3.connect(sender.places.data / "gongwen.db")
        for statement in ("DELETE FROM seal_ledger", "UPDATE seal_ledger SET body = '{}'"):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
        connection.close()

    def test_the_book_as_files(self, sender: UnitPc, tmp_path: Path) -> None:
        draft = sender.compose(to=RECEIVER)
        with pytest.raises(GongwenError):
            sender.office.sealing.seal(draft.document_id, key_id(sender), "000000", SOMEWHERE)
        state = sender.office.seal_ledger.state()
        for suffix, start in (
            (".csv", b"\xef\xbb\xbf"),
            (".xlsx", b"PK"),
            (".pdf", b"%PDF"),
            (".ofd", b"PK"),
        ):
            target = tmp_path / f"台账{suffix}"
            export_ledger(state.uses, target, sender.office.render, year=None, whole=state.whole)
            assert target.read_bytes().startswith(start)
        head, *rows = csv.reader(io.StringIO((tmp_path / "台账.csv").read_text("utf-8-sig")))
        assert len(rows) == len(state.uses)
        assert rows[-1][head.index("结果")] == "未成功：口令不正确"
        assert sender.office.render.open(tmp_path / "台账.pdf").page_sizes_mm[0] == pytest.approx(
            (297, 210), abs=0.5
        )
        with pytest.raises(KnownError, match=r"ledger\.format_unknown"):
            export_ledger((), tmp_path / "台账.doc", sender.office.render, year=None, whole=True)


SOMEWHERE = StampPlace(2, 120, 170, 42, 42)


class tampered:  # noqa: N801 - reads as a word
    """What somebody with the file in hand can do; undone at the end."""

    def __init__(self, database: Path, statement: str) -> None:
        self._database = database
        self._statement = statement

    def __enter__(self) -> None:
        connection = sqlite3.connect(self._database)
        self._rows = connection.execute("SELECT * FROM seal_ledger").fetchall()
        self._triggers = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'seal_ledger'"
        ).fetchall()
        for name, _ in self._triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(self._statement)
        connection.commit()
        connection.close()

    def __exit__(self, *_: object) -> None:
        connection = sqlite3.connect(self._database)
        connection.execute("DELETE FROM seal_ledger")
        places = ",".join("?" * len(self._rows[0]))
        connection.executemany(f"INSERT INTO seal_ledger VALUES ({places})", self._rows)  # noqa: S608
        for _, sql in self._triggers:
            connection.execute(sql)
        connection.commit()
        connection.close()
