"""What a sender does about a sent document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from client.ui.driving import settle, until
from client.ui.faults.stage import RECEIVER, RECEIVER_NAME, Scene, Stage, sent_view
from gongwen_client.domain.returns import Handling
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog
from gongwen_client.ui.lists.acts import CloseReturnsDialog, UrgeManyDialog
from gongwen_client.ui.lists.documents import DocumentList
from gongwen_client.ui.registers.paper_book import LineDialog, PaperBookPage
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tracking.answering import GrantDialog, RefuseDialog
from gongwen_client.ui.tracking.call import CallDialog
from gongwen_client.ui.tracking.correcting import CorrectDialog
from gongwen_client.ui.tracking.remind import RemindDialog
from gongwen_client.ui.tracking.taking_back import PaperDialog, RecallDialog, ResendDialog
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.forms import FormSheet
from gongwen_protocol.actions import PaperCause
from gongwen_protocol.messages import DeliveryView, ReturnReason
from gongwen_protocol.states import DeliveryState, RequestState

Open = Callable[[Stage, MainWindow], Scene]
"""Opens a screen of the window with everything typed."""
Form = TypeVar("Form", bound=FormSheet)
WORDS = "请于今天下班前接收𠮷𡈽河防汛通知。"


def details(stage: Stage, document: str) -> DeliveryView:
    """The receiver's delivery, as the sender's PC has it from the exchange."""
    rows = stage.sender.tracking.board(document)
    found = next(row.details for row in rows if row.unit_code == RECEIVER)
    assert found is not None
    return found


def last(dialogs: Sequence[Sheet], kind: type[Form]) -> Form:
    """The dialog that was opened last."""
    dialog = dialogs[-1]
    assert isinstance(dialog, kind)
    settle()
    return dialog


def _form(view: SentView, name: str, kind: type[Form]) -> Form:
    """The dialog of an act for the receiver, opened from the board."""
    assert view.followed is not None
    rows = [line.row for line in view.followed.board.lines if line.row.unit_code == RECEIVER]
    view.acts_of.open(name, rows)
    return last(view.acts_of.dialogs, kind)


def press(dialog: FormSheet) -> None:
    """What its headline says, once it can be done."""
    assert dialog.act_button is not None
    until(dialog.act_button.isEnabled)
    dialog.act_button.click()


def remind(stage: Stage, window: MainWindow) -> Scene:
    row = stage.sent()
    view = sent_view(window, row)

    def scene() -> Scene:
        dialog = _form(view, "remind", RemindDialog)
        dialog.text.setPlainText(WORDS)
        return Scene(
            dialog,
            lambda: press(dialog),
            lambda: len(details(stage, row.document_id).reminders),
            dialog.text.toPlainText,
            again=scene,
        )

    return scene()


def recall(stage: Stage, window: MainWindow) -> Scene:
    row = stage.sent()
    return _with_reason(
        sent_view(window, row),
        "recall",
        lambda: int(_state(stage, row.document_id) is DeliveryState.RECALLED),
    )


def resend(stage: Stage, window: MainWindow) -> Scene:
    row = stage.sent()
    delivery = stage.delivery(row.document_id).delivery_id
    stage.receiver.incoming.return_document(delivery, ReturnReason.OTHER, "𠮷字显示不全", None)
    until(lambda: _state(stage, row.document_id) is DeliveryState.RETURNED)
    return _with_reason(
        sent_view(window, stage.sender.tracking.sent_one(row.document_id)),
        "resend",
        lambda: int(_state(stage, row.document_id) is not DeliveryState.RETURNED),
    )


def _with_reason(view: SentView, name: str, done: Callable[[], int]) -> Scene:
    def scene() -> Scene:
        dialog = _form(view, name, FormSheet)
        assert isinstance(dialog, RecallDialog | ResendDialog)
        dialog.reason.setPlainText(WORDS)
        return Scene(dialog, lambda: press(dialog), done, dialog.reason.toPlainText, again=scene)

    return scene()


def _state(stage: Stage, document: str) -> DeliveryState:
    rows = stage.sender.tracking.board(document)
    return next(row.state for row in rows if row.unit_code == RECEIVER)


def paper(stage: Stage, window: MainWindow) -> Scene:
    row = stage.sent()
    view = sent_view(window, row)

    def scene() -> Scene:
        dialog = _form(view, "paper", PaperDialog)
        dialog.choose(PaperCause.OUTAGE)
        dialog.carried_by.setText("机要通信𠮷𡈽站")
        dialog.note.setPlainText(WORDS)
        return Scene(
            dialog,
            lambda: press(dialog),
            lambda: int(_state(stage, row.document_id) is DeliveryState.PAPER_FALLBACK),
            lambda: (dialog.carried_by.text(), dialog.note.toPlainText()),
            again=scene,
        )

    return scene()


def call(stage: Stage, window: MainWindow) -> Scene:
    row = stage.sent()
    dialog = _form(sent_view(window, row), "call", CallDialog)
    dialog.spoken_with.setText("收发员")
    dialog.said.setPlainText(WORDS)
    return Scene(
        dialog,
        lambda: press(dialog),
        lambda: len(stage.sender.boards.calls(row.document_id)),
        lambda: (dialog.spoken_with.text(), dialog.said.toPlainText()),
    )


def correct(stage: Stage, window: MainWindow) -> Scene:
    view = sent_view(window, stage.sent())
    view.acts_of.correct()
    dialog = last(view.acts_of.dialogs, CorrectDialog)
    return Scene(dialog, lambda: press(dialog), lambda: len(stage.sender.drafts.list()))


def _answering(*, grant: bool) -> Open:
    def open_(stage: Stage, window: MainWindow) -> Scene:
        row = stage.sent()
        delivery = stage.delivery(row.document_id).delivery_id
        stage.receiver.asking.more_copies(delivery, 1, "打印𠮷字时卡纸，损坏一份。")
        until(lambda: bool(details(stage, row.document_id).requests))
        view = sent_view(window, stage.sender.tracking.sent_one(row.document_id))
        wanted = RequestState.GRANTED if grant else RequestState.REFUSED

        def scene() -> Scene:
            until(lambda: bool(view.requests.requests))
            view.acts_of.answer(view.requests.requests[0], grant=grant)
            dialog = view.acts_of.dialogs[-1]
            assert isinstance(dialog, GrantDialog | RefuseDialog)
            field = dialog.note if isinstance(dialog, GrantDialog) else dialog.reason
            field.setPlainText(WORDS)
            return Scene(
                dialog,
                lambda: press(dialog),
                lambda: int(details(stage, row.document_id).requests[0].state is wanted),
                field.toPlainText,
                again=scene,
            )

        return scene()

    return open_


def supplement(stage: Stage, window: MainWindow) -> Scene:
    row = stage.sent()
    view = sent_view(window, row)
    added = "150600004"

    def scene() -> Scene:
        view.acts_of.supplement()
        until(lambda: bool(view.acts_of.dialogs))
        first = _chooser(view)
        assert first is not None
        first.choose(added)

        def chosen() -> RecipientsDialog:
            dialog = _chooser(view)
            assert dialog is not None
            return dialog

        return Scene(
            first,
            lambda: chosen().take_button.click(),
            lambda: sum(one.unit_code == added for one in stage.sender.tracking.board(row.document_id)),
            lambda: [one.unit_code for one in chosen().recipients()],
            again=scene,
            now=lambda: _chooser(view),
        )

    return scene()


def _chooser(view: SentView) -> RecipientsDialog | None:
    found = [one for one in view.acts_of.dialogs if isinstance(one, RecipientsDialog)]
    return found[-1] if found else None


def urge_many(stage: Stage, window: MainWindow) -> Scene:
    row, other = stage.sent(), stage.sent()
    window.open_page("sent")
    page = window.list_page("sent")

    def scene() -> Scene:
        settle()
        window.acts._urge(page, [row, other])
        until(lambda: isinstance(window.acts.dialog, UrgeManyDialog))
        dialog = window.acts.dialog
        assert isinstance(dialog, UrgeManyDialog)
        dialog.text.setPlainText(WORDS)
        return Scene(
            dialog,
            dialog.urge_button.click,
            lambda: len(details(stage, row.document_id).reminders),
            dialog.text.toPlainText,
            again=scene,
        )

    return scene()


def close_return(stage: Stage, window: MainWindow) -> Scene:
    sent = stage.sent()
    delivery = stage.delivery(sent.document_id).delivery_id
    stage.receiver.incoming.return_document(delivery, ReturnReason.OTHER, "𠮷字显示不全", None)
    until(lambda: _state(stage, sent.document_id) is DeliveryState.RETURNED)
    window.open_page("returned_to_us")
    page = window.list_page("returned_to_us")

    def closed() -> int:
        assert isinstance(page, DocumentList)
        [(_sent, row)] = stage.sender.lists.rows(page.plan.name, (delivery,))
        return int(row.handling is Handling.CLOSED)

    def scene() -> Scene:
        settle()
        rows = [
            (stage.sender.tracking.sent_one(sent.document_id), row)
            for row in stage.sender.tracking.board(sent.document_id)
            if row.unit_code == RECEIVER
        ]
        assert isinstance(page, DocumentList)
        window.acts._close_returns(page, rows)
        dialog = window.acts.dialog
        assert isinstance(dialog, CloseReturnsDialog)
        dialog.why.setPlainText(WORDS)
        return Scene(dialog, dialog.close_button.click, closed, dialog.why.toPlainText, again=scene)

    return scene()


def paper_line(stage: Stage, window: MainWindow) -> Scene:
    stage.sent()
    number = "𠮷机〔2026〕9号"
    window.open_page("paper_register")
    page = window.pages["paper_register"]
    assert isinstance(page, PaperBookPage)
    settle()
    line = next(
        one
        for one in stage.sender.paper_book.lines()
        if one.unit == RECEIVER_NAME and one.words.envelope != number
    )
    page.show_line(line)
    dialog = page.dialog
    assert isinstance(dialog, LineDialog)
    dialog.envelope.setText(number)

    def written() -> int:
        now = next(one for one in stage.sender.paper_book.lines() if one.key == line.key)
        return int(now.words.envelope == number)

    return Scene(dialog, dialog.save_button.click, written, dialog.envelope.text)


SENDER_SCENES: dict[str, Open] = {
    "RemindDialog": remind,
    "RecallDialog": recall,
    "ResendDialog": resend,
    "tracking.PaperDialog": paper,
    "CallDialog": call,
    "CorrectDialog": correct,
    "GrantDialog": _answering(grant=True),
    "RefuseDialog": _answering(grant=False),
    "RecipientsDialog (supplement)": supplement,
    "UrgeManyDialog": urge_many,
    "CloseReturnsDialog": close_return,
    "LineDialog": paper_line,
}
