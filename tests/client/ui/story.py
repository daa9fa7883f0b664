"""The main job through the real windows; whoever tells it looks at each step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from client.ui.driving import settle, until
from client.ui.town import NOT_ENABLED, PIN, UNITS, Town
from fakes.exchange import INITIAL_PASSWORD, PASSWORD
from gongwen_client.domain.seal_plan import SeamEdge
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.login.window import LoginWindow
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.registers.seal_ledger import SealLedgerPage
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.viewer.bundle_view import BundleView
from gongwen_client.ui.viewer.disclosure import Disclosure
from gongwen_client.ui.viewer.local_view import LocalView
from gongwen_client.ui.viewer.sidebar import PAGES
from gongwen_protocol.messages import Recipient, RecipientRole, ReturnReason

SENDER, RECEIVER, THIRD = UNITS[0][0], UNITS[4][0], UNITS[6][0]


Look = Callable[[QWidget, str], None]
"""(window or dialog, name of the step)"""


class Story:
    """Sender and receiver at two PCs of one town; ``look`` is called at each step."""

    def __init__(self, town: Town, look: Look, size: tuple[int, int]) -> None:
        self.town = town
        self._look = look
        self._size = size

    def picture(self, widget: QWidget, name: str) -> None:
        """One more step to look at."""
        settle()
        self._look(widget, name)

    def window(self, office: Office) -> MainWindow:
        """A main window of the wanted size."""
        window = MainWindow(office)
        window.resize(*self._size)
        window.show()
        return window

    def tell(self) -> None:
        """All chapters."""
        self.log_in()
        sender = self.town.offices[0]
        window = self.window(sender)
        until(lambda: window.banner.key.word == "秘钥盘就绪")
        self.picture(window, "empty")
        window.open_page("keys")
        until(lambda: window.keys_page.list.count() == 1)
        self.picture(window, "keys")
        window.open_page("pending")
        self.compose(window)
        self.seal_and_send(window)
        self.receive(sender)
        self.look_back(window)

    def log_in(self) -> None:
        """First log-in with a forced change of the password."""
        office = self.town.office(SENDER)
        login = LoginWindow(office, SENDER, "clerk")
        login.show()
        self.picture(login, "login")
        login.fill(SENDER, "clerk", "wrong")
        login.log_in()
        until(lambda: login.problem.isVisible())
        self.picture(login, "login-refused")
        login.fill(SENDER, "clerk", INITIAL_PASSWORD)
        login.log_in()
        until(lambda: login.password_form.isVisible())
        login.password_form.fill(PASSWORD)
        self.picture(login, "login-new-password")
        done: list[object] = []
        login.logged_in.connect(done.append)
        login.password_form.change()
        until(lambda: bool(done))
        self.town.settled.add(SENDER)
        login.close()

    def compose(self, window: MainWindow) -> None:
        """New document, body, recipients, copies."""
        window.documents.compose()
        until(lambda: isinstance(window.view, ComposePage))
        page = window.view
        assert isinstance(page, ComposePage)
        self.picture(window, "compose-empty")
        page.load_body(self.town.body)
        until(lambda: page.draft.body is not None and page.preview.is_drawn)
        page.add_attachments([self.town.attachment])
        until(lambda: bool(page.draft.attachments))
        page.addressees.pick()
        until(lambda: page.addressees.dialog is not None)
        dialog = page.addressees.dialog
        assert dialog is not None
        for code, _name, _region in UNITS[1:7]:
            if code != NOT_ENABLED:
                dialog.choose(code)
        dialog.choose(UNITS[8][0], RecipientRole.CC)
        self.picture(dialog, "recipients")
        dialog.take_button.click()
        until(lambda: len(page.draft.recipients) == 7)
        page.addressees.copies.set_copies(RECEIVER, 5)
        until(lambda: page.submit_button.isEnabled())
        settle()
        self.picture(window, "compose-filled")
        page.submit()
        until(lambda: isinstance(window.view, OutgoingView))

    def seal_and_send(self, window: MainWindow) -> None:
        """Confirm, PIN, ready, send."""
        view = window.view
        assert isinstance(view, OutgoingView)
        until(lambda: view.reader.pages.is_drawn)
        self.picture(window, "awaiting-seal")
        view.start_sealing()
        flow = view.seal_flow
        assert flow is not None
        until(
            lambda: (
                flow.dialog is not None and flow.dialog.seal_button.isEnabled() and flow.dialog.view.is_drawn
            )
        )
        assert flow.dialog is not None
        self.picture(flow.dialog, "seal-dialog")
        flow.dialog.placing.choose_way(1)
        self.picture(flow.dialog, "seal-dialog-word")
        flow.dialog.placing.choose_way(0)
        flow.dialog.placing.choose_seam(SeamEdge.RIGHT)
        flow.dialog.view.fit_page()
        until(lambda: flow.dialog and flow.dialog.seal_button.isEnabled() and flow.dialog.view.is_drawn)
        self.picture(flow.dialog, "seal-dialog-seam")
        flow.dialog.seal_button.click()
        until(lambda: flow.pin_dialog is not None)
        assert flow.pin_dialog is not None
        self.picture(flow.pin_dialog, "pin")
        flow.pin_dialog.enter("000000")
        until(lambda: flow.pin_dialog is not None and flow.pin_dialog.problem.isVisible())
        self.picture(flow.pin_dialog, "pin-wrong")
        flow.pin_dialog.enter(PIN)
        until(lambda: bool(view.draft.seals) and view.reader.pages.is_drawn)
        view.reader.pages.centre_on(2, 190)
        until(lambda: view.reader.pages.is_drawn)
        self.picture(window, "ready")
        self.look_at_ledger(window)
        window.open_page("ready")
        until(lambda: bool(window.pages["ready"].table.rows.rows))
        self.picture(window, "ready-list")
        window.pages["ready"].open_chosen()
        view = window.view
        assert isinstance(view, OutgoingView)
        view.start_sending()
        until(lambda: view.dialog is not None)
        assert view.dialog is not None
        view.dialog.declaration.setChecked(True)
        self.picture(view.dialog, "send-dialog")
        view.dialog.send_button.click()
        until(lambda: isinstance(window.view, SentView))

    def look_at_ledger(self, window: MainWindow) -> None:
        """The wrong PIN and the seal, line by line."""
        window.open_page("seal_ledger")
        page = window.pages["seal_ledger"]
        assert isinstance(page, SealLedgerPage)
        until(lambda: len(page.table.rows.rows) == 2)
        self.picture(window, "seal-ledger")
        page.open_chosen()
        until(lambda: page.dialog is not None)
        assert page.dialog is not None
        self.picture(page.dialog, "seal-use")
        page.dialog.reject()

    def send_more(self, sender: Office) -> None:
        """Four more documents, so that lists look like an ordinary morning."""
        plan = (
            ("示范市人民政府办公室关于召开防汛工作会议的紧急通知", "示府办发电〔2026〕33号", "特急"),
            ("示范市人民政府办公室关于报送2026年重点项目进展情况的函", "示府办函〔2026〕86号", ""),
            ("示范市人民政府办公室关于印发政务公开要点的通知", "示府办发〔2026〕13号", "加急"),
            ("示范市人民政府关于表彰节水先进集体的决定", "示府发〔2026〕21号", ""),
        )
        key = sender.sealing.keys()[0].key_id
        for title, number, urgency in plan:
            document = sender.drafts.create().document_id
            draft = sender.drafts.set_body(document, self.town.body)
            changed = {
                "title": title,
                "doc_number": number,
                "urgency": urgency,
                "doc_kind": title[-2:].replace("的函", "函"),
            }
            sender.drafts.set_elements(document, draft.elements.model_copy(update=changed))
            recipients = tuple(
                Recipient(unit_code=code, role=RecipientRole.MAIN, copies=2) for code in (RECEIVER, THIRD)
            )
            sender.drafts.set_recipients(document, recipients)
            sender.drafts.submit_for_seal(document)
            sender.sealing.seal(document, key, PIN, sender.sealing.suggest(document, key))
            sender.sending.send(document)
        until(lambda: len(sender.tracking.sent()) == 1 + len(plan))

    def receive(self, sender: Office) -> None:
        """Notice, list, verdict, accept, print."""
        self.send_more(sender)
        office = self.town.logged_in(RECEIVER)
        window = self.window(office)
        window.open_page("pending")
        until(lambda: len(window.pages["pending"].table.rows.rows) == 5)
        window.attendance.attend()
        until(lambda: "今天" in window.status._checked.text())
        window.attendance.told.emit(
            "示范市人民政府办公室 发来《示范市人民政府办公室关于做好电子公文交换平台启用工作的通知》"
        )
        self.picture(window, "pending-list")
        window.toast.hide()
        self.picture(window, "pending-list-quiet")
        table = window.pages["pending"].table
        table.choose(table.rows.identity(4))
        window.pages["pending"].open_chosen()
        view = window.view
        assert isinstance(view, IncomingView)
        until(lambda: view.verification is not None and view.reader.pages.is_drawn)
        self.picture(window, "incoming")
        view.reader.verdict.reasons_wanted.emit()
        view.reader.pages.centre_on(2, 190)
        until(lambda: view.reader.pages.is_drawn)
        self.picture(window, "incoming-reasons")
        self.read(window, view)
        view.open_return()
        dialog = view.dialog
        assert dialog is not None
        dialog.choose(ReturnReason.OTHER)  # type: ignore[union-attr]
        self.picture(dialog, "return-dialog")
        dialog.reject()
        view.open_accept()
        dialog = view.dialog
        assert dialog is not None
        self.picture(dialog, "accept-dialog")
        dialog.accept_button.click()  # type: ignore[union-attr]
        until(lambda: view.print_button.isVisible() and view.print_button.isEnabled())
        self.picture(window, "accepted")
        view.open_print()
        until(lambda: view.dialog is not None and view.dialog.objectName() == "print_dialog")
        dialog = view.dialog
        assert dialog is not None
        self.picture(dialog, "print-dialog")
        dialog.print_button.click()  # type: ignore[union-attr]
        until(lambda: not dialog.print_button.isVisible())  # type: ignore[union-attr]
        self.picture(dialog, "print-result")
        dialog.reject()
        view.reader.tabs.setCurrentIndex(2)
        until(lambda: bool(view.tickets.table.rows.rows))
        self.picture(window, "print-records")
        window.open_page("received")
        until(lambda: bool(window.pages["received"].table.rows.rows))
        self.picture(window, "received-list")
        window.close()

    def read(self, window: MainWindow, view: IncomingView) -> None:
        """Search, side bar, file information, selection; then a file of this PC in a window of its own."""
        reader, pages = view.reader, view.reader.pages
        reader.open_search("公文交换")
        until(lambda: reader.search.run.words and reader.search.run.finished)
        reader.search.listing.click()
        until(lambda: pages.is_drawn)
        self.picture(window, "incoming-search")
        reader.search.close_bar()
        reader.show_side(PAGES)
        view.panel.show_tab(2)
        until(lambda: pages.text_of(pages.current_page) is not None)
        pages.select_page()
        pages.copy()
        strip = reader.sidebar.thumbnails
        until(lambda: pages.is_drawn and all(strip.picture(page) is not None for page in range(3)))
        self.picture(window, "incoming-selection")
        reader.sidebar_toggle.click()
        self.look_at_seal(window, view)
        local = window.viewers.open(self.town.body)
        local.resize(*self._size)
        shown = local.view
        assert isinstance(shown, LocalView)
        until(lambda: shown.verification is not None and shown.reader.pages.is_drawn)
        self.picture(local, "local-file")
        shown.reader.pages.set_zoom(8.0)
        shown.reader.pages.centre_on(0, 115)
        until(lambda: shown.reader.pages.is_drawn)
        self.picture(local, "local-file-800")
        local.close()

    def look_at_seal(self, window: MainWindow, view: IncomingView) -> None:
        """The seal, its stamps on the paper, its card with everything opened; the evidence bundle."""
        view.show_check()
        card = view.check.cards[0]
        card.picture.click()
        until(lambda: view.reader.pages.is_drawn)
        self.picture(window, "incoming-seal")
        card.show_everything()
        for part in card.findChildren(Disclosure):
            part.open()
        self.picture(window, "incoming-seal-details")
        bundle = self.town.home / "验真包.zip"
        view.write_bundle(bundle)
        settle()
        opened = window.viewers.open(bundle)
        opened.resize(*self._size)
        shown = opened.view
        assert isinstance(shown, BundleView)
        until(lambda: shown.verification is not None and shown.reader.pages.is_drawn)
        shown.panel.show_tab(shown.parts_tab)
        self.picture(opened, "bundle")
        opened.close()

    def look_back(self, window: MainWindow) -> None:
        """The sender's board and receipts; a return from a third unit."""
        third = self.town.logged_in(THIRD)
        until(lambda: bool(third.incoming.list()))
        until(lambda: len(third.incoming.list()) == 5)
        row = next(row for row in third.incoming.list() if "启用" in row.elements.title)
        third.incoming.return_document(
            row.delivery_id, ReturnReason.ATTACHMENT_FAULT, "附件第 2 页缺失，请补发。", None
        )
        view = window.view
        assert isinstance(view, SentView)
        until(lambda: view.row.received == 1 and view.row.returned == 1 and view.reader.pages.is_drawn)
        self.picture(window, "sent")
        view.panel.show_tab(1)
        self.picture(window, "sent-receipts")
        view.reader.tabs.setCurrentIndex(view.board_tab)
        self.picture(window, "sent-board")
        window.open_page("sent")
        until(lambda: bool(window.pages["sent"].table.rows.rows))
        self.picture(window, "sent-list")
        window.open_page("returned_to_us")
        until(lambda: bool(window.pages["returned_to_us"].table.rows.rows))
        self.picture(window, "returned-to-us")
        window.lock()
        self.picture(window, "locked")
        window.close()
