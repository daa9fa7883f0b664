"""Everything that is said above the work, in one place: the most pressing lines; what is left is folded.

So the paper keeps its room: two lines take 72 px, and the open document keeps about 70 % of the height
between banner and status line in a window of 1366×768.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gongwen_client.ui.theme import Space, Tone, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.widgets.basics import button, column, holder, row

_SHOWN = 2
_RANKS = {tone.value: rank for rank, tone in enumerate((Tone.INVALID, Tone.WARNING))}
_STIRS = (QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.DynamicPropertyChange)


class Slot(QWidget):
    """Holds one line. Its layout is never asked for its items: PySide keeps a wrapper of each item that was
    asked for beyond the item's end, and the next widget at that address is taken for it (a crash)."""

    def __init__(self, line: QWidget, owner: QWidget) -> None:
        super().__init__(owner)
        self.line = line
        self.setLayout(column(line))


class Notes(QObject):
    """What one part of the program has to say; ``owner`` is the widget that it lives and dies with.

    A line is a widget with the property ``tone``. Each stands in a slot of its own, which an area may hide
    although the line has something to say.
    """

    changed = Signal()

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._standing: list[Slot] = []
        self._said: dict[str, list[Slot]] = {}
        self.area: NoteArea | None = None

    def add(self, line: QWidget) -> None:
        """A line that shows and hides itself; hidden now."""
        line.hide()
        self._standing.append(Slot(line, self._owner))
        line.installEventFilter(self)
        self.changed.emit()

    def put(self, source: str, lines: Sequence[QWidget]) -> None:
        """What ``source`` says now, instead of what it said before."""
        old = self._said.get(source, [])
        self._said[source] = [Slot(line, self._owner) for line in lines]
        for line in lines:
            line.show()  # in its slot
        self.changed.emit()
        for slot in old:
            slot.hide()
            slot.deleteLater()

    @property
    def slots(self) -> list[Slot]:
        """Those with something to say, in the order in which they were given."""
        return [slot for slot in self._all if not slot.line.isHidden()]

    @property
    def _all(self) -> list[Slot]:
        return [*self._standing, *(slot for said in self._said.values() for slot in said)]

    def take_back(self) -> None:
        """Keep the lines out of sight."""
        for slot in self._all:
            slot.setParent(self._owner)
        self.area = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _STIRS:
            self.changed.emit()
        return False


class NoteArea(QFrame):
    """Shows the two most pressing lines of all the notes it follows; 另有 n 条 unfolds the others."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("note_area")
        self._followed: list[Notes] = []
        self._lines = column(gap=0)
        self._shown: list[Slot] = []
        self._unfolded = False
        self.more = button("", self._turn, kind="link", name="note_more")
        fold = column(None, self.more, None, gap=0, margins=(Space.INSIDE, 0, Space.INSIDE, 0))
        self._side = holder(fold, "note_side")
        self._side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = row(gap=0)
        layout.addLayout(self._lines, 1)
        layout.addWidget(self._side)
        self.setLayout(layout)
        self.hide()

    def follow(self, notes: Notes) -> None:
        """Show these notes too, before those of the same weight that are followed already."""
        if notes.area is not None:
            notes.area.leave(notes)
        notes.area = self
        self._followed.insert(0, notes)
        notes.changed.connect(self._arrange)
        self._unfolded = False
        self._arrange()

    def leave(self, notes: Notes) -> None:
        """Show them no longer."""
        self._followed.remove(notes)
        notes.changed.disconnect(self._arrange)
        notes.take_back()
        self._unfolded = False
        self._arrange()

    def _turn(self) -> None:
        self._unfolded = not self._unfolded
        self._arrange()

    def _arrange(self) -> None:
        slots = sorted((slot for notes in self._followed for slot in notes.slots), key=_rank)
        before, self._shown = self._shown, slots if self._unfolded else slots[:_SHOWN]
        for slot in before:
            if slot not in self._shown:
                slot.hide()
                self._lines.removeWidget(slot)
        for place, slot in enumerate(self._shown):
            if self._lines.indexOf(slot) != place:
                self._lines.insertWidget(place, slot)
            slot.show()
        self._offer_more(len(slots) - _SHOWN)
        self.setVisible(bool(self._shown))

    def _offer_more(self, folded: int) -> None:
        self._side.setVisible(folded > 0)
        self.more.setText("收起提示" if self._unfolded else f"另有 {folded} 条提示")
        self.more.setAccessibleName(self.more.text())
        picture = "chevron-up" if self._unfolded else "chevron-down"
        self.more.setIcon(icon(picture, colour("action").name()))


def _rank(slot: Slot) -> int:
    """0 is the most pressing."""
    return _RANKS.get(str(slot.line.property("tone")), len(_RANKS))
