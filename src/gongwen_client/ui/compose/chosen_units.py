"""The chosen units: 主送 and 抄送, in order of rank or as they were put by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from gongwen_client.ui import words
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import button, column, label, row, tool
from gongwen_client.ui.widgets.dialog import boxed
from gongwen_protocol.messages import Recipient, RecipientRole, Unit

DEFAULT_COPIES = 1


class ChosenUnits(QWidget):
    """``changed`` follows every change."""

    changed = Signal()

    def __init__(self, units: Mapping[str, Unit], recipients: Iterable[Recipient]) -> None:
        super().__init__()
        self._units = units
        self._rank = {code: number for number, code in enumerate(units)}
        self._picked = {one.unit_code: one for one in recipients if one.unit_code in units}
        self._by_hand = list(self._picked) != [one.unit_code for one in self._ranked()]
        self._count = label("", "strong")
        columns: tuple[Column[Recipient], ...] = (
            Column("单位", lambda one: units[one.unit_code].name),
            Column("主送/抄送", lambda one: words.ROLES[one.role], 96),
        )
        self.rows: RowModel[Recipient] = RowModel(columns, lambda one: one.unit_code)
        self.table = _ChosenTable(self.rows)
        self.table.toggle_wanted.connect(self.toggle)
        self.table.remove_wanted.connect(self.remove_marked)
        self.clear_button = button("清空", self.clear, kind="link", name="clear")
        head = row(self._count, None, self.clear_button)
        acts = row(
            button("改为主送(&M)", lambda: self.set_role(RecipientRole.MAIN), name="to_main"),
            button("改为抄送(&Q)", lambda: self.set_role(RecipientRole.CC), name="to_cc"),
            None,
            tool("chevron-up", "上移", lambda: self.shift(-1), name="up", shortcut="Alt+Up"),
            tool("chevron-down", "下移", lambda: self.shift(1), name="down", shortcut="Alt+Down"),
            button("按级别排序(&L)", self.sort_by_rank, kind="link", name="by_rank"),
            tool("close", "移出所选单位", self.remove_marked, name="take_out", shortcut="Del"),
            gap=Space.HAIR,
        )
        self.setLayout(column(head, boxed(self.table), acts))
        self._show()

    # -- asking -----------------------------------------------------------------------------------------

    def recipients(self) -> tuple[Recipient, ...]:
        """What is chosen now, main recipients first."""
        order = self._picked.values() if self._by_hand else self._ranked()
        return tuple(sorted(order, key=lambda one: one.role is RecipientRole.CC))

    def __contains__(self, code: object) -> bool:
        return code in self._picked

    @property
    def codes(self) -> frozenset[str]:
        """The chosen units' codes."""
        return frozenset(self._picked)

    def _ranked(self) -> list[Recipient]:
        return sorted(self._picked.values(), key=lambda one: self._rank[one.unit_code])

    # -- changing ---------------------------------------------------------------------------------------

    def add(self, codes: Iterable[str], role: RecipientRole = RecipientRole.MAIN) -> None:
        """Choose units; those that are chosen already stay as they are."""
        for code in codes:
            self._picked.setdefault(code, Recipient(unit_code=code, role=role, copies=DEFAULT_COPIES))
        self._show()

    def remove(self, codes: Iterable[str]) -> None:
        """Take units out."""
        for code in codes:
            self._picked.pop(code, None)
        self._show()

    def clear(self) -> None:
        """Take all units out."""
        self._picked.clear()
        self._by_hand = False
        self._show()

    def give_role(self, code: str, role: RecipientRole) -> None:
        """Make one unit 主送 or 抄送."""
        if code in self._picked:
            self._picked[code] = self._picked[code].model_copy(update={"role": role})
            self._show()

    def set_role(self, role: RecipientRole) -> None:
        """Make the marked units 主送 or 抄送."""
        for code in self._marked():
            self._picked[code] = self._picked[code].model_copy(update={"role": role})
        self._show()

    def toggle(self) -> None:
        """Turn 主送 into 抄送 and back, for the marked units."""
        for code in self._marked():
            other = RecipientRole.MAIN if self._picked[code].role is RecipientRole.CC else RecipientRole.CC
            self._picked[code] = self._picked[code].model_copy(update={"role": other})
        self._show()

    def remove_marked(self) -> None:
        """Take the marked units out."""
        self.remove(self._marked())

    def shift(self, steps: int) -> None:
        """Move the marked units up or down by hand, within 主送 and 抄送."""
        order = [one.unit_code for one in self.recipients()]
        marked = self._marked()
        for code in marked if steps < 0 else reversed(marked):
            place = order.index(code)
            other = place + steps
            free = 0 <= other < len(order) and order[other] not in marked
            if free and self._picked[order[other]].role is self._picked[code].role:
                order[place], order[other] = order[other], order[place]
        self._by_hand = True
        self._picked = {code: self._picked[code] for code in order}
        self._show()

    def sort_by_rank(self) -> None:
        """Back to the order of the directory."""
        self._by_hand = False
        self._picked = {one.unit_code: one for one in self._ranked()}
        self._show()

    def _marked(self) -> list[str]:
        ranges = sorted(
            (part.top(), part.bottom()) for part in self.table.selectionModel().selection().toList()
        )
        return [one.unit_code for top, bottom in ranges for one in self.rows.rows[top : bottom + 1]]

    def _mark(self, lines: list[int]) -> None:
        """Mark rows, neighbours as one range: two thousand ranges would take a second to paint."""
        selection = QItemSelection()
        begin = 0
        for place, line in enumerate(lines):
            if place + 1 == len(lines) or lines[place + 1] != line + 1:
                selection.select(self.rows.index(lines[begin], 0), self.rows.index(line, 1))
                begin = place + 1
        self.table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _show(self) -> None:
        marked = set(self._marked())
        chosen = self.recipients()
        self.rows.show_rows(chosen)
        self._mark([line for line, one in enumerate(chosen) if one.unit_code in marked])
        main = sum(one.role is RecipientRole.MAIN for one in chosen)
        self._count.setText(f"已选 {len(chosen)} 个：主送 {main}，抄送 {len(chosen) - main}")
        self.clear_button.setEnabled(bool(chosen))
        self.changed.emit()


class _ChosenTable(RowTable):
    """Many rows can be marked; Enter or a double click turns 主送 and 抄送, Del takes out."""

    toggle_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, rows: RowModel[Recipient]) -> None:
        super().__init__(rows, "chosen_units", "已选单位")
        self.setSortingEnabled(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.doubleClicked.connect(lambda _index: self.toggle_wanted.emit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.toggle_wanted.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)
