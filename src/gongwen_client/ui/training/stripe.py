"""The 练习 stripe: whoever sees a window of the rehearsal must not take it for the real one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from gongwen_client.services.training import TrainingTicket
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import ElidedLabel, glyph, label, row

_HEIGHT = 40
TITLE = "【练习】"


class TrainingStripe(QFrame):
    """Across the whole width, in the colour of caution. ``narrow``: for the log-in window."""

    def __init__(self, ticket: TrainingTicket, *, narrow: bool = False) -> None:
        super().__init__()
        self.setObjectName("training")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName("练习模式：全部是示例数据，不会影响真实公文")
        line = row(gap=Space.ROW, margins=(Space.GROUP, 0, Space.GROUP, 0))
        line.addWidget(glyph("training", "on_action", 20))
        line.addWidget(label("练 习", "strong"))
        if narrow:
            line.addWidget(ElidedLabel("示例数据，不会影响真实公文"), 1)
        else:
            said = (
                f"示例数据，不会影响真实公文　·　对方单位 {ticket.counterpart}　·　"
                f"密码 {ticket.password}　·　秘钥盘口令 {ticket.pin}"
            )
            line.addWidget(ElidedLabel(said), 1)
        self.setLayout(line)
