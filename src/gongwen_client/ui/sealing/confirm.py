"""用印确认: which seal, on which document, where on the page, and what follows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from gongwen_client.domain.custody import Custody
from gongwen_client.domain.drafts import Draft, DraftFinding, StampPlace
from gongwen_client.domain.seal_plan import SealPlan
from gongwen_client.services.keys import KeyCard
from gongwen_client.services.seal_checks import SealCheck
from gongwen_client.token.keys import KeyInfo
from gongwen_client.ui import words
from gongwen_client.ui.sealing.check_list import CheckList
from gongwen_client.ui.sealing.facts import SealFacts, seal_facts
from gongwen_client.ui.sealing.placing import PlacingBox
from gongwen_client.ui.sealing.stamp_view import StampView
from gongwen_client.ui.theme import Size, Space, colour
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.drawing import Drawing
from gongwen_client.ui.viewer.panel import FactList, Section, step_line
from gongwen_client.ui.viewer.reader import ZoomTools
from gongwen_client.ui.widgets.basics import column, holder, label, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import KnownError

_PICTURE = 88
_CHECK_AFTER_MS = 250


class SealDialog(Sheet):
    """Answers with ``seal_wanted(key_id, plan)``. Asks with ``key_chosen``, ``word_wanted``,
    ``joint_wanted``, ``automatic_wanted`` for places and with ``checks_wanted`` for the list of checks."""

    seal_wanted = Signal(str, object)
    key_chosen = Signal(str)
    automatic_wanted = Signal()
    word_wanted = Signal(str, int, object)
    joint_wanted = Signal(object)
    checks_wanted = Signal()

    def __init__(self, parent: QWidget | None, draft: Draft, findings: Sequence[DraftFinding]) -> None:
        super().__init__(
            parent,
            "seal_dialog",
            "用印确认",
            "确认后，本单位电子印章将盖在这份公文上，与实物印章具有同等效力，并记入用印台账。",
            picture="seal",
            tone="brand",
        )
        self._draft = draft
        self._cards: list[KeyCard] = []
        self._blocked = any(finding.blocking for finding in findings)
        self.view = StampView()
        self.keys = QComboBox()
        self.keys.setObjectName("keys")
        self.keys.setAccessibleName("印章（单位有几个名称的，按名称选择）")
        self.keys.setPlaceholderText("没有识别到印章")
        self.keys.currentIndexChanged.connect(self._choose)
        self._picture = QLabel()
        self._picture.setFixedSize(_PICTURE, _PICTURE)
        self._picture.setAccessibleName("印章图样")
        self._seal_facts = holder(column())
        self._absent = label("插入秘钥盘后，这里显示印章图样、名称和有效期。", "muted", wrap=True)
        self.placing = PlacingBox()
        self.checks = CheckList()
        side = Scrolled(self._side(findings))
        side.setFixedWidth(Size.PANEL + Space.GROUP)
        hint = label("拖动印章，或用方向键移动 1 毫米（按住 Shift 为 0.1 毫米）", "small")
        paper = column(row(hint, None, ZoomTools(self.view)), self.view, gap=Space.HAIR)
        paper.setStretch(1, 1)
        both = row(gap=Space.GROUP)
        both.addLayout(paper, 1)
        both.addWidget(side)
        self.body.addLayout(both, 1)
        self.add_safe("取消(&C)")
        self.seal_button = self.add_action("确认用印(&Y)", self._seal, picture="seal", name="seal")
        self.seal_button.setEnabled(False)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_CHECK_AFTER_MS)
        self._soon.timeout.connect(self.checks_wanted.emit)
        self._connect()
        self._fill_screen()

    def _connect(self) -> None:
        self.view.moved.connect(self._moved)
        self.placing.automatic_wanted.connect(self.automatic_wanted)
        self.placing.word_wanted.connect(self.word_wanted)
        self.placing.joint_wanted.connect(self.joint_wanted)
        self.placing.place_wanted.connect(self.view.bring)
        self.placing.seam_wanted.connect(self.view.show_seam)

    def _fill_screen(self) -> None:
        """Nearly as large as the window behind it: the page is what a person has to see."""
        window = self.parentWidget()
        space = window.window().size() if window is not None else None
        wide = 1060 if space is None else min(max(1060, space.width() - 80), 1500)
        high = 680 if space is None else min(max(680, space.height() - 60), 1020)
        self.resize(wide, high)

    def _side(self, findings: Sequence[DraftFinding]) -> QWidget:
        elements = self._draft.elements
        before = "、".join(mark.seal_name for mark in self._draft.seals)
        document = FactList(
            (
                ("标题", elements.title),
                ("发文字号", elements.doc_number),
                ("已盖印章", before),
                ("用途", f"公文发送　发文记录 {words.record_number(self._draft.document_id)}"),
            )
        )
        seal = row(self._picture, gap=Space.ROW)
        seal.addWidget(self._seal_facts, 1, Qt.AlignmentFlag.AlignVCenter)
        blocking = [
            step_line(StateWord("须改正", "invalid", Tone.INVALID), *words.finding_parts(finding))
            for finding in findings
            if finding.blocking
        ]
        layout = column(
            Section("公文", document, *blocking),
            Section("印章", self.keys, holder(seal), self._absent),
            Section("用印前检查", self.checks),
            Section("位置（毫米）", self.placing),
            None,
            gap=Space.GROUP,
            margins=(0, 0, Space.GROUP, 0),
        )
        return holder(layout)

    # -- filling ----------------------------------------------------------------------------------------

    def show_document(self, drawing: Drawing) -> None:
        """The page preview."""
        self.view.show_document(drawing.sizes, drawing.draw)
        self.placing.show_pages(len(drawing.sizes))
        if self.view.place is not None:
            self.view.centre_on(self.view.place.page_index, self.view.place.y)
            self._show_place(moved=False)

    def show_keys(self, keys: Sequence[KeyCard]) -> None:
        """Seal keys that are inserted; none is explained. The chosen one stays chosen."""
        before = self.key
        self._cards = list(keys)
        names = [card.name for card in keys]
        self.keys.blockSignals(True)
        self.keys.clear()
        for card, name in zip(keys, names, strict=True):
            key = card.key
            self.keys.addItem(f"{name}（{key.serial}）" if names.count(name) > 1 else name, key.key_id)
        again = next((n for n, card in enumerate(keys) if before and card.key.key_id == before.key_id), 0)
        self.keys.setCurrentIndex(again if keys else -1)
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
        chosen = self._cards[again].key
        if before is None or chosen.key_id != before.key_id or chosen.pin.locked:
            self._choose(again)

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

    @property
    def plan(self) -> SealPlan | None:
        """What would be put on the document now."""
        place = self.view.place
        return None if place is None else SealPlan((place,), self.view.seam)

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
        layout.addWidget(label(f"秘钥盘 {facts.serial}", "small", wrap=True))
        layout.addWidget(label(f"有效期 {facts.period}", "small", wrap=True))
        layout.addWidget(label(f"实际大小 {facts.width_mm:g}×{facts.height_mm:g} 毫米", "small", wrap=True))
        layout.addWidget(label(_keepers(card.custody), "small", wrap=True))
        self.seal_button.setEnabled(False)
        if key.pin.locked:
            self.explain(KnownError("token.pin_locked"))
            return
        self.problem.clear()
        self.placing.show_automatic()
        self.key_chosen.emit(key.key_id)

    def show_place(self, place: StampPlace, *, suggested: bool = True) -> None:
        """A place that was asked for; ``suggested`` ones draw a dragged seal towards them."""
        card = self.card
        facts: SealFacts | None = seal_facts(card) if card else None
        if suggested:
            self.view.anchor = place if place.confident else None
        self.view.show_stamp(place, facts.picture if facts else None)
        self._show_place(moved=False)
        self._check_soon()

    def show_checks(self, checks: Sequence[SealCheck]) -> None:
        """The list; nothing is sealed while anything refuses."""
        self.checks.show_checks(checks)
        usable = self.key is not None and not self.key.pin.locked
        ready = usable and not self.checks.refused and not self._soon.isActive()
        self.seal_button.setEnabled(ready and not self._blocked and self.plan is not None)

    def _moved(self) -> None:
        self.problem.clear()
        self._show_place(moved=not self.view.on_anchor)
        self._check_soon()

    def _check_soon(self) -> None:
        """Ask for the checks once the seal lies still; until they have come, nothing is sealed."""
        self.seal_button.setEnabled(False)
        self._soon.start()

    def _show_place(self, *, moved: bool) -> None:
        place = self.view.place
        if place is None:
            return
        if not place.confident:
            note = "位置未能自动确定，请核对。"
        elif self.view.on_anchor:
            note = "已居中下压署名和成文日期。"
        else:
            note = ""
        if self.view.seam is not None:
            note += "骑缝章随页边分段显示。"
        self.placing.show_place(place, note, moved=moved)

    def _seal(self) -> None:
        plan = self.plan
        if self.key is not None and plan is not None:
            self.seal_wanted.emit(self.key.key_id, plan)


def _keepers(custody: Custody) -> str:
    """Who keeps the carrier, who the PIN (Jiangmen art. 24; Ordos art. 15)."""
    pin = "、".join(filter(None, (custody.pin_holder, custody.second_pin_holder)))
    return f"载体保管 {custody.carrier_holder or '未登记'}；口令保管 {pin or '未登记'}"


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
