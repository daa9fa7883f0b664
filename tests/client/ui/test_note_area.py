"""The one place above the work: the most pressing lines, the others folded; an open document adds its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gongwen_client.domain.rows import IncomingState
from gongwen_client.ui.receive.standing import moved_note, moved_to
from gongwen_client.ui.theme import Size, Tone
from gongwen_client.ui.widgets.note_area import NoteArea, Notes
from gongwen_client.ui.widgets.note_line import NoteLine


def line(what: str, tone: Tone) -> NoteLine:
    return NoteLine("note", what, "", tone)


@pytest.fixture
def area(qtbot: QtBot) -> Iterator[NoteArea]:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    made = NoteArea()
    layout.addWidget(made)
    layout.addStretch(1)
    window.show()
    yield made
    window.close()


def in_sight(area: NoteArea) -> list[str]:
    found = [one for one in area.findChildren(NoteLine) if one.isVisible()]
    return [one.text for one in sorted(found, key=lambda one: one.mapTo(area, one.rect().topLeft()).y())]


def said(area: NoteArea, *lines: NoteLine) -> Notes:
    notes = Notes(area.window())
    area.follow(notes)
    notes.put("test", lines)
    return notes


def test_two_lines_stand_the_most_pressing_first_and_the_others_unfold(area: NoteArea, qtbot: QtBot) -> None:
    said(
        area,
        line("已登记", Tone.VALID),
        line("催办", Tone.WARNING),
        line("急需接收", Tone.INVALID),
        line("申请", Tone.INFO),
    )
    qtbot.waitUntil(lambda: area.height() == 2 * Size.NOTE)
    assert in_sight(area) == ["急需接收", "催办"]
    assert area.more.text() == "另有 2 条提示"
    area.more.click()
    qtbot.waitUntil(lambda: len(in_sight(area)) == 4)
    assert in_sight(area)[:2] == ["急需接收", "催办"]
    area.more.click()
    qtbot.waitUntil(lambda: len(in_sight(area)) == 2)


def test_a_line_comes_and_goes_by_itself_and_rises_with_its_tone(area: NoteArea, qtbot: QtBot) -> None:
    assert not area.isVisible(), "nothing is said"
    notes = said(area, line("第一条", Tone.INFO), line("第二条", Tone.INFO))
    assert not area.more.isVisible()
    own = line("自己出现的一条", Tone.INFO)
    notes.add(own)
    assert not own.isVisible()
    own.show()
    assert own.isVisible(), "what stands by itself comes first among equals"
    own.hide()
    assert in_sight(area) == ["第一条", "第二条"]
    notes.put("test", ())
    qtbot.waitUntil(lambda: not area.isVisible())


def test_a_document_brings_its_lines_and_takes_them_away(area: NoteArea, qtbot: QtBot) -> None:
    said(area, line("下午还没有人工查收", Tone.WARNING))
    document = QWidget()
    qtbot.addWidget(document)
    its = Notes(document)
    its.put("standing", [line("请填写会议回执", Tone.WARNING)])
    area.follow(its)
    qtbot.waitUntil(lambda: len(in_sight(area)) == 2)
    assert in_sight(area)[0] == "请填写会议回执", "the open document's line first among equals"
    area.leave(its)
    assert in_sight(area) == ["下午还没有人工查收"]
    its.put("standing", [line("关闭以后才到", Tone.INVALID)])
    assert in_sight(area) == ["下午还没有人工查收"], "a closed document says nothing more"


def test_notes_are_shown_in_one_place_at_a_time(area: NoteArea, qtbot: QtBot) -> None:
    notes = said(area, line("一条", Tone.INFO))
    other = NoteArea()
    qtbot.addWidget(other)
    other.show()
    other.follow(notes)
    assert in_sight(other) == ["一条"]
    assert in_sight(area) == []


def test_an_accepted_document_says_where_it_went_and_leads_on(qtbot: QtBot) -> None:
    assert moved_to(IncomingState.TO_VERIFY, IncomingState.RECEIVED) == "received"
    assert moved_to(IncomingState.TO_VERIFY, IncomingState.RETURNED) == "returned"
    assert moved_to(IncomingState.RECEIVED, IncomingState.RECEIVED) == ""
    assert moved_to(IncomingState.TO_VERIFY, IncomingState.RECALLED) == ""
    went: list[bool] = []
    (told,) = moved_note(IncomingState.RECEIVED, 3, lambda: went.append(True))
    qtbot.addWidget(told)
    assert "已收公文" in told.text
    act = told.findChild(QPushButton, "next_pending")
    assert act is not None
    assert "还有 3 份" in act.text()
    act.click()
    assert went
    (last,) = moved_note(IncomingState.RECEIVED, 0, lambda: None)
    qtbot.addWidget(last)
    assert last.findChild(QPushButton, "next_pending") is None
