"""Pixels that a worker drew, as a picture of the window's."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap

from gongwen_docs.draw.results import Pixels


def fitted(pixels: Pixels, room: QSize, ratio: float) -> QPixmap:
    """The whole picture within ``room`` (logical pixels) at a screen's device pixel ``ratio``."""
    stride = pixels.width * 3
    image = QImage(pixels.samples, pixels.width, pixels.height, stride, QImage.Format.Format_RGB888)
    shown = QPixmap.fromImage(image).scaled(
        room * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    shown.setDevicePixelRatio(ratio)
    return shown
