"""The list of keys: picture of the seal, name, number and state on each line."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gongwen_client.services.keys import KeyCard
from gongwen_client.ui.keys.facts import short_state
from gongwen_client.ui.sealing.facts import seal_image
from gongwen_client.ui.theme import Space, colour
from gongwen_client.ui.theme.icons import pixmap
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.chip import strong

CARD_ROLE = Qt.ItemDataRole.UserRole + 1
_PICTURE = 48
_SHAPE = 14
_HEIGHT = 84


class KeyDelegate(QStyledItemDelegate):
    """One key on three lines beside its picture."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        option.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget
        )
        card = index.data(CARD_ROLE)
        if not isinstance(card, KeyCard):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        space = option.rect.adjusted(Space.GROUP, 0, -Space.ROW, 0)
        place = QRect(space.left(), space.center().y() - _PICTURE // 2, _PICTURE, _PICTURE)
        draw_picture(painter, place, card)
        beside = space.adjusted(_PICTURE + Space.ROW, Space.INSIDE, 0, -Space.INSIDE)
        self._words(painter, option, beside, card)
        painter.restore()

    def _words(self, painter: QPainter, option: QStyleOptionViewItem, space: QRect, card: KeyCard) -> None:
        line = space.height() // 3
        lines = [QRect(space.left(), space.top() + number * line, space.width(), line) for number in range(3)]
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
        for area, text, heavy in (
            (lines[0], card.name, True),
            (lines[1], f"编号 {card.key.serial}", False),
        ):
            painter.setFont(strong(option.font) if heavy else option.font)
            painter.setPen(colour("ink" if heavy else "muted"))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, flags, shown)
        state = short_state(card)
        tint = colour("muted" if state.tone is Tone.NEUTRAL else state.tone.value)
        top = lines[2].center().y() - _SHAPE // 2 + 1
        painter.drawPixmap(lines[2].left(), top, pixmap(state.shape, tint.name(), _SHAPE))
        painter.setPen(tint)
        painter.drawText(lines[2].adjusted(_SHAPE + 6, 0, 0, 0), flags, state.word)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), _HEIGHT)


def draw_picture(painter: QPainter, area: QRect, card: KeyCard) -> None:
    """The seal's picture, or the shape of a key where there is none, inside ``area``."""
    image = seal_image(card)
    if image is None:
        side = area.width() // 2
        mark = pixmap("key", colour("line_strong").name(), side)
        painter.drawPixmap(area.center().x() - side // 2, area.center().y() - side // 2, mark)
        return
    painter.drawImage(_inside(image, area), image)


def _inside(image: QImage, area: QRect) -> QRect:
    size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRect(
        area.center().x() - size.width() // 2,
        area.center().y() - size.height() // 2,
        size.width(),
        size.height(),
    )
