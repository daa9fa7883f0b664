"""How this PC is kept (Ordos art. 21: anti-virus and patches): read without administrator's rights.

Each system has a module of its own with ``facts()``. What cannot be read there is None, never a guess;
nothing on the network is asked, and nothing outside the system's own records is read.
"""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Disk:
    """The disk that keeps the client's data. ``encrypted`` is None when the system does not say."""

    free: int
    total: int
    encrypted: bool | None


@dataclass(frozen=True)
class TerminalFacts:
    """``patched_days``: since the last update was installed. ``antivirus``: products that run, by name.
    ``networks``: interfaces that are up and lead out of this PC; ``wireless`` those of them without a cable.
    ``clock_synchronised``: whether the system keeps its clock by a time server."""

    system: str
    patched_days: int | None = None
    restart_due: bool | None = None
    antivirus: tuple[str, ...] | None = None
    networks: tuple[str, ...] | None = None
    wireless: tuple[str, ...] | None = None
    clock_synchronised: bool | None = None


def terminal_facts() -> TerminalFacts:
    """Slow. What the system says of itself."""
    name = {"win32": "health_windows", "linux": "health_linux"}.get(sys.platform)
    if name is None:
        return TerminalFacts(sys.platform)
    facts: Callable[[], TerminalFacts] = importlib.import_module(f"gongwen_client.host.{name}").facts
    return facts()


def disk_of(folder: Path) -> Disk:
    """Slow. The disk below ``folder``, which must exist. Raises OSError."""
    usage = shutil.disk_usage(folder)
    name = {"win32": "health_windows", "linux": "health_linux"}.get(sys.platform)
    encrypted: bool | None = None
    if name is not None:
        encrypted = importlib.import_module(f"gongwen_client.host.{name}").is_encrypted(folder)
    return Disk(usage.free, usage.total, encrypted)


def readable(read: Callable[[], T]) -> T | None:
    """What ``read`` finds, or None where the system does not let us, or has it otherwise."""
    try:
        return read()
    except (OSError, ValueError, KeyError, IndexError):
        return None
