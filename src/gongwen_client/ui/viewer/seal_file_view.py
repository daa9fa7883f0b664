"""A seal file (.esl) on this PC: its card and the check of it, in the order of GB/T 38540."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from gongwen_client.render import SealFileFacts
from gongwen_client.services.local import LocalDocuments
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space, colour
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import seal_facts
from gongwen_client.ui.viewer.chain_tree import ChainTree
from gongwen_client.ui.viewer.panel import Section, card
from gongwen_client.ui.viewer.seal_card import fact_list
from gongwen_client.ui.viewer.step_line import StepLine, said_of, steps_list
from gongwen_client.ui.viewer.verdict_bar import VerdictBar
from gongwen_client.ui.widgets.basics import ElidedLabel, column, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError

_SEAL = StateWord("印章文件", "seal", Tone.INFO)
_NOT_READ = StateWord("未能读取", "invalid", Tone.INVALID)
_ORDER = ("fail", "unknown", "warn")
_DETAILS = 420


class Artwork(QWidget):
    """The seal on white, as large as the room allows."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("印章图案")
        self._image = QImage()
        self._words = "正在读取印章"

    def show_picture(self, png: bytes, spoken: str) -> None:
        """``png`` may be empty: the picture cannot be drawn."""
        self._image = QImage.fromData(png)
        self._words = "" if not self._image.isNull() else "印章图案不能显示"
        self.setAccessibleName(spoken)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("canvas"))
        side = min(self.width(), self.height(), 420) - 2 * Space.PAGE
        middle = QRectF(self.rect()).center()
        paper = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
        painter.fillRect(paper, colour("on_action"))
        if self._image.isNull():
            painter.setPen(colour("muted"))
            painter.drawText(paper, Qt.AlignmentFlag.AlignCenter, self._words)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            inner = paper.adjusted(Space.GROUP, Space.GROUP, -Space.GROUP, -Space.GROUP)
            size = self._image.size().toSizeF().scaled(inner.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRectF(
                middle.x() - size.width() / 2, middle.y() - size.height() / 2, size.width(), size.height()
            )
            painter.drawImage(target, self._image)
        painter.end()


class SealFileView(QWidget):
    """``loaded`` follows when the seal was read or not."""

    loaded = Signal()

    def __init__(self, documents: LocalDocuments, path: Path, name: str = "") -> None:
        super().__init__()
        self.setObjectName("seal_file_view")
        self.path = path
        self.facts: SealFileFacts | None = None
        self.title = ElidedLabel(name or path.name, "title")
        self.subtitle = ElidedLabel("电子印章文件，不经交换平台收发，只供查看", "small")
        self.verdict = VerdictBar()
        self.artwork = Artwork()
        self._acts = row(gap=Space.INSIDE)
        self._inside = column(gap=Space.GROUP, margins=(Space.GROUP, Space.GROUP, Space.GROUP, Space.GROUP))
        head = row(gap=Space.ROW, margins=(Space.GROUP, Space.INSIDE, Space.GROUP, Space.INSIDE))
        head.addLayout(column(self.title, self.subtitle, gap=0), 1)
        head.addWidget(Chip(_SEAL))
        head.addLayout(self._acts)
        header = holder(head, "header")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        header.setFixedHeight(60)
        self.details = Scrolled(holder(self._inside))
        self.details.setFixedWidth(_DETAILS)
        below = row(self.artwork, self.details, gap=0)
        below.setStretch(0, 1)
        whole = column(header, self.verdict, gap=0)
        whole.addLayout(below, 1)
        self.setLayout(whole)
        work(self, lambda: documents.read_seal(path)).then(self._came).failed(self._failed).start()

    def add_action(self, act: QPushButton) -> QPushButton:
        """One more action in the header."""
        self._acts.addWidget(act)
        return act

    def _came(self, facts: SealFileFacts) -> None:
        self.facts = facts
        noticed = [said_of(step) for status in _ORDER for step in facts.steps if step["status"] == status]
        name = facts.face.name if facts.face else self.path.name
        good = f"印章「{name}」由信任的制章机构制作，现在可以使用。"
        words, advice = (noticed[0].what, noticed[0].do) if noticed else (good, "")
        self.verdict.show_verdict(facts.verdict, words, advice, reasons=False)
        if facts.face is not None:
            self.title.setText(facts.face.name)
            self.artwork.show_picture(facts.face.picture_png, f"印章「{name}」的图案")
        else:
            self.artwork.show_picture(b"", "没有印章图案")
        for part in self._sections(facts):
            self._inside.addWidget(part)
        self._inside.addStretch(1)
        self.loaded.emit()

    def _sections(self, facts: SealFileFacts) -> Iterator[QWidget]:
        more = facts.more
        if facts.face is not None:
            yield Section("印章", card(fact_list(_seal_facts(facts))))
        yield Section("检查步骤", steps_list([StepLine(step) for step in facts.steps]))
        if chain := seal_facts.items(more.get("maker_chain")):
            yield Section("制章机构的证书链", ChainTree(chain, "制章机构的证书链"))
        for number, signer in enumerate(more.get("signers") or (), 1):
            title = f"可用印的证书 {number}"
            yield Section(title, ChainTree(seal_facts.items(signer), title))
        if digests := more.get("digests"):
            yield Section(
                "可用印的证书（只登记摘要）", *[label(str(one), "small", wrap=True) for one in digests]
            )

    def _failed(self, error: GongwenError) -> None:
        self.verdict.show_state(_NOT_READ, words.explained_in_line(error))
        self.artwork.show_picture(b"", "没有印章图案")
        self.loaded.emit()


def _seal_facts(facts: SealFileFacts) -> Iterator[tuple[str, str]]:
    face, more = facts.face, facts.more
    assert face is not None
    yield "名称", face.name
    yield "印章编码", face.es_id
    yield "类型", face.kind
    start = face.valid_from.isoformat() if face.valid_from else None
    end = face.valid_to.isoformat() if face.valid_to else None
    yield "有效期", seal_facts.period(start, end)
    yield "制作时间", seal_facts.moment(more.get("created"))
    yield "尺寸", f"{face.width_mm:g} × {face.height_mm:g} 毫米"
    yield "格式", seal_facts.KINDS.get(str(more.get("generation")), "")
    yield "印章结构", f"第 {face.version} 版，厂商 {more.get('vendor') or '未注明'}"
    yield "算法", str(more.get("algorithm") or "")
