"""打印原件, 打印记录, 下载副本, 原件验真: a printer that jams, and what the clerk sees of it."""

from __future__ import annotations

from client.ui.driving import settle, until
from client.ui.story import Story
from client.ui.town import PIN, UNITS
from fakes.printer import FakePrinter, Fault
from gongwen_client.domain.rows import IncomingRow
from gongwen_client.services.office import Office
from gongwen_client.ui.copying.check_page import CheckMarkPage
from gongwen_client.ui.copying.download import CopyDialog
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.receive.print_original import PrintDialog
from gongwen_client.ui.shell.window import MainWindow
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.copy_marks import CopyMark, mark_text
from gongwen_protocol.messages import Recipient, RecipientRole

SENDER, RECEIVER = UNITS[11][0], UNITS[12][0]
TITLE = "示范市统计局关于开展第三季度统计数据质量检查的通知"


def tell(story: Story) -> None:
    """One document of five copies, from the first look at the printer to the paper in hand."""
    printer = FakePrinter()
    sender = story.town.logged_in(SENDER)
    receiver = story.town.logged_in(RECEIVER, key=False, printer=printer)
    row = accepted(sender, receiver, send(story, sender))
    window = story.window(receiver)
    window.open_page("received")
    until(lambda: bool(window.pages["received"].table.rows.rows))
    view = open_document(window, row)
    print_with_troubles(story, view, printer)
    records(story, window, view)
    download(story, view)
    check_paper(story, window, view)
    window.close()


def send(story: Story, sender: Office) -> str:
    """A sealed document with an attachment, five copies for the receiver; its id."""
    document = sender.drafts.create().document_id
    draft = sender.drafts.set_body(document, story.town.body)
    sender.drafts.add_attachment(document, story.town.attachment)
    changed = {"title": TITLE, "doc_number": "示统发〔2026〕21号"}
    sender.drafts.set_elements(document, draft.elements.model_copy(update=changed))
    recipient = Recipient(unit_code=RECEIVER, role=RecipientRole.MAIN, copies=5)
    sender.drafts.set_recipients(document, (recipient,))
    sender.drafts.submit_for_seal(document)
    key = sender.sealing.keys()[0].key_id
    sender.sealing.seal(document, key, PIN, sender.sealing.suggest(document, key))
    sender.sending.send(document)
    return document


def accepted(sender: Office, receiver: Office, document: str) -> IncomingRow:
    """The delivery, checked and accepted."""

    def here() -> list[IncomingRow]:
        return [row for row in receiver.incoming.list() if row.document_id == document]

    until(lambda: bool(here()) and here()[0].state.value == "to_verify")
    delivery = here()[0].delivery_id
    receiver.incoming.accept(delivery, receiver.incoming.verify(delivery).checks)
    until(lambda: not receiver.incoming.get(delivery).pending)
    return receiver.incoming.get(delivery)


def open_document(window: MainWindow, row: IncomingRow) -> IncomingView:
    """The received document, open."""
    table = window.pages["received"].table  # type: ignore[attr-defined]
    until(lambda: any(one.delivery_id == row.delivery_id for one in table.rows.rows))
    table.choose(row.delivery_id)
    window.pages["received"].open_chosen()  # type: ignore[attr-defined]
    view = window.view
    assert isinstance(view, IncomingView)
    until(lambda: view.verification is not None and view.reader.pages.is_drawn)
    until(lambda: view.print_button.isVisible() and view.print_button.isEnabled())
    return view


def print_dialog(view: IncomingView) -> PrintDialog:
    """The dialog, once the printers were asked."""
    view.open_print()
    until(lambda: isinstance(view.dialog, PrintDialog))
    assert isinstance(view.dialog, PrintDialog)
    return view.dialog


def print_with_troubles(story: Story, view: IncomingView, printer: FakePrinter) -> None:
    """Offline, then a jam on the second of three, then again."""
    printer.fault = Fault.OFFLINE
    dialog = print_dialog(view)
    story.picture(dialog, "print-offline")
    printer.fault = Fault.NONE
    dialog.printer.look_button.click()
    until(lambda: dialog.printer.ready)
    dialog.printer.trial_button.click()
    until(lambda: dialog.problem.isVisible())
    story.picture(dialog, "print-trial")
    dialog.problem.clear()
    dialog.count.setValue(3)
    story.picture(dialog, "print-ready")
    printer.on_paper = lambda: setattr(printer, "fault", Fault.JAM)
    dialog.print_button.click()
    until(lambda: not dialog.print_button.isVisible())
    story.picture(dialog, "print-jammed")
    (doubtful,) = [line for line in dialog.copies.lines if not line.answer.isHidden()]
    doubtful.answer.answered.emit(False, "卡纸")
    settle()
    story.picture(dialog, "print-void")
    printer.reset()
    dialog.again_button.click()
    until(lambda: dialog.again_button.isHidden() and not dialog.print_button.isVisible())
    story.picture(dialog, "print-again")
    dialog.reject()


def records(story: Story, window: MainWindow, view: IncomingView) -> None:
    """Every copy with its state and who printed it; one in doubt waits for a word."""
    view.reader.tabs.setCurrentIndex(2)
    until(lambda: "剩余 2 份（共 5 份）" in view.tickets.left.text())
    until(lambda: len(view.tickets.table.rows.rows) == 5)
    story.picture(window, "print-history")


def download(story: Story, view: IncomingView) -> None:
    """A copy with its preview, and where it went."""
    view.copy_button.click()
    until(lambda: isinstance(view.dialog, CopyDialog))
    dialog = view.dialog
    assert isinstance(dialog, CopyDialog)
    dialog.purpose.setCurrentIndex(0)
    until(lambda: not dialog.picture.pixmap().isNull())
    story.picture(dialog, "copy-dialog")
    folder = story.town.home / "副本"
    folder.mkdir()
    dialog.save_to(folder)
    until(lambda: bool(dialog.saved))
    story.picture(dialog, "copy-saved")
    dialog.reject()


def check_paper(story: Story, window: MainWindow, view: IncomingView) -> None:
    """A genuine mark, and one that nobody signed for."""
    window.open_page("copy_marks")
    page = window.pages["copy_marks"]
    assert isinstance(page, CheckMarkPage)
    story.picture(window, "check-mark")
    ticket = view.tickets.table.rows.rows[0].ticket
    files = story.town.offices[-1].incoming.files(view.row.delivery_id)
    moment = ticket.changed_at.replace(microsecond=0)
    mark = CopyMark(ticket.ticket_id, files.body.digest, ticket.copy_number, 1, RECEIVER, moment)
    page.field.setText(mark_text(mark, story.town.exchange.exchange.signer))
    page.check()
    until(lambda: page.found is not None)
    story.picture(window, "check-genuine")
    subject = Subject("某交换中心", "某交换中心")
    root = make_root(subject, moment.replace(year=2025), moment.replace(year=2030))
    forger = SoftwareSigner.generate()
    forger = forger.with_certificate(
        issue(
            root,
            subject,
            forger.public_key,
            Usage.SIGNING,
            moment.replace(year=2025),
            moment.replace(year=2030),
        )
    )
    page.field.setText(mark_text(mark, forger))
    page.check()
    until(lambda: page.found is not None)
    story.picture(window, "check-forged")
