"""Lists of documents on a real store: any length, narrowing, several rows, place and choice kept, files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSettings, Qt
from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from fakes.views import OTHERS, SENT, US, document_view, with_state
from gongwen_client.domain.drafts import draft_for
from gongwen_client.domain.lists import Follow, Found, ListName
from gongwen_client.domain.rows import IncomingState
from gongwen_client.host.places import Places
from gongwen_client.services.office import Office, OfficeSettings
from gongwen_client.store import Store
from gongwen_client.ui.lists.acts import DiscardManyDialog, ListActs
from gongwen_client.ui.lists.catalog import list_page
from gongwen_client.ui.lists.conditions import OWN_PERIOD, Conditions, span
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.lists.long_table import LongTable
from gongwen_client.ui.lists.model import LongModel
from gongwen_client.ui.tasks import background
from gongwen_client.ui.widgets.chip import DOT_ROLE
from gongwen_crypto.errors import KnownError
from gongwen_protocol.profile import load_profile
from gongwen_protocol.states import DeliveryState

MANY = 400
_FLAGS = QItemSelectionModel.SelectionFlag


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office that was at work before and has no network now."""
    places = Places.below(tmp_path / "pc")
    settings = OfficeSettings("http://127.0.0.1:9", (), (), tmp_path, tmp_path)
    opened = Office(places, settings)
    yield opened
    background.stop()  # a list that is still being read must not lose its database
    opened.stop()


def _store(office: Office) -> Store:
    return office._store


@pytest.fixture
def filled(office: Office) -> Office:
    """Many received documents, three that wait."""
    store = _store(office)
    store.rules.add(load_profile("ordos-2018"), in_force=True)
    with store.transaction():
        for number in range(MANY):
            view = document_view(number, title=f"第{number}份公文的通知", state=DeliveryState.RECEIVED)
            store.documents.apply(view, US)
        for number in range(MANY, MANY + 3):
            store.documents.apply(document_view(number, title=f"待收{number}"), US)
    return office


def _page(office: Office, name: str, qtbot: QtBot) -> DocumentList:
    page = list_page(office, ListName(name))
    qtbot.addWidget(page)
    page.resize(1158, 640)
    page.show()
    page.reload()
    settle()
    return page


def _titles(page: DocumentList) -> list[str]:
    return [row.elements.title for row in page.model.rows]  # type: ignore[union-attr]


def test_only_the_rows_in_sight_are_read(filled: Office, qtbot: QtBot) -> None:
    page = _page(filled, "received", qtbot)
    assert page.model.rowCount() == MANY
    assert 0 < len(page.model.rows) < 100
    page.table.scrollToBottom()
    until(lambda: page.model.row(MANY - 1) is not None)
    page.table.verticalScrollBar().setValue(200)
    until(lambda: page.model.row(205) is not None)
    assert len(page.model.rows) < MANY


def test_a_refresh_keeps_place_and_choice(filled: Office, qtbot: QtBot) -> None:
    page = _page(filled, "received", qtbot)
    table = page.table
    table.verticalScrollBar().setValue(150)
    settle()
    table.selectRow(155)
    table.selectionModel().select(page.model.index(160, 0), _FLAGS.Select | _FLAGS.Rows)
    chosen, top = table.chosen_ids(), table.sight().top
    page.reload()
    settle()
    assert table.chosen_ids() == chosen
    assert table.sight().top == top
    store = _store(filled)
    for number in range(MANY + 10, MANY + 14):
        store.documents.apply(document_view(number, state=DeliveryState.RECEIVED), US)
    page.reload()
    settle()
    assert page.model.rowCount() == MANY + 4
    assert table.chosen_ids() == chosen, "new rows above push nothing out of the choice"
    assert table.sight().top == top


class CountingModel(LongModel):
    """Counts how often somebody asks how long the list is."""

    asked = 0

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        self.asked += 1
        return super().rowCount(parent)


def test_all_rows_are_chosen_without_looking_at_each(office: Office, qtbot: QtBot) -> None:
    model = CountingModel(list_page(office, ListName.RECEIVED).model.columns)
    table = LongTable(model, "long", "很长的列表")
    qtbot.addWidget(table)
    model.show_found(Found(tuple(f"d{number}" for number in range(MANY * 10))), {})
    table.show()
    settle()
    model.asked = 0
    table.selectAll()
    table.grab()
    assert table.chosen_count() == MANY * 10
    assert model.asked < MANY * 10, "painting the heads asks nothing of the rows out of sight"


