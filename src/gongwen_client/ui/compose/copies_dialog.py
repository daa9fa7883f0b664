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
    ROLE,
    CopiesModel,
    CopiesTable,
    paper_columns,
    paper_title,
    totals,
)
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import button, label, row
from gongwen_client.ui.widgets.dialog import Sheet, boxed
from gongwen_protocol.actions import SpecialAttachment
from gongwen_protocol.messages import Recipient, RecipientRole, Unit, UnitGroup


class CopiesDialog(Sheet):
    """Answers with ``chosen(tuple of Recipient)``, and before it with ``papers_chosen(tuple of
    SpecialAttachment)`` where a number on paper was changed."""

    chosen = Signal(object)
    papers_chosen = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        recipients: Sequence[Recipient],
        units: Mapping[str, Unit],
        groups: Sequence[UnitGroup] = (),
        papers: Sequence[SpecialAttachment] = (),
        required: str = "",
        *,
        changes_paper: bool = True,
    ) -> None:
        said = "每个单位按份数打印原件，份号由交换中心按单位顺序连续编排。份数为 0 的单位只能阅读。"
        if required:
            said = f"{said}本地区须设置打印份数（{required}）。"
        super().__init__(parent, "copies_dialog", "设置打印份数", said, picture="print", tone="action")
        self.resize(860, 600)
        self._papers = tuple(papers)
        self._codes = [one.unit_code for one in recipients]
        self.rows = CopiesModel(
            (NAME, ROLE, COPIES, FIRST, LAST, *paper_columns(papers, edits=changes_paper))
        )
        self.rows.show_recipients(recipients, units, papers)
        self.rows.edited.connect(lambda _recipients: self._show_total())
        self.rows.papers_edited.connect(self._show_total)
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
        self.what = QComboBox()
        self.what.setObjectName("fill_what")
        self.what.setAccessibleName("填充哪一种份数")
        self.what.setFixedHeight(Size.CONTROL)
        self.what.addItem("打印份数", None)
        for part, one in enumerate(papers if changes_paper else ()):
            self.what.addItem(paper_title(one), part)
        self.what.setVisible(self.what.count() > 1)
        self.fill_button = button("填充(&F)", self.fill, name="fill")
        self.down_button = button("自所选行向下相同(&X)", self.fill_down, name="fill_down")
        self._total = label("", "strong")
        self.body.addWidget(boxed(self.table), 1)
        self.body.addLayout(
            row(self.whom, self.what, self.count, self.fill_button, Space.GROUP, self.down_button, None)
        )
        self.body.addWidget(self._total)
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
        self.rows.set_numbers(places, self.count.value(), self.what.currentData())

    def fill_down(self) -> None:
        """From the first marked row on all have its number; which, is chosen beside."""
        marked, part = self.table.chosen_places(), self.what.currentData()
        if marked:
            copies = self.rows.lines[marked[0]].count(part)
            self.rows.set_numbers(range(marked[0], len(self._codes)), copies, part)

    def _show_total(self) -> None:
        recipients = self.rows.recipients
        main = sum(one.copies for one in recipients if one.role is RecipientRole.MAIN)
        total = sum(one.copies for one in recipients)
        self._total.setText(totals(recipients, self.rows.papers))
        self._total.setToolTip(f"主送 {main} 份，抄送 {total - main} 份")

    def _take(self) -> None:
        if self.rows.papers != self._papers:
            self.papers_chosen.emit(self.rows.papers)
        self.chosen.emit(self.rows.recipients)
        self.accept()
