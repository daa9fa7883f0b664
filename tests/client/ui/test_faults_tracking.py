"""Following a sent document while network, exchange, session, key or disk fail."""

from __future__ import annotations

import pytest

from client.ui.driving import settle, until
from client.ui.faults.enduring import RUNS, Run, endure, explained
from client.ui.faults.scenes_tracking import SENDER_SCENES, WORDS
from client.ui.faults.stage import Stage, Trouble, sent_view
from gongwen_client.ui.tracking.taking_back import RecallDialog


@pytest.mark.parametrize("troubles", RUNS, ids=lambda run: run[-1].name.lower())
@pytest.mark.parametrize("name", SENDER_SCENES)
def test_it_is_said_kept_and_done_once(stage: Stage, qapp: object, name: str, troubles: Run) -> None:
    stage.unhandled.clear()
    with stage.window(stage.sender) as window:
        endure(stage, window, stage.sender, SENDER_SCENES[name](stage, window), troubles)


def test_words_that_were_refused_stand_in_their_form_again(stage: Stage, qapp: object) -> None:
    """Nobody types a reason twice because the exchange said no the first time."""
    row = stage.sent()
    with stage.window(stage.sender) as window:
        view = sent_view(window, row)
        assert view.followed is not None
        lines = [line.row for line in view.followed.board.lines]
        view.acts_of.open("recall", lines)
        dialog = view.acts_of.dialogs[-1]
        assert isinstance(dialog, RecallDialog)
        until(lambda: bool(dialog.reach.able))
        dialog.reason.setPlainText(WORDS)
        with stage.trouble(Trouble.REFUSED, stage.sender):
            assert dialog.act_button is not None
            dialog.act_button.click()
            until(lambda: explained(window))
        settle()
        view.acts_of.open("recall", lines)
        again = view.acts_of.dialogs[-1]
        assert isinstance(again, RecallDialog)
        until(lambda: again.reason.toPlainText() == WORDS)
        settle()
