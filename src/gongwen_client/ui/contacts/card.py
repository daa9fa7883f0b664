"""The card of a unit: names, posts and telephones, readiness, batch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gongwen_client.domain.contacts import UnitCard
from gongwen_client.ui import words
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList, Section
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_client.ui.words import StateWord
from gongwen_protocol.messages import Unit

OPEN = StateWord("已启用", "check", Tone.VALID)
CLOSED = StateWord("未启用", "stop", Tone.WARNING)
_SOON_DAYS = 30


def unit_state(unit: Unit) -> StateWord:
    """Whether it takes part."""
    return OPEN if unit.enabled else CLOSED


class CardPanel(QFrame):
    """320 px beside the list. ``change_wanted``, ``confirm_wanted`` and ``history_wanted`` are about the own
    unit's entry."""

    change_wanted = Signal()
    confirm_wanted = Signal()
    history_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFixedWidth(Size.PANEL)
        self._inside: QVBoxLayout = column(
            gap=Space.GROUP, margins=(Space.GROUP, Space.GROUP, Space.GROUP, Space.GROUP)
        )
        self.setLayout(column(Scrolled(holder(self._inside)), gap=0))
        self.card: UnitCard | None = None

    def clear(self) -> None:
        """No unit is chosen."""
        self.card = None
        self._fill([label("在列表中选择一个单位，这里显示它的联系岗位和启用情况。", "muted", wrap=True)])

    def show_card(self, card: UnitCard, *, may_change: bool) -> None:
        """Everything about one unit."""
        self.card = card
        unit = card.unit
        name = label(unit.name, "strong", wrap=True)
        name.setObjectName("card_name")
        self._fill(
            [
                holder(column(name, row(Chip(unit_state(unit)), None), gap=Space.HAIR)),
                _contacts(card),
                *([self._own(may_change=may_change)] if card.own else []),
                _readiness(card),
                _names(unit),
            ]
        )

    def _own(self, *, may_change: bool) -> QWidget:
        """What may be done about the own entry."""
        history = button("变更记录", self.history_wanted.emit, kind="link", name="contacts_history")
        if not may_change:
            hint = label("本单位的联系岗位由单位系统管理员修改。", "small", wrap=True)
            return holder(column(hint))
        change = button("修改(&M)", self.change_wanted.emit, name="contacts_change")
        confirm = button("核对无误(&W)", self.confirm_wanted.emit, name="contacts_confirm")
        confirm.setEnabled(bool(self.card and self.card.unit.contacts))
        return holder(column(row(change, confirm, None), row(history, None), gap=Space.HAIR))

    def _fill(self, parts: Sequence[QWidget]) -> None:
        while (item := self._inside.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for part in parts:
            self._inside.addWidget(part)
        self._inside.addStretch(1)
        for part in parts:  # only now: what was laid out before the stretch came would spread over the height
            part.show()


def _contacts(card: UnitCard) -> QWidget:
    facts = FactList()
    for contact in card.contacts:
        facts.add(contact.post, contact.phone, copied=True)
        facts.add("", contact.note)
    if not card.contacts:
        return Section("联系岗位", label("该单位还没有登记联系岗位。", "muted", wrap=True))
    confirmed = card.unit.contacts_confirmed
    said = f"{words.when(confirmed)} 核对" if confirmed else "未经该单位核对"
    return Section("联系岗位", facts, label(said, "small"))


def _readiness(card: UnitCard) -> QWidget:
    ready = card.readiness
    facts = FactList()
    if ready is None:
        facts.add("启用情况", "还没有取得，连接交换中心后自动更新")
    else:
        facts.add("人工查收", words.when(ready.last_check) if ready.last_check else "没有记录")
        facts.add("机器轮询", words.when(ready.last_heartbeat) if ready.last_heartbeat else "没有记录")
        facts.add("印章证书", _days(ready.certificate_days))
    facts.add("正文格式", "、".join(card.formats))
    facts.add("大小上限", words.size(card.size_limit) if card.size_limit else "不限")
    if card.unit.batch:
        since = f"，{card.unit.enabled_from} 起" if card.unit.enabled_from else ""
        facts.add("启用批次", f"第 {card.unit.batch} 批{since}")
    at = [label(f"{words.when(card.asked_at)} 取得", "small")] if card.asked_at else []
    return Section("收文准备", facts, *at)


def _days(days: int | None) -> str:
    if days is None:
        return "未登记"
    if days < 0:
        return f"已过期 {-days} 天"
    return f"还有 {days} 天到期" + ("，请提醒其换发" if days <= _SOON_DAYS else "")


def _names(unit: Unit) -> QWidget:
    facts = FactList((("单位编码", unit.code), ("简称", unit.short_name), ("地区系统", unit.region)))
    for plate in unit.plates:
        facts.add("挂牌", plate)
    return Section("名称", facts)
