"""The look in one place: colours, sizes and type of the client (nothing here is written twice).

Sizes are logical pixels (Qt scales them), type sizes are points. ``Palette`` exists twice: the everyday one
and a high-contrast one for systems that ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum


@dataclass(frozen=True)
class Palette:
    """Colours as #RRGGBB. Text colours keep a contrast of at least 4.5 : 1 on ``surface`` and ``canvas``."""

    ink: str = "#1D2329"
    muted: str = "#5B6470"
    line: str = "#DDE1E6"
    line_strong: str = "#B9C0C8"
    surface: str = "#FFFFFF"
    canvas: str = "#EEF0F3"
    hover: str = "#F4F6F8"
    selected: str = "#E8F0F9"
    brand: str = "#A61B1B"
    brand_tint: str = "#FAF1F1"
    action: str = "#1F5FA8"
    action_hover: str = "#194F8D"
    action_pressed: str = "#144073"
    valid: str = "#1F7A3D"
    valid_tint: str = "#EDF6F0"
    warning: str = "#9A5B00"
    warning_tint: str = "#FDF5E8"
    unknown: str = "#5B6470"
    unknown_tint: str = "#F1F3F5"
    invalid: str = "#B3261E"
    invalid_tint: str = "#FCEFEE"
    info: str = "#1F5FA8"
    info_tint: str = "#EDF3FA"
    disabled: str = "#949CA6"
    on_action: str = "#FFFFFF"

    def values(self) -> dict[str, str]:
        """Name → colour, for the style sheet template."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


EVERYDAY = Palette()
HIGH_CONTRAST = Palette(
    ink="#000000",
    muted="#1A1A1A",
    line="#000000",
    line_strong="#000000",
    canvas="#FFFFFF",
    hover="#E6E6E6",
    selected="#CFE3FF",
    brand="#8B0000",
    brand_tint="#FFFFFF",
    action="#003E8A",
    action_hover="#002B61",
    action_pressed="#001A3D",
    valid="#00541C",
    warning="#6B3F00",
    unknown="#1A1A1A",
    invalid="#8B0000",
    info="#003E8A",
    disabled="#595959",
)


class Tone(StrEnum):
    """What a colour says. It never stands alone: a shape and a word go with it."""

    NEUTRAL = "unknown"
    INFO = "info"
    VALID = "valid"
    WARNING = "warning"
    INVALID = "invalid"


class Space:
    """Margins and gaps."""

    HAIR = 4
    INSIDE = 8
    ROW = 12
    GROUP = 16
    SECTION = 24
    PAGE = 32


class Size:
    """Fixed measures of the window's parts."""

    ROW = 36
    CONTROL = 32
    BANNER = 48
    NAVIGATION = 208
    PANEL = 320
    VERDICT = 44
    NOTE = 36
    STATUS = 28
    HEAD = 56
    RADIUS = 6
    ICON = 20
    ICON_SMALL = 16


class Type:
    """Type faces in order of preference, and sizes in points."""

    FAMILIES = ("Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif")
    BODY = 10.5
    TITLE = 13.0
    SMALL = 9.0
    DISPLAY = 17.0