def test_at_the_top_what_is_new_comes_into_sight(filled: Office, qtbot: QtBot) -> None:
    page = _page(filled, "received", qtbot)
    newest = page.model.identity(0)
    _store(filled).documents.apply(document_view(MANY + 10, state=DeliveryState.RECEIVED), US)
    page.reload()
    settle()
    assert page.table.sight().number == 0
    assert page.model.identity(1) == newest
    assert page.table.chosen_id() == newest


def test_when_the_chosen_row_is_gone_its_neighbour_is_chosen(filled: Office, qtbot: QtBot) -> None:
    page = _page(filled, "pending", qtbot)
    page.table.selectRow(1)
    gone = page.table.chosen_id()
    number = int(gone[1:])
    view = document_view(number, title=f"待收{number}")
    _store(filled).documents.apply(with_state(view, DeliveryState.RECEIVED), US)
    page.reload()
    settle()
    assert page.model.rowCount() == 2
    assert page.table.currentIndex().row() == 1


def test_heads_order_all_rows_not_only_those_here(filled: Office, qtbot: QtBot) -> None:
    page = _page(filled, "received", qtbot)
    number = [one.title for one in page.plan.columns].index("接收时间")
    page.table.sortByColumn(number, Qt.SortOrder.AscendingOrder)
    settle()
    assert page.model.identity(0) == "d0"
    page.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    settle()
    assert page.model.identity(0) == f"d{MANY - 1}"


def test_words_conditions_and_chips(filled: Office, qtbot: QtBot) -> None:
    page = _page(filled, "received", qtbot)
    page.search.setText("第77份")
    settle()
    assert _titles(page) == ["第77份公文的通知"]
    page.search.setText("没有这样的")
    settle()
    assert not page.table.isVisible()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    settle()
    assert page.model.rowCount() == MANY
    page.conditions.show_conditions(Conditions(urgency="特急", unit="康巴什区人民政府办公室"))
    settle()
    assert page.model.rowCount() == 0
    assert set(page.chips.chips) == {"urgency", "unit"}
    page.chips.chips["urgency"].click()
    settle()
    assert page.model.rowCount() == MANY
    assert set(page.chips.chips) == {"unit"}
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    settle()
    assert not page.chips.isVisible()


def test_a_period_of_ones_own() -> None:
    own = Conditions(period=OWN_PERIOD, first=date(2026, 1, 5), last=date(2026, 1, 9))
    assert span(own, date(2026, 11, 22)) == (date(2026, 1, 5), date(2026, 1, 9))
    assert span(Conditions(period="去年"), date(2026, 3, 1)) == (date(2025, 1, 1), date(2025, 12, 31))
    assert span(Conditions(period="近 7 天"), date(2026, 3, 1)) == (date(2026, 2, 23), date(2026, 3, 1))
    assert span(Conditions(), date(2026, 3, 1)) == (None, None)


def test_a_tile_shows_one_state_only(filled: Office, qtbot: QtBot) -> None:
    page = _page(filled, "pending", qtbot)
    _store(filled).documents.note_fetch(document_view(MANY).document_id, 2)
    page.search.setText("别的")
    page.show_only(IncomingState.TO_VERIFY.value)
    until(lambda: _titles(page) == [f"待收{MANY}"])
    assert page.search.text() == ""
    page.show_only("")
    until(lambda: page.model.rowCount() == 3)


def test_waiting_rows_have_a_deadline_and_are_bold_until_read(filled: Office, qtbot: QtBot) -> None:
    page = _page(filled, "pending", qtbot)
    row = page.model.rows[0]
    assert row.due_at is not None  # type: ignore[union-attr]
    assert page.model.index(0, 0).data(DOT_ROLE) is True
    assert page.model.index(0, 0).data(Qt.ItemDataRole.FontRole) is not None
    assert page.model.index(0, 1).data(Qt.ItemDataRole.FontRole) is None
    number = [one.title for one in page.plan.columns].index("应收时限")
    page.table.sortByColumn(number, Qt.SortOrder.DescendingOrder)
    settle()
    assert page.model.identity(0) == f"d{MANY + 2}"


