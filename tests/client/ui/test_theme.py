"""The look: contrast of text, icons in the wished colour, nothing left unfilled in the sheet."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from gongwen_client.ui.theme import tokens
from gongwen_client.ui.theme.icons import icon, pixmap
from gongwen_client.ui.theme.tokens import Palette
from gongwen_protocol.resources import resource_path

_TEXTS = ("ink", "muted", "brand", "action", "valid", "warning", "unknown", "invalid")


def _luminance(colour: str) -> float:
    def channel(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    parsed = QColor(colour)
    red, green, blue = (channel(value) for value in (parsed.redF(), parsed.greenF(), parsed.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [tokens.EVERYDAY, tokens.HIGH_CONTRAST])
@pytest.mark.parametrize("name", _TEXTS)
def test_text_colours_are_readable(palette: Palette, name: str) -> None:
    colour = palette.values()[name]
    assert contrast(colour, palette.surface) >= 4.5
    tint = palette.values().get(f"{name}_tint")
    if tint:
        assert contrast(colour, tint) >= 4.5


def test_icons_take_the_colour_they_are_given(qapp: QApplication) -> None:
    image = pixmap("dot", "#A61B1B", 20).toImage()
    assert QColor(image.pixel(image.width() // 2, image.height() // 2)).name() == "#a61b1b"
    assert not icon("seal").isNull()
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_every_icon_is_drawn_on_the_grid_with_the_line_of_the_set() -> None:
    drawings = sorted(resource_path("icons").glob("*.svg"))
    assert len(drawings) > 50
    for drawing in drawings:
        text = drawing.read_text("utf-8")
        assert 'viewBox="0 0 20 20"' in text, drawing.name
        assert 'stroke-width="1.5"' in text, drawing.name
        assert "currentColor" in text, drawing.name
