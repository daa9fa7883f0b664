"""From a document's colour to RGB (GB/T 33190 §8.3.1)."""

from __future__ import annotations

from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.reports import Reports
from gongwen_docs.draw.shapes import PARAMS, RGB, Rgb
from gongwen_docs.ofd.colors import Color
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.resources import ColorSpace, Resources

_CHANNELS = {"GRAY": 1, "RGB": 3, "CMYK": 4}
_KINDS = {"GRAY": 1, "RGB": 2, "CMYK": 4}
"""MuPDF's numbers of the kinds of colour spaces."""
_DEFAULT = ColorSpace("", "RGB", 8, ())


class Colors:
    """Colours of one document. ICC profiles are honoured; one that cannot be read is reported and ignored."""

    def __init__(self, package: Package, reports: Reports) -> None:
        self._package = package
        self._reports = reports
        self._profiles: dict[tuple[str, str], Any | None] = {}

    def rgb(self, color: Color, resources: Resources) -> Rgb:
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
        profile = self._profile(space.profile, kind) if space.profile else None
        if profile is not None:
            converted = mupdf.fz_convert_color(profile, channels, RGB, mupdf.FzColorspace(), PARAMS)
            return converted[0], converted[1], converted[2]
        return device_rgb(kind, channels)

    def _profile(self, path: str, kind: str) -> Any | None:
        key = (path, kind)
        if key not in self._profiles:
            try:
                buffer = mupdf.fz_new_buffer_from_copied_data(self._package.read(path))
                self._profiles[key] = mupdf.fz_new_icc_colorspace(_KINDS[kind], 0, "", buffer)
            except (KnownError, mupdf.FzErrorBase):
                self._reports.add("draw.profile_damaged", part=path)
                self._profiles[key] = None
        return self._profiles[key]


def device_rgb(kind: str, channels: list[float]) -> Rgb:
    """RGB of channels in 0..1 without a profile. Inks are mixed plainly, so that pure ones stay pure."""
    if kind == "GRAY":
        return channels[0], channels[0], channels[0]
    if kind == "CMYK":
        cyan, magenta, yellow, black = channels
        return (1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)
    return channels[0], channels[1], channels[2]
