"""导出诊断信息: every word of the bundle can be read before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QListWidget, QPlainTextEdit, QWidget

from gongwen_client.services.diagnostics import BundleFile, DiagnosticsService
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.widgets.basics import label, row
from gongwen_client.ui.widgets.dialog import Sheet

_MOST_SHOWN = 200_000
_LEFT = 200


class BundleDialog(Sheet):
    """``saved`` tells where the bundle is."""

    saved = Signal(object)

    def __init__(
        self, parent: QWidget | None, service: DiagnosticsService, files: Sequence[BundleFile]
    ) -> None:
        super().__init__(
            parent,
            "bundle_dialog",
            "导出诊断信息",
            "以下内容将存成一个文件，由您交给管理员；程序不会自动发出。",
            picture="info",
            tone="info",
        )
        self._service = service
        self._files = tuple(files)
        self.list = QListWidget()
        self.list.setObjectName("bundle_files")
        self.list.setAccessibleName("诊断信息中的文件")
        self.list.setFixedWidth(_LEFT)
        self.list.addItems([one.name for one in self._files])
        self.text = QPlainTextEdit()
        self.text.setObjectName("bundle_text")
        self.text.setAccessibleName("文件内容预览")
        self.text.setReadOnly(True)
        self.list.currentRowChanged.connect(self._show)
        both = row(self.list, gap=Space.ROW)
        both.addWidget(self.text, 1)
        self.body.addLayout(both, 1)
        promise = "其中没有公文内容、标题、文件名、口令、密码和登录凭据；日志只留时间、模块和错误代码。"
        self.body.addWidget(label(promise, "small", wrap=True))
        self.add_safe("取消(&C)")
        self.save_button = self.add_action("保存(&S)", self.choose, picture="save", name="save_bundle")
        self.list.setCurrentRow(0)
        self.resize(860, 560)

    def _show(self, number: int) -> None:
        if 0 <= number < len(self._files):
            text = self._files[number].text
            self.text.setPlainText(text[:_MOST_SHOWN] or "（没有可以导出的记录）")

    def choose(self) -> None:
        """Ask where it goes."""
        name, _ = QFileDialog.getSaveFileName(self, "保存诊断信息", "诊断信息.zip", "诊断信息 (*.zip)")
        if name:
            self.save(Path(name))

    def save(self, target: Path) -> None:
        """Write the bundle."""
        self.save_button.setEnabled(False)
        work(self, lambda: self._service.save(self._files, target)).always(
            lambda: self.save_button.setEnabled(True)
        ).then(lambda _done: self._written(target)).failed(self.explain).start()

    def _written(self, target: Path) -> None:
        self.saved.emit(target)
        self.accept()
