"""特殊附件: what comes by paper with a document; the receiver ticks each thing when it is there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.theme import Space
from gongwen_client.ui.tracking.arrivals import ARRIVED, NOT_YET
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.forms import FormSheet, words_of
from gongwen_protocol.actions import ArrivalTick, SpecialAttachment

_LONGEST_HINT = "如：完好；外包装破损，内件无损"


class PaperParts(QWidget):
    """One card per part. ``tick_wanted`` carries its place in the list."""

    tick_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._list: QVBoxLayout = column(margins=(Space.GROUP, Space.GROUP, Space.GROUP, Space.GROUP))
        self.setLayout(self._list)

    def show_parts(
        self,
        parts: Sequence[SpecialAttachment],
        ticks: Sequence[ArrivalTick],
        unit_code: str,
        *,
        enabled: bool,
    ) -> None:
        """The parts that this unit gets, and what has arrived."""
        while (item := self._list.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        here = {tick.position: tick for tick in ticks}
        self._list.addWidget(
            label(
                "这些材料不便电子化，由发文单位另行送达。收到后请逐件登记，发文单位会看到。",
                "muted",
                wrap=True,
            )
        )
        ours = {place: part for place, part in enumerate(parts) if part.copies_for(unit_code)}
        awaited = [place for place in ours if place not in here]
        for place, part in ours.items():
            letter = "(&D)" if awaited[:1] == [place] else ""  # it can press one button only
            said = f"{part.copies_for(unit_code)} 份　{part.sent_by}"
            line = self._line(place, part.name, said, here.get(place), f"登记到件{letter}…", enabled)
            self._list.addWidget(line)
        self._list.addStretch(1)

    def _line(
        self, place: int, name: str, note: str, tick: ArrivalTick | None, act_text: str, enabled: bool
    ) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "card")
        layout = row(gap=Space.ROW, margins=(Space.ROW, Space.INSIDE, Space.ROW, Space.INSIDE))
        if tick is not None:
            note = f"{note}　{words.when(tick.at)} {tick.by_post}登记　{tick.note}".rstrip()
        layout.addLayout(column(ElidedLabel(name), ElidedLabel(note, "small"), gap=2), 1)
        layout.addWidget(Chip(ARRIVED if tick else NOT_YET))
        if tick is None:
            act = button(act_text, lambda: self.tick_wanted.emit(place), name=f"arrived_{place}")
            act.setAccessibleName(f"登记到件：{name}")
            act.setEnabled(enabled)
            layout.addWidget(act)
        frame.setLayout(layout)
        return frame


class ArrivalDialog(FormSheet):
    """登记到件. ``position`` None: the document itself came by paper."""

    def __init__(
        self, parent: QWidget | None, office: Office, delivery_id: str, position: int | None, name: str
    ) -> None:
        super().__init__(
            parent,
            "arrival_dialog",
            "登记到件",
            "登记后，发文单位会看到到件时间；登记不能取消。请先清点份数、查看是否完好。",
            picture="check",
        )
        self._office, self._delivery, self._position = office, delivery_id, position
        self.body.addWidget(FactList((("材料", name),)))
        self.note = self.add_text("附注（可不填）", "附注", "arrival_note", _LONGEST_HINT)
        self.add_safe("取消(&C)")
        self.add_act("确认到件(&D)", self._arrive, name="arrive")
        self.keep(office.notepad, f"{delivery_id} {position}", note=self.note)

    def _arrive(self) -> None:
        asking, delivery, note = self._office.asking, self._delivery, words_of(self.note)
        self.hand_in(lambda: asking.arrived(delivery, self._position, note))