def test_a_list_as_a_file(filled: Office, qtbot: QtBot, tmp_path: Path) -> None:
    page = _page(filled, "received", qtbot)
    page.search.setText("第7")
    settle()
    done: list[object] = []
    page.exported.connect(done.append)
    page.export(tmp_path / "表.csv")
    until(lambda: bool(done))
    with (tmp_path / "表.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0][0] == "标题"
    assert len(lines) == page.model.rowCount() + 1
    assert any(cell.startswith("2026-11-23 ") for cell in lines[1]), "full times"
    page.export(tmp_path / "表")
    until(lambda: len(done) == 2)
    assert (tmp_path / "表.xlsx").stat().st_size > 1000


def test_a_disk_that_is_full_is_told_where_the_list_is(filled: Office, qtbot: QtBot, tmp_path: Path) -> None:
    page = _page(filled, "received", qtbot)
    page.export(tmp_path / "没有" / "表.csv")
    until(lambda: page.notice.isVisible())
    assert page.table.isVisible()
    page.export(tmp_path / "表.csv")
    until(lambda: "已导出" in page.notice.text)


def test_esc_stops_an_export(filled: Office, qtbot: QtBot, tmp_path: Path) -> None:
    page = _page(filled, "received", qtbot)
    page.export(tmp_path / "表.csv")
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    until(lambda: page.notice.isVisible())
    if "取消" in page.notice.text:  # it may have been quicker than the key
        assert not (tmp_path / "表.csv").exists()


def test_several_drafts_are_deleted_after_a_question(office: Office, qtbot: QtBot) -> None:
    store = _store(office)
    for number in range(3):
        store.drafts.save(draft_for(f"{number:032x}", SENT))
    page = _page(office, "drafts", qtbot)
    acts = ListActs(office, page)
    acts.attach(page)
    page.table.selectAll()
    assert page.chosen.buttons["discard"].isVisible()
    page.chosen.buttons["discard"].click()
    until(lambda: acts.dialog is not None)
    dialog = acts.dialog
    assert isinstance(dialog, DiscardManyDialog)
    assert dialog.focusWidget() is None or dialog.focusWidget().objectName() == "safe"
    dialog.reject()
    assert len(office.drafts.list()) == 3
    page.chosen.buttons["discard"].click()
    until(lambda: acts.dialog is not None)
    with qtbot.waitSignal(acts.changed):
        acts.dialog.discard_button.click()  # type: ignore[attr-defined]
    assert office.drafts.list() == []


def test_acts_offer_themselves_where_they_fit(filled: Office, qtbot: QtBot) -> None:
    store = _store(filled)
    for number, state in ((900, DeliveryState.RECEIVED), (901, DeliveryState.DELIVERED)):
        store.documents.apply(document_view(number, sender=US, to=OTHERS, state=state), US)
    page = _page(filled, "sent", qtbot)

    def offered() -> set[str]:
        menu = page.row_menu()
        return {act.objectName() for act in menu.actions()}

    page.table.choose(document_view(901).document_id)
    assert "row_urge" in offered()
    page.table.choose(document_view(900).document_id)
    assert "row_urge" not in offered()
    asked: list[object] = []
    page.act_wanted.connect(lambda _name, rows: asked.append(rows))
    page.table.selectAll()
    page.act(page.plan.acts[0])
    until(lambda: bool(asked))
    assert [row.document_id for row in asked[0]] == [document_view(901).document_id]  # type: ignore[attr-defined]
    page.show_only(Follow.COMPLETE.value)
    settle()
    assert page.model.rowCount() == 1


def test_columns_can_be_hidden_and_stay_so(filled: Office, qtbot: QtBot, tmp_path: Path) -> None:
    page = _page(filled, "received", qtbot)
    menu = page.table.column_menu()
    act = next(act for act in menu.actions() if act.text() == "接收方式")
    act.toggle()
    settings = QSettings(str(tmp_path / "layout.ini"), QSettings.Format.IniFormat)
    page.remember(settings)
    other = _page(filled, "received", qtbot)
    other.restore(settings)
    number = [one.title for one in page.plan.columns].index("接收方式")
    assert other.table.isColumnHidden(number)


def test_a_store_that_fails_is_told_and_what_was_there_stays(
    filled: Office, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _page(filled, "received", qtbot)
    path = _store(filled)._database.path

    def broken(*_: object) -> None:
        raise KnownError("store.io", path=str(path), detail="x")

    with monkeypatch.context() as patch:
        patch.setattr(_store(filled).lists, "find", broken)
        page.reload()
        until(lambda: page.notice.isVisible())
        assert page.table.isVisible()
    page.reload()
    until(lambda: not page.notice.isVisible())


def test_enter_opens_also_what_is_not_read_yet(filled: Office, qtbot: QtBot) -> None:
    page = _page(filled, "received", qtbot)
    page.table.selectRow(MANY - 1)
    with qtbot.waitSignal(page.opened) as opened:
        page.open_chosen()
    assert opened.args[0].delivery_id == "d0"
