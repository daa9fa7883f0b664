"""Choosing a key that is plugged in, and typing its PIN."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from gongwen_client.services.keys import KeyCard
from gongwen_client.ui.keys.facts import pin_state
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import column, label
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.pin_field import PinEntry


class KeyAndPin(QWidget):
    """The keys that may be used, and the PIN of the chosen one; its state stands above the field. ``what``
    is what such a key is called."""

    changed = Signal()
    confirmed = Signal()

    def __init__(self, cards: Sequence[KeyCard], what: str) -> None:
        super().__init__()
        self.cards = list(cards)
        self._what = what
        self._entry: PinEntry | None = None
        self.keys = QComboBox()
        self.keys.setObjectName("keys_at_hand")
        self.keys.setAccessibleName(what)
        for card in cards:
            self.keys.addItem(f"{card.name}　{card.key.serial}", card.key.key_id)
        self._place = column(self.keys, gap=Space.HAIR)
        self.setLayout(self._place)
        self.keys.setVisible(bool(cards))
        if not cards:
            self._place.addWidget(label("未插入", "muted"))
        self.keys.currentIndexChanged.connect(self._choose)
        self._choose(0)

    def _choose(self, number: int) -> None:
        while self._place.count() > 1 and self.cards:
            item = self._place.takeAt(1)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        if not 0 <= number < len(self.cards):
            return
        card = self.cards[number]
        state = pin_state(card.key.pin)
        if state.tone is not Tone.VALID:
            self._place.addWidget(Chip(state))
        self._entry = PinEntry(card.key, card.custody, f"{self._what}口令", "口令")
        self._entry.changed.connect(self.changed)
        self._entry.confirmed.connect(self.confirmed)
        self.setFocusProxy(self._entry)
        self._place.addWidget(self._entry)
        self.changed.emit()

    @property
    def entry(self) -> PinEntry | None:
        """Where the PIN is typed; None without a key."""
        return self._entry

    @property
    def complete(self) -> bool:
        """Whether a key is chosen and its PIN typed."""
        return self._entry is not None and self._entry.complete

    def take_both(self) -> tuple[str, str] | None:
        """The key's id and its PIN; the field is empty then. None without a key."""
        if self._entry is None:
            return None
        return self.cards[self.keys.currentIndex()].key.key_id, self._entry.take()
