"""The paper: placeholders, tiles, late pictures, failures, zoom, turn, late sizes, the movable stamp."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from gongwen_client.domain.drafts import StampPlace
from gongwen_client.ui.sealing.stamp_view import StampView
from gongwen_client.ui.viewer.page_view import PageSize, PageView
from gongwen_client.ui.viewer.pieces import MM_PER_INCH, TILE, Pictures, Piece
from gongwen_client.ui.viewer.queue import Lane, RenderQueue
from gongwen_crypto.errors import KnownError

A4 = PageSize(210, 297)


def _picture(piece: Piece, colour: str = "white") -> QImage:
    width, height = (210.0, 297.0) if piece.rect_mm is None else piece.rect_mm[2:]
    scale = piece.dpi / MM_PER_INCH
    image = QImage(max(1, round(width * scale)), max(1, round(height * scale)), QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def _shown(view: PageView) -> str:
    seen = view.box_of(0).intersected(QRectF(view.viewport().rect()))
    middle = seen.center().toPoint()
    return QColor(view.viewport().grab().toImage().pixel(middle)).name()


@pytest.fixture
def view(qtbot: QtBot) -> PageView:
    view = PageView()
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    return view


def test_a_late_picture_of_another_document_never_covers_the_new_one(view: PageView) -> None:
    gate = threading.Event()

    def slow(piece: Piece) -> QImage:
        gate.wait(10)
        return _picture(piece, "red")

    view.show_document([A4] * 3, slow)
    view.show_document([A4], lambda piece: _picture(piece, "lime"))
    until(lambda: view.is_drawn)
    gate.set()
    settle()
    assert _shown(view) == "#00ff00"


def test_a_late_picture_of_another_zoom_never_covers_the_present_one(view: PageView) -> None:
    gate = threading.Event()
    first = [True]

    def draw(piece: Piece) -> QImage:
        if first[0]:
            first[0] = False
            gate.wait(10)
            return _picture(piece, "red")
        return _picture(piece, "lime")

    view.show_document([A4], draw)
    until(lambda: not first[0])
    view.set_zoom(1.5)
    until(lambda: view.is_drawn)
    gate.set()
    settle()
    assert _shown(view) == "#00ff00"


def test_a_failed_page_says_so_and_can_be_tried_again(view: PageView, qtbot: QtBot) -> None:
    broken = [True]

    def draw(piece: Piece) -> QImage:
        if broken[0] and piece.page == 0:
            raise KnownError("render.worker_died")
        return _picture(piece)

    view.show_document([A4, A4], draw)
    until(lambda: bool(view.queue.broken))
    settle()
    assert view.queue.broken == {0}
    assert not view.is_drawn
    view.viewport().grab()
    broken[0] = False
    place = view._retry_boxes[0].center().toPoint()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    until(lambda: view.is_drawn)
    broken[0] = True
    view.set_zoom(2.0)
    until(lambda: bool(view.queue.broken))
    broken[0] = False
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    until(lambda: view.is_drawn)


def test_only_pages_in_sight_and_their_neighbours_are_drawn(view: PageView) -> None:
    drawn: set[int] = set()

    def draw(piece: Piece) -> QImage:
        drawn.add(piece.page)
        return _picture(piece)

    view.show_document([A4] * 100, draw)
    until(lambda: view.is_drawn)
    settle()
    assert drawn <= {0, 1, 2}
    view.go_to(70)
    until(lambda: view.is_drawn)
    settle()
    assert max(drawn) <= 72
    assert 70 in drawn


def test_zoom_keeps_the_middle_and_follows_the_window_while_fitting(view: PageView) -> None:
    view.resize(700, 500)
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


def test_true_size_is_the_size_of_the_paper_on_this_screen(view: PageView) -> None:
    view.show_document([A4], _picture)
    view.set_zoom(1.0)
    assert view.box_of(0).width() == pytest.approx(210 / MM_PER_INCH * view.screen_dpi, abs=1)


def test_the_wheel_zooms_at_the_pointer(view: PageView) -> None:
    view.show_document([A4] * 5, _picture)
    until(lambda: view.is_drawn)
    point = QPointF(150, 400)
    before = view.at(point)
    for _ in range(6):
        wheel = QWheelEvent(
            point,
            QPointF(view.viewport().mapToGlobal(point.toPoint())),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view.viewport(), wheel)
    after = view.at(point)
    assert view.zoom > 1.5
    assert before is not None
    assert after is not None
    assert after == pytest.approx(before, abs=1.0)


def test_large_pages_come_in_tiles_and_only_those_in_sight(view: PageView) -> None:
    asked: list[Piece] = []

    def draw(piece: Piece) -> QImage:
        asked.append(piece)
        return _picture(piece)

    view.show_document([A4] * 2, draw)
    view.set_zoom(8.0)
    asked.clear()
    view.centre_on(0, 150)
    until(lambda: view.is_drawn)
    settle()
    tiles = [piece for piece in asked if piece.rect_mm is not None]
    assert tiles
    assert all(round(piece.rect_mm[2] * piece.dpi / MM_PER_INCH) <= TILE for piece in tiles if piece.rect_mm)
    scale = view.zoom * view.screen_dpi / MM_PER_INCH
    assert len({piece.rect_mm for piece in tiles}) < (210 * scale / TILE) * (297 * scale / TILE) / 4


def test_the_view_turns_without_drawing_anew(view: PageView) -> None:
    asked: list[Piece] = []

    def draw(piece: Piece) -> QImage:
        asked.append(piece)
        image = _picture(piece)
        image.setPixelColor(0, 0, QColor("red"))
        for x in range(image.width() // 4):
            for y in range(image.height() // 4):
                image.setPixelColor(x, y, QColor("red"))
        return image

    view.show_document([A4], draw)
    view.set_zoom(0.4)
    until(lambda: view.is_drawn)
    settle()
    asked.clear()
    corners = []
    for _ in range(4):
        picture = view.viewport().grab().toImage()
        box = view.box_of(0).toRect().adjusted(6, 6, -6, -6)
        points = (box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft())
        corners.append([QColor(picture.pixel(point)).name() == "#ff0000" for point in points].index(True))
        assert view.at(QPointF(points[corners[-1]])) == pytest.approx((0, 0, 0), abs=8)
        view.turn(1)
    assert corners == [0, 1, 2, 3]
    settle()
    assert not asked


def test_sizes_that_come_late_move_nothing_under_the_eye(view: PageView) -> None:
    view.show_document([A4] * 200, _picture)
    view.set_zoom(0.5)
    view.go_to(100, 60)
    before = view.at(QPointF(300, 40))
    view.correct_sizes(0, [PageSize(297, 210)] * 60)
    assert before is not None
    assert view.at(QPointF(300, 40)) == pytest.approx(before, abs=1.0)
    assert view.box_of(0).width() > view.box_of(100).width()


def test_keys_move_through_the_pages(view: PageView, qtbot: QtBot) -> None:
    view.show_document([A4] * 9, _picture)
    view.setFocus()
    bar = view.verticalScrollBar()
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    assert view.current_page == 8
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert bar.value() == 0
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    one = bar.value()
    assert 0 < one <= view.viewport().height()
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert bar.value() == 2 * one
    qtbot.keyClick(view, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    assert bar.value() == 0
    qtbot.keyClick(view, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert view.current_page == 1


def test_pictures_stay_within_their_bytes() -> None:
    pictures = Pictures(most_bytes=1_000_000)
    for page in range(50):
        pictures.put(Piece(page, 30.0), _picture(Piece(page, 30.0)))
        assert pictures.bytes <= 1_000_000
    assert Piece(49, 30.0) in pictures
    assert Piece(0, 30.0) not in pictures
    assert pictures.stand_in(0) is None


def test_what_is_in_sight_is_drawn_before_thumbnails(qtbot: QtBot) -> None:
    order: list[Piece] = []
    gate = threading.Event()

    def draw(piece: Piece) -> QImage:
        gate.wait(10)
        order.append(piece)
        return _picture(Piece(0, 5.0))

    queue = RenderQueue()
    queue.begin(draw)
    queue.want(Lane.THUMBNAILS, [Piece(page, 10.0) for page in range(20)])
    queue.want(Lane.IN_SIGHT, [Piece(page, 96.0) for page in range(4)])
    gate.set()
    settle()
    until(lambda: len(order) == 24)
    first = [piece.dpi for piece in order[:5]]
    assert first.count(96.0) == 4, "only the thumbnail under way came before them"
    settle()


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
