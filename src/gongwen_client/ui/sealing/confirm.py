"""用印确认: which seal, on which document, where on the page, and what follows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from gongwen_client.domain.drafts import Draft, DraftFinding, StampPlace
from gongwen_client.services.keys import KeyCard
from gongwen_client.token.keys import KeyInfo
from gongwen_client.ui import words
from gongwen_client.ui.sealing.facts import SealFacts, seal_facts
from gongwen_client.ui.sealing.stamp_view import StampView
from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.drawing import Drawing
from gongwen_client.ui.viewer.panel import FactList, Section, scrolled, step_line
from gongwen_client.ui.viewer.reader import ZoomTools
from gongwen_client.ui.widgets.basics import column, holder, label, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import KnownError

_PICTURE = 104


class SealDialog(Sheet):
    """Answers with ``seal_wanted(key_id, place)``; ``key_chosen`` asks for a place suggestion."""

    seal_wanted = Signal(str, object)
    key_chosen = Signal(str)

    def __init__(
        self, parent: QWidget | None, draft: Draft, findings: Sequence[DraftFinding], unit_name: str
    ) -> None:
        super().__init__(
            parent,
            "seal_dialog",
            "用印确认",
            "确认后，本单位电子印章将盖在这份公文上，与实物印章具有同等效力，并记入用印台账。",
            picture="seal",
            tone="brand",
        )
        self.resize(1060, 680)
        self._draft = draft
        self._unit_name = unit_name
        self._cards: list[KeyCard] = []
        self.view = StampView()
        self.keys = QComboBox()
        self.keys.setObjectName("keys")
        self.keys.setAccessibleName("印章")
        self.keys.setPlaceholderText("没有识别到印章")
        self.keys.currentIndexChanged.connect(self._choose)
        self._picture = QLabel()
        self._picture.setFixedSize(_PICTURE, _PICTURE)
        self._picture.setAccessibleName("印章图样")
        self._seal_facts = holder(column())
        self._absent = label("插入秘钥盘后，这里显示印章图样、名称和有效期。", "muted", wrap=True)
        self._place = label("插入秘钥盘后给出建议位置", "small", wrap=True)
        side = scrolled(self._side(findings))
        side.setFixedWidth(Size.PANEL + Space.GROUP)
        paper = column(row(self._place_hint(), None, ZoomTools(self.view)), self.view, gap=Space.HAIR)
        paper.setStretch(1, 1)
        both = row(gap=Space.GROUP)
        both.addLayout(paper, 1)
        both.addWidget(side)
        self.body.addLayout(both, 1)
        self.add_safe("取消(&C)")
        self.seal_button = self.add_action("确认用印(&Y)", self._seal, picture="seal", name="seal")
        self.seal_button.setEnabled(False)
        self.view.moved.connect(self._show_place)
        self._blocked = any(finding.blocking for finding in findings)

    def _place_hint(self) -> QLabel:
        return label("拖动印章或用方向键调整位置", "small")

    def _side(self, findings: Sequence[DraftFinding]) -> QWidget:
        elements = self._draft.elements
        document = FactList(
            (("标题", elements.title), ("发文字号", elements.doc_number), ("用途", "发送本公文"))
        )
        seal = row(self._picture, gap=Space.ROW)
        seal.addWidget(self._seal_facts, 1, Qt.AlignmentFlag.AlignVCenter)
        lines = [
            step_line(_finding_state(finding), *words.finding_parts(finding)) for finding in findings
        ] or [step_line(StateWord("通过", "check", Tone.VALID), "空白页、字号、涉密标志检查")]
        layout = column(
            Section("公文", document),
            Section("印章", self.keys, holder(seal), self._absent),
            Section("用印前检查", *lines),
            Section("位置", self._place),
            None,
            gap=Space.GROUP,
            margins=(0, 0, Space.GROUP, 0),
        )
        return holder(layout)

    # -- filling ----------------------------------------------------------------------------------------

    def show_document(self, drawing: Drawing) -> None:
        """The page preview."""
        self.view.show_document(drawing.sizes, drawing.draw)
        if self.view.place is not None:
            self.view.centre_on(self.view.place.page_index, self.view.place.y)

    def show_keys(self, keys: Sequence[KeyCard]) -> None:
        """Seal keys that are inserted; none is explained."""
        self._cards = list(keys)
        self.keys.blockSignals(True)
        self.keys.clear()
        for card in keys:
            self.keys.addItem(card.name, card.key.key_id)
        self.keys.setCurrentIndex(0 if keys else -1)
        self.keys.blockSignals(False)
        self.keys.setEnabled(bool(keys))
        self._picture.setVisible(bool(keys))
        self._seal_facts.setVisible(bool(keys))
        self._absent.setVisible(not keys)
        if not keys:
            self.seal_button.setEnabled(False)
            self.explain(KnownError("ui.no_seal_key"))
            return
        self.problem.clear()
        self._choose(0)

    @property
    def card(self) -> KeyCard | None:
        """The chosen key with its seal."""
        number = self.keys.currentIndex()
        return self._cards[number] if 0 <= number < len(self._cards) else None

    @property
    def key(self) -> KeyInfo | None:
        """The chosen key."""
        card = self.card
        return card.key if card is not None else None

    def _choose(self, _number: int) -> None:
        card = self.card
        if card is None:
            return
        facts, key = seal_facts(card), card.key
        self._picture.setPixmap(_framed(facts.picture))
        layout = self._seal_facts.layout()
        assert layout is not None
        while (item := layout.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        layout.addWidget(label(facts.name, "strong", wrap=True))
        layout.addWidget(label(f"秘钥盘 {facts.serial}", "small", wrap=True))
        layout.addWidget(label(f"有效期 {facts.period}", "small", wrap=True))
        if key.pin.locked:
            self.seal_button.setEnabled(False)
            self.explain(KnownError("token.pin_locked"))
            return
        self.problem.clear()
        self.key_chosen.emit(key.key_id)

    def show_place(self, place: StampPlace) -> None:
        """The suggested place; sealing becomes possible."""
        card, key = self.card, self.key
        facts: SealFacts | None = seal_facts(card) if card else None
        self.view.show_stamp(place, facts.picture if facts else None)
        self._show_place()
        self.seal_button.setEnabled(not self._blocked and key is not None and not key.pin.locked)

    def _show_place(self) -> None:
        place = self.view.place
        if place is None:
            return
        doubt = "" if place.confident else "未找到成文日期，请核对位置。"
        self._place.setText(
            f"第 {place.page_index + 1} 页，距左 {place.x:.0f} 毫米、距上 {place.y:.0f} 毫米。{doubt}"
        )

    def _seal(self) -> None:
        if self.key is not None and self.view.place is not None:
            self.seal_wanted.emit(self.key.key_id, self.view.place)


def _finding_state(finding: DraftFinding) -> StateWord:
    if finding.blocking:
        return StateWord("须改正", "invalid", Tone.INVALID)
    return StateWord("提示", "warning", Tone.WARNING)


def _framed(picture: QImage | None) -> QPixmap:
    """The seal's picture on a small white card."""
    side = _PICTURE * 2
    result = QPixmap(side, side)
    result.fill(colour("surface"))
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if picture is not None:
        scaled = picture.scaled(
            side - 24,
            side - 24,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter.drawImage((side - scaled.width()) // 2, (side - scaled.height()) // 2, scaled)
    painter.setPen(colour("line"))
    painter.drawRect(0, 0, side - 1, side - 1)
    painter.end()
    result.setDevicePixelRatio(2)
    return result
