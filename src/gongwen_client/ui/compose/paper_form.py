"""What goes on paper beside the electronic document: 特殊附件, and the whole document (纸质同送)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.paper import WHOLE_DOCUMENT, listed, paper_beside
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import button, column, label, row, tool
from gongwen_protocol.actions import PaperShare, SpecialAttachment

WAYS = ("机要交换", "专人送达", "邮政特快专递", "会上发放", "自行领取")
_LONGEST = 200


class PaperForm(QWidget):
    """``edited`` follows every change a person makes. A line without a name does not count yet."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._loading = False
        self.rows: list[_PaperRow] = []
        self.beside = QCheckBox("同时送纸质公文，每单位")
        self.beside.setObjectName("paper_beside")
        self.copies = _count("纸质公文每单位份数")
        self.way = _way("纸质公文送达方式")
        self._lines: QVBoxLayout = column(gap=Space.HAIR)
        self.add_button = button("添加特殊附件(&T)", self._add, picture="plus", name="add_special")
        whole = row(self.beside, self.copies, self.way, None)
        self._note = label(
            "图书、图纸等不便数字化的附件按纸质送达，收文单位在收到后点到件。"
            "各单位份数不同的，在“设置打印份数”中逐个单位改。",
            "small",
            wrap=True,
        )
        self.setLayout(column(whole, self._lines, row(self.add_button, None), self._note, gap=Space.INSIDE))
        self._shares: tuple[PaperShare, ...] = ()
        self.beside.toggled.connect(self._toggled)
        self.copies.valueChanged.connect(lambda _number: self._edited())
        self.way.editTextChanged.connect(lambda _text: self._edited())
        self._toggled(False)

    def _toggled(self, wanted: bool) -> None:
        self.copies.setEnabled(wanted)
        self.way.setEnabled(wanted)
        self._edited()

    def _edited(self) -> None:
        if not self._loading:
            self.edited.emit()

    def _add(self) -> None:
        line = self._append(SpecialAttachment.model_construct(name="", copies=1, sent_by=WAYS[0], shares=()))
        line.name.setFocus()

    def _append(self, attachment: SpecialAttachment) -> _PaperRow:
        line = _PaperRow(attachment)
        line.edited.connect(self._edited)
        line.removed.connect(lambda: self._remove(line))
        self.rows.append(line)
        self._lines.addWidget(line)
        return line

    def _remove(self, line: _PaperRow) -> None:
        self._drop(line)
        self._edited()

    def _drop(self, line: _PaperRow) -> None:
        self.rows.remove(line)
        self._lines.removeWidget(line)
        line.hide()
        line.deleteLater()

    def show_more(self, more: DocumentMore) -> None:
        """Fill without telling ``edited``."""
        if self.attachments() == more.special_attachments:
            return
        self._loading = True
        beside = paper_beside(more)
        self.beside.setChecked(beside is not None)
        if beside is not None:
            self.copies.setValue(beside.copies)
            self.way.setCurrentText(beside.sent_by)
            self._shares = beside.shares
        for line in list(self.rows):
            self._drop(line)
        for attachment in listed(more):
            self._append(attachment)
        self._loading = False

    def share_out(self, attachments: Sequence[SpecialAttachment]) -> None:
        """A person gave units numbers of their own (设置打印份数)."""
        self.show_more(DocumentMore(special_attachments=tuple(attachments)))
        self._edited()

    def attachments(self) -> tuple[SpecialAttachment, ...]:
        """What is filled in, the whole document first."""
        result = []
        if self.beside.isChecked():
            way = self.way.currentText().strip()[:_LONGEST] or WAYS[0]
            copies = self.copies.value()
            result.append(
                SpecialAttachment(name=WHOLE_DOCUMENT, copies=copies, sent_by=way, shares=self._shares)
            )
        return (*result, *(one for line in self.rows if (one := line.attachment()) is not None))


class _PaperRow(QFrame):
    """One special attachment: name, copies, how it is sent."""

    edited = Signal()
    removed = Signal()

    def __init__(self, attachment: SpecialAttachment) -> None:
        super().__init__()
        self._shares = attachment.shares
        self.name = QLineEdit(attachment.name)
        self.name.setAccessibleName("特殊附件名称")
        self.name.setPlaceholderText("名称，例如：规划图册")
        self.name.setMaxLength(_LONGEST)
        self.copies = _count("特殊附件份数")
        self.copies.setValue(attachment.copies)
        self.way = _way("特殊附件送达方式")
        self.way.setCurrentText(attachment.sent_by)
        self.name.textChanged.connect(lambda _text: self.edited.emit())
        self.copies.valueChanged.connect(lambda _number: self.edited.emit())
        self.way.editTextChanged.connect(lambda _text: self.edited.emit())
        layout = row(gap=Space.INSIDE)
        layout.addWidget(self.name, 1)
        layout.addWidget(self.copies)
        layout.addWidget(self.way)
        layout.addWidget(tool("close", "移除这件特殊附件", self.removed.emit))
        self.setLayout(layout)

    def attachment(self) -> SpecialAttachment | None:
        """None while it has no name."""
        name = " ".join(self.name.text().split())
        if not name:
            return None
        way = self.way.currentText().strip()[:_LONGEST] or WAYS[0]
        copies = self.copies.value()
        return SpecialAttachment(name=name, copies=copies, sent_by=way, shares=self._shares)


def _count(spoken: str) -> QSpinBox:
    field = QSpinBox()
    field.setAccessibleName(spoken)
    field.setRange(1, 9999)
    field.setSuffix(" 份")
    field.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    field.setFixedSize(84, Size.CONTROL)
    return field


def _way(spoken: str) -> QComboBox:
    field = QComboBox()
    field.setAccessibleName(spoken)
    field.setEditable(True)
    field.addItems(list(WAYS))
    field.setFixedSize(134, Size.CONTROL)
    editor = field.lineEdit()
    if editor is not None:
        editor.setAccessibleName(spoken)
        editor.setMaxLength(_LONGEST)
    return field
