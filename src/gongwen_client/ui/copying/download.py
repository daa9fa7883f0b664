"""下载副本（脱密下载）: what a copy is for and how it will look; put on record before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QFormLayout, QLabel, QProgressBar, QWidget

from gongwen_client.domain.rows import IncomingRow
from gongwen_client.services.copying import LONGEST_PURPOSE, PURPOSES, CopyPart
from gongwen_client.ui import words
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList
from gongwen_client.ui.widgets.basics import column, holder, label, row, rule
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.pixels import fitted
from gongwen_crypto.errors import GongwenError
from gongwen_docs.copies.orders import CopyFormat
from gongwen_docs.draw.results import Pixels

PREVIEW = QSize(212, 300)
_PREVIEW_AFTER_MS = 400
_LONGEST_NAME = 22
_FORMATS = ((CopyFormat.PDF, "PDF（文字可以选取）"), (CopyFormat.OFD, "OFD（每页为灰度图像）"))


class CopyDialog(Sheet):
    """Answers with ``copy_wanted(parts, format, purpose, folder)``; ``preview_wanted(purpose)`` asks for the
    picture at the right."""

    copy_wanted = Signal(object, object, str, object)
    preview_wanted = Signal(str)

    def __init__(
        self, parent: QWidget | None, row_: IncomingRow, parts: Sequence[CopyPart], seal: str
    ) -> None:
        super().__init__(
            parent,
            "copy_dialog",
            "下载副本",
            "副本按复印件管理，不能代替原件；每次下载由交换中心登记，发文单位能看到用途。",
            picture="download",
            tone="action",
        )
        self.compact(Size.PANEL + 420)
        self.parts = list(parts)
        self.saved: list[Path] = []
        self._form = holder(self._fields(row_, seal))
        self.picture = QLabel()
        self.picture.setObjectName("copy_preview")
        self.picture.setFixedSize(PREVIEW)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName("副本第一页的样子")
        self.picture.setProperty("role", "card")
        self.picture.setText("正在生成预览")
        caption = label("第一页预览（不保存）", "small")
        self._sight = holder(column(self.picture, caption, None, gap=Space.HAIR))
        whole = row(gap=Space.SECTION)
        whole.addWidget(self._form, 1)
        whole.addWidget(self._sight, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(whole)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("正在生成副本")
        self.progress.hide()
        self.body.addWidget(self.progress)
        self._safe_button = self.add_safe("取消(&C)")
        self.copy_button = self.add_action(
            "选择文件夹并下载(&D)…", self.choose, picture="download", name="copy"
        )
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PREVIEW_AFTER_MS)
        self._soon.timeout.connect(lambda: self.preview_wanted.emit(self.why or PURPOSES[0]))
        self.purpose.currentTextChanged.connect(lambda _text: self._changed())
        self.purpose.setCurrentIndex(-1)
        self._changed()

    def _fields(self, row_: IncomingRow, seal: str) -> QFormLayout:
        self.purpose = QComboBox()
        self.purpose.setObjectName("purpose")
        self.purpose.setAccessibleName("用途")
        self.purpose.setEditable(True)
        self.purpose.addItems(PURPOSES)
        line = self.purpose.lineEdit()
        assert line is not None, "an editable box has a line"
        line.setMaxLength(LONGEST_PURPOSE)
        line.setPlaceholderText("必填，例如：传阅办理")
        line.setAccessibleName("用途")
        self.format = QComboBox()
        self.format.setObjectName("format")
        self.format.setAccessibleName("格式")
        for value, name in _FORMATS:
            self.format.addItem(name, value.value)
        self._boxes = [self._box(part) for part in self.parts]
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(Space.GROUP + Space.HAIR)
        form.setVerticalSpacing(Space.ROW)
        about = FactList((("标题", row_.elements.title), ("发文字号", row_.elements.doc_number)))
        form.addRow(about)
        form.addRow(rule())
        form.addRow(label("下载用途", "muted"), self.purpose)
        form.addRow(label("文件格式", "muted"), self.format)
        form.addRow(label("包含文件", "muted"), holder(column(*self._boxes, gap=Space.HAIR)))
        form.addRow(
            label("副本样式", "muted"),
            label(f"每页加“副本”水印，颜色去除，{seal}，不带电子签章", wrap=True),
        )
        return form

    def _box(self, part: CopyPart) -> QCheckBox:
        kind = "正文" if part.is_body else "附件"
        kept = "" if part.marked else "（原样保存，不能加水印）"
        most = _LONGEST_NAME - len(kept)
        name = part.file.name if len(part.file.name) <= most else f"{part.file.name[: most - 1]}…"
        box = QCheckBox(f"{kind}　{name}{kept}")
        box.setToolTip(f"{part.file.name}（{words.size(part.file.size)}）")
        box.setAccessibleName(f"{kind} {part.file.name}")
        box.setChecked(True)
        box.toggled.connect(lambda _on: self._allow())
        return box

    @property
    def why(self) -> str:
        """The purpose as typed or chosen."""
        return self.purpose.currentText().strip()

    @property
    def chosen(self) -> list[CopyPart]:
        """The files that are ticked."""
        return [part for part, box in zip(self.parts, self._boxes, strict=True) if box.isChecked()]

    def _changed(self) -> None:
        self._allow()
        self._soon.start()

    def _allow(self) -> None:
        self.copy_button.setEnabled(bool(self.why and self.chosen) and self.progress.isHidden())

    def show_preview(self, pixels: Pixels) -> None:
        """The first page of the copy."""
        self.picture.setPixmap(fitted(pixels, PREVIEW, self.devicePixelRatioF()))

    def no_preview(self) -> None:
        """It could not be drawn; the download itself will say why."""
        self.picture.setText("不能预览")

    # -- saving ---------------------------------------------------------------------------------------------

    def choose(self) -> QFileDialog:
        """Ask for the folder."""
        chooser = QFileDialog(self, "选择存放副本的文件夹")
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chooser.fileSelected.connect(lambda folder: self.save_to(Path(folder)))
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()
        return chooser

    def save_to(self, folder: Path) -> None:
        """The folder is chosen."""
        self.problem.clear()
        self._set_busy(busy=True)
        self.copy_wanted.emit(self.chosen, CopyFormat(self.format.currentData()), self.why, folder)

    def _set_busy(self, *, busy: bool) -> None:
        self.progress.setVisible(busy)
        self._form.setEnabled(not busy)
        self._safe_button.setEnabled(not busy)
        self._allow()
        self.fit_soon()

    def reject(self) -> None:
        """Not while the copy is made: whether it is on record is told here."""
        if self.progress.isHidden():
            super().reject()

    def explain(self, error: GongwenError) -> None:
        self._set_busy(busy=False)
        super().explain(error)

    def show_saved(self, files: Sequence[Path]) -> None:
        """Where the copies are."""
        self.saved = list(files)
        self._set_busy(busy=False)
        self.headline.setText(f"副本已保存，共 {len(files)} 个文件，交换中心已登记。")
        self._form.hide()
        self._sight.hide()
        self.copy_button.hide()
        facts = FactList([("文件夹", str(files[0].parent)), *(("文件", file.name) for file in files)])
        self.body.addWidget(facts)
        self.problem.show_text("请按复印件管理这些文件，用后及时清理。", "", "", Tone.INFO)
        self._safe_button.setText("完成(&C)")
        self._safe_button.setFocus()
        self.fit_soon()
