"""退文: the reason from the list, a note where it needs one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPlainTextEdit, QRadioButton, QWidget

from gongwen_client.domain.rows import IncomingRow
from gongwen_client.services.notepad import NotepadService
from gongwen_client.ui import words
from gongwen_client.ui.theme import Size
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import label, restyle, rule
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.forms import LONGEST
from gongwen_client.ui.widgets.kept import KeptFields
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import ReturnReason


class ReturnDialog(Sheet):
    """Answers with ``return_wanted(reason, note)``."""

    return_wanted = Signal(object, str)

    def __init__(
        self, parent: QWidget | None, row: IncomingRow, suggested: ReturnReason | None = None
    ) -> None:
        super().__init__(
            parent,
            "return_dialog",
            "退文",
            f"退文后，这份公文退回「{row.sender_name}」，本单位不能再接收或打印；退文不能撤回。",
            picture="returned",
            tone="invalid",
        )
        self.compact(Size.PANEL + 200)
        facts = FactList()
        facts.add("标题", row.elements.title)
        facts.add("发文字号", row.elements.doc_number)
        self.body.addWidget(facts)
        self.body.addWidget(rule())
        self.body.addWidget(label("退文原因", "section"))
        self._closed = False
        self._group = QButtonGroup(self)
        choices = QGridLayout()
        choices.setVerticalSpacing(0)
        half = (len(ReturnReason) + 1) // 2
        for number, reason in enumerate(ReturnReason):
            choice = QRadioButton(words.RETURN_REASONS[reason])
            choice.setObjectName(f"reason_{reason.value}")
            choice.setAccessibleName(words.RETURN_REASONS[reason])
            self._group.addButton(choice, number)
            choices.addWidget(choice, number % half, number // half)
        self.body.addLayout(choices)
        self._caption = label("附言（可不填）", "section")
        self.body.addWidget(self._caption)
        self.note = QPlainTextEdit()
        self.note.setObjectName("note")
        self.note.setAccessibleName("退文附言")
        self.note.setPlaceholderText("写明具体情况，发文单位会看到")
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(72)
        self.body.addWidget(self.note)
        self.add_safe("取消(&C)")
        self.return_button = self.add_action("确认退文(&T)", self._return, kind="danger", name="return")
        self._group.idToggled.connect(lambda _number, _on: self._changed())
        self.note.textChanged.connect(self._changed)
        if suggested is not None:
            self.choose(suggested)
        self._changed()

    def keep(self, notepad: NotepadService, delivery_id: str) -> KeptFields:
        """Keep the note until the return is on record."""
        kept = KeptFields(self, notepad, "return_dialog", delivery_id, {"note": self.note})
        self.finished.connect(kept.closed)
        return kept

    def close_for(self, error: GongwenError) -> None:
        """The document went out of this unit's hands meanwhile; what was typed can still be copied."""
        self.explain(error)
        self._closed = True
        self._changed()

    def choose(self, reason: ReturnReason, note: str = "") -> None:
        """Pick a reason as a person would."""
        self._group.button(list(ReturnReason).index(reason)).setChecked(True)
        if note:
            self.note.setPlainText(note)

    @property
    def reason(self) -> ReturnReason | None:
        """The chosen reason."""
        number = self._group.checkedId()
        return list(ReturnReason)[number] if number >= 0 else None

    def _changed(self) -> None:
        needs_note = self.reason is ReturnReason.OTHER
        missing = needs_note and not self.note.toPlainText().strip()
        self._caption.setText("附言（选择「其他」时必填）" if needs_note else "附言（可不填）")
        restyle(self.note, wrong=missing)
        over = len(self.note.toPlainText()) - LONGEST
        if over > 0:
            self._caption.setText(f"附言（最多 {LONGEST} 字，已多 {over} 字）")
        self.return_button.setEnabled(
            self.reason is not None and not missing and over <= 0 and not self._closed
        )

    def _return(self) -> None:
        if self.reason is not None:
            self.return_button.setEnabled(False)
            self.return_wanted.emit(self.reason, self.note.toPlainText().strip())
