"""The elements of the document as a form (标题, 发文字号, 文种, 成文日期, 主送, 抄送 …)."""

from __future__ import annotations

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QGridLayout, QLineEdit, QWidget

from gongwen_client.ui import words
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import column, label
from gongwen_protocol.messages import Elements

_NO_DATE = QDate(1900, 1, 1)


class ElementsForm(QWidget):
    """``edited`` follows every change a person makes."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = _line("title", "标题", "关于……的通知")
        self.doc_number = _line("doc_number", "发文字号", "机关代字〔年份〕序号")
        self.issuer = _line("issuer", "发文机关", "")
        self.main_text = _line("main_text", "主送机关", "按公文所印")
        self.cc_text = _line("cc_text", "抄送机关", "按公文所印，可不填")
        self.doc_kind = _choice("doc_kind", "文种", words.DOC_KINDS)
        self.urgency = _choice("urgency", "紧急程度", words.URGENCIES)
        self.issue_date = QDateEdit()
        self.issue_date.setObjectName("issue_date")
        self.issue_date.setAccessibleName("成文日期")
        self.issue_date.setCalendarPopup(True)
        self.issue_date.setDisplayFormat("yyyy年M月d日")
        self.issue_date.setMinimumDate(_NO_DATE)
        self.issue_date.setSpecialValueText("未填")
        self._loading = False
        self._lay_out()
        for field in (self.title, self.doc_number, self.issuer, self.main_text, self.cc_text):
            field.textChanged.connect(lambda _text: self._edited())
        for choice in (self.doc_kind, self.urgency):
            choice.currentIndexChanged.connect(lambda _number: self._edited())
        self.issue_date.dateChanged.connect(lambda _date: self._edited())

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.ROW)
        grid.setVerticalSpacing(Space.ROW)
        fields = (
            ("标题", self.title, 0, 0, 3),
            ("发文字号", self.doc_number, 1, 0, 2),
            ("成文日期", self.issue_date, 1, 2, 1),
            ("发文机关", self.issuer, 2, 0, 1),
            ("文种", self.doc_kind, 2, 1, 1),
            ("紧急程度", self.urgency, 2, 2, 1),
            ("主送机关（按公文所印）", self.main_text, 3, 0, 3),
            ("抄送机关（按公文所印）", self.cc_text, 4, 0, 3),
        )
        for caption, field, line, place, span in fields:
            field.setFixedHeight(Size.CONTROL)
            head = label(caption, "small")
            head.setBuddy(field)
            grid.addLayout(column(head, field, gap=2), line, place, 1, span)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self.setLayout(grid)

    def _edited(self) -> None:
        if not self._loading:
            self.edited.emit()

    def show_elements(self, elements: Elements) -> None:
        """Fill the form without telling ``edited``."""
        self._loading = True
        self.title.setText(elements.title)
        self.doc_number.setText(elements.doc_number)
        self.issuer.setText(elements.issuer)
        self.main_text.setText(elements.main_text)
        self.cc_text.setText(elements.cc_text)
        for field in (self.title, self.doc_number, self.issuer, self.main_text, self.cc_text):
            field.setCursorPosition(0)
        if self.doc_kind.findText(elements.doc_kind) < 0:
            self.doc_kind.addItem(elements.doc_kind)
        self.doc_kind.setCurrentText(elements.doc_kind)
        self.urgency.setCurrentText(elements.urgency or words.URGENCIES[0])
        day = QDate.fromString(elements.issue_date[:10], "yyyy-MM-dd")
        self.issue_date.setDate(day if day.isValid() else _NO_DATE)
        self._loading = False

    def elements(self, before: Elements) -> Elements:
        """What is typed now; what the form does not show comes from ``before``."""
        day = self.issue_date.date()
        urgency = self.urgency.currentText()
        return before.model_copy(
            update={
                "title": self.title.text().strip(),
                "doc_number": self.doc_number.text().strip(),
                "issuer": self.issuer.text().strip(),
                "doc_kind": self.doc_kind.currentText(),
                "urgency": "" if urgency == words.URGENCIES[0] else urgency,
                "issue_date": "" if day == _NO_DATE else day.toString("yyyy-MM-dd"),
                "main_text": self.main_text.text().strip(),
                "cc_text": self.cc_text.text().strip(),
            }
        )


def _line(name: str, spoken: str, hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setPlaceholderText(hint)
    field.setMaxLength(200 if name == "title" else 500)
    return field


def _choice(name: str, spoken: str, options: tuple[str, ...] | list[str]) -> QComboBox:
    field = QComboBox()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.addItems(list(options))
    return field
