"""The form of a new document: what was read is marked, what differs is said, several hands."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from client.ui.town import PIN, UNITS, Town
from client.ui.windows import compose
from fakes.exchange import INITIAL_PASSWORD, PASSWORD
from gongwen_client.domain.draft_record import Origin, Step
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.copies_dialog import CopiesDialog
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog
from gongwen_client.ui.compose.secrecy_dialog import SecrecyDialog
from gongwen_client.ui.sending.elements_dialog import ElementsDialog
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.messages import Recipient, RecipientRole
from gongwen_protocol.roles import Role
from gongwen_protocol.states import DocumentState

HOME, OTHER, THIRD = UNITS[0][0], UNITS[1][0], UNITS[2][0]


@pytest.fixture(scope="module")
def office(town: Town) -> Office:
    made = town.logged_in(HOME)
    until(lambda: bool(made.directory.units()))
    return made


def _with_body(window: MainWindow, town: Town) -> ComposePage:
    page = compose(window)
    page.load_body(town.body)
    until(lambda: page.draft.body is not None)
    settle()
    return page


def _shown(widget: QWidget) -> str:
    return "".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


# -- what the document says ----------------------------------------------------------------------------------


def test_what_was_read_says_so_until_it_is_touched(window: MainWindow, town: Town) -> None:
    page = compose(window)
    page.form.issuer.setText("自己填的")
    page.load_body(town.body)
    until(lambda: page.draft.body is not None)
    settle()
    assert page.form.issuer.text() == "自己填的"
    assert "issuer" not in page.draft.record.origins
    assert page.form._tags["doc_number"].isVisible()
    assert "取自" in page.form._tags["doc_number"].text()
    page.form.doc_number.setText("示府办发〔2026〕99号")
    until(lambda: "doc_number" not in page.draft.record.origins)
    assert not page.form._tags["doc_number"].isVisible()
    assert Origin.METADATA in page.draft.record.origins.values()


def test_the_size_is_shown_before_anything_is_sent(window: MainWindow, town: Town) -> None:
    page = _with_body(window, town)
    assert "100.0 MB" in page.meter.text
    assert "第七条" in page.meter.text


def test_recipients_are_compared_with_the_text_and_put_right_by_a_click(
    window: MainWindow, town: Town
) -> None:
    page = _with_body(window, town)
    page.addressees.choose((Recipient(unit_code=UNITS[10][0], role=RecipientRole.CC, copies=2),))
    until(lambda: bool(page.addressees.comparison.comparison.missing))
    assert "漏选" in _shown(page.addressees.comparison)
    missing = {one.unit.code for one in page.addressees.comparison.comparison.missing if not one.obstacle}
    page.addressees.comparison.findChild(QWidget, "add_main").click()  # type: ignore[union-attr]
    until(lambda: {one.unit_code for one in page.draft.recipients} >= missing)
    until(lambda: not page.addressees.comparison.comparison.missing)
    assert all(one.copies == 2 for one in page.draft.recipients), "new units get as many copies as the last"
    page.addressees.comparison.findChild(QWidget, "role_main").click()  # type: ignore[union-attr]
    until(lambda: not page.addressees.comparison.comparison.other_role)


def test_doubtful_words_are_shown_on_their_page_and_explained(window: MainWindow, town: Town) -> None:
    page = _with_body(window, town)
    until(lambda: page.checks.secrecy_button.isVisible())
    page.explain_secrecy()
    dialog = page.dialog
    assert isinstance(dialog, SecrecyDialog)
    until(lambda: not dialog._picture.pixmap().isNull())
    assert "第十九条" in dialog._rule.text()
    assert not dialog.declare_button.isEnabled()
    dialog.reason.setPlainText("只提及字样")
    dialog.declare_button.click()
    until(lambda: page.draft.record.declaration is not None)
    assert page.dialog is None


# -- materials, paper, meeting -------------------------------------------------------------------------------


def test_material_is_released_without_a_seal(window: MainWindow, town: Town, office: Office) -> None:
    page = _with_body(window, town)
    page.addressees.choose((Recipient(unit_code=OTHER, role=RecipientRole.MAIN, copies=1),))
    page.form.material.setCurrentIndex(1)
    until(lambda: "免章" in page.submit_button.text() and page.submit_button.isEnabled())
    page.submit()
    until(lambda: isinstance(window.view, OutgoingView))
    view = window.view
    assert isinstance(view, OutgoingView)
    assert view.draft.state is DocumentState.READY
    assert view.send_button.isVisible()
    assert "信息资料" in view.reader.verdict.words[1]


def test_paper_and_meeting_are_saved_with_the_rest(window: MainWindow, office: Office) -> None:
    page = compose(window)
    page.form.title.setText("关于召开会议的通知")
    page.paper.beside.setChecked(True)
    page.paper.add_button.click()
    page.paper.rows[0].name.setText("图册")
    page.meeting.wanted.setChecked(True)
    page.meeting.limited.setChecked(True)
    until(lambda: not page.unsaved)
    kept = office.drafts.get(page.draft.document_id).more
    assert [one.name for one in kept.special_attachments][1:] == ["图册"]
    assert kept.meeting is not None
    assert kept.meeting.meeting == "关于召开会议的通知"
    assert kept.meeting.reply_by is not None
    again = ComposePage(office, office.drafts.get(page.draft.document_id))
    assert again.paper.attachments() == kept.special_attachments
    assert again.meeting.call("关于召开会议的通知") == kept.meeting
    again.deleteLater()


# -- several people ------------------------------------------------------------------------------------------


def test_who_may_not_compose_reads_and_is_told_who_may(own_town: Town, qtbot: QtBot) -> None:
    own_town.exchange.add_account(HOME, "keeper", post="印章管理员", roles=frozenset({Role.SEAL}))
    office = own_town.office(HOME, key=False)
    office.login.log_in(HOME, "keeper", INITIAL_PASSWORD)
    office.login.change_password(INITIAL_PASSWORD, PASSWORD)
    draft = _someones_draft(office)
    window = MainWindow(office)
    qtbot.addWidget(window)
    window.show()
    window.documents.open_draft(draft)
    page = window.view
    assert isinstance(page, ComposePage)
    until(lambda: page.look is not None)
    assert not page.form.isEnabled()
    assert not page.submit_button.isVisible()
    assert "没有这项职责" in page.steps.text
    assert page.steps.handover_button.isVisible()
    left: list[object] = []
    window.logged_out.connect(lambda: left.append(1))
    page.steps.handover_button.click()
    until(lambda: bool(left))
    assert office.login.session is None
    window.close()


def _someones_draft(office: Office) -> object:
    """A draft that somebody else made at this PC."""
    desk = office.login._desk
    session = desk.session.grant
    assert session is not None
    desk.session.drop(session)
    draft = office.drafts.create()
    desk.session.set(session)
    return draft


# -- what was refused ----------------------------------------------------------------------------------------


def _ready(office: Office, town: Town, *codes: str) -> str:
    drafts = office.drafts
    document = drafts.create().document_id
    drafts.set_body(document, town.body)
    to = tuple(Recipient(unit_code=code, role=RecipientRole.MAIN, copies=1) for code in codes)
    drafts.set_recipients(document, to)
    drafts.submit_for_seal(document)
    key = office.sealing.keys()[0].key_id
    office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    return document


def test_a_refused_document_keeps_its_seal_and_gets_other_units(
    window: MainWindow, office: Office, town: Town
) -> None:
    document = _ready(office, town, "999999999")
    office.sending.send(document)
    until(lambda: bool(office.drafts.get(document).refusal))
    window.documents.open_draft(office.drafts.get(document))
    view = window.view
    assert isinstance(view, OutgoingView)
    until(lambda: view.notice.isVisible())
    assert "send.recipient_unknown" in view.notice.text
    seals = view.draft.seals
    view.units_button.click()
    until(lambda: isinstance(view.other, RecipientsDialog))
    picker = view.other
    assert isinstance(picker, RecipientsDialog)
    picker.choose(THIRD)
    picker.take_button.click()
    until(lambda: isinstance(view.other, CopiesDialog))
    grid = view.other
    assert isinstance(grid, CopiesDialog)
    grid.rows.set_copies((0,), 4)
    grid.take_button.click()
    until(lambda: [one.unit_code for one in view.draft.recipients] == [THIRD])
    assert view.draft.seals == seals
    assert view.draft.recipients[0].copies == 4
    assert not view.draft.refusal
    view.start_sending()
    until(lambda: view.dialog is not None)
    assert view.dialog is not None
    assert not view.dialog.send_button.isEnabled()
    view.dialog.declaration.setChecked(True)
    view.dialog.send_button.click()
    until(lambda: office.drafts.get(document).state is DocumentState.SENT)
    record = office.drafts.get(document).record
    assert record.declaration is not None
    assert list(record.steps) == [Step.COMPOSE, Step.SEAL, Step.SEND]


def test_elements_of_a_sealed_document_are_corrected_in_place(
    window: MainWindow, office: Office, town: Town
) -> None:
    document = _ready(office, town, OTHER)
    window.documents.open_draft(office.drafts.get(document))
    view = window.view
    assert isinstance(view, OutgoingView)
    view.edit_button.click()
    dialog = view.other
    assert isinstance(dialog, ElementsDialog)
    dialog.form.doc_number.setText("示府办发〔2026〕13号")
    dialog.findChild(QWidget, "take").click()  # type: ignore[union-attr]
    until(lambda: view.draft.elements.doc_number.endswith("13号"))
    assert view.draft.state is DocumentState.READY
    view.edit_button.click()
    assert isinstance(view.other, ElementsDialog)
    view.other.new_body_button.click()
    sheet = view.findChild(QWidget, "give_up_seal_dialog")
    assert sheet is not None
    sheet.findChild(QWidget, "give_up").click()  # type: ignore[union-attr]
    until(lambda: isinstance(window.view, ComposePage))
    assert office.drafts.get(document).body is None
