"""The bottom line: a person's last check, the machine's next poll, the exchange's time, the version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame

from gongwen_client.domain.rows import Connection, Duty
from gongwen_client.host.clock import to_local
from gongwen_client.ui import words
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.widgets.basics import label, row
from gongwen_protocol.version import VERSION

_TICK_MS = 5000


class StatusLine(QFrame):
    """28 px; heartbeat and attended check stand apart."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setFixedHeight(Size.STATUS)
        self._checked = label()
        self._poll = label()
        self._time = label()
        self._duty: Duty | None = None
        layout = row(gap=Space.SECTION, margins=(Space.GROUP, 0, Space.GROUP, 0))
        for part in (self._checked, self._poll):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(self._time)
        layout.addWidget(label(f"客户端 {VERSION}"))
        self.setLayout(layout)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def show_duty(self, duty: Duty) -> None:
        """The duty's state, read now."""
        self._duty = duty
        checked = duty.last_attended_check
        self._checked.setText(f"上次人工查收 {words.when(checked)}" if checked else "今天还没有人工查收")
        self._checked.setToolTip(words.stamp(checked))
        self._tick()

    def _tick(self) -> None:
        duty = self._duty
        if duty is None:
            return
        if duty.connection is Connection.ONLINE:
            self._poll.setText(
                f"下次轮询 {to_local(duty.next_poll):%H:%M:%S}" if duty.next_poll else "正在轮询"
            )
        else:
            self._poll.setText(f"最近联络 {words.when(duty.last_heartbeat)}，正在重试")
        self._poll.setToolTip("由程序自动进行，不计作查收")
        there = datetime.now(UTC) + timedelta(seconds=duty.server_time_offset)
        self._time.setText(f"服务器时间 {to_local(there):%Y-%m-%d %H:%M}")
