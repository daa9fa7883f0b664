"""设置打印份数: the whole grid, filled down, by group or by role; the copy numbers that will result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from gongwen_client.ui import words
from gongwen_client.ui.compose.copies import (
    COPIES,
    FIRST,
    LAST,
    MOST_COPIES,
    NAME,
    PAPER,
    ROLE,
    CopiesModel,
    CopiesTable,
    totals,
)
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import button, label, row
from gongwen_client.ui.widgets.dialog import Sheet, boxed
from gongwen_protocol.messages import Recipient, RecipientRole, Unit, UnitGroup


class CopiesDialog(Sheet):
    """Answers with ``chosen(tuple of Recipient)``."""

    chosen = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        recipients: Sequence[Recipient],
        units: Mapping[str, Unit],
        groups: Sequence[UnitGroup] = (),
        paper: int = 0,
        required: str = "",
    ) -> None:
        said = "每个单位按份数打印原件，份号由交换中心按单位顺序连续编排。份数为 0 的单位只能阅读。"
        if required:
            said = f"{said}本地区须设置打印份数（{required}）。"
        super().__init__(parent, "copies_dialog", "设置打印份数", said, picture="print", tone="action")
        self.resize(860, 600)
        self._paper = paper
        self._codes = [one.unit_code for one in recipients]
        self.rows = CopiesModel((NAME, ROLE, COPIES, FIRST, LAST, PAPER))
        self.rows.show_recipients(recipients, units, paper)
        self.rows.edited.connect(lambda _recipients: self._show_total())
        self.table = CopiesTable(self.rows, "copies_grid")
        self.count = QSpinBox()
        self.count.setObjectName("fill_count")
        self.count.setAccessibleName("填充的份数")
        self.count.setRange(0, MOST_COPIES)
        self.count.setValue(recipients[0].copies if recipients else 1)
        self.count.setSuffix(" 份")
        self.count.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.count.setFixedSize(96, Size.CONTROL)
        self.whom = QComboBox()
        self.whom.setObjectName("fill_whom")
        self.whom.setAccessibleName("填充哪些单位")
        self.whom.setFixedHeight(Size.CONTROL)
        self._offer(recipients, units, groups)
        self.fill_button = button("填充(&F)", self.fill, name="fill")
        self.down_button = button("自所选行向下相同(&X)", self.fill_down, name="fill_down")
        self._total = label("", "strong")
        self.body.addWidget(boxed(self.table), 1)
        self.body.addLayout(
            row(self.whom, self.count, self.fill_button, Space.GROUP, self.down_button, None, self._total)
        )
        self.add_safe("取消(&C)")
        self.take_button = self.add_action("按此份数(&Y)", self._take, name="take")
        self._show_total()
        if recipients:
            self.table.selectRow(0)

    def _offer(
        self, recipients: Sequence[Recipient], units: Mapping[str, Unit], groups: Sequence[UnitGroup]
    ) -> None:
        """Whom one can fill at once: all, a role, a region, a group."""
        self.whom.addItem("全部单位", frozenset(self._codes))
        self.whom.addItem("所选各行", None)
        for role, title in words.ROLES.items():
            self._offer_some(title, [one.unit_code for one in recipients if one.role is role])
        regions: dict[str, list[str]] = {}
        for code in self._codes:
            if code in units and units[code].region:
                regions.setdefault(units[code].region, []).append(code)
        for region, codes in regions.items():
            self._offer_some(region, codes)
        for group in groups:
            inside = frozenset(group.unit_codes)
            self._offer_some(f"分组：{group.name}", [code for code in self._codes if code in inside])

    def _offer_some(self, title: str, codes: Sequence[str]) -> None:
        if codes:
            self.whom.addItem(f"{title}（{len(codes)}）", frozenset(codes))

    def fill(self) -> None:
        """Give the chosen units the chosen number."""
        codes = self.whom.currentData()
        places = (
            self.table.chosen_places()
            if codes is None
            else [place for place, code in enumerate(self._codes) if code in codes]
        )
        self.rows.set_copies(places, self.count.value())

    def fill_down(self) -> None:
        """From the first marked row on all have its number."""
        marked = self.table.chosen_places()
        if marked:
            copies = self.rows.recipients[marked[0]].copies
            self.rows.set_copies(range(marked[0], len(self._codes)), copies)

    def _show_total(self) -> None:
        recipients = self.rows.recipients
        main = sum(one.copies for one in recipients if one.role is RecipientRole.MAIN)
        total = sum(one.copies for one in recipients)
        self._total.setText(totals(recipients, self._paper))
        self._total.setToolTip(f"主送 {main} 份，抄送 {total - main} 份")

    def _take(self) -> None:
        self.chosen.emit(self.rows.recipients)
        self.accept()
