"""What happens when the program itself is wrong: a report on disk, a sentence for the person."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6 import __version__ as pyside_version


def write_report(folder: Path, error: BaseException) -> Path:
    """Write a crash report: where it happened and on what, never the values of variables (no PIN, no text
    of a document can get in). Raises OSError when the folder cannot be written."""
    now = datetime.now(UTC)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [
        f"time {now:%Y-%m-%dT%H:%M:%SZ}",
        f"python {platform.python_version()} pyside {pyside_version} {platform.platform()}",
        f"kind {type(error).__module__}.{type(error).__qualname__} code {getattr(error, 'code', '')}",
        *(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames),
    ]
    path = folder / f"crash-{now:%Y%m%dT%H%M%S%f}.txt"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def install(folder: Path, tell: Callable[[Path | None], None]) -> None:
    """Every exception that nobody caught becomes a report; ``tell`` shows the sentence (GUI thread only)."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        try:
            path: Path | None = write_report(folder, error)
        except OSError:
            path = None
        sys.__excepthook__(kind, error, trace)
        tell(path)

    sys.excepthook = hook
