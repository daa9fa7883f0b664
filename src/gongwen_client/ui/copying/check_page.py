"""原件验真: whether the paper in hand is an original that the exchange knows (验真码)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from gongwen_client.services.copy_marks import MarkFinding, MarkVerdict
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList, card
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.choosing import choose_file
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.page import Page
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError

VERDICTS = {
    MarkVerdict.GENUINE: StateWord("有效原件", "valid", Tone.VALID),
    MarkVerdict.UNSETTLED: StateWord("尚未确认打出", "warning", Tone.WARNING),
    MarkVerdict.VOID: StateWord("已作废", "invalid", Tone.INVALID),
    MarkVerdict.UNKNOWN: StateWord("无法确认是否作废", "unknown", Tone.NEUTRAL),
    MarkVerdict.FORGED: StateWord("不是登记的原件", "invalid", Tone.INVALID),
}
_SAID = {
    MarkVerdict.GENUINE: "交换中心登记过这一份，没有作废。请核对纸上的发文字号、标题与下面一致。",
    MarkVerdict.UNSETTLED: "交换中心登记过这一份，接收单位还没有确认它是否打印成功。请与接收单位核实。",
    MarkVerdict.VOID: "这一份打印后已作废，同一份号另有有效的原件。请不要按原件使用。",
    MarkVerdict.UNKNOWN: "签名成立：交换中心登记过这一份。是否已作废现在无法确认。",
    MarkVerdict.FORGED: "签名不成立，或与登记的公文不一致。请不要按原件使用，并与发文单位核实。",
}
_PICTURES = "图片或扫描件 (*.png *.jpg *.jpeg *.bmp *.tif *.tiff *.pdf *.ofd)"
_WIDE = 760


class CheckMarkPage(Page):
    """The text comes from a handheld scanner, the keyboard, or a picture."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("copy_marks")
        self._office = office
        self.field = QLineEdit()
        self.field.setObjectName("mark_text")
        self.field.setAccessibleName("验真码的内容")
        self.field.setPlaceholderText("用扫描枪扫纸上的二维码，内容会输入到这里")
        self.field.setClearButtonEnabled(True)
        self.field.returnPressed.connect(self.check)
        self.check_button = button(
            "核对(&V)", self.check, kind="primary", picture="search", name="check_mark"
        )
        self.check_button.setEnabled(False)
        self.field.textChanged.connect(self._typed)
        self.picture_button = button("从图片读取(&I)…", self.choose, picture="file", name="mark_picture")
        self.problem = Notice("problem")
        self.verdict = Chip(VERDICTS[MarkVerdict.UNKNOWN])
        self.said = label("", wrap=True)
        self._facts = column(gap=0)
        self.result = card(holder(row(self.verdict, None)), self.said, holder(self._facts))
        self.result.hide()
        self.found: MarkFinding | None = None
        inside = column(
            label("原件验真", "title"),
            label(
                "打印的原件在上边距带有验真码。扫描后可以知道：这一份是不是交换中心登记的原件，"
                "发给哪个单位、份号是多少、有没有作废。",
                "muted",
                wrap=True,
            ),
            row(self.field, self.check_button, self.picture_button),
            self.problem,
            self.result,
            None,
            gap=Space.GROUP,
            margins=(Space.GROUP, Space.GROUP, Space.SECTION, Space.SECTION),
        )
        body = holder(inside)
        body.setMaximumWidth(_WIDE)
        whole = row(gap=0)
        whole.addWidget(body, 1)
        self.setLayout(whole)
        whole.setAlignment(Qt.AlignmentFlag.AlignLeft)

    def take_focus(self) -> None:
        """A scanner types into the field."""
        self.field.setFocus()
        self.field.selectAll()

    def check(self) -> None:
        """Judge what is in the field."""
        text = self.field.text()
        if text.strip():
            self._begin()
            work(self, lambda: self._office.copy_marks.check(text)).always(self._end).then(self._show).failed(
                self._explain
            ).start()

    def choose(self) -> QFileDialog:
        """Ask for the picture."""
        return choose_file(self, "选择拍下或扫描的原件", _PICTURES, self.check_picture)

    def check_picture(self, path: Path) -> None:
        """Judge the mark in a photograph or scan."""
        self._begin()
        work(self, lambda: self._office.copy_marks.check_picture(path)).always(self._end).then(
            self._show
        ).failed(self._explain).start()

    def _typed(self, text: str) -> None:
        self.check_button.setEnabled(bool(text.strip()))

    def _begin(self) -> None:
        self.problem.clear()
        self.result.hide()
        self.found = None
        for part in (self.check_button, self.picture_button):
            part.setEnabled(False)

    def _end(self) -> None:
        self.check_button.setEnabled(bool(self.field.text().strip()))
        self.picture_button.setEnabled(True)

    def _explain(self, error: GongwenError) -> None:
        self.problem.explain(error)
        self.take_focus()

    def _show(self, found: MarkFinding) -> None:
        self.found = found
        self.verdict.show_state(VERDICTS[found.verdict])
        self.said.setText(_SAID[found.verdict])
        while (item := self._facts.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._facts.addWidget(FactList(_facts(found)))
        self.result.show()
        if found.problem and found.verdict is not MarkVerdict.FORGED:
            said, small = words.said_parts(found.problem)
            self.problem.show_text(said, "", small, Tone.WARNING)
        self.take_focus()


def _facts(found: MarkFinding) -> tuple[tuple[str, str], ...]:
    """What has to be the same on the paper; nothing of a forged mark is repeated as if it were true."""
    if found.verdict is MarkVerdict.FORGED:
        return ()
    mark, status = found.mark, found.status
    number = f"{mark.copy_number}（该单位共 {status.copies} 份）" if status else str(mark.copy_number)
    again = f"（第 {mark.attempt} 次打印）" if mark.attempt > 1 else ""
    return (
        ("公文", found.document),
        ("发文单位", status.sender_name if status else ""),
        ("接收单位", found.unit_name or f"单位编码 {mark.unit_code}"),
        ("份号", f"{number}{again}"),
        ("打印时间", words.stamp(mark.at)),
        ("作废原因", status.void_reason if status else ""),
        ("票号", mark.ticket_id),
    )
