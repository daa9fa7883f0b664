"""Rows of a long list: all identities are here, the rows themselves come when they are looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from gongwen_client.domain.lists import Found, SortKey
from gongwen_client.services.lists import Row
from gongwen_client.ui.lists.table import Column
from gongwen_client.ui.theme import font
from gongwen_client.ui.widgets.chip import DOT_ROLE

_Index = QModelIndex | QPersistentModelIndex
KEPT = 3000
"""Rows that are held; beyond that the ones out of sight are let go."""


class LongModel(QAbstractTableModel):
    """``rows_wanted`` when a row that is not here is drawn; ``order_wanted`` when a head was clicked."""

    rows_wanted = Signal()
    order_wanted = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Any]],
        *,
        unread: bool = False,
    ) -> None:
        """``unread``: rows have a mark of that name, shown in bold with a dot."""
        super().__init__()
        self.columns = tuple(columns)
        self.found = Found(())
        self.order: tuple[SortKey, bool] | None = None
        self._here: dict[str, Row] = {}
        self._by_body: frozenset[str] = frozenset()
        self._unread = unread
        self._strong = font(strong=True)
        self._wanted = QTimer(self)
        self._wanted.setSingleShot(True)
        self._wanted.setInterval(0)
        self._wanted.timeout.connect(self.rows_wanted)

    # -- what is here -----------------------------------------------------------------------------------

    def show_found(
        self, found: Found, rows: Mapping[str, Row], by_body: frozenset[str] = frozenset()
    ) -> bool:
        """The list as it is now, with the rows in sight; True when it begins anew (rows came, went or moved).

        A list that did not change keeps its table's selection and place; its rows are painted again.
        """
        same = found.ids == self.found.ids
        if same:
            self._here.update(rows)
            self._by_body |= by_body
            self._let_go(rows)
            if found.ids:
                self.dataChanged.emit(self.index(0, 0), self.index(len(found.ids) - 1, len(self.columns) - 1))
            return False
        self.beginResetModel()
        self.found = found
        self._here = dict(rows)
        self._by_body = by_body
        self.endResetModel()
        return True

    def bring(self, rows: Mapping[str, Row], by_body: frozenset[str] = frozenset()) -> None:
        """Rows that were wanted."""
        self._here.update(rows)
        self._by_body |= by_body
        self._let_go(rows)
        places = [self.found.places[one] for one in rows if one in self.found.places]
        if places:
            self.dataChanged.emit(self.index(min(places), 0), self.index(max(places), len(self.columns) - 1))

    def _let_go(self, kept: Mapping[str, Row]) -> None:
        if len(self._here) > KEPT:
            self._here = dict(kept)

    def forget(self) -> None:
        """The rows may have changed: those out of sight are read again when they are looked at."""
        self._here.clear()

    @property
    def rows(self) -> list[Row]:
        """The rows that are here, in order."""
        places = self.found.places
        return [
            self._here[one] for one in sorted(filter(places.__contains__, self._here), key=places.__getitem__)
        ]

    def row(self, number: int) -> Row | None:
        """The row with this number, if it is here."""
        return self._here.get(self.found.ids[number])

    def identity(self, number: int) -> str:
        """Identity of a row by its number."""
        return self.found.ids[number]

    def place(self, identity: str) -> int:
        """Number of the row with this identity, or -1."""
        return self.found.places.get(identity, -1)

    def missing(self, first: int, last: int) -> tuple[str, ...]:
        """Identities between two numbers (both included) whose rows are not here."""
        return tuple(one for one in self.found.ids[max(0, first) : last + 1] if one not in self._here)

    # -- Qt's questions ---------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.found.ids)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.columns[section].alignment
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        identity = self.found.ids[index.row()]
        row, column = self._here.get(identity), self.columns[index.column()]
        if row is None:
            if role == Qt.ItemDataRole.DisplayRole:
                self._wanted.start()
            return None
        if self._unread and role in (DOT_ROLE, Qt.ItemDataRole.FontRole):
            return self._reading(row, role, first=index.column() == 0)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0 and identity in self._by_body:
            return f"{column.cell(row, role)}\n（在正文中找到）"
        return column.cell(row, role)

    def _reading(self, row: Row, role: int, *, first: bool) -> Any:
        unread = bool(getattr(row, "unread", False))
        if role == DOT_ROLE:
            return unread if first else None
        return self._strong if unread and first else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask for another order; the store does the sorting. -1 or a column without one: the list's own."""
        key = self.columns[column].key if 0 <= column < len(self.columns) else None
        wanted = None if key is None else (key, order is Qt.SortOrder.DescendingOrder)
        if wanted != self.order:
            self.order = wanted
            self.order_wanted.emit()
