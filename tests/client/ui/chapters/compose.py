"""Composing in full: form, picker, copies, comparison, guard, confirmation, several people."""

from __future__ import annotations

from client.ui.driving import settle, until
from client.ui.story import Story
from client.ui.town import PIN, UNITS
from fakes.exchange import INITIAL_PASSWORD, PASSWORD
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.copies_dialog import CopiesDialog
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog, Way
from gongwen_client.ui.compose.secrecy_dialog import SecrecyDialog
from gongwen_client.ui.sending.elements_dialog import ElementsDialog
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.messages import Recipient, RecipientRole
from gongwen_protocol.roles import Role

WRITER = UNITS[7][0]
_NAMES = "市教育局、市财政局，各区人民政府；供水集团\n示范市大数据局"


def tell(story: Story) -> None:
    """A clerk composes, another person seals and sends."""
    office = story.town.logged_in(WRITER)
    until(lambda: bool(office.directory.units()))
    window = story.window(office)
    page = _new(window)
    _form(story, window, page)
    _attachments(story, window, page)
    _recipients(story, page)
    _guard(story, page)
    _whole_form(story, window, page)
    view = _submit(story, window, page)
    _send(story, window, view, office)
    window.close()
    _others(story, office)


def _new(window: MainWindow) -> ComposePage:
    window.documents.compose()
    until(lambda: isinstance(window.view, ComposePage))
    page = window.view
    assert isinstance(page, ComposePage)
    return page


def _form(story: Story, window: MainWindow, page: ComposePage) -> None:
    """Prefilled from the document; a field that was typed is a person's."""
    page.load_body(story.town.body)
    until(lambda: page.draft.body is not None and page.preview.is_drawn)
    settle()
    story.picture(window, "compose-prefilled")
    page.form.title.setText("关于" + "进一步加强和规范" * 6 + "𠮷林片区防汛抗旱工作的通知")
    page.form.more.open()
    settle()
    until(lambda: not page.unsaved)
    story.picture(window, "compose-typed")


def _recipients(story: Story, page: ComposePage) -> None:
    """Tree, search, a pasted list, groups; then the copies."""
    page.addressees.pick()
    until(lambda: page.addressees.dialog is not None)
    dialog = page.addressees.dialog
    assert dialog is not None
    dialog.choose(UNITS[2][0])
    dialog.choose(UNITS[10][0], RecipientRole.CC)
    dialog.tree.setCurrentIndex(dialog.tree.model().index(3, 0))
    story.picture(dialog, "compose-tree")
    _search(story, dialog)
    _paste(story, dialog)
    _group(story, dialog)
    dialog.take_button.click()
    until(lambda: len(page.draft.recipients) > 4)
    settle()
    story.picture(page.window(), "compose-compared")
    page.addressees.comparison.add_wanted.emit(
        [one.unit.code for one in page.addressees.comparison.comparison.missing][:2], RecipientRole.MAIN
    )
    settle()
    page.paper.beside.setChecked(True)
    page.paper.add_button.click()
    page.paper.rows[-1].name.setText("规划图册（上下册）")
    settle()
    page.addressees.set_copies()
    until(lambda: page.addressees.dialog is not None)
    grid = page.addressees.dialog
    assert isinstance(grid, CopiesDialog)
    grid.count.setValue(3)
    grid.fill()
    grid.rows.set_copies((0,), 5)
    grid.rows.set_numbers((1, 2), 0, len(page.paper.attachments()) - 1)
    story.picture(grid, "compose-copies")
    grid.take_button.click()
    settle()


def _search(story: Story, dialog: RecipientsDialog) -> None:
    dialog.search.setText("sl")
    until(lambda: "找到" in dialog._found.text())
    story.picture(dialog, "compose-search")
    dialog.search.setText("gsjt")
    dialog.search.returnPressed.emit()
    story.picture(dialog, "compose-search-blocked")
    dialog.search.clear()
    settle()


def _paste(story: Story, dialog: RecipientsDialog) -> None:
    dialog.tabs.setCurrentIndex(Way.PASTE)
    dialog.paste.names.setPlainText(_NAMES)
    dialog.paste.read()
    story.picture(dialog, "compose-pasted")
    dialog.paste.main_button.click()


def _group(story: Story, dialog: RecipientsDialog) -> None:
    dialog.tabs.setCurrentIndex(Way.GROUPS)
    dialog.groups.name.setText("防汛成员单位")
    dialog.groups.save_button.click()
    until(lambda: dialog.groups.list.count() == 1)
    dialog.groups.list.setCurrentRow(0)
    story.picture(dialog, "compose-groups")
    dialog.tabs.setCurrentIndex(Way.DIRECTORY)


