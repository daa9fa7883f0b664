"""The banner that stays until somebody looks: documents that waited too long, a half-day without a check."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame

from gongwen_client.domain.attention import Alert, Attention, HalfDayClock, Step
from gongwen_client.host.clock import to_local
from gongwen_client.ui.theme import Size, Space, Tone, colour
from gongwen_client.ui.theme.icons import pixmap
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.widgets.basics import ElidedLabel, button, glyph, restyle, row
from gongwen_protocol.calendar import HalfDay

_LATER_MS = 30 * 60_000
HALVES = {HalfDay.MORNING: "上午", HalfDay.AFTERNOON: "下午"}


class AttentionBar(QFrame):
    """``look_wanted``: to the waiting documents; ``check_wanted``: 查收 now. 稍后 hides it for half an hour,
    unless something grows louder."""

    look_wanted = Signal()
    check_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("attention")
        self.setProperty("role", "verdict")
        self._shape = glyph("warning", "invalid")
        self._what = ElidedLabel("", "strong")
        self._why = ElidedLabel("", "small", hugs=True)
        self.look_button = button("立即办理(&Z)", self._look, kind="primary", name="attention_look")
        self.check_button = button(
            "立即查收(&Z)", self._check, kind="primary", picture="check", name="attention_check"
        )
        later = button("稍后(&L)", self.put_off, kind="link", name="attention_later", tip="半小时后再提醒")
        layout = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        layout.addWidget(self._shape)
        layout.addWidget(self._what, 3)
        layout.addWidget(self._why, 2)
        for part in (later, self.check_button, self.look_button):
            layout.addWidget(part)
        self.setLayout(layout)
        self.setFixedHeight(Size.NOTE)
        self._put_off: set[str] | None = None
        self._reasons: set[str] = set()
        self._in_hand = ""
        self._last: Attention | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._again)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return f"{self._what.text()} {self._why.text()}"

    def show_attention(self, attention: Attention) -> None:
        """Rise for what is urgent, in office hours; go when somebody looked."""
        self._last = attention
        half = attention.clocks.present
        urgent = tuple(
            alert for alert in attention.at(Step.URGENT) if alert.waiting.delivery_id != self._in_hand
        )
        self._reasons = {_kind(alert) for alert in urgent} | ({half.half.value} if half else set())
        if attention.quiet or not self._reasons or self._is_put_off():
            self.hide()
            return
        if urgent:
            self._say(_documents(urgent), _reason(urgent[0], attention), Tone.INVALID)
        elif half is not None:
            self._say(*_check(half, attention), Tone.WARNING)
        self.look_button.setVisible(bool(urgent))
        self.check_button.setVisible(not urgent)
        self.show()

    def take_in_hand(self, delivery_id: str) -> None:
        """A person has this document open (empty: none): it needs no banner meanwhile."""
        self._in_hand = delivery_id
        if self._last is not None:
            self.show_attention(self._last)

    def _is_put_off(self) -> bool:
        return self._put_off is not None and self._reasons <= self._put_off

    def _say(self, what: str, why: str, tone: Tone) -> None:
        self._what.setText(what)
        self._why.setText(why)
        self._shape.setPixmap(pixmap("warning", colour(tone.value).name(), Size.ICON))
        self.setAccessibleName(f"{what} {why}")
        restyle(self, tone=tone.value)

    def put_off(self) -> None:
        """稍后: what it says now may wait half an hour."""
        self._put_off = set(self._reasons)
        self._timer.start(_LATER_MS)
        self.hide()

    def _again(self) -> None:
        self._put_off = None

    def _look(self) -> None:
        self.hide()
        self.look_wanted.emit()

    def _check(self) -> None:
        self.hide()
        self.check_wanted.emit()


def _kind(alert: Alert) -> str:
    """What an alert is about; it is another once the deadline has passed or the sender reminded."""
    return f"{alert.waiting.delivery_id} {bool(alert.late)} {alert.reminder.at if alert.reminder else ''}"


def _documents(urgent: tuple[Alert, ...]) -> str:
    first = urgent[0].waiting
    title = f"{first.sender_name}《{first.title}》"
    if len(urgent) == 1:
        return f"有一份公文急需接收：{title}"
    return f"有 {len(urgent)} 份公文急需接收，最急的是{title}"


def _reason(alert: Alert, attention: Attention) -> str:
    parts = []
    if alert.late:
        parts.append(f"已超过应收时限 {terms.span(alert.late)}")
    elif alert.due_at is not None:
        parts.append(f"应在 {terms.until(alert.due_at, attention.now)} 前接收")
    if alert.reminder is not None:
        word = terms.LEVELS[alert.reminder.level].word
        parts.append(
            f"发文单位已{word}：{alert.reminder.text}" if alert.reminder.text else f"发文单位已{word}"
        )
    elif not alert.late:
        parts.append("到达后还没有人查看")
    return "　".join(parts)


def _check(half: HalfDayClock, attention: Attention) -> tuple[str, str]:
    left = half.wanted - half.done
    word = HALVES[half.half]
    return (
        f"{word}还没有人工查收，请在 {to_local(half.ends):%H:%M} 前查收 {left} 次",
        f"程序自动轮询不算查收（{attention.clocks.article}）"
        if attention.clocks.article
        else "程序自动轮询不算查收",
    )
