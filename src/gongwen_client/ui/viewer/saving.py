"""Asking where to write a verification report or an evidence bundle, and telling how it went."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from gongwen_client.domain.names import plain_name
from gongwen_client.services.exchange_bundles import BundleMade
from gongwen_client.ui.tasks import work
from gongwen_client.ui.viewer.hint import Hint

_KINDS = {
    "pdf": "PDF 文件 (*.pdf)",
    "ofd": "OFD 文件 (*.ofd)",
    "json": "JSON 文件 (*.json)",
    "zip": "验真包 (*.zip)",
}


def ask_where(
    parent: QWidget, title: str, name: str, kind: str, chosen: Callable[[Path], object]
) -> QFileDialog:
    """另存为: ``name`` without its end is proposed; the answer always ends in ``kind``."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(_KINDS[kind])
    dialog.setDefaultSuffix(kind)
    dialog.selectFile(f"{plain_name(Path(name).stem)}.{kind}")
    dialog.fileSelected.connect(lambda path: chosen(_ending(Path(path), kind)))
    dialog.finished.connect(lambda _result: dialog.deleteLater())
    dialog.open()
    return dialog


def write_report(owner: QWidget, hint: Hint, export: Callable[[Path], None], target: Path) -> None:
    """Write a report in the background."""
    hint.say("正在生成验证报告…")
    work(owner, lambda: export(target)).then(lambda _nothing: hint.say(f"验证报告已存到 {target}。")).failed(
        hint.explain
    ).start()


def write_bundle(owner: QWidget, hint: Hint, make: Callable[[Path], BundleMade], target: Path) -> None:
    """Write an evidence bundle in the background."""
    hint.say("正在生成验真包…")
    work(owner, lambda: make(target)).then(lambda made: hint.say(told(made, target))).failed(
        hint.explain
    ).start()


def told(made: BundleMade, target: Path) -> str:
    """What was written, and what is missing in it."""
    words = f"验真包已存到 {target}，含 {made.parts} 个文件"
    if made.receipts:
        words += f"、{made.receipts} 张回执"
    if made.proven < made.receipts:
        rest = made.receipts - made.proven
        return f"{words}。其中 {rest} 张还没有存证日志的证明，联网后可重新导出。"
    return f"{words}。"


def _ending(path: Path, kind: str) -> Path:
    return path if path.suffix.lower() == f".{kind}" else path.with_name(f"{path.name}.{kind}")
