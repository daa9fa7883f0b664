"""送文登记簿: what goes out on paper enters itself, the receiver's tick fills it, the clerk adds 封号."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from client.ui.audit import clipped, nameless
from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from gongwen_client.domain.following import DocumentMore
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.copies_dialog import CopiesDialog
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.registers.paper_book import LineDialog, PaperBookPage
from gongwen_client.ui.registers.print_dialog import PrintSheetsDialog
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_protocol.actions import PaperCause, PaperRequest, SpecialAttachment
from gongwen_protocol.messages import Recipient, RecipientRole

HOME, FIRST, SECOND = (UNITS[n][0] for n in (1, 4, 6))


@pytest.fixture(scope="module")
def home(town: Town) -> Office:
    return town.logged_in(HOME)


def send(town: Town, office: Office) -> str:
    document = office.drafts.create().document_id
    draft = office.drafts.set_body(document, town.body)
    elements = draft.elements.model_copy(update={"title": "关于印发规划的通知"})
    office.drafts.set_elements(document, elements)
    more = DocumentMore(
        special_attachments=(SpecialAttachment(name="规划图册", copies=2, sent_by="专人送达"),)
    )
    office.drafts.set_more(document, more)
    to = [Recipient(unit_code=code, role=RecipientRole.MAIN, copies=1) for code in (FIRST, SECOND)]
    office.drafts.set_recipients(document, tuple(to))
    office.drafts.submit_for_seal(document)
    key = office.sealing.keys()[0].key_id
    office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    office.sending.send(document)
    until(lambda: any(row.document_id == document for row in office.tracking.sent()))
    return document


def test_paper_that_goes_out_is_a_book(town: Town, home: Office, tmp_path: Path) -> None:
    document = send(town, home)
    window = MainWindow(home)
    window.resize(1366, 768)
    window.show()
    window.open_page("receive_register")
    window.open_page("paper_register")
    page = window.pages["paper_register"]
    assert isinstance(page, PaperBookPage)
    until(lambda: len(page.table.rows.rows) == 2)
    assert {line.name for line in page.table.rows.rows} == {"规划图册"}
    assert {line.way for line in page.table.rows.rows} == {"专人送达"}

    receiver = town.logged_in(FIRST, key=False)
    until(lambda: any(row.document_id == document for row in receiver.incoming.list()))
    delivery = receiver.incoming.of_document(document).delivery_id
    receiver.incoming.accept(delivery, receiver.incoming.verify(delivery).checks)
    until(lambda: not receiver.incoming.get(delivery).pending)
    receiver.asking.arrived(delivery, 0)
    until(lambda: any(line.arrived_by for line in home.paper_book.lines()))

    request = PaperRequest(cause=PaperCause.OTHER, carried_by="机要通信", note="", unit_codes=(SECOND,))
    home.followup.go_on_paper(document, request)
    until(lambda: len(home.paper_book.lines()) == 3)
    page.reload()
    until(lambda: len(page.table.rows.rows) == 3)
    ticked = next(line for line in page.table.rows.rows if line.arrived_by)
    assert ticked.arrived_at is not None
    assert abs((datetime.now(UTC) - ticked.arrived_at).total_seconds()) < 3600
    whole = next(line for line in page.table.rows.rows if line.name == "公文纸质件")
    assert "机要通信" in whole.way

    page.show_line(whole)
    dialog = page.dialog
    assert isinstance(dialog, LineDialog)
    dialog.envelope.setText("2026-017")
    dialog.save_button.click()
    until(lambda: any(line.words.envelope == "2026-017" for line in page.table.rows.rows))
    page.search.setText("2026-017")
    until(lambda: len(page.table.rows.rows) == 1)
    page.search.clear()
    assert not clipped(window)
    assert not nameless(window)

    page.export(tmp_path / "送文登记簿.csv")
    until(lambda: "已导出" in page.notice.text)
    text = (tmp_path / "送文登记簿.csv").read_text("utf-8-sig")
    assert all(word in text for word in ("封号", "发往机关", "发送方式", "签收时间", "签收人", "2026-017"))
    page.print_button.click()
    sheets = page.dialog
    assert isinstance(sheets, PrintSheetsDialog)
    until(sheets.print_button.isEnabled)
    sheets.print_button.click()
    until(lambda: "送文登记簿已存为" in page.notice.text)
    window.close()
    settle()
    background.stop()


def test_each_unit_gets_its_own_number_on_paper(town: Town, home: Office) -> None:
    window = MainWindow(home)
    window.resize(1366, 768)
    window.show()
    window.documents.compose()
    until(lambda: isinstance(window.view, ComposePage))
    page = window.view
    assert isinstance(page, ComposePage)
    page.load_body(town.body)
    until(lambda: page.draft.body is not None)
    page.form.title.setText("关于分送图册的通知")
    to = tuple(Recipient(unit_code=code, role=RecipientRole.MAIN, copies=1) for code in (FIRST, SECOND))
    page.addressees.choose(to)
    page.paper.add_button.click()
    page.paper.rows[0].name.setText("规划图册")
    until(lambda: not page.unsaved)
    page.addressees.copies.grid_button.click()
    until(lambda: isinstance(page.addressees.dialog, CopiesDialog))
    grid = page.addressees.dialog
    assert isinstance(grid, CopiesDialog)
    part = grid.rows.columnCount() - 1
    grid.rows.setData(grid.rows.index(0, part), 3)
    grid.rows.setData(grid.rows.index(1, part), 0)
    grid.take_button.click()
    until(lambda: bool(home.drafts.get(page.draft.document_id).more.special_attachments[0].shares))
    until(lambda: "另送纸质 3 份" in page.addressees.copies._total.text())
    again = ComposePage(home, home.drafts.get(page.draft.document_id))
    assert again.paper.attachments() == page.paper.attachments(), "opened again, the numbers are kept"
    again.deleteLater()
    document = page.draft.document_id
    page.submit()
    until(lambda: isinstance(window.view, OutgoingView))
    window.close()
    key = home.sealing.keys()[0].key_id
    home.sealing.seal(document, key, PIN, home.sealing.suggest(document, key))
    home.sending.send(document)
    until(lambda: any(row.document_id == document for row in home.tracking.sent()))
    ours = [line for line in home.paper_book.lines() if line.title == "关于分送图册的通知"]
    assert [(line.unit, line.copies) for line in ours] == [(town.names[FIRST], 3)]
    receiver = town.logged_in(SECOND, key=False)
    until(lambda: any(row.document_id == document for row in receiver.incoming.list()))
    delivery = receiver.incoming.of_document(document).delivery_id
    receiver.asking.arrived(delivery, 0)
    until(lambda: bool(receiver.asking.refused([delivery])))
    assert "arrival.unknown" in receiver.asking.refused([delivery])[0].why
    settle()
    background.stop()
