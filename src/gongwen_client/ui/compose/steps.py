"""制作 → 盖章 → 发送: where the document is, what the person here may do, and who does the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from gongwen_client.domain.draft_record import Hand, Step
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, button, glyph, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.words import StateWord, when
from gongwen_protocol.permissions import Action, may
from gongwen_protocol.roles import Role

_NAMES = {Step.COMPOSE: "制作", Step.SEAL: "盖章", Step.SEND: "发送"}
_ACTIONS = {Step.COMPOSE: Action.COMPOSE, Step.SEAL: Action.SEAL, Step.SEND: Action.SEND}
_HEIGHT = 40


class StepBar(QFrame):
    """One line under the header. ``handover_wanted``: somebody else goes on at this PC."""

    handover_wanted = Signal()

    def __init__(self, roles: Collection[Role], post: str) -> None:
        super().__init__()
        self.setObjectName("toolstrip")
        self.setAccessibleName("办理步骤")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        self._roles = tuple(roles)
        self._post = post
        self._chips = {step: Chip(StateWord(name, "circle", Tone.NEUTRAL)) for step, name in _NAMES.items()}
        self._who = ElidedLabel("", "small")
        self.handover_button = button(
            "换人办理(&W)", self.handover_wanted.emit, kind="link", name="hand_over"
        )
        layout = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        for number, chip in enumerate(self._chips.values()):
            if number:
                layout.addWidget(glyph("chevron-right", "muted", 16))
            layout.addWidget(chip)
        layout.addSpacing(Space.GROUP)
        layout.addWidget(self._who, 1)
        layout.addWidget(self.handover_button)
        self.setLayout(layout)

    def may(self, step: Step) -> bool:
        """Whether the person here may do this step."""
        return may(self._roles, _ACTIONS[step])

    def show_step(self, now: Step, done: Mapping[Step, Hand], *, sealed: bool = True) -> None:
        """``now`` is to be done next; ``sealed`` False: no seal is needed."""
        order = list(_NAMES)
        for step, chip in self._chips.items():
            name = _NAMES[step]
            if step is Step.SEAL and not sealed:
                chip.show_state(StateWord(f"{name}（免）", "minus", Tone.NEUTRAL))
            elif order.index(step) < order.index(now):
                chip.show_state(StateWord(name, "check", Tone.VALID))
            elif step is now:
                chip.show_state(StateWord(f"{name}（当前）", "dot", Tone.INFO))
            else:
                chip.show_state(StateWord(name, "circle", Tone.NEUTRAL))
        self._who.setText(self._said(now, done))
        self.handover_button.setVisible(not self.may(now))

    def _said(self, now: Step, done: Mapping[Step, Hand]) -> str:
        past = "，".join(
            f"{hand.post} {when(hand.at)} {_NAMES[step]}" for step, hand in done.items() if step is not now
        )
        if self.may(now):
            return past
        need = f"{_NAMES[now]}由有“{_NAMES[now]}”职责的人员办理，当前用户“{self._post}”没有这项职责"
        return f"{past}。{need}" if past else need

    @property
    def text(self) -> str:
        """What it says beside the steps."""
        return self._who.text()
