"""Fields of a dialog that keep what is typed until it is handed in: nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QSpinBox

from gongwen_client.services.notepad import NotepadService
from gongwen_client.ui.tasks import work

Field = QPlainTextEdit | QLineEdit | QSpinBox
_AFTER_MS = 400


class KeptFields(QObject):
    """Watches the fields of one dialog about one subject. What was kept comes back into fields that still
    stand as they were when the dialog opened."""

    def __init__(
        self, parent: QObject, notepad: NotepadService, form: str, subject: str, fields: Mapping[str, Field]
    ) -> None:
        super().__init__(parent)
        self._notepad, self._form, self._subject = notepad, form, subject
        self._fields = dict(fields)
        self._first = {name: _text(field) for name, field in fields.items()}
        self._handed_in = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self.keep)
        for field in fields.values():
            signal = field.valueChanged if isinstance(field, QSpinBox) else field.textChanged
            signal.connect(self._timer.start)
        work(self, lambda: notepad.kept(form, subject)).then(self._bring_back).failed(lambda _e: None).start()

    def _bring_back(self, words: dict[str, str]) -> None:
        for name, text in words.items():
            field = self._fields.get(name)
            if field is not None and text and _text(field) == self._first[name]:
                _put(field, text)

    def keep(self) -> None:
        """Write down what stands there now; what was not touched is not kept."""
        self._timer.stop()
        if self._handed_in:
            return
        now = {name: _text(field) for name, field in self._fields.items()}
        words = {name: text if text != self._first[name] else "" for name, text in now.items()}
        notepad, form, subject = self._notepad, self._form, self._subject
        work(_lasting(), lambda: notepad.keep(form, subject, words)).failed(lambda _error: None).start()

    def closed(self) -> None:
        """The dialog goes away: keep at once what the timer would have kept."""
        if self._timer.isActive():
            self.keep()

    def handed_in(self) -> None:
        """It was done: forget."""
        self._handed_in = True
        self._timer.stop()
        notepad, form, subject = self._notepad, self._form, self._subject
        work(_lasting(), lambda: notepad.forget(form, subject)).failed(lambda _error: None).start()


def _lasting() -> QObject:
    """An owner that outlives the dialog."""
    app = QApplication.instance()
    assert app is not None
    return app


def _text(field: Field) -> str:
    if isinstance(field, QSpinBox):
        return str(field.value())
    return field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()


def _put(field: Field, text: str) -> None:
    if isinstance(field, QSpinBox):
        if text.isdecimal():
            field.setValue(int(text))
    elif isinstance(field, QPlainTextEdit):
        field.setPlainText(text)
    else:
        field.setText(text)
