"""What lists and dialogs must name: who drafted, where it went, who sealed it for what."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from gongwen_client.domain.custody import Custody
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.registers.print_dialog import PrintSheetsDialog
from gongwen_client.ui.registers.seal_ledger import SealLedgerPage, UseDialog
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.messages import Recipient, RecipientRole

HOME = UNITS[1][0]
RECEIVERS = UNITS[2:6]


@pytest.fixture(scope="module")
def office(town: Town) -> Office:
    office = town.logged_in(HOME)
    serial = office.sealing.keys()[0].serial
    office.keys.set_custody(serial, Custody("办公室主任", "印章管理员"))
    return office


def awaiting_seal(town: Town, office: Office, title: str) -> str:
    document = office.drafts.create().document_id
    draft = office.drafts.set_body(document, town.body)
    office.drafts.set_elements(document, draft.elements.model_copy(update={"title": title}))
    recipients = [
        Recipient(unit_code=code, role=RecipientRole.MAIN, copies=1) for code, _name, _region in RECEIVERS
    ]
    office.drafts.set_recipients(document, tuple(recipients))
    office.drafts.submit_for_seal(document)
    return document


def seal(office: Office, document: str) -> None:
    key = office.sealing.keys()[0].key_id
    office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))


def said(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel))


def cells(page: DocumentList | SealLedgerPage, title: str) -> dict[str, str]:
    """The texts of the row whose title it is, by the heads of the columns."""
    model = page.table.model()
    heads = [
        model.headerData(number, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        for number in range(model.columnCount())
    ]
    for row in range(model.rowCount()):
        texts = dict(zip(heads, (model.index(row, n).data() for n in range(len(heads))), strict=True))
        if title in texts.values():
            return texts
    return {}


def listed(window: MainWindow, name: str, title: str) -> dict[str, str]:
    window.open_page(name)
    page = window.pages[name]
    assert isinstance(page, DocumentList | SealLedgerPage)
    until(lambda: bool(cells(page, title)))
    return cells(page, title)


def test_who_drafted_who_sealed_and_where_it_went(window: MainWindow, office: Office, town: Town) -> None:
    document = awaiting_seal(town, office, "关于秋季植树的通知")
    post = office.login.session.post  # type: ignore[union-attr]
    assert listed(window, "awaiting_seal", "关于秋季植树的通知")["拟稿人"] == post
    window.documents.open_draft(office.drafts.get(document))
    view = window.view
    assert isinstance(view, OutgoingView)
    settle()
    assert "待盖章" in said(view.panel)
    assert words.record_number(document) in said(view.panel)
    seal(office, document)
    view.refresh()
    until(lambda: "盖章人" in said(view.panel))
    office.sending.send(document)
    until(lambda: any(row.document_id == document for row in office.tracking.sent()))
    row = listed(window, "sent", "关于秋季植树的通知")
    first, second = (name for _code, name, _region in RECEIVERS[:2])
    assert row["接收单位"] == f"{first}、{second}等 {len(RECEIVERS)} 个单位"


def test_the_seal_is_confirmed_with_its_purpose_and_its_keepers(
    window: MainWindow, office: Office, town: Town
) -> None:
    document = awaiting_seal(town, office, "关于冬季防火的通知")
    window.documents.open_draft(office.drafts.get(document))
    view = window.view
    assert isinstance(view, OutgoingView)
    until(lambda: view.seal_button.isVisible())
    view.start_sealing()
    until(lambda: view.seal_flow is not None and view.seal_flow.dialog is not None)
    dialog = view.seal_flow.dialog  # type: ignore[union-attr]
    assert dialog is not None
    until(lambda: "载体保管 办公室主任；口令保管 印章管理员" in said(dialog))
    assert f"公文发送　发文记录 {words.record_number(document)}" in said(dialog)
    dialog.reject()


def test_the_ledger_names_the_send_record_and_what_never_went_out(
    window: MainWindow, office: Office, town: Town
) -> None:
    sent, kept = (awaiting_seal(town, office, title) for title in ("已经发出的通知", "没有发出的通知"))
    for document in (sent, kept):
        seal(office, document)
    office.sending.send(sent)
    until(lambda: office.registers.of_document(sent) is not None)
    label = office.registers.of_document(sent).label  # type: ignore[union-attr]
    assert listed(window, "seal_ledger", "已经发出的通知")["发文记录"] == label
    assert listed(window, "seal_ledger", "没有发出的通知")["发文记录"] == "未发送"
    page = window.pages["seal_ledger"]
    assert isinstance(page, SealLedgerPage)
    use = next(one for one in page.table.rows.rows if one.title == "没有发出的通知")
    page.show_use(use)
    dialog = page.dialog
    assert isinstance(dialog, UseDialog)
    assert "未发送" in said(dialog)
    assert "印章管理员" in said(dialog)
    dialog.reject()
    page.print_button.click()
    sheets = page.dialog
    assert isinstance(sheets, PrintSheetsDialog)
    until(sheets.print_button.isEnabled)
    sheets.print_button.click()
    until(lambda: "用印台账已存为" in page.notice.text)
