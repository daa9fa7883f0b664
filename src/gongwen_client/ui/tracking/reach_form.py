"""A form that concerns units: whom the act reaches, whom it does not and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from gongwen_client.domain.board import Reach
from gongwen_client.domain.rows import DeliveryRow
from gongwen_client.ui.theme import Space
from gongwen_client.ui.tracking import terms
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import column, glyph, holder, label, row
from gongwen_client.ui.widgets.forms import FormSheet


class Reached(QWidget):
    """The units an act reaches; under them, by reason, those that it does not."""

    def __init__(self, verb: str) -> None:
        super().__init__()
        self._verb = verb
        self._able = label(wrap=True)
        self._rest = column(gap=Space.HAIR)
        layout = column(self._able, gap=Space.INSIDE)
        layout.addLayout(self._rest)
        self.setLayout(layout)

    def show_reach(self, reach: Reach) -> None:
        """Say whom it reaches."""
        names = [one.unit_name for one in reach.able]
        if names:
            self._able.setText(f"{self._verb} {len(names)} 个单位：{terms.unit_names(names)}")
        else:
            self._able.setText(f"没有可以{self._verb}的单位。")
        while (item := self._rest.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for what, small, units in _by_reason(reach):
            self._rest.addWidget(_line(what, small, units))


def _by_reason(reach: Reach) -> list[tuple[str, str, list[str]]]:
    found: dict[str, tuple[str, str, list[str]]] = {}
    for one, why in reach.unable:
        small = " · ".join(part for part in (why.rule, why.code) if part)
        found.setdefault(why.code, (why.what, small, []))[2].append(one.unit_name)
    return list(found.values())


def _line(what: str, small: str, units: list[str]) -> QWidget:
    words = column(
        label(f"不含 {terms.unit_names(units)}：{what}", wrap=True),
        label(small, "small", wrap=True),
        gap=0,
    )
    line = row(column(2, glyph("info", "muted", 16), None, gap=0), gap=Space.INSIDE)
    line.addLayout(words, 1)
    return holder(line)


class ReachForm(FormSheet):
    """Names the document and the units before anything is done."""

    def begin(self, title: str, doc_number: str, verb: str) -> None:
        """The document's name and the place for the units."""
        self.body.addWidget(FactList((("标题", title), ("发文字号", doc_number))))
        self.reached = Reached(verb)
        self.body.addWidget(self.reached)

    def show_reach(self, reach: Reach) -> None:
        """Say whom the act reaches; without anybody it cannot be done."""
        self.reach = reach
        self.reached.show_reach(reach)
        self.check()
        self.fit_soon()

    def check(self) -> None:
        """Whether it can be handed in now."""
        if self.act_button is not None:
            self.act_button.setEnabled(bool(self.reach.able) and self.complete)

    @property
    def complete(self) -> bool:
        """Whether everything that is needed was filled in."""
        return True

    reach: Reach = Reach(())


def codes_of(rows: Sequence[DeliveryRow]) -> tuple[str, ...]:
    """The units of these lines."""
    return tuple(one.unit_code for one in rows)
