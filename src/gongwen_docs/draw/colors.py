"""From a document's colour to RGB (GB/T 33190 §8.3.1)."""

from __future__ import annotations

from gongwen_docs.draw.shapes import Rgb
from gongwen_docs.ofd.colors import Color
from gongwen_docs.ofd.resources import ColorSpace, Resources

_CHANNELS = {"GRAY": 1, "RGB": 3, "CMYK": 4}
_DEFAULT = ColorSpace("", "RGB", 8, ())


def rgb(color: Color, resources: Resources) -> Rgb:
    """RGB in 0..1. Missing and out-of-range channels count as 0, the default colour of every space."""
    key = color.space_id or resources.default_color_space
    space = resources.color_spaces.get(key, _DEFAULT)
    value = color.value
    if value is None and color.index is not None and 0 <= color.index < len(space.palette):
        value = space.palette[color.index]
    value = value or ()
    kind = space.type if space.type in _CHANNELS else "RGB"
    if space is _DEFAULT and len(value) == 1:
        kind = "GRAY"  # no space is declared: one channel can only be a grey
    largest = float((1 << space.bits) - 1)
    channels = [item / largest if 0 <= item <= largest else 0.0 for item in value[: _CHANNELS[kind]]]
    channels += [0.0] * (_CHANNELS[kind] - len(channels))
    if kind == "GRAY":
        return channels[0], channels[0], channels[0]
    if kind == "CMYK":
        cyan, magenta, yellow, black = channels
        return (1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)
    return channels[0], channels[1], channels[2]
