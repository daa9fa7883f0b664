"""Sounds that tell of documents: made here, played with what the system has."""

from __future__ import annotations

import contextlib
import math
import shutil
import subprocess
import sys
import threading
import wave
from array import array
from enum import StrEnum
from pathlib import Path

RATE = 22_050
_PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
_PLAY_SECONDS = 5


class Tune(StrEnum):
    """A document came; it still waits; it is urgent. Each ends higher and asks longer than the one before."""

    NEW = "new"
    AGAIN = "again"
    URGENT = "urgent"


_NOTES: dict[Tune, tuple[tuple[float, float], ...]] = {
    Tune.NEW: ((659.3, 0.16), (880.0, 0.34)),
    Tune.AGAIN: ((659.3, 0.14), (880.0, 0.24), (0.0, 0.10), (659.3, 0.14), (880.0, 0.34)),
    Tune.URGENT: ((659.3, 0.12), (880.0, 0.12), (1046.5, 0.28), (0.0, 0.12)) * 2,
}
"""(Hz, seconds); 0 Hz is a rest."""


class Sounder:
    """Writes its tunes into ``folder`` when they are first wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._player = next((command for command in _PLAYERS if shutil.which(command[0])), None)

    @property
    def works(self) -> bool:
        """Whether this system can play a file; else the caller rings the bell of the desktop."""
        return sys.platform == "win32" or self._player is not None

    def play(self, tune: Tune) -> None:
        """Begin to play and come back at once; what cannot be played stays silent."""
        threading.Thread(target=self._play, args=(tune,), name="sound", daemon=True).start()

    def file(self, tune: Tune) -> Path:
        """The tune as a WAV file. Raises OSError."""
        path = self._folder / f"{tune.value}.wav"
        if not path.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            write_tune(path, tune)
        return path

    def _play(self, tune: Tune) -> None:
        with contextlib.suppress(OSError, subprocess.SubprocessError, RuntimeError):
            path = self.file(tune)
            if sys.platform == "win32":
                import winsound

                winsound.PlaySound(str(path), winsound.SND_FILENAME | winsound.SND_NODEFAULT)
            elif self._player is not None:
                subprocess.run(
                    [*self._player, str(path)],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=_PLAY_SECONDS,
                    check=False,
                )


def write_tune(path: Path, tune: Tune) -> None:
    """A WAV file of one channel, 16 bit, 22 050 Hz: struck notes that fade. Raises OSError."""
    samples = array("h")
    for pitch, seconds in _NOTES[tune]:
        count = int(RATE * seconds)
        for number in range(count):
            at = number / RATE
            fade = min(1.0, number / 200) * math.exp(-4.0 * at) * min(1.0, (count - number) / 400)
            ring = math.sin(2 * math.pi * pitch * at) + 0.3 * math.sin(4 * math.pi * pitch * at)
            samples.append(int(9_000 * fade * ring) if pitch else 0)
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
