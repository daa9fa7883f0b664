"""Sounds are made here, in a form that every system plays."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from gongwen_client.host.sound import RATE, Sounder, Tune


@pytest.mark.parametrize("tune", Tune)
def test_a_tune_is_a_short_wave_file(tune: Tune, tmp_path: Path) -> None:
    path = Sounder(tmp_path / "sounds").file(tune)
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
        seconds = sound.getnframes() / RATE
        loudest = max(abs(int.from_bytes(pair, "little", signed=True)) for pair in _pairs(sound))
    assert 0.3 < seconds < 2
    assert 2_000 < loudest < 32_000


def test_later_tunes_are_longer(tmp_path: Path) -> None:
    sounder = Sounder(tmp_path)
    sizes = [sounder.file(tune).stat().st_size for tune in (Tune.NEW, Tune.AGAIN, Tune.URGENT)]
    assert sizes == sorted(sizes)


def test_what_cannot_be_played_is_silent(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_bytes(b"")
    Sounder(blocked).play(Tune.NEW)


def _pairs(sound: wave.Wave_read) -> list[bytes]:
    data = sound.readframes(sound.getnframes())
    return [data[at : at + 2] for at in range(0, len(data), 2)]
