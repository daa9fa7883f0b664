"""The frame of one step of the wizard: title, why it is done, the work, what went wrong."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gongwen_client.services.first_run import Step
from gongwen_client.services.office import Office
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import column, label
from gongwen_client.ui.widgets.notice import Notice


class StepPage(QWidget):
    """``ready`` tells whether the person may go on by 下一步: the step is done. What an act in ``body``
    came to stands right beneath it; ``rest`` is what follows."""

    ready_changed = Signal()

    def __init__(self, step: Step, title: str, why: str) -> None:
        super().__init__()
        self.step = step
        self.setObjectName(f"step_{step.value}")
        self.office: Office | None = None
        self._ready = False
        self.notice = Notice("step_notice")
        self.body: QVBoxLayout = column(gap=Space.ROW)
        whole = column(label(title, "title"), label(why, "muted", wrap=True), Space.HAIR, gap=Space.INSIDE)
        whole.addLayout(self.body)
        whole.addWidget(self.notice)
        self.rest: QVBoxLayout = column(gap=Space.ROW, margins=(0, Space.HAIR, 0, 0))
        whole.addLayout(self.rest, 1)
        self.setLayout(whole)

    @property
    def ready(self) -> bool:
        """Whether the step is done."""
        return self._ready

    def set_ready(self, ready: bool) -> None:
        """The step is done, or is not any more."""
        self._ready = ready
        self.ready_changed.emit()

    def begin(self, office: Office | None) -> None:
        """The step comes into sight."""
        self.office = office

    def well(self, what: str, do: str = "") -> None:
        """It worked."""
        self.notice.show_text(what, do, "", Tone.VALID)

    def hint(self, what: str, do: str = "") -> None:
        """It did not, but there is a way."""
        self.notice.show_text(what, do, "", Tone.WARNING)