def _guard(story: Story, page: ComposePage) -> None:
    """Words of secrecy: where, which rule, why; the reason."""
    until(lambda: page.look is not None and page.look.doubtful > 0)
    page.explain_secrecy()
    dialog = page.dialog
    assert isinstance(dialog, SecrecyDialog)
    dialog.reason.setPlainText("本文部署保密管理要求，只提及字样，不含国家秘密和工作秘密内容。")
    settle()
    story.picture(dialog, "compose-secrecy")
    dialog.declare_button.click()
    until(lambda: page.draft.record.declaration is not None)
    settle()


def _attachments(story: Story, window: MainWindow, page: ComposePage) -> None:
    """Files in order, paper beside, a call for replies."""
    unread = story.town.home / "测算表：2026*初稿?.xls"
    unread.write_bytes(b"\xd0\xcf\x11\xe0" + b"0" * 20_000)
    page.add_attachments([story.town.attachment, unread])
    until(lambda: len(page.draft.attachments) == 2)
    page.paper.beside.setChecked(True)
    page.paper.add_button.click()
    page.paper.rows[0].name.setText("重点河段防汛图册")
    page.meeting.wanted.setChecked(True)
    page.meeting.name.setText("全市防汛工作会议")
    page.meeting.limited.setChecked(True)
    settle()
    until(lambda: not page.unsaved)


def _whole_form(story: Story, window: MainWindow, page: ComposePage) -> None:
    """The form from top to bottom."""
    settle()
    bar = page.form_area.verticalScrollBar()
    for share, name in ((0.0, "form-top"), (0.45, "form-middle"), (0.75, "form-lower"), (1.0, "form-end")):
        bar.setValue(round(bar.maximum() * share))
        story.picture(window, f"compose-{name}")


def _submit(story: Story, window: MainWindow, page: ComposePage) -> OutgoingView:
    until(lambda: page.submit_button.isEnabled())
    page.submit()
    until(lambda: isinstance(window.view, OutgoingView))
    view = window.view
    assert isinstance(view, OutgoingView)
    until(lambda: view.reader.pages.is_drawn)
    story.picture(window, "compose-awaiting-seal")
    return view


def _send(story: Story, window: MainWindow, view: OutgoingView, office: Office) -> None:
    document = view.draft.document_id
    key = office.sealing.keys()[0].key_id
    office.sealing.seal(document, key, PIN, office.sealing.suggest(document, key))
    window.open_page("ready")
    until(lambda: bool(window.list_page("ready").table.rows.rows))
    window.list_page("ready").open_chosen()
    until(lambda: isinstance(window.view, OutgoingView))
    ready = window.view
    assert isinstance(ready, OutgoingView)
    until(lambda: ready.reader.pages.is_drawn)
    story.picture(window, "compose-ready")
    ready.edit_button.click()
    assert isinstance(ready.other, ElementsDialog)
    story.picture(ready.other, "compose-elements")
    ready.other.reject()
    ready.start_sending()
    until(lambda: ready.dialog is not None)
    assert ready.dialog is not None
    story.picture(ready.dialog, "compose-confirm")
    ready.dialog.reject()
    _refused(story, window, ready, office)


def _refused(story: Story, window: MainWindow, view: OutgoingView, office: Office) -> None:
    """The exchange refuses a unit; the seal stays, the units are changed."""
    document = view.draft.document_id
    kept = office.drafts.get(document).recipients
    stranger = Recipient(unit_code="150600999", role=RecipientRole.CC, copies=1)
    office.drafts.set_recipients(document, (*kept, stranger))
    office.sending.send(document)
    until(lambda: bool(office.drafts.get(document).refusal))
    until(lambda: view.units_button.isVisible() and view.notice.isVisible())
    until(lambda: view.reader.pages.is_drawn)
    story.picture(window, "compose-refused")


def _others(story: Story, office: Office) -> None:
    """Somebody who may seal only sees the draft and is told who goes on; the second person confirms."""
    account, initial = "keeper", INITIAL_PASSWORD
    story.town.exchange.add_account(WRITER, account, post="印章管理员", roles=frozenset({Role.SEAL}))
    document = office.drafts.create().document_id
    office.drafts.set_body(document, story.town.body)
    office.secrecy.scan(document)
    office.secrecy.declare(document, "本文部署保密管理要求，只提及字样。")
    office.login.log_out()
    office.login.log_in(WRITER, account, initial)
    office.login.change_password(initial, PASSWORD)
    window = story.window(office)
    window.documents.open_draft(office.drafts.get(document))
    page = window.view
    assert isinstance(page, ComposePage)
    until(lambda: page.look is not None and page.preview.is_drawn)
    story.picture(window, "compose-not-mine")
    dialog = SecrecyDialog(window, office, office.drafts.get(document), second_person=True)
    dialog.open()
    settle()
    story.picture(dialog, "compose-second-person")
    dialog.reject()
    window.close()
