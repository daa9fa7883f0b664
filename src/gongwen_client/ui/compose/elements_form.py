"""The elements of the document as a form (GB/T 9704-2012). What the program took from the document says so
until a person touches it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QComboBox, QDateEdit, QGridLayout, QLabel, QLineEdit, QWidget

from gongwen_client.domain.draft_record import Origin
from gongwen_client.ui import words
from gongwen_client.ui.compose.text_area import TextArea
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.viewer.disclosure import Disclosure
from gongwen_client.ui.widgets.basics import column, holder, label, row
from gongwen_protocol.messages import INFO_MATERIAL, Elements

_NO_DATE = QDate(1900, 1, 1)
_ORIGINS = {Origin.TEXT: "取自正文", Origin.METADATA: "取自文件属性", Origin.RECEIVED: "取自来文"}
_KINDS = ("公文", "信息资料")
_USUAL_KIND = "通知"


@dataclass(frozen=True)
class _Field:
    """One element: its widget, and how it is read and filled."""

    name: str
    caption: str
    widget: QWidget
    get: Callable[[], str]
    put: Callable[[str], None]


class ElementsForm(QWidget):
    """``edited`` follows every change a person makes."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._loading = False
        self._fields: dict[str, _Field] = {}
        self._tags: dict[str, QLabel] = {}
        self.title = self._area("title", "标题", "关于……的通知")
        self.doc_number = self._line("doc_number", "发文字号", "机关代字〔年份〕序号")
        self.issue_date = self._date("issue_date", "成文日期")
        self.issuer = self._line("issuer", "发文机关", "")
        self.main_text = self._area("main_text", "主送机关（按公文所印）", "按公文所印")
        self.cc_text = self._area("cc_text", "抄送机关（按公文所印）", "按公文所印，可不填")
        self.signer = self._line("signer", "签发人", "上行文须注明")
        self.remark = self._line("remark", "附注", "例如：此件公开发布")
        self.attachment_note = self._area("attachment_note", "附件说明", "按公文所印，可不填")
        self.print_office = self._line("print_office", "印发机关", "")
        self.print_date = self._date("print_date", "印发日期")
        self.identifier = self._line("identifier", "公文标识", "可不填")
        self.release_level = self._line("release_level", "发布层次", "可不填")
        self.material = _choice("material", "类别", _KINDS)
        self.doc_kind = _choice("doc_kind", "文种", words.DOC_KINDS)
        self.urgency = _choice("urgency", "紧急程度", words.URGENCIES)
        self._keep("doc_kind", "文种", self.doc_kind, self._kind, self._show_kind)
        self._keep("urgency", "紧急程度", self.urgency, self._urgency, self._show_urgency)
        for choice in (self.material, self.doc_kind, self.urgency):
            choice.currentIndexChanged.connect(lambda _number: self._edited())
        self.material.currentIndexChanged.connect(lambda _number: self._show_material())
        self.more = Disclosure(
            "更多要素", self._rest(), spoken="更多要素：签发人、附件说明、附注、印发机关等"
        )
        self.setLayout(column(self._main(), self.more, gap=Space.INSIDE))
        self._show_material()

    # -- layout -----------------------------------------------------------------------------------------

    def _main(self) -> QWidget:
        kind_head = column(_caption("类别", self.material), self.material, gap=2)
        grid = _grid()
        self._place(grid, "title", 0, 0, 4)
        grid.addLayout(kind_head, 1, 0, 1, 1)
        self._place(grid, "doc_kind", 1, 1, 1)
        self._place(grid, "urgency", 1, 2, 1)
        grid.addLayout(column(label("密级", "small"), _unclassified(), gap=2), 1, 3, 1, 1)
        self._place(grid, "doc_number", 2, 0, 2)
        self._place(grid, "issue_date", 2, 2, 2)
        self._place(grid, "issuer", 3, 0, 4)
        self._place(grid, "main_text", 4, 0, 4)
        self._place(grid, "cc_text", 5, 0, 4)
        return holder(grid)

    def _rest(self) -> QWidget:
        grid = _grid()
        self._place(grid, "attachment_note", 0, 0, 4)
        self._place(grid, "signer", 1, 0, 2)
        self._place(grid, "remark", 1, 2, 2)
        self._place(grid, "print_office", 2, 0, 2)
        self._place(grid, "print_date", 2, 2, 2)
        self._place(grid, "identifier", 3, 0, 2)
        self._place(grid, "release_level", 3, 2, 2)
        return holder(grid)

    def _place(self, grid: QGridLayout, name: str, line: int, place: int, span: int) -> None:
        field = self._fields[name]
        grid.addLayout(
            column(row(_caption(field.caption, field.widget), None, self._tags[name]), field.widget, gap=2),
            line,
            place,
            1,
            span,
        )

    # -- fields -----------------------------------------------------------------------------------------

    def _keep(
        self, name: str, caption: str, widget: QWidget, get: Callable[[], str], put: Callable[[str], None]
    ) -> None:
        self._fields[name] = _Field(name, caption, widget, get, put)
        tag = label("", "small", tone="info")
        tag.hide()
        self._tags[name] = tag

    def _line(self, name: str, caption: str, hint: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(name)
        field.setAccessibleName(caption)
        field.setPlaceholderText(hint)
        field.setMaxLength(1000)
        field.setFixedHeight(Size.CONTROL)
        field.textChanged.connect(lambda _text: self._edited())

        def put(text: str) -> None:
            if text != field.text().strip():
                field.setText(text)
                field.setCursorPosition(0)

        self._keep(name, caption, field, lambda: field.text().strip(), put)
        return field

    def _area(self, name: str, caption: str, hint: str) -> TextArea:
        field = TextArea(name, caption, hint)
        field.textChanged.connect(self._edited)

        def put(text: str) -> None:
            if text != field.text().strip():
                field.setText(text)

        self._keep(name, caption, field, lambda: field.text().strip(), put)
        return field

    def _date(self, name: str, caption: str) -> QDateEdit:
        field = QDateEdit()
        field.setObjectName(name)
        field.setAccessibleName(caption)
        field.setCalendarPopup(True)
        field.setDisplayFormat("yyyy年M月d日")
        field.setMinimumDate(_NO_DATE)
        field.setSpecialValueText("未填")
        field.setFixedHeight(Size.CONTROL)
        field.dateChanged.connect(lambda _date: self._edited())

        def put(text: str) -> None:
            day = QDate.fromString(text[:10], "yyyy-MM-dd")
            field.setDate(day if day.isValid() else _NO_DATE)

        def get() -> str:
            return "" if field.date() == _NO_DATE else field.date().toString("yyyy-MM-dd")

        self._keep(name, caption, field, get, put)
        return field

    def _kind(self) -> str:
        return INFO_MATERIAL if self.is_material else self.doc_kind.currentText()

    def _show_kind(self, kind: str) -> None:
        self.material.setCurrentIndex(int(kind == INFO_MATERIAL))
        usual = _USUAL_KIND if kind == INFO_MATERIAL else kind
        if self.doc_kind.findText(usual) < 0:
            self.doc_kind.addItem(usual)
        self.doc_kind.setCurrentText(usual)

    def _urgency(self) -> str:
        chosen = self.urgency.currentText()
        return "" if chosen == words.URGENCIES[0] else chosen

    def _show_urgency(self, urgency: str) -> None:
        self.urgency.setCurrentText(urgency or words.URGENCIES[0])

    @property
    def is_material(self) -> bool:
        """Whether 信息资料 is chosen rather than 公文."""
        return self.material.currentIndex() == 1

    def _show_material(self) -> None:
        self.doc_kind.setEnabled(not self.is_material)
        self.doc_number.setPlaceholderText("信息资料可不填" if self.is_material else "机关代字〔年份〕序号")

    def _edited(self) -> None:
        if not self._loading:
            self.edited.emit()

    # -- filling ----------------------------------------------------------------------------------------

    def show_elements(self, elements: Elements, origins: Mapping[str, Origin]) -> None:
        """Fill the form without telling ``edited``, and say where things came from."""
        self._loading = True
        for name, field in self._fields.items():
            field.put(getattr(elements, name))
        self._loading = False
        self.show_origins(origins)

    def show_origins(self, origins: Mapping[str, Origin]) -> None:
        """Mark the fields that the program filled; all others are a person's."""
        for name, tag in self._tags.items():
            origin = origins.get(name)
            tag.setText(_ORIGINS[origin] if origin else "")
            tag.setVisible(origin is not None)
            described = f"{_ORIGINS[origin]}，请核对" if origin else ""
            self._fields[name].widget.setAccessibleDescription(described)
        if any(origins.get(name) is Origin.TEXT for name in ("signer", "remark", "attachment_note")):
            self.more.open()

    def elements(self, before: Elements) -> Elements:
        """What is typed now; what the form does not show comes from ``before``."""
        return before.model_copy(update={name: field.get() for name, field in self._fields.items()})


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(Space.ROW)
    grid.setVerticalSpacing(Space.ROW)
    for place in range(4):
        grid.setColumnStretch(place, 1)
    return grid


def _caption(text: str, field: QWidget) -> QLabel:
    head = label(text, "small")
    head.setBuddy(field)
    return head


def _unclassified() -> QLabel:
    text = label("非涉密")
    text.setFixedHeight(Size.CONTROL)
    text.setToolTip("平台只交换非涉密公文（管理办法第七条、第十九条）")
    return text


def _choice(name: str, spoken: str, options: tuple[str, ...] | list[str]) -> QComboBox:
    field = QComboBox()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setFixedHeight(Size.CONTROL)
    field.addItems(list(options))
    return field
