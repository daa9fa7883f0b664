"""Register books, archive, handover: what a year of documents leaves behind."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel

from client.ui.driving import settle, until
from client.ui.story import Story
from client.ui.town import PIN, UNITS
from fakes.exchange import PASSWORD
from gongwen_client.domain.registers import Book
from gongwen_client.services.office import Office
from gongwen_client.ui.archive.check_dialog import CheckDialog
from gongwen_client.ui.archive.dialog import ArchiveDialog
from gongwen_client.ui.archive.page import ARCHIVED, ArchivePage
from gongwen_client.ui.handover.dialog import AFTER, TAKE
from gongwen_client.ui.handover.page import HandoverPage
from gongwen_client.ui.registers.book_page import BookPage
from gongwen_client.ui.registers.entry_dialog import EntryDialog
from gongwen_client.ui.registers.paper_dialog import PaperDialog
from gongwen_client.ui.registers.print_dialog import PrintSheetsDialog
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.messages import (
    CheckResult,
    Finding,
    Recipient,
    RecipientRole,
)

SENDER, KEEPER, OTHER = UNITS[11][0], UNITS[10][0], UNITS[12][0]
_PLAN = (
    ("示范市统计局关于开展2026年度统计执法检查的通知", "示统发〔2026〕18号"),
    ("示范市统计局关于报送三季度经济运行数据的函", "示统函〔2026〕42号"),
    ("示范市统计局关于印发《基层统计站建设标准》的通知", "示统发〔2026〕19号"),
    (
        "示范市统计局关于调整固定资产投资统计报表制度并做好年度报表布置、审核、上报工作有关事项的通知",
        "示统发〔2026〕20号",
    ),
    ("示范市统计局关于𠅤𠮷镇统计数据复核意见的复函", "示统函〔2026〕43号"),
)


def send(
    story: Story, sender: Office, title: str, number: str, codes: tuple[str, ...], copies: int = 2
) -> None:
    """One more sealed document."""
    key = sender.sealing.keys()[0].key_id
    document = sender.drafts.create().document_id
    draft = sender.drafts.set_body(document, story.town.body)
    changed = {"title": title, "doc_number": number, "doc_kind": "通知", "issue_date": "2026-11-20"}
    sender.drafts.add_attachment(document, story.town.attachment)
    sender.drafts.set_elements(document, draft.elements.model_copy(update=changed))
    recipients = [Recipient(unit_code=code, role=RecipientRole.MAIN, copies=copies) for code in codes]
    sender.drafts.set_recipients(document, tuple(recipients))
    sender.drafts.submit_for_seal(document)
    sender.sealing.seal(document, key, PIN, sender.sealing.suggest(document, key))
    sender.sending.send(document)


def accept_all(office: Office, count: int) -> None:
    """Receive what waits, checked as the window checks it."""
    until(lambda: len(office.incoming.list()) >= count)
    for row in office.incoming.list():
        digest = office.incoming.files(row.delivery_id).body.digest
        good = Finding.OK
        office.incoming.accept(
            row.delivery_id,
            CheckResult(body=good, attachments=good, seal=good, layout=good, body_digest=digest),
        )
    query_total = count
    until(lambda: office.registers.last_number(Book.RECEIVED, office.registers.today().year) >= query_total)


def tell(story: Story) -> None:
    """Books filled by the exchange and by hand, looked at, corrected, printed."""
    sender = story.town.logged_in(SENDER)
    keeper = story.town.logged_in(KEEPER, key=True)
    before = len(sender.tracking.sent())
    for title, number in _PLAN:
        send(story, sender, title, number, (KEEPER, OTHER))
    until(lambda: len(sender.tracking.sent()) == before + len(_PLAN))
    window = story.window(keeper)
    window.open_page("receive_register")
    page = window.pages["receive_register"]
    assert isinstance(page, BookPage)
    until(lambda: page.part is not None)
    story.picture(window, "register-empty")
    enter_by_hand(story, page)
    accept_all(keeper, len(_PLAN))
    until(lambda: len(page.table.rows.rows) == len(_PLAN) + 1)
    story.picture(window, "register-received")
    look_at_entry(story, page)
    print_and_export(story, page)
    send_register(story, sender, before + len(_PLAN))
    archive(story, window)
    send(story, sender, "示范市统计局关于召开年报布置会议的通知", "示统发〔2026〕21号", (KEEPER,))
    until(lambda: len(keeper.incoming.list()) == len(_PLAN) + 1)
    draft = keeper.drafts.create()
    changed = {"title": "示范市档案局关于开展档案移交工作的通知", "doc_number": "示档发〔2026〕9号"}
    keeper.drafts.set_elements(draft.document_id, draft.elements.model_copy(update=changed))
    hand_over(story, window)
    window.close()


def hand_over(story: Story, window: MainWindow) -> None:
    """From one clerk to the next: list, both confirmations, what is left to do."""
    story.town.exchange.add_account(KEEPER, "successor", post="文书")
    story.town.exchange.log_in(KEEPER, "successor").close()
    window.open_page("handover")
    page = window.pages["handover"]
    assert isinstance(page, HandoverPage)
    settle()
    story.picture(window, "handover-empty")
    page.new_button.click()
    until(lambda: page.dialog is not None)
    dialog = page.dialog
    assert dialog is not None
    dialog.from_password.setText(PASSWORD)
    dialog.remark.setText("监交人：办公室主任")
    story.picture(dialog, "handover-give")
    dialog.act.click()
    until(lambda: dialog.step == TAKE)
    dialog.account.setText("clerk")
    dialog.to_password.setText(PASSWORD)
    dialog.act.click()
    until(lambda: dialog.problem.isVisible())
    settle()
    story.picture(dialog, "handover-same-account")
    dialog.account.setText("successor")
    dialog.to_password.setText(PASSWORD)
    dialog.act.click()
    until(lambda: dialog.step == AFTER)
    dialog.export(story.town.home / "交接清单.pdf")
    until(lambda: "已存为" in dialog.problem.text)
    settle()
    story.picture(dialog, "handover-after")
    dialog.reject()
    settle()
    story.picture(window, "handover-list")


def archive(story: Story, window: MainWindow) -> None:
    """What is due, packages of two documents, a check that finds what was altered."""
    window.open_page("archive")
    page = window.pages["archive"]
    assert isinstance(page, ArchivePage)
    until(lambda: len(page.waiting.rows.rows) == len(_PLAN))
    page.waiting.selectRow(0)
    page.waiting.selectionModel().select(
        page.waiting.rows.index(1, 0),
        QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
    )
    story.picture(window, "archive-due")
    page.archive_chosen()
    dialog = page.dialog
    assert isinstance(dialog, ArchiveDialog)
    until(lambda: bool(dialog.period.count()))
    target = story.town.home / "归档"
    dialog.folder.setText(str(target))
    dialog.fonds.setText("Z109")
    dialog.period.setCurrentText("定期30年")
    story.picture(dialog, "archive-dialog")
    dialog.start()
    until(lambda: bool(dialog.outcomes))
    story.picture(dialog, "archive-result")
    dialog.reject()
    page.tabs.setCurrentIndex(ARCHIVED)
    until(lambda: len(page.archived.rows.rows) == 2)
    story.picture(window, "archive-done")
    body = next(path for path in sorted(target.rglob("元数据.xml")))
    body.write_bytes(body.read_bytes() + b" ")
    page.check(target)
    checked = page.dialog
    assert isinstance(checked, CheckDialog)
    until(lambda: checked.reports is not None)
    settle()
    story.picture(checked, "archive-check")
    checked.reject()


def enter_by_hand(story: Story, page: BookPage) -> None:
    """A paper document before its electronic one."""
    page.add_paper()
    dialog = page.dialog
    assert isinstance(dialog, PaperDialog)
    dialog.form.fill("unit", "示范市人大常委会办公室")
    dialog.form.fill("doc_number", "示人办〔2026〕7号")
    dialog.form.fill("title", "关于开展档案法执法检查的通知")
    dialog.form.fill("copies", "1")
    until(lambda: dialog._start.isVisible())
    settle()
    story.picture(dialog, "register-paper")
    dialog.enter_button.click()
    until(lambda: page.dialog is None and bool(page.table.rows.rows))


def look_at_entry(story: Story, page: BookPage) -> None:
    """Write what became of a document; correct a slip."""
    page.table.selectRow(1)
    page.open_chosen()
    dialog = page.dialog
    assert isinstance(dialog, EntryDialog)
    dialog.form.fill("office", "业务指导科")
    dialog.form.fill("remark", "已送分管领导阅示")
    dialog.save()
    until(lambda: "已保存" in dialog.problem.text)
    dialog.which.setCurrentIndex(dialog.which.findData("copies"))
    dialog._chosen()
    dialog.new_text.setText("3")
    dialog.save()
    until(lambda: "原因" in dialog.problem.text)
    story.picture(dialog, "register-entry-reason")
    dialog.reason.setText("笔误，实收3份")
    dialog.save()
    until(lambda: "已保存" in dialog.problem.text)
    settle()
    story.picture(dialog, "register-entry")
    dialog.reject()


def print_and_export(story: Story, page: BookPage) -> None:
    """The book on paper and in files."""
    page.print_book()
    dialog = page.dialog
    assert isinstance(dialog, PrintSheetsDialog)
    until(lambda: dialog.print_button.isEnabled())
    story.picture(dialog, "register-print")
    dialog.print_button.click()
    until(lambda: page.dialog is None)
    done: list[object] = []
    page.exported.connect(done.append)
    for suffix in ("xlsx", "csv", "pdf"):
        page.export(story.town.home / f"收文登记簿.{suffix}")
        until(lambda: bool(done))
        done.clear()
    story.picture(page.window(), "register-printed")


def send_register(story: Story, sender: Office, sent: int) -> None:
    """The sender's book with so many documents."""
    window = story.window(sender)
    window.open_page("send_register")
    page = window.pages["send_register"]
    assert isinstance(page, BookPage)
    until(lambda: bool(page.table.rows.rows))
    page.search.setText("执法")
    until(lambda: page.part is not None and page.part.total == 1)
    story.picture(window, "register-search")
    page.search.clear()
    until(lambda: page.part is not None and page.part.total == sent)
    story.picture(window, "register-sent")
    window.close()
