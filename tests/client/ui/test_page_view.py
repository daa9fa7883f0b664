"""The paper: placeholders, late pictures, failures, zoom, the movable stamp."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from gongwen_client.domain.drafts import StampPlace
from gongwen_client.ui.sealing.stamp_view import StampView
from gongwen_client.ui.viewer.page_view import PageSize, PageView
from gongwen_crypto.errors import KnownError

A4 = PageSize(210, 297)


def _picture(page: int, dpi: float, colour: str = "white") -> QImage:
    image = QImage(round(210 / 25.4 * dpi), round(297 / 25.4 * dpi), QImage.Format.Format_RGB888)
    image.fill(QColor(colour))
    return image


def _shown(view: PageView) -> str:
    middle = view.box_of(0).center().toPoint()
    return QColor(view.viewport().grab().toImage().pixel(middle)).name()


def test_a_late_picture_of_another_document_never_covers_the_new_one(qtbot: QtBot) -> None:
    view = PageView()
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    gate = threading.Event()

    def slow(page: int, dpi: float) -> QImage:
        gate.wait(10)
        return _picture(page, dpi, "red")

    view.show_document([A4], slow)
    view.show_document([A4], lambda page, dpi: _picture(page, dpi, "lime"))
    until(lambda: view.is_drawn)
    gate.set()
    settle()
    assert _shown(view) == "#00ff00"


def test_a_failed_page_says_so_and_can_be_tried_again(qtbot: QtBot) -> None:
    view = PageView()
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    broken = [True]

    def draw(page: int, dpi: float) -> QImage:
        if broken[0]:
            raise KnownError("render.worker_died")
        return _picture(page, dpi)

    view.show_document([A4], draw)
    until(lambda: bool(view._errors))
    assert not view.is_drawn
    broken[0] = False
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    until(lambda: view.is_drawn)


def test_only_pages_in_sight_and_their_neighbours_are_drawn(qtbot: QtBot) -> None:
    view = PageView()
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    drawn: set[int] = set()

    def draw(page: int, dpi: float) -> QImage:
        drawn.add(page)
        return _picture(page, dpi)

    view.show_document([A4] * 100, draw)
    until(lambda: view.is_drawn)
    settle()
    assert drawn <= {0, 1, 2}
    view.go_to(70)
    until(lambda: view.is_drawn)
    settle()
    assert max(drawn) <= 72
    assert 70 in drawn


def test_zoom_keeps_the_middle_and_follows_the_window_while_fitting(qtbot: QtBot) -> None:
    view = PageView()
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    view.show_document([A4] * 3, _picture)
    until(lambda: view.is_drawn)
    fitted = view.zoom
    view.resize(900, 500)
    assert view.zoom > fitted
    view.fit_page()
    assert view.box_of(0).height() <= view.viewport().height()
    view.set_zoom(1.0)
    view.resize(700, 500)
    assert view.zoom == 1.0
    view.zoom_in()
    assert view.zoom == 1.25
    view.zoom_out()
    assert view.zoom == 1.0


def test_the_stamp_follows_mouse_and_arrow_keys_and_stays_on_the_paper(qtbot: QtBot) -> None:
    view = StampView()
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    view.show_document([A4], _picture)
    until(lambda: view.is_drawn)
    view.show_stamp(StampPlace(0, 100, 40, 42, 42), None)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.place is not None
    assert (view.place.x, view.place.y) == (101.0, 40.1)
    view.move_to(0, 500, -20)
    assert (view.place.x, view.place.y) == (168.0, 0.0)
    start = at(view, view.place).toPoint()
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view.viewport(), start - QPoint(200, -50))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton)
    assert view.place.x < 168.0
    assert view.place.y > 0.0
    assert view.at(QPointF(-5, -5)) is None


def at(view: StampView, place: StampPlace) -> QPointF:
    """The middle of a place in the viewport."""
    box = view.box_of(place.page_index)
    scale = box.width() / A4.width
    return QPointF(
        box.x() + (place.x + place.width / 2) * scale, box.y() + (place.y + place.height / 2) * scale
    )


def test_a_dragged_stamp_jumps_to_the_date_and_may_be_freed(qtbot: QtBot) -> None:
    view = StampView()
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    view.show_document([A4], _picture)
    until(lambda: view.is_drawn)
    view.anchor = StampPlace(0, 100, 40, 42, 42)
    for modifier, x in ((Qt.KeyboardModifier.NoModifier, 100.0), (Qt.KeyboardModifier.AltModifier, 101.5)):
        view.show_stamp(StampPlace(0, 60, 40, 42, 42), None)
        assert view.place is not None
        start = at(view, view.place)
        scale = view.box_of(0).width() / A4.width
        qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start.toPoint())
        end = (start + QPointF(41.5 * scale, 0)).toPoint()
        moved = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(end), QPointF(end), Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton, modifier,
        )  # fmt: skip
        view.mouseMoveEvent(moved)
        assert view.place.x == pytest.approx(x, abs=0.4)
        assert view.on_anchor is (x == 100.0)
        qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton)
