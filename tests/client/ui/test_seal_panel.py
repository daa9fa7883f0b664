"""The tab 核验 with real workers: every verdict, from a seal to its stamp and back, exports, bundles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QToolButton

from client.ui.audit import clipped, nameless
from client.ui.driving import settle, until
from client.ui.sealed import LONG_NAME, UNIT, NoonClock, Sealed
from docs.verify.attacks import CLASSES, Lab
from docs.verify.attacks.lab import CHECKED_AT
from gongwen_client.render import RenderPool
from gongwen_client.services.local import LocalDocuments
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import report, seal_facts
from gongwen_client.ui.viewer.bundle_view import BundleView
from gongwen_client.ui.viewer.chain_tree import ChainTree
from gongwen_client.ui.viewer.disclosure import Disclosure
from gongwen_client.ui.viewer.local_view import LocalView
from gongwen_client.ui.viewer.seal_file_view import SealFileView
from gongwen_client.ui.viewer.step_line import StepLine
from gongwen_client.ui.viewer.window import Viewers


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return Sealed(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def viewers(pool: RenderPool, sealed: Sealed) -> Iterator[Viewers]:
    viewers = Viewers(LocalDocuments(pool, sealed.trust, NoonClock()))
    yield viewers
    viewers.close_all()
    settle()


def shown(viewers: Viewers, path: Path) -> LocalView:
    """The view of a file, drawn and verified, at the tab 核验."""
    view = viewers.open(path).view
    assert isinstance(view, LocalView)
    until(lambda: view.verification is not None and view.reader.pages.is_drawn)
    settle()
    view.show_check()
    settle()
    return view


def codes(view: LocalView) -> set[str]:
    assert view.verification is not None
    return {notice.said.code for notice in view.verification.notices}


def test_a_valid_seal_tells_who_when_and_what(viewers: Viewers, sealed: Sealed) -> None:
    view = shown(viewers, sealed.valid())
    assert view.reader.verdict.words[0] == "有效"
    assert UNIT in view.reader.verdict.words[1]
    (card,) = view.check.cards
    assert (card.name, card.verdict.word) == (UNIT, "有效")
    assert not card.picture.icon().isNull()
    signature = card.signature
    assert dict(seal_facts.times(signature))["时间戳"] == "没有"
    assert dict(seal_facts.times(signature))["交换回执"] == "没有"
    assert dict(seal_facts.scope(signature, 3))["页面"] == "全部 3 页"
    assert dict(seal_facts.algorithms(signature))["算法"] == "SM2 / SM3"
    for part in card.findChildren(Disclosure):
        part.open()
    settle()
    tree = card.findChildren(ChainTree)[0].tree
    root = tree.topLevelItem(0)
    assert root is not None
    assert (root.text(1), root.child(0).text(1)) == ("信任的根", "可用")
    steps = card.findChildren(StepLine)
    assert [step["step"] for step in signature["steps"]][:2] == ["format", "signature"]
    assert len(steps) == len(signature["steps"])
    for step in steps:
        step.show_evidence(True)
    settle()
    window = view.window()
    assert [*nameless(window), *clipped(window)] == []


def test_the_seal_leads_to_all_its_stamps(viewers: Viewers, sealed: Sealed) -> None:
    view = shown(viewers, sealed.valid())
    pages = view.reader.pages
    view.check.cards[0].picture.click()
    assert [mark.page for mark in pages.marks.shown] == [1, 0, 1, 2]
    assert pages.current_page == 1
    assert [place.slice for place in seal_facts.places(view.check.cards[0].signature)].count(True) == 3
    view.check.cards[0].stamps_wanted.emit(3)
    assert 2 in pages.visible_pages()
    pages.marks.point_at((), Tone.INFO)


def test_the_mark_reaches_beyond_the_paper(viewers: Viewers, sealed: Sealed) -> None:
    """A document can draw frames of any colour, but nothing on the desk beside the sheet."""
    view = shown(viewers, sealed.valid())
    pages = view.reader.pages
    view.check.cards[0].picture.click()
    until(lambda: pages.is_drawn)
    marked = pages.viewport().grab().toImage()
    pages.marks.point_at(())
    pages.viewport().update()
    plain = pages.viewport().grab().toImage()
    sheet = pages.box_of(1)
    beside = [
        (x, y)
        for x in range(int(sheet.right()) + 8, int(sheet.right()) + 14)
        for y in range(0, marked.height(), 4)
        if marked.pixel(x, y) != plain.pixel(x, y)
    ]
    assert beside


def test_a_stamp_on_the_paper_leads_to_its_card_after_a_new_check(viewers: Viewers, sealed: Sealed) -> None:
    view = shown(viewers, sealed.valid())
    pages, before = view.reader.pages, view.verification
    pages.go_to(1, 180)
    settle()
    middle = pages.transform_of(1).map(QPointF(141, 201)).toPoint()
    menu = pages.menu(middle)
    act = menu.actions()[0]
    assert act.text().startswith("核验这枚印章")
    view.panel.show_tab(1)
    act.trigger()
    until(lambda: view.verification is not before and view.check.again.isEnabled())
    settle()
    assert view.check.cards[0].more.is_open
    assert "核验这枚" not in pages.menu(QPoint(2, 2)).actions()[0].text()


def test_a_changed_page_is_named_in_the_bar_and_reached(viewers: Viewers, sealed: Sealed) -> None:
    view = shown(viewers, sealed.invalid())
    word, words = view.reader.verdict.words
    assert (word, words) == ("无效", "第 1 页在盖章后被改动。")
    assert view.verification is not None
    assert "退文" in report.advice(view.verification)
    assert view.check.cards[0].verdict.word == "无效"


def test_hidden_text_is_listed_and_pointed_at(viewers: Viewers, sealed: Sealed) -> None:
    view = shown(viewers, sealed.warning())
    assert view.reader.verdict.words[0] == "有效（有提示）"
    assert view.verification is not None
    notice = next(one for one in view.verification.notices if one.said.code == "seal.page.hidden_text")
    assert notice.page == 0
    assert notice.box == (20.0, 60.0, 170.0, 10.0)
    view.check._go(notice.page, notice.box)
    (mark,) = view.reader.pages.marks.shown
    assert mark.box is not None
    assert (mark.page, mark.box.top()) == (0, 60.0)
    assert view.reader.pages.marks.tone is Tone.WARNING


def test_without_a_revocation_list_nothing_is_confirmed(pool: RenderPool, sealed: Sealed) -> None:
    viewers = Viewers(LocalDocuments(pool, sealed.no_lists, NoonClock()))
    view = shown(viewers, sealed.valid())
    assert view.reader.verdict.words[0] == "无法确认"
    assert view.verification is not None
    assert view.verification.sentences[0].do
    link = view.check.cards[0].signature["chain"][0]
    assert seal_facts.link_state(link).word == "吊销情况不明"
    viewers.close_all()


def test_an_unsigned_document_says_so_first(viewers: Viewers, sealed: Sealed) -> None:
    view = shown(viewers, sealed.unsigned())
    assert view.reader.verdict.words[0] == "未签章"
    assert view.verification is not None
    assert view.verification.sentences[0].code == "seal.unsigned"
    assert view.check.cards == []


def test_many_seals_and_long_names(viewers: Viewers, sealed: Sealed) -> None:
    view = shown(viewers, sealed.joint(20, LONG_NAME))
    assert len(view.check.cards) == 20
    assert not any(card.more.is_open for card in view.check.cards)
    view.check.show_seal(19)
    settle()
    assert view.check.cards[19].more.is_open
    window = view.window()
    assert [*nameless(window), *clipped(window)] == []


@pytest.mark.parametrize(
    "name", ["hidden-text", "text-changed", "duplicate-entry", "signer-revoked", "unknown-issuer"]
)
def test_attacks_are_never_shown_as_valid(pool: RenderPool, tmp_path: Path, name: str, lab: Lab) -> None:
    kind = CLASSES[name]
    forgery = next(kind.build(lab))
    trust = tmp_path / "trust"
    lab.worlds[forgery.trust].write(trust)
    path = tmp_path / "forged.ofd"
    path.write_bytes(forgery.data)

    class Clock:
        def now(self) -> object:
            return forgery.now or CHECKED_AT

    documents = LocalDocuments(pool, trust, Clock())  # type: ignore[arg-type]
    viewers = Viewers(documents)
    view = viewers.open(path).view
    assert isinstance(view, LocalView)
    until(lambda: view.verification is not None)
    settle()
    assert view.reader.verdict.verdict == str(forgery.verdict or kind.verdict)
    assert (forgery.code or kind.code) in codes(view)
    viewers.close_all()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(tmp_path_factory.mktemp("lab"))


def test_reports_in_three_forms(viewers: Viewers, sealed: Sealed, tmp_path: Path) -> None:
    view = shown(viewers, sealed.invalid())
    for end in ("json", "pdf", "ofd"):
        target = tmp_path / f"报告.{end}"
        view.write_report(target)
        until(target.is_file)
        settle()
        assert "已存到" in view.reader.pages.hint.text
    told = json.loads((tmp_path / "报告.json").read_text())
    assert told["verdict"] == "invalid"
    assert told["signatures"][0]["chain"][0]["status"] == "ok"
    assert (tmp_path / "报告.pdf").read_bytes().startswith(b"%PDF")


def test_a_bundle_is_written_opened_and_listed(viewers: Viewers, sealed: Sealed, tmp_path: Path) -> None:
    target = tmp_path / "验真包.zip"
    view = shown(viewers, sealed.valid())
    view.write_bundle(target)
    until(target.is_file)
    settle()
    opened = shown(viewers, target)
    assert isinstance(opened, BundleView)
    assert opened.reader.verdict.words[0] == "有效"
    assert opened.verification is not None
    bundle = opened.verification.bundle
    assert bundle is not None
    roles = {part["role"] for part in bundle["parts"]}  # type: ignore[attr-defined]
    assert roles == {"document", "root_certificate", "seal_maker_certificate", "revocation_list"}
    folder = opened._folder
    assert folder.is_dir()
    opened.window().close()
    until(lambda: not folder.exists())


def test_what_is_no_bundle_is_refused(viewers: Viewers, tmp_path: Path) -> None:
    path = tmp_path / "假.zip"
    path.write_bytes(b"PK\x03\x04 nothing")
    view = viewers.open(path).view
    assert isinstance(view, BundleView)
    until(lambda: view.verification is not None)
    settle()
    assert view.reader.verdict.words[0] == "无效"


def test_a_seal_file_shows_its_card(viewers: Viewers, sealed: Sealed, tmp_path: Path) -> None:
    view = viewers.open(sealed.seal_file()).view
    assert isinstance(view, SealFileView)
    until(lambda: view.facts is not None)
    settle()
    assert view.verdict.words[0] == "有效"
    assert view.title.text() == UNIT
    broken = tmp_path / "坏.esl"
    broken.write_bytes(b"0" * 100)
    bad = viewers.open(broken).view
    assert isinstance(bad, SealFileView)
    until(lambda: bad.facts is not None)
    settle()
    assert bad.verdict.words[0] == "无效"


def test_a_file_dropped_on_the_window_is_opened(viewers: Viewers, sealed: Sealed) -> None:
    view = shown(viewers, sealed.unsigned())
    window = viewers.windows[0]
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(sealed.seal_file()))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    assert isinstance(window.view, SealFileView)
    assert window.view is not view
    until(lambda: isinstance(window.view, SealFileView) and window.view.facts is not None)


def test_a_code_can_be_copied(viewers: Viewers, sealed: Sealed) -> None:
    view = shown(viewers, sealed.valid())
    card = view.check.cards[0]
    act = next(one for one in card.findChildren(QToolButton) if one.accessibleName() == "复制印章编码")
    act.click()
    assert QGuiApplication.clipboard().text() == "1506000010001"
