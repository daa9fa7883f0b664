"""Opening the rehearsal beside the real client."""

from __future__ import annotations

import subprocess
from pathlib import Path

from gongwen_client.children import NO_WINDOW, command, environment

_started: list[subprocess.Popen[bytes]] = []


def train(home: Path | None) -> None:
    """Open the rehearsal as a program of its own; it goes on when this one ends."""
    words = (*command("gongwen_client.ui.program"), "--training")
    if home is not None:
        words = (*words, "--home", str(home))
    _started[:] = [child for child in _started if child.poll() is None]
    _started.append(
        subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
            creationflags=NO_WINDOW,
            start_new_session=True,
        )
    )
