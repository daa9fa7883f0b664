"""Pictures of windows, for the demo and for looking at the product."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from gongwen_crypto.errors import KnownError


def grab(widget: QWidget, path: Path) -> None:
    """Write a PNG of ``widget`` as it is now. Raises KnownError("ui.picture_not_written")."""
    if not widget.grab().save(str(path), "PNG"):
        raise KnownError("ui.picture_not_written", path=str(path))
