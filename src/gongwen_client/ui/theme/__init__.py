"""Puts the look on the application: fonts, palette, one style sheet."""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from gongwen_client.ui.theme import tokens
from gongwen_client.ui.theme.tokens import Palette, Size, Space, Tone, Type
from gongwen_protocol.resources import resource_path

__all__ = ["Palette", "Size", "Space", "Tone", "Type", "apply", "colour", "font"]

_palette = tokens.EVERYDAY


def apply(app: QApplication, palette: Palette | None = None) -> None:
    """Give ``app`` the product's look; ``palette`` defaults to what the system asks for."""
    global _palette
    _palette = palette or (tokens.HIGH_CONTRAST if _wants_contrast(app) else tokens.EVERYDAY)
    app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(_qt_palette(_palette))
    app.setStyleSheet(_style_sheet(_palette))


def colour(name: str) -> QColor:
    """A colour token by its name, e.g. ``colour("brand")``."""
    return QColor(_palette.values()[name])


def font(points: float = Type.BODY, *, strong: bool = False) -> QFont:
    """The interface's font."""
    result = QFont()
    result.setFamilies(list(Type.FAMILIES))
    result.setPointSizeF(points)
    if strong:
        result.setWeight(QFont.Weight.DemiBold)
    return result


def _wants_contrast(app: QApplication) -> bool:
    """True where the system asks for high contrast (known to Qt from 6.10 on)."""
    accessibility = getattr(app.styleHints(), "accessibility", None)
    if accessibility is None:
        return False
    preference = accessibility().contrastPreference()
    return bool(preference.name == "HighContrast")


def _qt_palette(palette: Palette) -> QPalette:
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: palette.surface,
        QPalette.ColorRole.Base: palette.surface,
        QPalette.ColorRole.AlternateBase: palette.hover,
        QPalette.ColorRole.Button: palette.surface,
        QPalette.ColorRole.WindowText: palette.ink,
        QPalette.ColorRole.Text: palette.ink,
        QPalette.ColorRole.ButtonText: palette.ink,
        QPalette.ColorRole.PlaceholderText: palette.disabled,
        QPalette.ColorRole.Highlight: palette.action,
        QPalette.ColorRole.HighlightedText: palette.on_action,
        QPalette.ColorRole.Link: palette.action,
        QPalette.ColorRole.ToolTipBase: palette.ink,
        QPalette.ColorRole.ToolTipText: palette.surface,
        QPalette.ColorRole.Mid: palette.line,
    }
    for role, value in roles.items():
        result.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.disabled))
    return result


def _style_sheet(palette: Palette) -> str:
    measures = {
        "body": Type.BODY,
        "title": Type.TITLE,
        "small": Type.SMALL,
        "display": Type.DISPLAY,
        "radius": Size.RADIUS,
        "control": Size.CONTROL,
        "row": Size.ROW,
        "hair": Space.HAIR,
        "inside": Space.INSIDE,
        "gap": Space.ROW,
        "group": Space.GROUP,
        "icons": resource_path("icons").as_posix(),
    }
    template = Template(resource_path("style", "client.qss").read_text("utf-8"))
    return template.substitute(palette.values(), **measures)
