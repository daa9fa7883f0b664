"""Telling the person what waits: tray, sound, toast, then a banner, until somebody looks (收文提醒)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from gongwen_client.domain.attention import Alert, Attention, Step
from gongwen_client.host.sound import Sounder, Tune
from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import colour
from gongwen_client.ui.theme.icons import icon

_LOOK_MS = 30_000
_SHOWN_MS = 15_000
_TUNES = {Step.NEW: Tune.NEW, Step.AGAIN: Tune.AGAIN, Step.URGENT: Tune.URGENT}


class Notifier(QObject):
    """Looks every half minute and whenever something came. ``told`` once for what is new; ``looked`` carries
    the Attention each time; ``clicked``: the person wants to see it."""

    told = Signal(str)
    looked = Signal(object)
    clicked = Signal()
    rang = Signal(object)

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(window)
        self._office = office
        self._window = window
        self._steps: dict[str, Step] | None = None
        self._since_ring = QElapsedTimer()
        self._rang_at: datetime | None = None
        self._tray: QSystemTrayIcon | None = None
        self._sounder = Sounder(office.places.cache / "sounds")
        self.sound = True
        self._covered = False
        self._mark, self._name = "", "公文交换"
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._turn)
        self._timer.start()
        self._find_tray()

    @property
    def has_tray(self) -> bool:
        """True where the desktop has a place for the tray icon (it may start later than we do)."""
        return self._tray is not None

    def _find_tray(self) -> None:
        if self._tray is not None or not QSystemTrayIcon.isSystemTrayAvailable():
            return
        self._tray = QSystemTrayIcon(icon("brand", colour("brand").name()), self)
        self._tray.setToolTip(self._name)
        self._tray.activated.connect(lambda _reason: self.clicked.emit())
        self._tray.messageClicked.connect(self.clicked)
        self._tray.show()

    def _turn(self) -> None:
        self._find_tray()
        self.look()

    def set_mark(self, mark: str) -> None:
        """What stands before every word of the tray: the rehearsal may run beside the real client."""
        self._mark = mark
        self._name = f"{mark}公文交换"
        if self._tray is not None:
            self._tray.setToolTip(self._name)

    def set_covered(self, covered: bool) -> None:
        """While the window is locked nobody passing by reads titles."""
        self._covered = covered

    def look(self) -> None:
        """Ask what waits now."""
        work(self, self._office.attention.look).then(self.show_attention).failed(lambda _error: None).start()

    def show_attention(self, attention: Attention) -> None:
        """Tell what is new, ring for what grew louder. The first look only learns what was there before."""
        before = self._steps
        self._steps = {alert.waiting.delivery_id: alert.step for alert in attention.alerts}
        if before is not None:
            fresh = [
                alert
                for alert in attention.alerts
                if alert.waiting.delivery_id not in before and alert.step > Step.NONE
            ]
            if fresh:
                self._tell(fresh)
            louder = [
                alert
                for alert in attention.alerts
                if alert.step > before.get(alert.waiting.delivery_id, Step.NONE)
            ]
            self._ring(attention, louder)
        if self._tray is not None:
            number = len(attention.at(Step.NEW))
            self._tray.setToolTip(f"{self._name}：{number} 份公文待收" if number else self._name)
        self.looked.emit(attention)

    def _ring(self, attention: Attention, louder: Sequence[Alert]) -> None:
        """A step that was reached rings at once; what goes on asking rings again after its gap. Outside the
        office hours nothing rings."""
        if attention.quiet:
            return
        due = attention.step >= Step.AGAIN and self._is_over(attention)
        if not louder and not due:
            return
        step = max((alert.step for alert in louder), default=attention.step)
        self._since_ring.start()
        self._rang_at = attention.now
        QApplication.alert(self._window)
        if self.sound:
            self._play(max(step, attention.step) if due else step)
        self.rang.emit(step)

    def _is_over(self, attention: Attention) -> bool:
        """Whether the gap since the last ring is over, by the time that the PC was awake or by the clock:
        the one stands still while it sleeps, the other may be set back."""
        if self._rang_at is None:
            return True
        awake = timedelta(milliseconds=self._since_ring.elapsed())
        return max(awake, attention.now - self._rang_at) >= attention.gap

    def _play(self, step: Step) -> None:
        if self._sounder.works:
            self._sounder.play(_TUNES[step])
        else:
            QApplication.beep()

    def _tell(self, alerts: Sequence[Alert]) -> None:
        first = alerts[0].waiting
        text = f"{first.sender_name} 发来《{first.title}》"
        if len(alerts) > 1:
            text = f"{text}等 {len(alerts)} 份公文"
        if self._covered:
            text = f"有 {len(alerts)} 份新公文，请解锁后查收。"
        if self._tray is not None:
            self._tray.showMessage(f"{self._mark}收到新公文", text, self._tray.icon(), _SHOWN_MS)
        self.told.emit(text)
