"""Everything about one key, at the right of the list."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from gongwen_client.services.keys import KeyCard
from gongwen_client.token.keys import KeyRole, KeyState
from gongwen_client.ui.keys import facts
from gongwen_client.ui.keys.rows import draw_picture
from gongwen_client.ui.theme import Space, colour
from gongwen_client.ui.viewer.panel import FactList, Section, step_line
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.scrolled import Scrolled

_SIDE = 184
_WIDTH = 760


class SealPictureView(QFrame):
    """The seal on white paper."""

    def __init__(self, card: KeyCard) -> None:
        super().__init__()
        self._card = card
        self.setFixedSize(QSize(_SIDE, _SIDE))
        self.setAccessibleName(f"印章图样：{card.name}" if card.face else "没有印章图样")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), colour("surface"))
        margin = Space.ROW
        draw_picture(painter, QRect(margin, margin, _SIDE - 2 * margin, _SIDE - 2 * margin), self._card)
        painter.setPen(colour("line"))
        painter.drawRect(0, 0, _SIDE - 1, _SIDE - 1)
        painter.end()


class KeyPanel(QWidget):
    """Shows a card; its buttons answer with signals that carry the card."""

    test_wanted = Signal(object)
    change_wanted = Signal(object)
    custody_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._place = column(gap=0)
        self.setLayout(self._place)
        self.card: KeyCard | None = None

    def show_card(self, card: KeyCard | None) -> None:
        """Another key, or none."""
        self.card = card
        while (item := self._place.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        if card is not None:
            self._place.addWidget(Scrolled(self._content(card)))

    def _content(self, card: KeyCard) -> QWidget:
        inside = column(self._head(card), gap=Space.SECTION, margins=(Space.SECTION,) * 4)
        said = facts.warning(card)
        if said is not None:
            notice = Notice("key_notice")
            notice.show_text(said[0], said[1], "", said[2])
            inside.addWidget(notice)
        left = column(
            Section("印章", FactList(facts.seal_lines(card))),
            Section("证书", FactList(facts.certificate_lines(card))),
            None,
            gap=Space.SECTION,
        )
        right = column(self._pin(card), self._custody(card), self._driver(card), None, gap=Space.SECTION)
        both = row(gap=Space.PAGE)
        both.addLayout(left, 1)
        both.addLayout(right, 1)
        inside.addLayout(both)
        inside.addStretch(1)
        whole = holder(inside)
        whole.setMaximumWidth(_WIDTH + 2 * Space.SECTION)
        return whole

    def _head(self, card: KeyCard) -> QWidget:
        name = label(card.name, "title", wrap=True)
        name.setObjectName("key_name")
        left = facts.days_left(card.days_left)
        words = column(
            name,
            label(f"秘钥盘编号 {card.key.serial}　{card.key.token_label}", "muted", wrap=True),
            row(Chip(facts.short_state(card)), label(f"证书{left}", "muted"), None),
            Space.INSIDE,
            self._acts(card),
            None,
        )
        head = row(SealPictureView(card), gap=Space.SECTION)
        head.addLayout(words, 1)
        return holder(head)

    def _acts(self, card: KeyCard) -> QWidget:
        barred = card.key.pin.locked or card.state is KeyState.FOREIGN
        test = button("自检(&T)", lambda: self.test_wanted.emit(card), picture="check", name="self_test")
        test.setToolTip("用这把密钥试签一次，并用它的证书验证")
        test.setEnabled(not barred and card.role is not KeyRole.ENCRYPTION)
        change = button(
            "修改口令(&M)", lambda: self.change_wanted.emit(card), picture="password", name="change_pin"
        )
        change.setEnabled(not barred)
        custody = button(
            "保管岗位(&B)", lambda: self.custody_wanted.emit(card), picture="people", name="custody"
        )
        return holder(row(test, change, custody, None))

    def _pin(self, card: KeyCard) -> Section:
        state = facts.pin_state(card.key.pin)
        key = card.key
        rule = f"{key.min_pin_length} 至 {key.max_pin_length} 位，每次用印都要输入，不保存。"
        return Section("口令", holder(row(Chip(state), None)), label(rule, "small", wrap=True))

    def _custody(self, card: KeyCard) -> Section:
        return Section("保管", FactList(facts.custody_lines(card)))

    def _driver(self, card: KeyCard) -> Section:
        state, note = facts.test_state(card)
        return Section("驱动与自检", FactList(facts.driver_lines(card)), step_line(state, "自检", note))
