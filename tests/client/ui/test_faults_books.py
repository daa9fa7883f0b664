"""Keeping the books while network, exchange, session, key or disk fail."""

from __future__ import annotations

import pytest

from client.ui.faults.enduring import RUNS, Run, endure
from client.ui.faults.scenes_books import BOOK_SCENES
from client.ui.faults.stage import Stage


@pytest.mark.parametrize("troubles", RUNS, ids=lambda run: run[-1].name.lower())
@pytest.mark.parametrize("name", BOOK_SCENES)
def test_it_is_said_kept_and_done_once(stage: Stage, qapp: object, name: str, troubles: Run) -> None:
    stage.unhandled.clear()
    with stage.window(stage.receiver) as window:
        endure(stage, window, stage.receiver, BOOK_SCENES[name](stage, window), troubles)
