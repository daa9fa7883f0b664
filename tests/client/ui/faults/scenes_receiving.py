"""What a receiver does with a document that came."""

from __future__ import annotations

from client.ui.driving import until
from client.ui.faults.scenes_tracking import WORDS, Open, last, press
from client.ui.faults.stage import RECEIVER, Scene, Stage, incoming_view
from gongwen_client.domain.rows import IncomingRow, IncomingState
from gongwen_client.ui.copying.download import CopyDialog
from gongwen_client.ui.receive.accept import AcceptPanel
from gongwen_client.ui.receive.asking import AskDialog, ReplyDialog
from gongwen_client.ui.receive.deputies import DeputyDialog
from gongwen_client.ui.receive.paper_parts import ArrivalDialog
from gongwen_client.ui.receive.print_original import PrintDialog
from gongwen_client.ui.receive.return_document import ReturnDialog
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.actions import Attendance
from gongwen_protocol.messages import DeliveryView, ReturnReason


def _waiting(stage: Stage) -> IncomingRow:
    return stage.delivery(stage.sent().document_id)


def _state(stage: Stage, row: IncomingRow) -> IncomingState:
    now = stage.receiver.incoming.get(row.delivery_id)
    return IncomingState.TO_VERIFY if now.pending else now.state


def _details(stage: Stage, row: IncomingRow) -> DeliveryView:
    return stage.receiver.incoming.details(row.delivery_id)


def accept(stage: Stage, window: MainWindow) -> Scene:
    row = _waiting(stage)
    view = incoming_view(window, row)

    def scene() -> Scene:
        view.open_accept()
        panel = view.dialog
        assert isinstance(panel, AcceptPanel)
        return Scene(
            panel,
            panel.accept_button.click,
            lambda: int(_state(stage, row) is IncomingState.RECEIVED),
            again=scene,
        )

    return scene()


def return_(stage: Stage, window: MainWindow) -> Scene:
    row = _waiting(stage)
    view = incoming_view(window, row)

    def scene() -> Scene:
        view.open_return()
        dialog = view.dialog
        assert isinstance(dialog, ReturnDialog)
        dialog.choose(ReturnReason.OTHER, WORDS)
        return Scene(
            dialog,
            dialog.return_button.click,
            lambda: int(_state(stage, row) is IncomingState.RETURNED),
            dialog.note.toPlainText,
            again=scene,
        )

    return scene()


def ask(stage: Stage, window: MainWindow) -> Scene:
    row = _waiting(stage)
    view = incoming_view(window, row)

    def scene() -> Scene:
        view.acts_of.ask(copies=True)
        dialog = last(view.acts_of.dialogs, AskDialog)
        dialog.reason.setPlainText(WORDS)
        return Scene(
            dialog,
            lambda: press(dialog),
            lambda: len(_details(stage, row).requests),
            dialog.reason.toPlainText,
            again=scene,
        )

    return scene()


def reply(stage: Stage, window: MainWindow) -> Scene:
    row = _waiting(stage)
    view = incoming_view(window, row)

    def scene() -> Scene:
        view.acts_of.reply()
        dialog = last(view.acts_of.dialogs, ReplyDialog)
        dialog.choose(Attendance.ATTENDS)
        dialog.posts.setText("局长、办公室主任")
        dialog.note.setPlainText(WORDS)
        return Scene(
            dialog,
            lambda: press(dialog),
            lambda: int(_details(stage, row).reply is not None),
            lambda: (dialog.posts.text(), dialog.note.toPlainText()),
            again=scene,
        )

    return scene()


def arrival(stage: Stage, window: MainWindow) -> Scene:
    row = _waiting(stage)
    view = incoming_view(window, row)

    def scene() -> Scene:
        view.acts_of.arrived(0)
        dialog = last(view.acts_of.dialogs, ArrivalDialog)
        dialog.note.setPlainText(WORDS)
        return Scene(
            dialog,
            lambda: press(dialog),
            lambda: len(_details(stage, row).arrivals),
            dialog.note.toPlainText,
            again=scene,
        )

    return scene()


def deputy(stage: Stage, window: MainWindow) -> Scene:
    office = stage.receiver
    for name, post in (("zhiban", "文书"), ("wenshu", "档案员")):
        if name not in {one.account for one in office.deputies.accounts()}:
            stage.town.exchange.add_account(RECEIVER, name, post=post)
    window.attendance.show_deputies()
    dialog = window.findChildren(DeputyDialog)[-1]
    until(lambda: dialog.holder.count() > 2)
    for box, account in ((dialog.holder, "zhiban"), (dialog.substitute, "wenshu")):
        box.setCurrentIndex(box.findData(account))
    dialog.consent.setText(f"办公室主任 批〔2026〕{len(office.deputies.list()) + 1}号")
    return Scene(
        dialog,
        lambda: press(dialog),
        lambda: len(stage.witness.get("/v1/stand-ins").json()["stand_ins"]),
        dialog.consent.text,
    )


def print_(stage: Stage, window: MainWindow) -> Scene:
    stage.printer.reset()
    row = stage.accepted()
    view = incoming_view(window, row)
    view.open_print()
    until(lambda: isinstance(view.dialog, PrintDialog))
    dialog = view.dialog
    assert isinstance(dialog, PrintDialog)
    dialog.sides.setCurrentIndex(1)
    return Scene(
        dialog,
        dialog.print_button.click,
        lambda: len(stage.printer.paper),
        lambda: (dialog.count.value(), dialog.sides.currentIndex()),
    )


def copy(stage: Stage, window: MainWindow) -> Scene:
    row = stage.accepted()
    view = incoming_view(window, row)
    view.paper.open_copy()
    until(lambda: isinstance(view.dialog, CopyDialog))
    dialog = view.dialog
    assert isinstance(dialog, CopyDialog)
    dialog.purpose.setCurrentText("传阅办理")
    folder = stage.town.home / f"copies-{row.delivery_id}"
    folder.mkdir(exist_ok=True)
    return Scene(
        dialog,
        lambda: dialog.save_to(folder),
        lambda: int(bool(list(folder.glob("*")))),
        lambda: dialog.why,
    )


RECEIVER_SCENES: dict[str, Open] = {
    "AcceptPanel": accept,
    "ReturnDialog": return_,
    "AskDialog": ask,
    "ReplyDialog": reply,
    "ArrivalDialog": arrival,
    "DeputyDialog": deputy,
    "PrintDialog": print_,
    "CopyDialog": copy,
}
