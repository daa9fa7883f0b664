"""Making, sealing and sending while network, exchange, session, key or disk fail."""

from __future__ import annotations

import pytest

from client.ui.faults.enduring import RUNS, Run, endure
from client.ui.faults.scenes_making import MAKING_SCENES
from client.ui.faults.stage import Stage


@pytest.mark.parametrize("troubles", RUNS, ids=lambda run: run[-1].name.lower())
@pytest.mark.parametrize("name", MAKING_SCENES)
def test_it_is_said_kept_and_done_once(stage: Stage, qapp: object, name: str, troubles: Run) -> None:
    stage.unhandled.clear()
    with stage.window(stage.sender) as window:
        endure(stage, window, stage.sender, MAKING_SCENES[name](stage, window), troubles)
