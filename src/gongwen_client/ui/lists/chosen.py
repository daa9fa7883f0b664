"""The line above a list while several rows are chosen: how many, and what can be done with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton

from gongwen_client.ui.lists.plan import RowAct
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import button, label, row


class ChosenLine(QFrame):
    """``act_wanted`` with a RowAct, ``export_wanted``, ``given_up`` to choose one row again."""

    act_wanted = Signal(object)
    export_wanted = Signal()
    given_up = Signal()

    def __init__(self, acts: Sequence[RowAct]) -> None:
        super().__init__()
        self.setObjectName("chosen")
        self._words = label("", "strong")
        self.buttons: dict[str, QPushButton] = {}
        line = row(self._words, gap=Space.INSIDE)
        line.setContentsMargins(Space.GROUP, Space.HAIR, Space.GROUP, Space.HAIR)
        for act in acts:
            if act.many:
                press = button(
                    act.text,
                    partial(self.act_wanted.emit, act),
                    kind="danger" if act.danger else "",
                    picture=act.picture,
                    name=f"many_{act.name}",
                )
                self.buttons[act.name] = press
                line.addWidget(press)
        line.addWidget(button("导出所选", self.export_wanted.emit, picture="save", name="many_export"))
        line.addStretch(1)
        line.addWidget(button("取消选择", self.given_up.emit, kind="link", name="many_none"))
        self.setLayout(line)
        self.hide()

    def show_count(self, count: int) -> None:
        """Shown from two rows on."""
        self._words.setText(f"已选 {count} 份")
        self.setVisible(count > 1)
