"""接收单位 and print copies of a draft: one line per unit, totals beneath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QSpinBox, QVBoxLayout, QWidget

from gongwen_client.ui import words
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, holder, label, row, rule, tool
from gongwen_protocol.messages import Recipient, Unit


class CopiesGrid(QWidget):
    """``changed(tuple of Recipient)`` follows every change of copies or removal."""

    changed = Signal(object)
    pick_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._recipients: tuple[Recipient, ...] = ()
        self._units: Mapping[str, Unit] = {}
        self._counts: dict[str, QSpinBox] = {}
        self._lines: QVBoxLayout = column(gap=0)
        self._box = QFrame()
        self._box.setProperty("role", "boxed")
        self._box.setLayout(self._lines)
        self._total = label("", "small")
        self.pick_button = button(
            "选择单位(&D)", self.pick_wanted.emit, picture="people", name="pick_recipients"
        )
        self.same_button = button("份数都同首行", self._fill_down, kind="link", name="fill_down")
        tools = row(self.pick_button, self.same_button, None, self._total)
        self.setLayout(column(self._box, tools, gap=Space.INSIDE))
        self.show_recipients((), {})

    def show_recipients(self, recipients: Sequence[Recipient], units: Mapping[str, Unit]) -> None:
        """Replace all lines."""
        self._recipients, self._units = tuple(recipients), units
        self._counts = {}
        while (old := self._lines.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, item in enumerate(self._recipients):
            if number:
                self._lines.addWidget(rule())
            self._lines.addWidget(self._line(item))
        self._box.setVisible(bool(self._recipients))
        self.same_button.setVisible(len(self._recipients) > 1)
        self._show_total()

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """What the lines say now."""
        return self._recipients

    def set_copies(self, code: str, copies: int) -> None:
        """Set the print copies of one unit as a person would."""
        self._counts[code].setValue(copies)

    def _line(self, item: Recipient) -> QWidget:
        unit = self._units.get(item.unit_code)
        name = unit.name if unit else item.unit_code
        count = QSpinBox()
        count.setObjectName(f"copies_{item.unit_code}")
        count.setAccessibleName(f"{name} 打印份数")
        count.setRange(0, 9999)
        count.setValue(item.copies)
        count.setSuffix(" 份")
        count.setFixedWidth(92)
        count.valueChanged.connect(lambda copies: self._set(item.unit_code, copies))
        self._counts[item.unit_code] = count
        layout = row(gap=Space.INSIDE, margins=(Space.ROW, 2, Space.HAIR, 2))
        layout.addWidget(label(words.ROLES[item.role], "muted"))
        layout.addWidget(ElidedLabel(name), 1)
        layout.addWidget(count)
        layout.addWidget(tool("close", f"移除 {name}", lambda: self._remove(item.unit_code)))
        return holder(layout)

    def _set(self, code: str, copies: int) -> None:
        self._recipients = tuple(
            item.model_copy(update={"copies": copies}) if item.unit_code == code else item
            for item in self._recipients
        )
        self._show_total()
        self.changed.emit(self._recipients)

    def _remove(self, code: str) -> None:
        kept = tuple(item for item in self._recipients if item.unit_code != code)
        self.show_recipients(kept, self._units)
        self.changed.emit(kept)

    def _fill_down(self) -> None:
        first = self._recipients[0].copies
        kept = tuple(item.model_copy(update={"copies": first}) for item in self._recipients)
        self.show_recipients(kept, self._units)
        self.changed.emit(kept)

    def _show_total(self) -> None:
        count = len(self._recipients)
        total = sum(item.copies for item in self._recipients)
        self._total.setText(f"{count} 个单位，共 {total} 份" if count else "未选接收单位")
