"""When things go wrong: bad files, no key, no connection, an ended session. One sentence each; nothing is
lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from client.ui.windows import compose, disk_full
from fakes.exchange import PASSWORD
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.login.window import LoginWindow
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.messages import Recipient, RecipientRole
from gongwen_protocol.states import DocumentState

OTHER, STRANGER = UNITS[0][0], UNITS[8][0]
_homes = iter([code for code, _name, _region in (*UNITS[1:8], UNITS[11], UNITS[12], UNITS[13])])


@pytest.fixture
def home() -> str:
    """A unit that no other test has used."""
    return next(_homes)


@pytest.fixture
def office(town: Town, home: str) -> Office:
    return town.logged_in(home, key=False)


def test_a_file_that_is_no_document_is_explained_and_what_was_typed_stays(
    window: MainWindow, town: Town, tmp_path: Path
) -> None:
    page = compose(window)
    page.form.title.setText("关于会议的通知")
    plain = tmp_path / "说明.docx"
    plain.write_bytes(b"PK\x03\x04 this is no OFD")
    page.load_body(plain)
    until(lambda: page.notice.isVisible())
    assert page.notice.text
    assert page.draft.body is None
    settle()
    assert page.form.title.text() == "关于会议的通知"
    page.load_body(town.body)
    until(lambda: page.draft.body is not None)
    assert not page.notice.isVisible()
    assert page.form.title.text() == "关于会议的通知", "the document does not overwrite what a person typed"


def test_what_is_typed_is_kept_when_the_page_is_left(window: MainWindow, office: Office) -> None:
    page = compose(window)
    page.form.title.setText("写到一半的标题")
    window.open_page("pending")
    until(lambda: [draft.elements.title for draft in office.drafts.list()] == ["写到一半的标题"])


def test_a_draft_is_thrown_away_only_after_the_consequence_was_read(
    window: MainWindow, office: Office
) -> None:
    page = compose(window)
    page.discard_button.click()
    dialog = page.findChild(object, "discard_dialog")
    assert dialog is not None
    dialog.reject()  # type: ignore[attr-defined]
    settle()
    written = len(office.drafts.list())  # with those that other tests left in this town
    page.discard_button.click()
    dialog = page.findChildren(object, "discard_dialog")[-1]
    dialog.discard_wanted.emit()  # type: ignore[attr-defined]
    until(lambda: len(office.drafts.list()) == written - 1)
    until(lambda: window.view is None)


def _awaiting_seal(office: Office, town: Town) -> str:
    document = office.drafts.create().document_id
    office.drafts.set_body(document, town.body)
    office.drafts.set_recipients(document, (Recipient(unit_code=OTHER, role=RecipientRole.MAIN, copies=1),))
    office.drafts.submit_for_seal(document)
    return document


def test_a_key_plugged_in_while_the_dialog_waits_is_shown(
    window: MainWindow, office: Office, town: Town, home: str
) -> None:
    window.documents.open_draft(office.drafts.get(_awaiting_seal(office, town)))
    view = window.view
    assert isinstance(view, OutgoingView)
    view.start_sealing()
    flow = view.seal_flow
    assert flow is not None
    until(lambda: flow.dialog is not None and flow.dialog.problem.isVisible())
    dialog = flow.dialog
    assert dialog is not None
    assert "秘钥盘" in dialog.problem.text
    assert not dialog.seal_button.isEnabled()
    town.plug_key(office.places.keyfiles, home)
    until(lambda: dialog.seal_button.isEnabled())
    assert not dialog.problem.isVisible()
    dialog.reject()


def test_the_key_of_another_unit_seals_nothing(window: MainWindow, office: Office, town: Town) -> None:
    town.plug_key(office.places.keyfiles, OTHER)
    document = _awaiting_seal(office, town)
    window.documents.open_draft(office.drafts.get(document))
    view = window.view
    assert isinstance(view, OutgoingView)
    view.start_sealing()
    flow = view.seal_flow
    assert flow is not None
    until(lambda: flow.dialog is not None)
    dialog = flow.dialog
    assert dialog is not None
    until(lambda: "token.foreign_key" in _shown(dialog.checks))
    assert not dialog.seal_button.isEnabled()
    assert not office.drafts.get(document).seals
    dialog.reject()


def _shown(widget: QWidget) -> str:
    return "".join(label.text() for label in widget.findChildren(QLabel))


def test_without_the_exchange_the_window_says_so_and_goes_on(
    window: MainWindow, office: Office, town: Town
) -> None:
    town.exchange.stop()
    window.attendance.attend()
    until(lambda: window.banner.connection.word == "未连接")
    until(lambda: window.toast.isVisible())
    page = compose(window)
    page.load_body(town.body)
    until(lambda: page.draft.body is not None)
    town.exchange.start()
    until(lambda: window.banner.connection.word == "在线")


def test_a_send_that_waits_or_is_refused_says_why(
    window: MainWindow, office: Office, town: Town, home: str
) -> None:
    town.plug_key(office.places.keyfiles, home)
    document = _awaiting_seal(office, town)
    key = office.sealing.keys()[0].key_id
    sealed = office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    town.exchange.stop()
    office.sending.send(document)
    window.documents.open_draft(office.drafts.get(document))
    view = window.view
    assert isinstance(view, OutgoingView)
    until(lambda: "network.unreachable" in view.notice.text)
    assert "自动发送" in view.notice.text
    assert sealed.body is not None
    sealed.body.path.unlink()
    town.exchange.start()
    office.duty.poll_now()
    until(lambda: "draft.file_gone" in view.notice.text)
    assert sealed.body.name in view.notice.text
    assert view.send_button.isVisible(), "back to ready, nothing lost but the file"


def test_an_ended_session_asks_for_the_password_and_keeps_the_place(
    window: MainWindow, office: Office
) -> None:
    page = compose(window)
    window._cover.cover(expired=True)
    assert window._lock.isVisible()
    window._lock.password.setText("wrong")
    window._lock.unlock()
    until(lambda: window._lock.problem.isVisible())
    window._lock.password.setText(PASSWORD)
    window._lock.unlock()
    until(lambda: page.isVisible())


def test_logging_in_without_an_exchange_is_explained(town: Town, qtbot: QtBot) -> None:
    office = town.office(STRANGER, key=False)
    town.exchange.stop()
    login = LoginWindow(office, STRANGER, "clerk")
    qtbot.addWidget(login)
    login.show()
    login.fill(STRANGER, "clerk", "whatever secret")
    login.log_in()
    until(lambda: login.problem.isVisible())
    assert "network." in login.problem.text
    assert login.password.text() == "whatever secret"
    town.exchange.start()


def test_a_document_waiting_for_its_seal_can_be_taken_back_and_changed(
    window: MainWindow, office: Office, town: Town
) -> None:
    page = compose(window)
    page.load_body(town.body)
    until(lambda: page.draft.body is not None)
    page.submit()
    until(lambda: isinstance(window.view, OutgoingView))
    view = window.view
    assert isinstance(view, OutgoingView)
    view.edit_button.click()
    until(lambda: isinstance(window.view, ComposePage))
    assert isinstance(window.view, ComposePage)
    assert window.view.draft.state is DocumentState.DRAFT
    assert window.view.form.title.text() == page.draft.elements.title
    assert office.duty.counts().drafts == 1


def test_a_window_does_not_close_over_words_that_could_not_be_saved(
    window: MainWindow, office: Office
) -> None:
    page = compose(window)
    settle()
    page.form.title.setText("关于防汛工作的通知")
    with disk_full():
        window.close()
    assert window.isVisible()
    assert page.notice.isVisible()
    assert page.form.title.text() == "关于防汛工作的通知"
    window.close()
    assert not window.isVisible()
    assert office.drafts.get(page.draft.document_id).elements.title == "关于防汛工作的通知"
