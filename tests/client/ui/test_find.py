"""Searching everywhere: wherever a document is by now, one question finds it and one key opens it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from client.ui.audit import clipped, nameless
from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from client.ui.windows import shown_window
from gongwen_client.domain.lists import ListName
from gongwen_client.domain.registers import Book
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.lists.find_page import FindPage, identity
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.registers.entry_dialog import EntryDialog
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.messages import Recipient, RecipientRole

HOME, OTHER = UNITS[1][0], UNITS[4][0]
RARE = "𠮷林巷"


@pytest.fixture(scope="module")
def home(town: Town) -> Office:
    """An office with a document of each kind whose title has the same rare name."""
    home, other = town.logged_in(HOME), town.logged_in(OTHER)
    send(town, other, f"关于{RARE}来文的函", HOME)
    until(lambda: bool(home.incoming.list()))
    send(town, home, f"关于{RARE}发文的函", OTHER)
    until(lambda: bool(home.tracking.sent()))
    draft = home.drafts.create()
    elements = draft.elements.model_copy(update={"title": f"关于{RARE}草稿的函"})
    home.drafts.set_elements(draft.document_id, elements)
    paper = {"unit": "市总工会", "title": f"关于{RARE}纸质来文的函", "doc_number": "总工函〔2026〕5号"}
    home.registers.add_paper(Book.RECEIVED, home.registers.today(), paper)
    return home


def send(town: Town, office: Office, title: str, receiver: str) -> None:
    document = office.drafts.create().document_id
    draft = office.drafts.set_body(document, town.body)
    office.drafts.set_elements(document, draft.elements.model_copy(update={"title": title}))
    office.drafts.set_recipients(
        document, (Recipient(unit_code=receiver, role=RecipientRole.MAIN, copies=1),)
    )
    office.drafts.submit_for_seal(document)
    key = office.sealing.keys()[0].key_id
    office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    office.sending.send(document)


@pytest.fixture
def window(home: Office) -> Iterator[MainWindow]:
    with shown_window(home) as opened:
        yield opened


def found(window: MainWindow, text: str) -> FindPage:
    page = window.pages["find"]
    assert isinstance(page, FindPage)
    window.open_page("find")
    page.search.setText(text)
    until(lambda: page._found[0] == text)
    settle()
    return page


def test_one_question_finds_received_sent_drafted_and_paper(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(
        window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    until(lambda: window.page == "find")
    page = found(window, RARE)
    assert {hit.place for hit in page.table.rows.rows} == {
        ListName.PENDING,
        ListName.DRAFTS,
        ListName.SENT,
        Book.RECEIVED,
    }
    assert not clipped(window)
    assert not nameless(window)
    assert not any(line.isChecked() for group in window.navigation.groups for line in group.lines)
    page = found(window, f"{RARE} 没有这样的词")
    assert page.table.model().rowCount() == 0
    assert page._stack.currentWidget() is page._nothing_found
    page.search.clear()
    until(lambda: page._stack.currentWidget() is page._empty)


def test_what_is_found_opens_where_it_is(window: MainWindow) -> None:
    page = found(window, RARE)
    hits = {hit.place: hit for hit in page.table.rows.rows}
    page.table.choose(identity(hits[Book.RECEIVED]))
    page.go_button.click()
    until(lambda: isinstance(page.dialog, EntryDialog))
    assert page.dialog is not None
    assert page.dialog.entry.text("doc_number") == "总工函〔2026〕5号"
    page.dialog.reject()
    page.table.choose(identity(hits[ListName.PENDING]))
    page.open_chosen()
    until(lambda: isinstance(window.view, IncomingView))
    assert window.page == "pending"
    page = found(window, f"{RARE} 草稿")
    page.table.choose(identity(page.table.rows.rows[0]))
    page.open_chosen()
    until(lambda: isinstance(window.view, ComposePage))
