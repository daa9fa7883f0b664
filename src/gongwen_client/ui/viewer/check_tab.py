"""The tab 核验: what to note, the four checks, every seal with all that is known of it, the steps.

Everything shown comes from the report of the worker, never from what the document draws of itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtWidgets import QMenu, QScrollArea, QVBoxLayout, QWidget

from gongwen_client.services.incoming import Verification
from gongwen_client.services.verification import Notice
from gongwen_client.ui.theme import Space
from gongwen_client.ui.viewer import report, seal_facts
from gongwen_client.ui.viewer.disclosure import Disclosure
from gongwen_client.ui.viewer.marks import Mark
from gongwen_client.ui.viewer.panel import Section
from gongwen_client.ui.viewer.seal_card import SealCard
from gongwen_client.ui.viewer.step_line import STATUS, StepLine, steps_list
from gongwen_client.ui.widgets.basics import button, column, glyph, holder, label, row

_FIRST_NOTICES = 6
_PARTS_SHOWN = 8
_MOST_WORDS = 120


class CheckTab(QWidget):
    """``places_wanted`` (marks, chosen): point at these places and go to the chosen one.

    ``again_wanted``: verify once more; ``report_wanted`` ("pdf", "ofd", "json") and ``bundle_wanted``:
    export.
    """

    places_wanted = Signal(list, object)
    again_wanted = Signal()
    report_wanted = Signal(str)
    bundle_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("check_tab")
        self.verification: Verification | None = None
        self.cards: list[SealCard] = []
        self._page_count = 0
        self._pictures: tuple[bytes, ...] = ()
        self._wanted: int | None = None
        self.again = button("重新验证(&V)", self.again_wanted.emit, picture="refresh", name="verify_again")
        self.export = button("导出", name="export_check", picture="download")
        self.export.setMenu(self._menu())
        for act in (self.again, self.export):
            act.setEnabled(False)
        self._checks, self._notices, self._rest = column(gap=0), column(gap=0), column(gap=Space.GROUP)
        layout = column(row(self.again, self.export, None), gap=Space.GROUP)
        for part in (self._notices, self._checks, self._rest):
            layout.addLayout(part)
        self.setLayout(layout)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for kind, words in (("pdf", "PDF"), ("ofd", "OFD"), ("json", "JSON（供程序读取）")):
            menu.addAction(f"验证报告 {words}…", partial(self.report_wanted.emit, kind))
        menu.addSeparator()
        menu.addAction("验真包…", self.bundle_wanted.emit)
        return menu

    # -- showing ----------------------------------------------------------------------------------------

    def show_verification(self, verification: Verification) -> None:
        """Show a new report."""
        self.verification = verification
        for act in (self.again, self.export):
            act.setEnabled(True)
        self._show_notices()
        _replace(self._rest, self._sections(verification))
        self._show_pictures()
        if self._wanted is not None:
            self.show_seal(self._wanted)

    def show_busy(self) -> None:
        """The document is being verified once more."""
        for act in (self.again, self.export):
            act.setEnabled(False)

    def show_layout(self, verification: Verification) -> None:
        """The layout was looked at meanwhile: only checks and notices are new."""
        self.verification = verification
        self._show_notices()

    def show_pages(self, count: int) -> None:
        """How many pages the document has."""
        self._page_count = count

    def show_pictures(self, pictures: Sequence[bytes]) -> None:
        """The seals as the worker drew them, in the order of the report."""
        self._pictures = tuple(pictures)
        self._show_pictures()

    def _show_pictures(self) -> None:
        for card, picture in zip(self.cards, self._pictures, strict=False):
            if picture:
                card.picture.show_picture(picture)

    def _show_notices(self) -> None:
        verification = self.verification
        assert verification is not None
        _replace(self._checks, [Section("四项核验", *report.check_lines(verification.checks))])
        notices = list({one.said: one for one in reversed(verification.notices)}.values())[::-1]
        lines: list[QWidget] = [self._notice(one) for one in notices[:_FIRST_NOTICES]]
        if rest := notices[_FIRST_NOTICES:]:

            def build() -> QWidget:
                return holder(column(*[self._notice(one) for one in rest], gap=Space.ROW))

            lines.append(Disclosure(f"还有 {len(rest)} 项", build))
        title = f"需要注意（{len(notices)} 项）" if len(notices) > 1 else "需要注意"
        _replace(self._notices, [Section(title, *lines)] if lines else [])

    def _notice(self, one: Notice) -> QWidget:
        state = STATUS[one.status]
        small = " · ".join(part for part in (one.said.rule, one.said.code) if part)
        what = label(seal_facts.shortened(one.said.what, _MOST_WORDS), wrap=True)
        what.setToolTip(one.said.what)
        inside = column(
            what,
            label(one.said.do, "muted", wrap=True),
            label(small, "small", wrap=True),
            gap=2,
        )
        acts = row(gap=0)
        if one.page is not None:
            go = partial(self._go, one.page, one.box)
            acts.addWidget(button(f"转到第 {one.page + 1} 页", go, kind="link"))
        elif one.signature is not None and one.signature < len(self._names()):
            name = self._names()[one.signature]
            act = button("查看这枚印章", partial(self.show_seal, one.signature), kind="link")
            act.setAccessibleName(f"查看印章「{name}」")
            acts.addWidget(act)
        if acts.count():
            acts.addStretch(1)
            inside.addLayout(acts)
        line = row(column(2, glyph(state.shape, state.tone.value, 18), None, gap=0), gap=Space.INSIDE)
        line.addLayout(inside, 1)
        result = holder(line)
        result.setAccessibleName(f"{state.word}：{one.said.what}")
        return result

    def _names(self) -> list[str]:
        assert self.verification is not None
        return [seal_facts.name_of(one) for one in report.signatures(self.verification)]

    def _sections(self, verification: Verification) -> list[QWidget]:
        result: list[QWidget] = []
        for title, key, tone in (
            ("盖章后被改动的内容", "changed", "invalid"),
            ("不受签章保护的内容", "uncovered", "warning"),
        ):
            if parts := report.parts(verification.report.get(key)):
                result.append(Section(title, *_lines(parts, tone)))
        found = report.signatures(verification)
        worst = next((n for n, one in enumerate(found) if one.get("verdict") != "valid"), 0)
        self.cards = [
            SealCard(one, lambda: self._page_count, is_open=number == worst and len(found) <= 3)
            for number, one in enumerate(found)
        ]
        for number, card in enumerate(self.cards):
            card.stamps_wanted.connect(partial(self._point, number))
            card.place_wanted.connect(self._go)
        if self.cards:
            title = f"印章（{len(self.cards)} 枚）" if len(self.cards) > 1 else "印章"
            result.append(Section(title, *self.cards))
        elif verification.report.get("opened"):
            result.append(Section("印章", label("没有电子印章，不能证明由谁发出、有没有被改动。", wrap=True)))
        if own := seal_facts.items(verification.report.get("steps")):
            lines = [StepLine(step) for step in own]
            for line in lines:
                line.place_wanted.connect(self._go)
            result.append(Section("文件核验", steps_list(lines)))
        if verification.checked_at is not None:
            at = seal_facts.moment(verification.checked_at.isoformat())
            result.append(label(f"{at} 由本机验证", "small"))
        return result

    # -- pointing ---------------------------------------------------------------------------------------

    def stamps(self) -> list[Mark]:
        """All stamps of all signatures."""
        if self.verification is None:
            return []
        return [
            Mark(place.page, QRectF(*place.box), number, seal_facts.name_of(one))
            for number, one in enumerate(report.signatures(self.verification))
            for place in seal_facts.places(one)
        ]

    def want_seal(self, number: int) -> None:
        """Open the card of this signature as soon as the check that is under way has ended."""
        self._wanted = number

    def show_seal(self, number: int) -> None:
        """Open the card of a signature and bring it into sight."""
        self._wanted = None
        if not 0 <= number < len(self.cards):
            return
        card = self.cards[number]
        card.show_everything()
        card.picture.setFocus()
        QTimer.singleShot(0, card, partial(_bring, card))

    def _point(self, number: int, stamp: int) -> None:
        marks = [mark for mark in self.stamps() if mark.owner == number]
        if marks:
            self.places_wanted.emit(marks, marks[max(0, min(stamp, len(marks) - 1))])

    def _go(self, page: int, box: object) -> None:
        mark = Mark(page, QRectF(*box) if isinstance(box, (tuple, list)) else None)
        self.places_wanted.emit([mark], mark)


def _bring(card: QWidget) -> None:
    area = card.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if area is not None and (inside := area.widget()) is not None:
        top = card.mapTo(inside, card.rect().topLeft()).y()
        area.verticalScrollBar().setValue(top - Space.ROW)


def _lines(parts: Sequence[str], tone: str) -> list[QWidget]:
    lines: list[QWidget] = [label(f"· {text}", wrap=True, tone=tone) for text in parts[:_PARTS_SHOWN]]
    if rest := parts[_PARTS_SHOWN:]:
        build = partial(_more, rest, tone)
        lines.append(Disclosure(f"还有 {len(rest)} 项", build))
    return lines


def _more(parts: Sequence[str], tone: str) -> QWidget:
    return label("\n".join(f"· {text}" for text in parts), wrap=True, tone=tone)


def _replace(layout: QVBoxLayout, parts: Sequence[QWidget]) -> None:
    while (item := layout.takeAt(0)) is not None:
        old = item.widget()
        if old is not None:
            old.hide()
            old.deleteLater()
    for part in parts:
        layout.addWidget(part)
