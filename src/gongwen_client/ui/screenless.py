"""Windows without a screen: Qt draws them in memory. Asked before the application is made; imports no Qt."""

from __future__ import annotations

import atexit
import json
import os
import tempfile
from pathlib import Path

OFFSCREEN = "offscreen"


def draw_in_memory(width: int = 1366, height: int = 768, scale: float = 1.0) -> None:
    """From now on windows belong to a screen that is in memory only, of this size in px at this scale: the
    smallest one the product is made for (bar U2). Qt's own would be a square of 800 px."""
    screen = {
        "name": "memory",
        "x": 0,
        "y": 0,
        "width": round(width * scale),
        "height": round(height * scale),
        "logicalDpi": 96,
        "logicalBaseDpi": 96,
        "dpr": 1,
    }
    handle, name = tempfile.mkstemp(prefix="gongwen-screen-", suffix=".json")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"screens": [screen]}, file)
    atexit.register(Path(name).unlink, missing_ok=True)
    # Qt parts its arguments at colons: of a path with a drive it would find no file, and end the program.
    os.environ["QT_QPA_PLATFORM"] = OFFSCREEN if ":" in name else f"{OFFSCREEN}:configfile={name}"


def wanted_in_memory() -> bool:
    """Whether the environment asks for windows in memory and names no screen yet."""
    return os.environ.get("QT_QPA_PLATFORM", OFFSCREEN) == OFFSCREEN
