"""Answering for what arrives while network, exchange, session, key or disk fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from client.ui.faults.enduring import RUNS, Run, endure
from client.ui.faults.scenes_receiving import RECEIVER_SCENES
from client.ui.faults.stage import Stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    built = Stage.build(tmp_path_factory.mktemp("stage") / "home")
    yield built
    built.stop()


@pytest.mark.parametrize("troubles", RUNS, ids=lambda run: run[-1].name.lower())
@pytest.mark.parametrize("name", RECEIVER_SCENES)
def test_it_is_said_kept_and_done_once(stage: Stage, qapp: object, name: str, troubles: Run) -> None:
    stage.unhandled.clear()
    with stage.window(stage.receiver) as window:
        endure(stage, window, stage.receiver, RECEIVER_SCENES[name](stage, window), troubles)
