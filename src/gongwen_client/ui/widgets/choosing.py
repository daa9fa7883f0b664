"""Asking for a file without blocking the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def choose_file(parent: QWidget, title: str, kinds: str, chosen: Callable[[Path], object]) -> QFileDialog:
    """Ask for one that exists, of the ``kinds`` of Qt's name filter; ``chosen`` gets it. The dialog is open
    when this returns, and goes when it is answered."""
    chooser = QFileDialog(parent, title)
    chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
    chooser.setNameFilter(kinds)
    chooser.fileSelected.connect(lambda path: chosen(Path(path)))
    chooser.finished.connect(lambda _result: chooser.deleteLater())
    chooser.open()
    return chooser
