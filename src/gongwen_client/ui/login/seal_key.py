"""The unit's seal key and its PIN, where the region wants them at log-in (login_key of its profile)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gongwen_client.services.keys import KeyCard
from gongwen_client.services.login import SealKeyAtLogin
from gongwen_client.services.office import Office
from gongwen_client.token.keys import KeyRole
from gongwen_client.ui.keys.key_and_pin import KeyAndPin
from gongwen_client.ui.shell.events import OfficeEvents
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import column, label

WANTED = "login.seal_key_needed"


class SealKeyAtHand(QWidget):
    """Hidden until the exchange wants a key; follows keys that are plugged in and out from then on."""

    changed = Signal()
    confirmed = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._events: OfficeEvents | None = None
        self.choice: KeyAndPin | None = None
        self._place = column(label("秘钥盘和口令", "small"), gap=Space.HAIR, margins=(0, 0, 0, Space.ROW))
        self.setLayout(self._place)
        self.hide()

    def ask(self) -> None:
        """Show which keys are here, and ask for the PIN of one."""
        self.show()
        self.changed.emit()
        if self._events is None:
            self._events = OfficeEvents(self._office, self)
            self._events.changed.connect(lambda topics: self._look() if "keys" in topics else None)
            self.destroyed.connect(self._events.stop)
        self._look()

    def _look(self) -> None:
        work(self, self._seal_keys).then(self._show).failed(lambda _error: self._show([])).start()

    def _seal_keys(self) -> list[KeyCard]:
        return [
            card for card in self._office.keys.look().cards if card.role is KeyRole.SIGNING and card.usable
        ]

    def _show(self, cards: Sequence[KeyCard]) -> None:
        if self.choice is not None:
            if self.choice.cards == list(cards):
                return  # a PIN that is being typed stays
            self._place.removeWidget(self.choice)
            self.choice.hide()
            self.choice.deleteLater()
        self.choice = KeyAndPin(cards, "单位秘钥盘")
        self.choice.changed.connect(self.changed)
        self.choice.confirmed.connect(self.confirmed)
        self._place.addWidget(self.choice)
        self.choice.setFocus()
        self.changed.emit()

    @property
    def complete(self) -> bool:
        """Whether nothing is asked, or a PIN stands there."""
        return self.isHidden() or (self.choice is not None and self.choice.complete)

    def take(self) -> SealKeyAtLogin | None:
        """The key with its PIN for one log-in; the field is empty then. None while none is asked for."""
        taken = self.choice.take_both() if self.choice is not None and not self.isHidden() else None
        return SealKeyAtLogin(*taken) if taken is not None else None
