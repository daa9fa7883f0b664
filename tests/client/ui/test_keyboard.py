"""A document from 新建发文 to the printed original with keys alone: no mouse, no call into a window.

At every step the focus is on something that shows it, so that a person sees where the next key goes.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog

from client.ui.driving import settle, until
from client.ui.fingers import ALT, CTRL, assert_seen, back_to, focused, in_front, press, shown, tab_to, write
from client.ui.town import PIN, UNITS, Town
from gongwen_client.domain.rows import IncomingState
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.receive.print_original import PrintDialog
from gongwen_client.ui.sealing.confirm import SealDialog
from gongwen_client.ui.sealing.pin import PinDialog
from gongwen_client.ui.sending.confirm import SendDialog
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow

SENDER, RECEIVER = UNITS[0][0], UNITS[4][0]


def test_from_a_new_document_to_the_printed_original(town: Town, tmp_path: Path) -> None:
    sender, receiver = town.logged_in(SENDER), town.logged_in(RECEIVER, key=False)
    window = shown(sender)
    body = tmp_path / "notice.ofd"  # a name that the keys of a keyboard make
    shutil.copy(town.body, body)
    compose(window, body)
    seal(window)
    send(window)
    window.close()
    window = shown(receiver)
    accept(window, receiver)
    print_it(window, receiver)
    window.close()


def compose(window: MainWindow, body: Path) -> None:
    """Ctrl+N, the file by its path, units by their initials, on to the seal."""
    press(Qt.Key.Key_N, CTRL)
    until(lambda: isinstance(window.view, ComposePage))
    page = window.view
    assert isinstance(page, ComposePage)
    settle()
    assert_seen()
    press(Qt.Key.Key_B, ALT)
    in_front(QFileDialog)
    write(str(body))
    press(Qt.Key.Key_Return)
    until(lambda: page.draft.body is not None and page.preview.is_drawn)
    back_to(window)
    press(Qt.Key.Key_D, ALT)
    dialog = in_front(RecipientsDialog)
    assert isinstance(dialog, RecipientsDialog)
    assert focused() is dialog.search
    write("sfsslj")
    until(lambda: dialog.tree.model().rowCount() == 1)
    press(Qt.Key.Key_Return)
    until(lambda: RECEIVER in dialog.picked.codes)
    press(Qt.Key.Key_Y, ALT)
    until(lambda: len(page.draft.recipients) == 1 and page.submit_button.isEnabled())
    back_to(window)
    press(Qt.Key.Key_Y, ALT)
    until(lambda: isinstance(window.view, OutgoingView))


def seal(window: MainWindow) -> None:
    """用印, the act named on the button, the PIN."""
    view = window.view
    assert isinstance(view, OutgoingView)
    until(lambda: view.reader.pages.is_drawn and view.seal_button.isEnabled())
    settle()
    assert_seen()
    press(Qt.Key.Key_Y, ALT)
    dialog = in_front(SealDialog)
    assert isinstance(dialog, SealDialog)
    assert focused().objectName() == "safe", "who presses Enter by mistake seals nothing"
    until(lambda: dialog.seal_button.isEnabled())
    press(Qt.Key.Key_Y, ALT)
    pin = in_front(PinDialog)
    assert isinstance(pin, PinDialog)
    assert focused() is pin.pin
    write(PIN)
    press(Qt.Key.Key_Return)
    until(lambda: bool(view.draft.seals) and view.reader.pages.is_drawn)
    back_to(window)


def send(window: MainWindow) -> None:
    """发送: the declaration by Tab and Space, the act by its letter."""
    press(Qt.Key.Key_S, ALT)
    dialog = in_front(SendDialog)
    assert isinstance(dialog, SendDialog)
    assert focused().objectName() == "safe"
    tab_to("declaration")
    press(Qt.Key.Key_Space)
    assert dialog.send_button.isEnabled()
    press(Qt.Key.Key_S, ALT)
    until(lambda: isinstance(window.view, SentView))
    back_to(window)
    assert window.page == "sent"


def accept(window: MainWindow, office: Office) -> None:
    """To 待收公文 over the navigation, Enter opens, the act by its letter, twice."""
    until(lambda: len(office.incoming.list()) == 1)
    window.refresh()
    settle()
    tab_to("nav_pending")
    press(Qt.Key.Key_Return)
    until(lambda: window.page == "pending" and bool(window.list_page("pending").table.model().rowCount()))
    settle()
    assert focused() is window.list_page("pending").table
    assert_seen()
    press(Qt.Key.Key_Return)
    until(lambda: isinstance(window.view, IncomingView) and window.view.verification is not None)
    view = window.view
    assert isinstance(view, IncomingView)
    settle()
    assert_seen()
    press(Qt.Key.Key_J, ALT)
    until(lambda: view.dialog is not None)
    settle()
    assert focused().objectName() == "safe", "who presses Enter by mistake accepts nothing"
    assert_seen()
    press(Qt.Key.Key_J, ALT)
    until(lambda: view.row.state is IncomingState.RECEIVED and not view.row.pending)
    settle()
    assert_seen()
    assert window.page == "received", "the navigation follows the document"


def print_it(window: MainWindow, office: Office) -> None:
    """Ctrl+P, the act by its letter, Esc back to the list."""
    view = window.view
    assert isinstance(view, IncomingView)
    until(view.print_button.isEnabled)
    press(Qt.Key.Key_P, CTRL)
    dialog = in_front(PrintDialog)
    assert isinstance(dialog, PrintDialog)
    press(Qt.Key.Key_P, ALT)
    until(lambda: not dialog.print_button.isVisible() and not isinstance(focused(), QDialog))
    settle()
    assert_seen()
    press(Qt.Key.Key_Escape)
    until(lambda: view.row.printed == 1)
    back_to(window)
    press(Qt.Key.Key_Escape)
    until(lambda: window.view is None)
    settle()
    assert focused() is window.list_page("received").table
    assert_seen()
