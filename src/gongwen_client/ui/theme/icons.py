"""Own line icons (20 px grid), recoloured when they are loaded."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gongwen_client.ui.theme import tokens
from gongwen_protocol.resources import resource_path

_SIDES = (16, 20, 24, 32)
_LARGEST = 64


@cache
def _drawing(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text("utf-8")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", QColor(colour).name()).encode()))


@cache
def _image(name: str, colour: str, side: int) -> QImage:
    """The icon in one colour, ``side`` device pixels square."""
    drawing = _renderer(name, colour)
    image = QImage(QSize(side, side), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    drawing.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return image


@cache
def _sides() -> tuple[int, ...]:
    """In device pixels: sharp on the screens there are at the start; on a later one the largest is shrunk."""
    ratios = {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    return (*sorted({round(side * ratio) for side in _SIDES for ratio in ratios} - {_LARGEST}), _LARGEST)


@cache
def icon(name: str, colour: str = "", active: str = "") -> QIcon:
    """An icon for buttons and rows: ``colour`` at rest, ``active`` when checked or selected.

    Raises FileNotFoundError for a name that the set does not have.
    """
    at_rest = colour or tokens.EVERYDAY.ink
    modes = [
        (QIcon.Mode.Normal, QIcon.State.Off, at_rest),
        (QIcon.Mode.Selected, QIcon.State.Off, active or at_rest),
        (QIcon.Mode.Disabled, QIcon.State.Off, tokens.EVERYDAY.disabled),
    ]
    if active:
        modes.append((QIcon.Mode.Normal, QIcon.State.On, active))
    result = QIcon()
    for mode, state, tint in modes:
        for side in _sides():
            result.addPixmap(QPixmap.fromImage(_image(name, tint, side)), mode, state)
    return result


def pixmap(name: str, colour: str, side: int) -> QPixmap:
    """The icon ``side`` logical pixels square, sharp on the primary screen."""
    ratio = QGuiApplication.primaryScreen().devicePixelRatio()
    result = QPixmap.fromImage(_image(name, colour, round(side * ratio)))
    result.setDevicePixelRatio(ratio)
    return result
