"""Dialogs that hand something in: fields that keep what is typed, one action, errors where they arise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QWidget

from gongwen_client.services.notepad import NotepadService
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size
from gongwen_client.ui.widgets.basics import label
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.kept import Field, KeptFields
from gongwen_crypto.errors import GongwenError, KnownError

WIDTH = Size.PANEL + 240
TEXT_HEIGHT = 72
LONGEST = 1000
T = TypeVar("T")


class FormSheet(Sheet):
    """``hand_in`` runs the call in the background and closes the dialog when it succeeded. Whatever goes
    wrong, the dialog stays with what was typed in it."""

    def __init__(
        self,
        parent: QWidget | None,
        name: str,
        title: str,
        headline: str,
        *,
        picture: str = "",
        tone: str = "action",
    ) -> None:
        super().__init__(parent, name, title, headline, picture=picture, tone=tone)
        self.compact(WIDTH)
        self.act_button: QPushButton | None = None
        self._kept: KeptFields | None = None
        self._texts: list[QPlainTextEdit] = []

    def keep(self, notepad: NotepadService, subject: str, **fields: Field) -> None:
        """Keep these fields until the form is handed in."""
        self._kept = KeptFields(self, notepad, self.objectName(), subject, fields)
        self.finished.connect(self._kept.closed)

    def add_text(self, title: str, spoken: str, name: str, hint: str = "") -> QPlainTextEdit:
        """A caption and room for a few sentences."""
        field = QPlainTextEdit()
        field.setObjectName(name)
        field.setAccessibleName(spoken)
        field.setPlaceholderText(hint)
        field.setTabChangesFocus(True)
        field.setFixedHeight(TEXT_HEIGHT)
        self._texts.append(field)
        caption = label(title, "section")
        caption.setBuddy(field)
        self.body.addWidget(caption)
        self.body.addWidget(field)
        return field

    def add_line(self, title: str, spoken: str, name: str, hint: str = "") -> QLineEdit:
        """A caption and one line."""
        field = QLineEdit()
        field.setObjectName(name)
        field.setAccessibleName(spoken)
        field.setPlaceholderText(hint)
        field.setMaxLength(200)
        caption = label(title, "section")
        caption.setBuddy(field)
        self.body.addWidget(caption)
        self.body.addWidget(field)
        return field

    def add_act(
        self, text: str, clicked: Callable[[], object], *, kind: str = "primary", name: str = "act"
    ) -> QPushButton:
        """The button that hands in."""
        self.act_button = self.add_action(text, clicked, kind=kind, name=name)
        return self.act_button

    def hand_in(self, call: Callable[[], T], then: Callable[[T], object] | None = None) -> None:
        """Run the call; on success close and pass its answer on, on error explain."""
        assert self.act_button is not None, "the form has an action"
        over = max((len(words_of(field)) - LONGEST for field in self._texts), default=0)
        if over > 0:
            self.explain(KnownError("form.too_long", longest=LONGEST, over=over))
            return
        self.act_button.setEnabled(False)
        self.problem.clear()

        def done(answer: T) -> None:
            self._done()
            if then is not None:
                then(answer)

        work(self, call).then(done).failed(self._failed).start()

    def _done(self) -> None:
        if self._kept is not None:
            self._kept.handed_in()
        self.accept()

    def _failed(self, error: GongwenError) -> None:
        assert self.act_button is not None, "the form has an action"
        self.act_button.setEnabled(True)
        self.explain(error)


def words_of(field: QPlainTextEdit | QLineEdit) -> str:
    """What was typed, without blanks around it and without characters that nobody can see."""
    if isinstance(field, QLineEdit):
        return "".join(character for character in field.text() if character.isprintable()).strip()
    return field.toPlainText().replace("\x00", "").strip()
