"""Making a document, sealing it, sending it."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from client.ui.driving import settle, until
from client.ui.faults.scenes_tracking import WORDS, Open
from client.ui.faults.stage import TITLE, Scene, Stage
from client.ui.town import PIN, UNITS
from gongwen_client.ui.compose.copies_dialog import CopiesDialog
from gongwen_client.ui.compose.discard import DiscardDialog
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog
from gongwen_client.ui.compose.secrecy_dialog import SecrecyDialog
from gongwen_client.ui.lists.acts import DiscardManyDialog
from gongwen_client.ui.sending.elements_dialog import ElementsDialog
from gongwen_client.ui.sending.give_up_seal import GiveUpSealDialog
from gongwen_client.ui.sending.outgoing_view import OutgoingView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.states import DocumentState

ANOTHER = UNITS[3][0]


def _compose(stage: Stage, window: MainWindow) -> ComposePage:
    window.documents.open_draft(stage.sender.drafts.get(stage.draft()))
    page = window.view
    assert isinstance(page, ComposePage)
    until(lambda: page.look is not None)
    settle()
    return page


def _outgoing(stage: Stage, window: MainWindow, document: str) -> OutgoingView:
    window.documents.open_draft(stage.sender.drafts.get(document))
    view = window.view
    assert isinstance(view, OutgoingView)
    settle()
    return view


def _kept(stage: Stage, document: str) -> str:
    found = [one for one in stage.sender.drafts.list() if one.document_id == document]
    return found[0].elements.title if found else ""


def compose_save(stage: Stage, window: MainWindow) -> Scene:
    page = _compose(stage, window)
    document = page.draft.document_id
    page.form.title.setText(f"改{TITLE}")
    page.autosave.drop()
    return Scene(
        page,
        page.save,
        lambda: int(_kept(stage, document).startswith("改")),
        page.form.title.text,
    )


def compose_submit(stage: Stage, window: MainWindow) -> Scene:
    page = _compose(stage, window)
    document = page.draft.document_id
    return Scene(
        page,
        page.submit,
        lambda: int(stage.sender.drafts.get(document).state is DocumentState.AWAITING_SEAL),
        page.form.title.text,
    )


def recipients(stage: Stage, window: MainWindow) -> Scene:
    page = _compose(stage, window)
    document = page.draft.document_id
    page.addressees.pick()
    until(lambda: page.addressees.dialog is not None)
    dialog = page.addressees.dialog
    assert isinstance(dialog, RecipientsDialog)
    dialog.choose(ANOTHER)

    def done() -> int:
        return sum(one.unit_code == ANOTHER for one in stage.sender.drafts.get(document).recipients)

    return Scene(dialog, dialog.take_button.click, done, lambda: len(dialog.recipients()))


def group(stage: Stage, window: MainWindow) -> Scene:
    page = _compose(stage, window)
    page.addressees.pick()
    until(lambda: page.addressees.dialog is not None)
    dialog = page.addressees.dialog
    assert isinstance(dialog, RecipientsDialog)
    name = f"𠮷林片区{len(stage.sender.contacts.groups())}"
    dialog.tabs.setCurrentIndex(1)
    dialog.groups.name.setText(name)
    return Scene(
        dialog,
        lambda: dialog.groups.save_wanted.emit(name),
        lambda: sum(one.name == name for one in stage.sender.contacts.groups()),
        dialog.groups.name.text,
    )


def copies(stage: Stage, window: MainWindow) -> Scene:
    page = _compose(stage, window)
    document = page.draft.document_id
    page.addressees.set_copies()
    until(lambda: isinstance(page.addressees.dialog, CopiesDialog))
    dialog = page.addressees.dialog
    assert isinstance(dialog, CopiesDialog)
    dialog.count.setValue(7)
    dialog.fill()
    return Scene(
        dialog,
        dialog.take_button.click,
        lambda: int(all(one.copies == 7 for one in stage.sender.drafts.get(document).recipients)),
        lambda: [one.copies for one in dialog.rows.recipients],
    )


def secrecy(stage: Stage, window: MainWindow) -> Scene:
    page = _compose(stage, window)
    document = page.draft.document_id
    page.explain_secrecy()
    dialog = page.dialog
    assert isinstance(dialog, SecrecyDialog)
    dialog.reason.setPlainText(WORDS)
    return Scene(
        dialog,
        dialog.declare_button.click,
        lambda: int(stage.sender.drafts.get(document).record.declaration is not None),
        dialog.reason.toPlainText,
    )


def discard(stage: Stage, window: MainWindow) -> Scene:
    page = _compose(stage, window)
    document = page.draft.document_id

    def scene() -> Scene:
        page.discard_button.click()
        dialog = page.findChildren(DiscardDialog)[-1]
        act = dialog.findChild(QPushButton, "discard")
        assert act is not None
        return Scene(dialog, act.click, lambda: int(not _kept(stage, document)), again=scene)

    return scene()


def discard_many(stage: Stage, window: MainWindow) -> Scene:
    document = stage.draft()
    window.open_page("drafts")
    page = window.list_page("drafts")

    def scene() -> Scene:
        settle()
        window.acts._discard(page, [stage.sender.drafts.get(document)])
        dialog = window.acts.dialog
        assert isinstance(dialog, DiscardManyDialog)
        return Scene(
            dialog, dialog.discard_button.click, lambda: int(not _kept(stage, document)), again=scene
        )

    return scene()


def seal(stage: Stage, window: MainWindow) -> Scene:
    document = stage.draft()
    stage.sender.drafts.submit_for_seal(document)
    view = _outgoing(stage, window, document)
    view.start_sealing()
    flow = view.seal_flow
    assert flow is not None
    until(lambda: flow.dialog is not None and flow.dialog.seal_button.isEnabled())
    dialog = flow.dialog
    assert dialog is not None

    def press() -> None:
        until(dialog.seal_button.isEnabled)
        dialog.seal_button.click()
        until(lambda: flow.pin_dialog is not None)
        assert flow.pin_dialog is not None
        flow.pin_dialog.enter(PIN)

    def again() -> None:
        if flow.pin_dialog is None:
            press()
        else:
            flow.pin_dialog.enter(PIN)

    return Scene(dialog, again, lambda: len(stage.sender.drafts.get(document).seals), lambda: dialog.plan)


def elements(stage: Stage, window: MainWindow) -> Scene:
    document = stage.ready()
    view = _outgoing(stage, window, document)
    view.edit_button.click()
    dialog = view.other
    assert isinstance(dialog, ElementsDialog)
    dialog.form.doc_number.setText("示𠮷发〔2026〕77号")

    def form() -> ElementsDialog:
        assert isinstance(view.other, ElementsDialog)
        return view.other

    return Scene(
        dialog,
        lambda: form()._take(),
        lambda: int(stage.sender.drafts.get(document).elements.doc_number == "示𠮷发〔2026〕77号"),
        lambda: form().form.doc_number.text(),
        now=lambda: view.other,
    )


def give_up(stage: Stage, window: MainWindow) -> Scene:
    document = stage.ready()
    view = _outgoing(stage, window, document)

    def scene() -> Scene:
        view._give_up_seal()
        dialog = view.findChildren(GiveUpSealDialog)[-1]
        return Scene(
            dialog,
            dialog._give_up,
            lambda: int(stage.sender.drafts.get(document).state is DocumentState.DRAFT),
            again=scene,
        )

    return scene()


def send(stage: Stage, window: MainWindow) -> Scene:
    document = stage.ready()
    view = _outgoing(stage, window, document)

    def scene() -> Scene:
        view.start_sending()
        until(lambda: view.dialog is not None)
        dialog = view.dialog
        assert dialog is not None
        dialog.declaration.setChecked(True)
        return Scene(
            dialog,
            dialog.send_button.click,
            lambda: sum(one.document_id == document for one in stage.receiver.incoming.list()),
            dialog.declaration.isChecked,
            again=scene,
        )

    return scene()


MAKING_SCENES: dict[str, Open] = {
    "ComposePage": compose_save,
    "ComposePage (submit)": compose_submit,
    "RecipientsDialog": recipients,
    "RecipientsDialog (group)": group,
    "CopiesDialog": copies,
    "SecrecyDialog": secrecy,
    "DiscardDialog": discard,
    "DiscardManyDialog": discard_many,
    "SealDialog": seal,
    "ElementsDialog": elements,
    "GiveUpSealDialog": give_up,
    "SendDialog": send,
}
