"""What is done with a document once it was received: forwarded, registered, archived from its list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction

from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from client.ui.windows import shown_window
from gongwen_client.domain.draft_record import Origin
from gongwen_client.domain.rows import IncomingState
from gongwen_client.host.printing import Sides
from gongwen_client.services.office import Office
from gongwen_client.ui.archive.dialog import ArchiveDialog
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.lists import cells
from gongwen_client.ui.lists.acts import CloseReturnsDialog
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.receive.print_original import PrintDialog
from gongwen_client.ui.registers.entry_dialog import EntryDialog
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tracking.taking_back import ResendDialog
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import Recipient, RecipientRole, ReturnReason

SENDER, RECEIVER, THIRD = (UNITS[n][0] for n in (1, 4, 6))
TITLE = "关于报送防汛工作情况的通知"


@pytest.fixture(scope="module")
def offices(town: Town) -> tuple[Office, Office, Office]:
    return town.logged_in(SENDER), town.logged_in(RECEIVER), town.logged_in(THIRD, key=False)


@pytest.fixture
def window(offices: tuple[Office, Office, Office]) -> Iterator[MainWindow]:
    with shown_window(offices[1]) as opened:
        yield opened


def seal_and_send(town: Town, office: Office, document: str, receiver: str) -> None:
    office.drafts.set_recipients(
        document, (Recipient(unit_code=receiver, role=RecipientRole.MAIN, copies=2),)
    )
    office.drafts.submit_for_seal(document)
    key = office.sealing.keys()[0].key_id
    office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    office.sending.send(document)


def send(town: Town, office: Office, title: str) -> str:
    document = office.drafts.create().document_id
    draft = office.drafts.set_body(document, town.body)
    office.drafts.add_attachment(document, town.attachment)
    office.drafts.set_elements(document, draft.elements.model_copy(update={"title": title}))
    seal_and_send(town, office, document, RECEIVER)
    return document


def arrived(office: Office, document: str) -> str:
    """The delivery once its row is there."""
    until(lambda: any(row.document_id == document for row in office.incoming.list()))
    return office.incoming.of_document(document).delivery_id


def accepted(office: Office, document: str) -> str:
    delivery = arrived(office, document)
    office.incoming.accept(delivery, office.incoming.verify(delivery).checks)
    until(lambda: not office.incoming.get(delivery).pending)
    return delivery


def received_list(window: MainWindow, delivery: str) -> DocumentList:
    window.open_page("received")
    page = window.pages["received"]
    assert isinstance(page, DocumentList)
    until(lambda: delivery in page.model.found.places)
    page.table.choose(delivery)
    return page


def menu_of(page: DocumentList) -> dict[str, QAction]:
    return {action.objectName(): action for action in page.row_menu().actions() if action.objectName()}


def test_a_received_document_goes_on_to_a_third_unit(
    window: MainWindow, offices: tuple[Office, Office, Office], town: Town
) -> None:
    sender, office, third = offices
    document = send(town, sender, TITLE)
    delivery = arrived(office, document)
    with pytest.raises(RefusedError, match=r"forward\.not_received"):
        office.forwarding.begin(delivery)
    assert office.drafts.list() == []
    accepted(office, document)
    window.documents.open_incoming(office.incoming.get(delivery))
    view = window.view
    assert isinstance(view, IncomingView)
    view.forward_button.click()
    until(lambda: isinstance(window.view, ComposePage))
    page = window.view
    assert isinstance(page, ComposePage)
    assert page.draft.attachments[0].name == f"{TITLE}（来文）.ofd"
    assert len(page.draft.attachments) == 2
    assert page.form.title.text() == f"关于转发《{TITLE}》的通知"
    assert page.draft.record.origins == {"title": Origin.RECEIVED}
    page.load_body(town.body)
    until(lambda: page.draft.body is not None)
    assert page.form.title.text() not in ("", f"关于转发《{TITLE}》的通知"), "the body says its own title"
    seal_and_send(town, office, page.draft.document_id, THIRD)
    forwarded = arrived(third, page.draft.document_id)
    files = third.incoming.files(forwarded)
    original = office.incoming.files(delivery)
    assert [one.digest for one in files.attachments] == [
        original.body.digest,
        *(one.digest for one in original.attachments),
    ]
    report = third.local.verify(files.attachments[0].path).report
    assert report["verdict"] in ("valid", "warning"), "the seal of the first sender still holds"


def test_the_menu_of_a_received_row_leads_to_its_copy_register_and_archive(
    window: MainWindow, offices: tuple[Office, Office, Office], town: Town
) -> None:
    sender, office, _third = offices
    delivery = accepted(office, send(town, sender, "关于开展检查的通知"))
    page = received_list(window, delivery)
    found = menu_of(page)
    assert {"row_print", "row_copy", "row_forward", "row_register", "row_archive"} <= set(found)
    found["row_register"].trigger()
    until(lambda: isinstance(window.acts.dialog, EntryDialog))
    entry = window.acts.dialog
    assert isinstance(entry, EntryDialog)
    entry.form.fill("office", "防汛科")
    entry.save_button.click()
    until(lambda: office.registers.of_delivery(delivery).text("office") == "防汛科")  # type: ignore[union-attr]
    entry.reject()
    found["row_forward"].trigger()
    until(lambda: isinstance(window.view, ComposePage))
    page = received_list(window, delivery)
    menu_of(page)["row_copy"].trigger()
    until(lambda: isinstance(window.view, IncomingView) and window.view.dialog is not None)


def test_several_received_documents_are_archived_at_once(
    window: MainWindow, offices: tuple[Office, Office, Office], town: Town
) -> None:
    sender, office, _third = offices
    several = [accepted(office, send(town, sender, f"关于第 {n} 次会议的通知")) for n in (1, 2)]
    page = received_list(window, several[0])
    until(lambda: several[1] in page.model.found.places)
    page.table.selectAll()
    until(lambda: page.chosen.isVisible())
    page.chosen.buttons["archive"].click()
    until(lambda: isinstance(window.acts.dialog, ArchiveDialog))
    dialog = window.acts.dialog
    assert isinstance(dialog, ArchiveDialog)
    assert {office.registers.of_delivery(one).entry_id for one in several} <= {  # type: ignore[union-attr]
        entry.entry_id for entry in dialog._entries
    }
    dialog.reject()


def test_a_return_is_put_right_or_put_aside_and_its_number_goes(
    offices: tuple[Office, Office, Office], town: Town
) -> None:
    """退文: 重发 and 作废 from the list; what was done stays, the red number is of what is open."""
    sender, office, _third = offices
    wrong, misdirected = (send(town, sender, title) for title in ("版式不对的通知", "送错单位的通知"))
    for document, reason, note in (
        (wrong, ReturnReason.LAYOUT_FAULT, "第 2 页空白"),
        (misdirected, ReturnReason.MISDIRECTED, ""),
    ):
        delivery = arrived(office, document)
        office.incoming.return_document(delivery, reason, note, None)
    until(lambda: sender.duty.counts().returned_to_us == 2)
    window = MainWindow(sender)
    window.show()
    window.open_page("returned_to_us")
    page = window.pages["returned_to_us"]
    assert isinstance(page, DocumentList)
    until(lambda: len(page.model.found.ids) == 2)
    assert states_of(page) == {"版式不对的通知": "待处理", "送错单位的通知": "待处理"}
    choose(page, "送错单位的通知")
    menu_of(page)["row_close_return"].trigger()
    until(lambda: isinstance(window.acts.dialog, CloseReturnsDialog))
    closing = window.acts.dialog
    assert isinstance(closing, CloseReturnsDialog)
    assert not closing.close_button.isEnabled(), "a reason is wanted"
    closing.why.setPlainText("误送，已电话核实")
    closing.close_button.click()
    until(lambda: sender.duty.counts().returned_to_us == 1)
    until(lambda: states_of(page).get("送错单位的通知") == "已作废")
    choose(page, "版式不对的通知")
    assert "row_close_return" in menu_of(page)
    menu_of(page)["row_resend"].trigger()
    until(lambda: isinstance(window.view, SentView) and bool(window.view.acts_of.dialogs))
    view = window.view
    assert isinstance(view, SentView)
    resend = view.acts_of.dialogs[0]
    assert isinstance(resend, ResendDialog)
    until(lambda: bool(resend.reach.codes))
    resend.reason.setPlainText("经核对版式无误，请重新接收")
    resend.act_button.click()  # type: ignore[union-attr]
    until(lambda: sender.duty.counts().returned_to_us == 0)
    window.open_page("returned_to_us")
    until(lambda: states_of(page) == {"版式不对的通知": "已重发", "送错单位的通知": "已作废"})
    row = next(pair for pair in page.model.rows if pair[0].elements.title == "版式不对的通知")
    assert row[1].return_note == "第 2 页空白", "the list still says why it came back"
    again = office.incoming.of_document(wrong).delivery_id
    until(lambda: office.incoming.get(again).state is not IncomingState.RETURNED)
    office.incoming.return_document(again, ReturnReason.LAYOUT_FAULT, "仍然空白", None)
    until(lambda: sender.duty.counts().returned_to_us == 1)
    until(lambda: states_of(page)["版式不对的通知"] == "待处理")
    window.close()
    settle()


def test_printing_proposes_the_sides_that_were_set(
    window: MainWindow, offices: tuple[Office, Office, Office], town: Town
) -> None:
    sender, office, _third = offices
    delivery = accepted(office, send(town, sender, "单面打印的通知"))
    office.preferences.change(both_sides=False)
    window.documents.open_incoming(office.incoming.get(delivery))
    view = window.view
    assert isinstance(view, IncomingView)
    view.open_print()
    until(lambda: isinstance(view.dialog, PrintDialog))
    dialog = view.dialog
    assert isinstance(dialog, PrintDialog)
    assert dialog.sides.currentData() == Sides.ONE.value
    dialog.reject()
    office.preferences.change(both_sides=True)


def states_of(page: DocumentList) -> dict[str, str]:
    settle()
    return {pair[0].elements.title: cells.return_handling(pair).word for pair in page.model.rows}


def choose(page: DocumentList, title: str) -> None:
    pair = next(one for one in page.model.rows if one[0].elements.title == title)
    page.table.choose(pair[1].delivery_id)
