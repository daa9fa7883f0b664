"""Processes that run this very program: how the render workers and the key broker are started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Creation flag: no console window flashes up on Windows."""


def command(module: str) -> tuple[str, ...]:
    """The command that runs ``module``; the working folder's files are no modules to it (-P)."""
    return (sys.executable, "-P", "-m", module)


def environment() -> dict[str, str]:
    """This process's environment, in which the child finds the packages that this process runs from."""
    packages = str(Path(__file__).resolve().parent.parent)
    given = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join((packages, given) if given else (packages,))}
