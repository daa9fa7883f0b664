"""Open documents and files under every fault: no network, a refusing exchange, an ended session, no key, a
full disk, a file that does not parse, a printer that is off or empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from client.ui.driving import settle, until
from client.ui.faults.enduring import CODE, explained, fits
from client.ui.faults.scenes_books import BOOK_SCENES
from client.ui.faults.scenes_office import OFFICE_SCENES
from client.ui.faults.stage import Stage, Trouble, unlock
from client.ui.windows import disk_full
from fakes.printer import Fault
from gongwen_client.domain.rows import IncomingRow
from gongwen_client.services.office import Office
from gongwen_client.ui.archive.check_dialog import CheckDialog
from gongwen_client.ui.archive.page import ArchivePage
from gongwen_client.ui.diagnostics.fault_dialog import FaultDialog
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow

VIEWS = ("incoming", "outgoing", "sent")
_RUBBISH = b"PK\x03\x04 this is no document"


class Open:
    """One document in each of the three places; ``open`` shows it anew, ``file`` is its body on this PC."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.sent = stage.sent()
        self.incoming: IncomingRow = stage.delivery(self.sent.document_id)
        self.ready = stage.ready()

    def office(self, name: str) -> Office:
        return self._stage.receiver if name == "incoming" else self._stage.sender

    def file(self, name: str) -> Path:
        stage = self._stage
        if name == "incoming":
            return stage.receiver.incoming.open(self.incoming.delivery_id).body.path
        if name == "sent":
            return stage.sender.tracking.sent_files(self.sent.document_id).body.path
        body = stage.sender.drafts.get(self.ready).body
        assert body is not None
        return body.path

    def open(self, window: MainWindow, name: str) -> IncomingView | OutgoingView | SentView:
        if name == "incoming":
            window.documents.open_incoming(self.incoming)
        elif name == "sent":
            window.documents.open_sent(self.sent)
        else:
            window.documents.open_draft(self._stage.sender.drafts.get(self.ready))
        view = window.view
        assert isinstance(view, IncomingView | OutgoingView | SentView)
        settle()
        return view


@pytest.fixture(scope="module")
def documents(stage: Stage, qapp: object) -> Open:
    return Open(stage)


def _said(view: IncomingView | OutgoingView | SentView) -> str:
    shown = [part.text() for part in view.findChildren(QLabel) if part.isVisible()]
    return " ".join((*shown, view.reader.pages._message, view.reader.pages.hint.text))


@pytest.mark.parametrize("trouble", [one for one in Trouble if one is not Trouble.LOST_ANSWERS])
@pytest.mark.parametrize("name", VIEWS)
def test_an_open_document_says_what_is_wrong_and_is_well_again(
    stage: Stage, documents: Open, name: str, trouble: Trouble
) -> None:
    """A received file that is gone from this PC has to be fetched again: then the exchange is asked."""
    stage.unhandled.clear()
    office, fetched = documents.office(name), name == "incoming" and trouble is Trouble.NO_NETWORK
    with stage.window(office) as window:
        if fetched:
            documents.file(name).unlink()
        with stage.trouble(trouble, office):
            view = documents.open(window, name)
            view.refresh()
            settle()
            if fetched:
                until(lambda: "network." in _said(view))
            if trouble is Trouble.KEY_OUT:
                until(window._lock.isVisible)
        if trouble in (Trouble.SESSION_ENDED, Trouble.KEY_OUT):
            until(window._lock.isVisible)
            unlock(window)
        until(lambda: window.banner.connection.word == "在线")
        view = documents.open(window, name)
        until(lambda: view.reader.pages.is_drawn)
        fits(window)
    assert not stage.unhandled, stage.unhandled


@pytest.mark.parametrize("name", ["outgoing", "sent"])
def test_a_file_that_does_not_parse_is_named(stage: Stage, documents: Open, name: str) -> None:
    stage.unhandled.clear()
    path = documents.file(name)
    whole = path.read_bytes()
    with stage.window(documents.office(name)) as window:
        path.write_bytes(_RUBBISH)
        view = documents.open(window, name)
        if name == "outgoing":
            until(lambda: bool(CODE.search(_said(view))))
            fits(window)
        else:  # what was sent can be fetched again, and is
            until(lambda: view.reader.pages.is_drawn)
        path.write_bytes(whole)
        view = documents.open(window, name)
        until(lambda: view.reader.pages.is_drawn)
    assert not stage.unhandled, stage.unhandled


def test_a_copy_that_finds_no_room_is_explained(stage: Stage, documents: Open, tmp_path: Path) -> None:
    """Attachment, report and evidence bundle: whoever saves reads why not, and saves again."""
    stage.unhandled.clear()
    with stage.window(stage.receiver) as window:
        view = documents.open(window, "incoming")
        assert isinstance(view, IncomingView)
        until(lambda: view.verification is not None)
        view.reader.tabs.setCurrentIndex(1)
        files = stage.receiver.incoming.open(documents.incoming.delivery_id)
        target, package = tmp_path / "附件.ofd", tmp_path / "验真包.zip"
        with disk_full():
            view.attachments.save_copy(files.attachments[0], target)
            until(lambda: explained(view.attachments))
            view.write_bundle(package)
            until(lambda: bool(CODE.search(view.reader.pages.hint.text)))
        assert not target.exists()
        view.attachments.save_copy(files.attachments[0], target)
        view.write_bundle(package)
        until(lambda: target.exists() and package.exists())
        settle()
    assert not stage.unhandled, stage.unhandled


@pytest.mark.parametrize("fault", [Fault.OFFLINE, Fault.NO_PAPER])
def test_a_book_is_printed_when_the_printer_is_well_again(stage: Stage, qapp: object, fault: Fault) -> None:
    with stage.window(stage.receiver) as window:
        scene = BOOK_SCENES["PrintSheetsDialog"](stage, window)
        stage.printer.fault = fault
        scene.act()
        until(lambda: explained(scene.screen))
        fits(scene.screen)
        stage.printer.reset()
        scene.act()
        until(lambda: scene.done() == 1)
        settle()


@pytest.mark.parametrize("fault", [Fault.OFFLINE, Fault.NO_PAPER])
def test_a_report_is_printed_when_the_printer_is_well_again(stage: Stage, qapp: object, fault: Fault) -> None:
    stage.printer.reset()
    with stage.window(stage.receiver) as window:
        dialog = OFFICE_SCENES["FaultDialog"](stage, window).screen
        assert isinstance(dialog, FaultDialog)
        until(lambda: dialog.printer.count() > 0)
        typed = dialog.said.toPlainText()
        stage.printer.fault = fault
        dialog.print_button.click()
        until(lambda: explained(dialog))
        fits(dialog)
        stage.printer.reset()
        dialog.print_button.click()
        until(lambda: len(stage.printer.paper) == 1)
        assert dialog.said.toPlainText() == typed
        settle()


def test_a_folder_of_rubbish_is_no_archive(stage: Stage, qapp: object, tmp_path: Path) -> None:
    with stage.window(stage.receiver) as window:
        (tmp_path / "Z109-001").mkdir()
        (tmp_path / "Z109-001" / "说明.txt").write_bytes(_RUBBISH)
        window.open_page("archive")
        page = window.pages["archive"]
        assert isinstance(page, ArchivePage)
        page.check(tmp_path)
        dialog = page.dialog
        assert isinstance(dialog, CheckDialog)
        until(lambda: dialog.busy.isHidden())
        assert "核对" in dialog.headline.text()
        fits(dialog)
