"""Every hand-made bomb, opened in a real worker: refused or drawn, and the worker stays small (bar S1)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.bombs import Bomb, Outcome, all_bombs
from docs.bombs.trial import attempt, peak_mb, reset_peak
from gongwen_client.render import RenderPool, TimeLimits

LARGEST_MB = 512
"""Resident memory of a worker at its highest (bar S1)."""
LIMITS = TimeLimits(start=60, page=60, document=60, whole_file=60)
"""Patient, because machines that run tests are slow; ``benchmarks/bombs.py`` prints the seconds."""


@pytest.fixture(scope="module")
def pool() -> Iterator[RenderPool]:
    pool = RenderPool(1, limits=LIMITS)
    pool.warm_up()
    yield pool
    pool.stop()


def test_there_are_at_least_sixty() -> None:
    names = [bomb.name for bomb in all_bombs()]
    assert len(set(names)) == len(names) >= 60


@pytest.mark.parametrize("bomb", all_bombs(), ids=lambda bomb: bomb.name)
def test_a_bomb_is_refused_or_drawn_within_limits(pool: RenderPool, tmp_path: Path, bomb: Bomb) -> None:
    path = tmp_path / "bomb.ofd"
    path.write_bytes(bomb.build())
    reset_peak(pool)
    trial = attempt(pool, path)
    match bomb.outcome:
        case Outcome.NOT_OPENED:
            assert trial.refused in bomb.codes
        case Outcome.PAGE_REFUSED:
            assert trial.page_refused in bomb.codes
        case Outcome.REPORTED:
            assert (trial.refused, trial.page_refused) == ("", "")
            assert set(trial.remarks) & set(bomb.codes)
        case Outcome.DRAWN:
            assert (trial.refused, trial.page_refused) == ("", "")
    if sys.platform == "linux":
        assert 0 < peak_mb(pool) < LARGEST_MB
