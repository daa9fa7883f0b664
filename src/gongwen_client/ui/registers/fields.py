"""Fields in which a column of a register is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QGridLayout, QLineEdit, QWidget

from gongwen_client.domain.registers import DATES, FIELD_NAMES, Book
from gongwen_client.services.registers import LONGEST
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import column, label

_NONE = QDate(1900, 1, 1)
_WIDE = frozenset({"title", "remark", "unit"})


class DayField(QDateEdit):
    """A day, or 未填."""

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setCalendarPopup(True)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setMinimumDate(_NONE)
        self.setSpecialValueText("未填")
        self.setDate(_NONE)

    @property
    def text_value(self) -> str:
        """ISO date, empty for none."""
        return "" if self.date() == _NONE else self.date().toString("yyyy-MM-dd")

    def show_text(self, text: str) -> None:
        """Show an ISO date or none."""
        day = QDate.fromString(text[:10], "yyyy-MM-dd")
        self.setDate(day if day.isValid() else _NONE)

    @property
    def day(self) -> date | None:
        """The day, None for none."""
        return date.fromisoformat(self.text_value) if self.text_value else None


class ColumnForm(QWidget):
    """Fields for some columns of a book, two beside one another, long ones alone."""

    def __init__(self, book: Book, keys: Sequence[str]) -> None:
        super().__init__()
        names = FIELD_NAMES[book]
        self.fields: dict[str, QLineEdit | DayField] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.ROW)
        grid.setVerticalSpacing(Space.INSIDE)
        line, place = 0, 0
        for key in keys:
            field = DayField(key, names[key]) if key in DATES else _line(key, names[key])
            field.setFixedHeight(Size.CONTROL)
            self.fields[key] = field
            caption = label(names[key], "small")
            caption.setBuddy(field)
            span = 2 if key in _WIDE else 1
            if place + span > 2:
                line, place = line + 1, 0
            grid.addLayout(column(caption, field, gap=2), line, place, 1, span)
            place += span
        for number in (0, 1):
            grid.setColumnStretch(number, 1)
        self.setLayout(grid)

    def fill(self, key: str, text: str) -> None:
        """Show a text in its field."""
        field = self.fields[key]
        if isinstance(field, DayField):
            field.show_text(text)
        else:
            field.setText(text)
            field.setCursorPosition(0)

    @property
    def values(self) -> dict[str, str]:
        """What is typed now."""
        return {
            key: field.text_value if isinstance(field, DayField) else field.text().strip()
            for key, field in self.fields.items()
        }


def _line(name: str, spoken: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setMaxLength(LONGEST)
    return field
