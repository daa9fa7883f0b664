"""The rest of the day with keys alone: following, taking back, books, the seal key, notices, the wizard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QTableView

from client.ui.driving import settle, until
from client.ui.fingers import ALT, assert_seen, back_to, focused, in_front, press, shown, tab_to, write
from client.ui.test_notices import GREETING
from client.ui.town import PIN, UNITS, Town
from gongwen_client.host.places import Places
from gongwen_client.services.office import Office
from gongwen_client.ui.keys.dialogs import SelfTestDialog
from gongwen_client.ui.notices.page import NoticesPage
from gongwen_client.ui.registers.book_page import BookPage
from gongwen_client.ui.registers.entry_dialog import EntryDialog
from gongwen_client.ui.registers.print_dialog import PrintSheetsDialog
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.starting import Starting
from gongwen_client.ui.tracking.remind import RemindDialog
from gongwen_client.ui.tracking.taking_back import RecallDialog
from gongwen_protocol.messages import Recipient, RecipientRole
from gongwen_protocol.states import DeliveryState
from gongwen_server.services import notices

_TRIES = 200
OWN, TO = UNITS[0][0], (UNITS[4][0], UNITS[6][0])


@pytest.fixture(scope="module")
def office(town: Town) -> Office:
    office = town.logged_in(OWN)
    document = office.drafts.create().document_id
    draft = office.drafts.set_body(document, town.body)
    office.drafts.set_elements(document, draft.elements.model_copy(update={"title": "关于防汛工作的通知"}))
    to = tuple(Recipient(unit_code=code, role=RecipientRole.MAIN, copies=2) for code in TO)
    office.drafts.set_recipients(document, to)
    office.drafts.submit_for_seal(document)
    key = office.sealing.keys()[0].key_id
    office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    office.sending.send(document)
    until(lambda: len(office.tracking.sent()) == 1)
    return office


@pytest.fixture
def window(office: Office, qapp: QApplication) -> Iterator[MainWindow]:
    opened = shown(office)
    yield opened
    opened.close()


def go(window: MainWindow, page: str) -> None:
    """Over the navigation: its line by Tab and the arrows, Enter."""
    tab_to("nav_home")
    for _ in range(40):
        if focused().objectName() == f"nav_{page}":
            break
        if "已折叠" in focused().accessibleName():
            press(Qt.Key.Key_Right)
        press(Qt.Key.Key_Down)
    assert focused().objectName() == f"nav_{page}"
    assert_seen()
    press(Qt.Key.Key_Return)
    until(lambda: window.page == page)
    settle()


def answer_file(path: Path) -> None:
    """The desktop's own dialog asks for a file and waits: its name, then Enter until it is taken (the dialog
    reads the folder first, and takes none before)."""

    def fill(tries: int = 0) -> None:
        shown = [one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog)]
        dialog = next((one for one in shown if one.isVisible()), None)
        field = dialog.findChild(QLineEdit, "fileNameEdit") if dialog is not None else None
        if field is not None and field.text() != str(path):
            field.setFocus()
            field.selectAll()
            QTest.keyClicks(field, str(path))
        if field is not None:
            QTest.keyClick(field, Qt.Key.Key_Return)
        if not path.is_file() and tries < _TRIES:
            QTimer.singleShot(100, lambda: fill(tries + 1))

    QTimer.singleShot(100, fill)


def pick(words: str) -> None:
    """The menu that opens next: down to a line of it, Enter. It waits for that, so this is said before."""

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        if not isinstance(menu, QMenu):
            QTimer.singleShot(50, choose)
            return
        for _ in range(12):
            QTest.keyClick(menu, Qt.Key.Key_Down)
            active = menu.activeAction()
            if active is not None and words in active.text():
                QTest.keyClick(menu, Qt.Key.Key_Return)
                return
        menu.close()

    QTimer.singleShot(50, choose)


def test_followed_urged_and_taken_back(window: MainWindow, office: Office) -> None:
    go(window, "sent")
    until(lambda: bool(window.list_page("sent").table.model().rowCount()))
    settle()
    assert focused() is window.list_page("sent").table
    press(Qt.Key.Key_Return)
    until(lambda: isinstance(window.view, SentView) and window.view.followed is not None)
    view = window.view
    assert isinstance(view, SentView)
    until(view.remind_button.isVisible)
    settle()
    assert_seen()
    press(Qt.Key.Key_U, ALT)
    dialog = in_front(RemindDialog)
    assert isinstance(dialog, RemindDialog)
    until(lambda: dialog.act_button is not None and dialog.act_button.isEnabled())
    press(Qt.Key.Key_U, ALT)
    until(lambda: office.tracking.sent()[0].reminders > 0)
    back_to(window)
    tab_to("reader_tabs")
    while view.reader.tabs.currentIndex() != view.board_tab:
        press(Qt.Key.Key_Right)
    tab_to("board")
    assert isinstance(focused(), QTableView)
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Space)
    pick("撤回")
    press(Qt.Key.Key_M, ALT)
    recall = in_front(RecallDialog)
    assert isinstance(recall, RecallDialog)
    tab_to("recall_reason")
    write("wrong unit")
    until(lambda: recall.act_button is not None and recall.act_button.isEnabled())
    press(Qt.Key.Key_W, ALT)
    document = view.row.document_id
    until(lambda: DeliveryState.RECALLED in [line.row.state for line in office.boards.board(document).lines])
    back_to(window)
    press(Qt.Key.Key_Escape)
    until(lambda: window.view is None)
    settle()
    assert focused() is window.list_page("sent").table


def test_a_book_is_turned_to_mended_exported_and_printed(
    window: MainWindow, office: Office, tmp_path: Path
) -> None:
    go(window, "receive_register")
    tab_to("books")
    press(Qt.Key.Key_Right)
    until(lambda: window.page == "send_register")
    page = window.pages["send_register"]
    assert isinstance(page, BookPage)
    until(lambda: bool(page.table.rows.rows))
    settle()
    assert_seen()
    tab_to(page.table.objectName())
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Return)
    in_front(EntryDialog)
    press(Qt.Key.Key_Escape)
    back_to(window)
    target = tmp_path / "book.csv"
    answer_file(target)
    press(Qt.Key.Key_E, ALT)
    until(target.is_file)
    back_to(window)
    press(Qt.Key.Key_P, ALT)
    sheets = in_front(PrintSheetsDialog)
    assert isinstance(sheets, PrintSheetsDialog)
    until(sheets.print_button.isEnabled)
    press(Qt.Key.Key_P, ALT)
    until(lambda: "发文登记簿" in page.notice.text)
    back_to(window)


def test_the_seal_key_is_tried_out(window: MainWindow, office: Office) -> None:
    go(window, "keys")
    until(lambda: window.keys_page.list.count() == 1)
    tab_to("self_test")
    press(Qt.Key.Key_Space)
    dialog = in_front(SelfTestDialog)
    assert isinstance(dialog, SelfTestDialog)
    write(PIN)
    press(Qt.Key.Key_Return)
    until(lambda: bool(window.keys_page.notice.text))
    back_to(window)


def test_a_notice_is_read(window: MainWindow, office: Office, town: Town) -> None:
    notices.publish(town.exchange.exchange, GREETING)
    until(window.notices.strip.isVisible)
    go(window, "notices")
    page = window.pages["notices"]
    assert isinstance(page, NoticesPage)
    until(lambda: bool(page.board.table.rows.rows))
    tab_to("notices_table")
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Space)
    until(lambda: [card.read for card in office.notices.all()] == [True])
    until(lambda: not window.notices.strip.isVisible())


def test_the_wizard_connects_and_is_left(town: Town, tmp_path: Path, qapp: QApplication) -> None:
    places = Places.below(tmp_path / "pc")
    places.prepare()
    starting = Starting(places, None)
    starting.begin()
    wizard = starting.wizard
    assert wizard is not None
    wizard.activateWindow()
    until(lambda: QApplication.activeWindow() is wizard)
    settle()
    assert focused() is wizard.exchange.address
    assert_seen()
    write(town.exchange.url)
    press(Qt.Key.Key_Return)
    until(wizard.exchange.fingerprint.isVisible)
    settle()
    assert focused() is wizard.exchange.agreed, "what comes next has the keys"
    assert_seen()
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_N, ALT)
    until(lambda: wizard.page is wizard.device)
    settle()
    assert_seen()
    for page in (wizard.key, wizard.printer, wizard.contacts, wizard.training):
        press(Qt.Key.Key_L, ALT)
        until(lambda page=page: wizard.page is page)
        settle()
        assert_seen()
    wizard.blockSignals(True)
    wizard.close()
    starting.stop()
