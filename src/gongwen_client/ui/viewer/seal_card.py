"""The card of one seal: its picture, verdict and stamps at first sight; everything else opens on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from gongwen_client.ui import words
from gongwen_client.ui.theme import Space, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.viewer import seal_facts
from gongwen_client.ui.viewer.chain_tree import ChainTree
from gongwen_client.ui.viewer.disclosure import Disclosure
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.viewer.step_line import StepLine, said_of, steps_list
from gongwen_client.ui.widgets.basics import button, column, glyph, holder, label, row

PICTURE = 72
_COPIED = frozenset({"印章编码", "签名编号", "序列号"})
_MOST_LINKS = 3
_NAME, _REASON = 40, 120
_MINUTE = len("2026-11-23 05:46")
"""The seconds are among the details."""
_ORDER = ("fail", "unknown", "warn")


def fact_list(facts: Iterable[tuple[str, str]]) -> FactList:
    """Facts whose codes can be copied."""
    result = FactList()
    for name, value in facts:
        result.add(name, value, copied=name in _COPIED)
    return result


class SealPicture(QToolButton):
    """The seal as its maker drew it; a click leads to its stamp."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("seal_picture")
        self.setAccessibleName(f"印章「{name}」的图案，转到它所在的位置")
        self.setToolTip("转到印章所在的位置")
        self.setFixedSize(PICTURE + 8, PICTURE + 8)
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.setIcon(icon("seal", colour("muted").name()))

    def show_picture(self, png: bytes) -> None:
        """Show the picture that the worker drew; one that cannot be read leaves the sign of a seal."""
        image = QImage.fromData(png)
        if image.isNull():
            return
        ratio = self.devicePixelRatioF()
        side = round(PICTURE * ratio)
        small = image.scaled(
            side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        whole = QPixmap(side, side)
        whole.fill(QColor("white"))
        painter = QPainter(whole)
        target = QRectF(
            (side - small.width()) / 2, (side - small.height()) / 2, small.width(), small.height()
        )
        painter.drawImage(target, small)
        painter.end()
        whole.setDevicePixelRatio(ratio)
        self.setIcon(QIcon(whole))


class SealCard(QFrame):
    """``stamps_wanted``: show where the seal stands, all of it or one stamp (its number; -1 for all).
    ``place_wanted`` (page, box): a finding's place."""

    stamps_wanted = Signal(int)
    place_wanted = Signal(int, object)

    def __init__(self, signature: Mapping[str, Any], page_count: Callable[[], int], *, is_open: bool) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.signature = signature
        self._page_count = page_count
        self.name = seal_facts.name_of(signature)
        self.verdict = words.VERDICTS[str(signature.get("verdict", "unknown"))]
        self.picture = SealPicture(self.name)
        self.picture.clicked.connect(lambda: self.stamps_wanted.emit(-1))
        self.more = Disclosure("详细信息", self._details, spoken=f"{self.name}的详细信息", is_open=is_open)
        name = label(seal_facts.shortened(self.name, _NAME), "strong", wrap=True)
        name.setToolTip(self.name)
        name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        verdict = row(
            glyph(self.verdict.shape, self.verdict.tone.value, 18),
            label(self.verdict.word, tone=self.verdict.tone.value),
            None,
            gap=Space.HAIR,
        )
        facts = column(name, verdict, gap=2)
        if unit := self._unit():
            facts.addWidget(label(unit, "small", wrap=True))
        facts.addStretch(1)
        head = row(column(self.picture, None, gap=0), gap=Space.INSIDE)
        head.addLayout(facts, 1)
        layout = column(head, gap=Space.INSIDE, margins=(Space.ROW, Space.ROW, Space.ROW, Space.INSIDE))
        if reason := self._reason():
            told = label(seal_facts.shortened(reason, _REASON), wrap=True, tone=self.verdict.tone.value)
            told.setToolTip(reason)
            layout.addWidget(told)
        layout.addWidget(self._stamps())
        layout.addWidget(self.more)
        self.setLayout(layout)
        self.setAccessibleName(f"印章「{self.name}」：{self.verdict.word}")
        self.setAccessibleDescription(reason)

    def _unit(self) -> str:
        unit = str(self.signature.get("organization") or "")
        claimed = seal_facts.moment(self.signature.get("claimed_time"))
        unit = seal_facts.shortened(unit, _NAME) if unit != self.name else ""
        parts = (unit, f"自称 {claimed[:_MINUTE]} 盖章" if claimed else "")
        return " · ".join(part for part in parts if part)

    def _reason(self) -> str:
        """The worst that its own steps found."""
        steps = seal_facts.items(self.signature.get("steps"))
        for status in _ORDER:
            for step in steps:
                if step.get("status") == status:
                    return said_of(step).what
        return ""

    def _stamps(self) -> QWidget:
        """A way to each stamp, those over the edges (骑缝) by themselves."""
        places = list(enumerate(seal_facts.places(self.signature)))
        if not places:
            return label("没有显示在任何页面上", "small")
        lines = column(gap=0)
        for title, sliced in (("盖在", False), ("骑缝", True)):
            found = [(number, place.page + 1) for number, place in places if place.slice is sliced]
            if found:
                lines.addLayout(self._links(title, found))
        return holder(lines)

    def _links(self, title: str, found: Sequence[tuple[int, int]]) -> QHBoxLayout:
        line = row(label(title, "small"), gap=0)
        for number, page in found[:_MOST_LINKS]:
            act = button(f"第 {page} 页", partial(self.stamps_wanted.emit, number), kind="link")
            act.setAccessibleName(f"转到第 {page} 页的印章「{self.name}」")
            line.addWidget(act)
        if rest := [page for _number, page in found[_MOST_LINKS:]]:
            more = label(f"等 {len(found)} 处", "small")
            more.setToolTip(f"还有第 {seal_facts.ranged(rest)} 页")
            line.addWidget(more)
        line.addStretch(1)
        return line

    def show_everything(self) -> None:
        """Open the card."""
        self.more.open()

    def _details(self) -> QWidget:
        signature, name = self.signature, self.name
        steps = seal_facts.items(signature.get("steps"))
        good = signature.get("verdict") == "valid"
        inside = column(
            fact_list(seal_facts.identity(signature)),
            label("盖章时间（按由谁证明分列）", "section"),
            fact_list(seal_facts.times(signature)),
            gap=Space.INSIDE,
        )
        parts = [
            Disclosure(
                f"核验步骤（{_count(steps)}）",
                partial(self._steps, steps),
                spoken=f"{name}的核验步骤",
                is_open=not good,
            ),
            Disclosure("保护范围", self._scope, spoken=f"{name}的保护范围"),
        ]
        for title, key in (("签名证书", "chain"), ("制章证书", "maker_chain")):
            if chain := seal_facts.items(signature.get(key)):
                spoken = f"{name}的{title}链"
                parts.append(Disclosure(f"{title}链（{len(chain)} 级）", partial(_chain, chain, spoken)))
        parts.append(Disclosure("格式与算法", self._algorithms, spoken=f"{name}的格式与算法"))
        for part in parts:
            inside.addWidget(part)
        return holder(inside)

    def _steps(self, steps: Sequence[Mapping[str, Any]]) -> QWidget:
        lines = [StepLine(step) for step in steps]
        for line in lines:
            line.place_wanted.connect(self.place_wanted)
        return steps_list(lines)

    def _scope(self) -> QWidget:
        return fact_list(seal_facts.scope(self.signature, self._page_count()))

    def _algorithms(self) -> QWidget:
        return fact_list(seal_facts.algorithms(self.signature))


def _chain(chain: Sequence[Mapping[str, Any]], spoken: str) -> QWidget:
    return ChainTree(chain, spoken)


def _count(steps: Sequence[Mapping[str, Any]]) -> str:
    noticed = sum(step.get("status") != "ok" for step in steps)
    return f"{len(steps)} 项全部通过" if not noticed else f"{len(steps)} 项，{noticed} 项要注意"
