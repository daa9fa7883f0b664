"""A state in a list or beside a title: shape, word and colour together."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QLabel, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.icons import pixmap
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import glyph, label, restyle, row
from gongwen_client.ui.words import StateWord

CHIP_ROLE = Qt.ItemDataRole.UserRole + 1
DOT_ROLE = Qt.ItemDataRole.UserRole + 2
_SHAPE = 14
_FRAME = 2


class Chip(QWidget):
    """Shape and word in the state's colour."""

    def __init__(self, state: StateWord) -> None:
        super().__init__()
        self._shape: QLabel = glyph(state.shape, state.tone.value, Size.ICON_SMALL)
        self._word = label(state.word, tone=state.tone.value)
        self.setLayout(row(self._shape, self._word, gap=Space.HAIR))
        self.show_state(state)

    def show_state(self, state: StateWord) -> None:
        """Show another state."""
        self._shape.setPixmap(pixmap(state.shape, colour(state.tone.value).name(), Size.ICON_SMALL))
        self._word.setText(state.word)
        restyle(self._word, tone=state.tone.value)
        self.setAccessibleName(state.word)

    @property
    def word(self) -> str:
        """The word it shows."""
        return self._word.text()


class CellDelegate(QStyledItemDelegate):
    """Cells of lists: an unread dot before the text, a state as chip; while the list has the keys, two lines
    hold its current row."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        state = index.data(CHIP_ROLE)
        dotted = index.data(DOT_ROLE)
        text, option.text = option.text, ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        left = Space.GROUP if index.column() == 0 else Space.INSIDE
        last = index.column() == index.model().columnCount() - 1
        space = option.rect.adjusted(left, 0, -(Space.GROUP if last else Space.INSIDE), 0)
        painter.save()
        painter.setFont(option.font)
        if isinstance(state, StateWord):
            self._chip(painter, space, state)
        else:
            if dotted is not None:
                self._dot(painter, space, dotted)
                space = space.adjusted(14, 0, 0, 0)
            painter.setPen(option.palette.text().color())
            ink = index.data(Qt.ItemDataRole.ForegroundRole)
            if isinstance(ink, QColor):
                painter.setPen(ink)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, space.width())
            painter.drawText(space, int(option.displayAlignment | Qt.TextFlag.TextSingleLine), shown)
        painter.restore()
        view = option.widget
        if isinstance(view, QTableView) and view.hasFocus() and index.row() == view.currentIndex().row():
            _underline(painter, option.rect)

    def _dot(self, painter: QPainter, space: QRect, shown: bool) -> None:
        if not shown:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colour("brand"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(space.left(), space.center().y() - 3, 7, 7)

    def _chip(self, painter: QPainter, space: QRect, state: StateWord) -> None:
        tint = colour(state.tone.value)
        if state.tone is Tone.NEUTRAL:
            tint = colour("muted")
        top = space.center().y() - _SHAPE // 2 + 1
        painter.drawPixmap(space.left(), top, pixmap(state.shape, tint.name(), _SHAPE))
        painter.setPen(tint)
        words = space.adjusted(_SHAPE + 6, 0, 0, 0)
        shown = painter.fontMetrics().elidedText(state.word, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + _SHAPE, max(hint.height(), Size.ROW))


def _underline(painter: QPainter, cell: QRect) -> None:
    """This cell's part of the two lines that hold the current row."""
    for top in (cell.top(), cell.bottom() - _FRAME + 1):
        painter.fillRect(cell.left(), top, cell.width(), _FRAME, colour("action"))


def strong(font: QFont) -> QFont:
    """The same font, heavier."""
    result = QFont(font)
    result.setWeight(QFont.Weight.DemiBold)
    return result
