"""粘贴名单: a list of names becomes units; whatever is not certain is said, and a person decides."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QPlainTextEdit, QTableWidget, QWidget

from gongwen_client.domain.addressees import Addressed, Kind, resolve_all
from gongwen_client.services.addressing import Addressing
from gongwen_client.ui.compose.unit_tree import OBSTACLES
from gongwen_client.ui.theme import Size
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.dialog import boxed
from gongwen_client.ui.words import StateWord
from gongwen_protocol.messages import RecipientRole, Unit
from gongwen_protocol.sentences import sentence

_FOUND = StateWord("找到", "check", Tone.VALID)
_GROUP = StateWord("分组", "people", Tone.VALID)
_SEVERAL = StateWord("请选定", "warning", Tone.WARNING)
_UNKNOWN = StateWord("未找到", "unknown", Tone.NEUTRAL)
_BLOCKED = StateWord("不能送达", "stop", Tone.INVALID)
_CHOOSE = "请选择"


class PasteNames(QWidget):
    """``wanted(codes, role)``: put these units into the choice."""

    wanted = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._addressing: Addressing | None = None
        self._found: tuple[Addressed, ...] = ()
        self._choices: dict[int, QComboBox] = {}
        self.names = QPlainTextEdit()
        self.names.setObjectName("pasted_names")
        self.names.setAccessibleName("单位名单")
        self.names.setPlaceholderText(
            "粘贴或输入单位名单，用顿号、逗号、分号或换行隔开。\n例如：市教育局、市财政局，各区人民政府"
        )
        self.names.setTabChangesFocus(True)
        self.names.setFixedHeight(96)
        self.names.textChanged.connect(self._typed)
        self.read_button = button("识别名单(&R)", self.read, picture="search", name="read_names")
        self._summary = label("", "small")
        self.table = QTableWidget(0, 3)
        self.table.setObjectName("read_names_table")
        self.table.setAccessibleName("识别结果")
        self.table.setHorizontalHeaderLabels(["名单", "结果", "单位"])
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(Size.ROW + 2)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(0, 150)
        header.resizeSection(1, 100)
        self.main_button = button("加入主送(&Z)", lambda: self._take(RecipientRole.MAIN), name="paste_main")
        self.cc_button = button("加入抄送(&X)", lambda: self._take(RecipientRole.CC), name="paste_cc")
        layout = column(
            self.names,
            row(self.read_button, self._summary, None),
            boxed(self.table),
            row(None, self.main_button, self.cc_button),
        )
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self._show(())

    def open(self, addressing: Addressing) -> None:
        """The directory is there."""
        self._addressing = addressing
        self._typed()

    def _typed(self) -> None:
        self.read_button.setEnabled(self._addressing is not None and bool(self.names.toPlainText().strip()))

    def read(self) -> None:
        """Look the names up."""
        if self._addressing is not None:
            self._show(resolve_all(self._addressing.book, self.names.toPlainText()))

    def _show(self, found: Sequence[Addressed]) -> None:
        self._found = tuple(found)
        self._choices = {}
        self.table.clearContents()
        self.table.setRowCount(len(found))
        for line, one in enumerate(found):
            state, words, tip = self._result(one)
            self.table.setCellWidget(line, 0, _cell(ElidedLabel(one.phrase)))
            self.table.setCellWidget(line, 1, _cell(Chip(state)))
            if one.kind is Kind.AMBIGUOUS:
                self.table.setCellWidget(line, 2, self._choice(line, one))
            else:
                text = ElidedLabel(words)
                self.table.setCellWidget(line, 2, _cell(text))
                text.setAccessibleDescription(tip)
        self._summarise()

    def _result(self, one: Addressed) -> tuple[StateWord, str, str]:
        assert self._addressing is not None
        if one.kind is Kind.AMBIGUOUS:
            return _SEVERAL, "", ""
        if one.kind is Kind.UNKNOWN:
            return _UNKNOWN, "通讯录中没有此单位", ""
        units = [self._addressing.in_place_of(unit) for unit in one.units]
        obstacles = [self._addressing.obstacle(unit) for unit in units]
        if one.kind is Kind.GROUP:
            reached = sum(not obstacle for obstacle in obstacles)
            rest = len(obstacles) - reached
            return _GROUP, f"{reached} 个单位" + (f"，另有 {rest} 个不能送达" if rest else ""), ""
        if obstacles[0]:
            said = sentence(obstacles[0])
            return _BLOCKED, f"{units[0].name}：{OBSTACLES[obstacles[0]]}，{said.do}", said.what
        followed = "" if units[0] is one.units[0] else f"（承接“{one.units[0].name}”）"
        return _FOUND, units[0].name + followed, ""

    def _choice(self, line: int, one: Addressed) -> QWidget:
        field = QComboBox()
        field.setAccessibleName(f"“{one.phrase}”是哪个单位")
        field.setFixedHeight(Size.CONTROL)
        field.addItem(_CHOOSE, None)
        assert self._addressing is not None
        for unit in one.units:
            unit = self._addressing.in_place_of(unit)
            obstacle = self._addressing.obstacle(unit)
            field.addItem(unit.name + (f"（{OBSTACLES[obstacle]}）" if obstacle else ""), unit)
        field.currentIndexChanged.connect(lambda _number: self._summarise())
        field.setMinimumContentsLength(8)
        self._choices[line] = field
        return _cell(field)

    def units(self) -> list[Unit]:
        """The units that are certain or were chosen, and can be reached."""
        assert self._addressing is not None
        found: dict[str, Unit] = {}
        for line, one in enumerate(self._found):
            units = one.units
            if one.kind is Kind.AMBIGUOUS:
                chosen = self._choices[line].currentData()
                units = () if chosen is None else (chosen,)
            reached = map(self._addressing.in_place_of, units)
            found |= {unit.code: unit for unit in reached if not self._addressing.obstacle(unit)}
        return list(found.values())

    def _summarise(self) -> None:
        count = len(self.units()) if self._addressing is not None else 0
        unclear = sum(
            one.kind is Kind.UNKNOWN
            or (one.kind is Kind.AMBIGUOUS and self._choices[line].currentData() is None)
            for line, one in enumerate(self._found)
        )
        said = f"{len(self._found)} 项：可加入 {count} 个单位" if self._found else ""
        self._summary.setText(said + (f"，{unclear} 项待核对" if unclear else ""))
        for act in (self.main_button, self.cc_button):
            act.setEnabled(count > 0)

    def _take(self, role: RecipientRole) -> None:
        self.wanted.emit([unit.code for unit in self.units()], role)


def _cell(part: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(row(part, margins=(8, 2, 8, 2)))
    return holder
