"""Reading a document with real workers: words, search, side bar, links, files inside, workers that die."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from client.ui.audit import clipped, nameless
from client.ui.driving import settle, until
from client.ui.files import LINES, carrying_document, linked_document, long_document
from docs.office import write_document
from gongwen_client.render import RenderPool
from gongwen_client.ui.viewer.local_view import LocalView
from gongwen_client.ui.viewer.sidebar import CARRIED, CONTENTS, FOUND, PAGES
from gongwen_client.ui.viewer.window import Viewers


def shown(viewers: Viewers, path: Path) -> LocalView:
    """The view of a file in a window of its own, drawn, verified and read."""
    view = viewers.open(path).view
    until(lambda: view.verification is not None and view.reader.pages.is_drawn)
    read(view)
    return view


def read(view: LocalView) -> None:
    pages = view.reader.pages
    until(lambda: all(pages.text_of(page) is not None for page in pages.visible_pages()))
    settle()


def spot(view: LocalView, page: int, char: int, share: float = 0.5) -> QPoint:
    """Where a character is in the viewport; ``share`` of its width from its left edge."""
    text = view.reader.pages.text_of(page)
    assert text is not None
    left, top, right, bottom = text.chars[char].box
    place = QPointF(left + (right - left) * share, (top + bottom) / 2)
    return view.reader.pages.transform_of(page).map(place).toPoint()


def drag(view: LocalView, start: QPoint, end: QPoint) -> None:
    viewport = view.reader.pages.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for point in (start + (end - start) / 2, end):
        move = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(point),
            QPointF(viewport.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(viewport, move)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def said(view: LocalView) -> str:
    """All words of the panel's tab 文件."""
    sections = view.reader.info()
    return "\n".join(label.text() for section in sections for label in section.findChildren(QLabel))


def test_words_are_selected_with_the_mouse_and_copied_as_paragraphs(
    viewers: Viewers, tmp_path: Path, qtbot: QtBot
) -> None:
    view = shown(viewers, long_document(tmp_path / "a.ofd", 3))
    pages = view.reader.pages
    head = len("第1号说明")
    last = head + len("".join(LINES)) - 1
    drag(view, spot(view, 0, head, 0.1), spot(view, 0, last, 0.9))
    assert pages.selection.words() == "".join(LINES)
    pages.setFocus()
    qtbot.keyClick(pages, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "".join(LINES)
    assert pages.hint.text.startswith("已复制")
    drag(view, spot(view, 0, last, 0.9), spot(view, 0, head, 0.1))
    assert pages.selection.words() == "".join(LINES), "also when drawn from the end"
    QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=spot(view, 0, head, 0.1))
    assert pages.selection.empty
    QTest.mouseClick(
        pages.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.ShiftModifier,
        spot(view, 0, head + 3, 0.9),
    )
    assert pages.selection.words() == LINES[0][:4]


def test_double_click_takes_a_word_and_a_third_click_the_line(viewers: Viewers, tmp_path: Path) -> None:
    view = shown(viewers, long_document(tmp_path / "a.ofd", 1))
    viewport, selection = view.reader.pages.viewport(), view.reader.pages.selection
    place = spot(view, 0, len("第1号说明") + 2)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert selection.words() == "为做好电子公文交换平台启用工作"
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert selection.words() == LINES[0]


def test_a_selection_goes_over_pages_and_turned_views(viewers: Viewers, tmp_path: Path, qtbot: QtBot) -> None:
    view = shown(viewers, long_document(tmp_path / "a.ofd", 2))
    pages = view.reader.pages
    pages.fit_page()
    pages.set_zoom(pages.zoom / 2.2)
    pages.turn(1)
    until(lambda: pages.is_drawn and len(pages.visible_pages()) == 2)
    read(view)
    drag(view, spot(view, 0, 0, 0.05), spot(view, 1, 4, 0.95))
    words = pages.selection.words()
    assert words.startswith("第1号说明\n")
    assert words.endswith("\n第2号说明")
    pages.setFocus()
    qtbot.keyClick(pages, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert pages.selection.words().count("号说明") == 1


def test_search_counts_goes_on_and_lists(viewers: Viewers, tmp_path: Path, qtbot: QtBot) -> None:
    view = shown(viewers, long_document(tmp_path / "a.ofd", 40))
    reader, bar = view.reader, view.reader.search
    window = viewers.windows[-1]
    window.activateWindow()
    reader.open_search()
    bar.field.setText("通知如下")
    until(lambda: bar.run.words and bar.run.finished)
    assert bar.count.text() == "1/40"
    assert len(bar.run.hits[0].boxes) == 2, "over the end of a line"
    qtbot.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.count.text() == "2/40"
    reader.search_on()
    reader.search_back()
    reader.search_back()
    reader.search_back()
    assert bar.count.text() == "40/40"
    assert reader.pages.current_page == 39
    until(lambda: reader.pages.is_drawn)
    hit = bar.chosen
    assert hit is not None
    box = reader.pages.transform_of(39).mapRect(QRectF(*hit.boxes[0][:2], 1, 1))
    assert reader.pages.viewport().rect().contains(box.center().toPoint())
    bar.listing.click()
    assert reader.sidebar.finds.count() == 40
    assert reader.sidebar.tabs.isTabVisible(FOUND)
    reader.sidebar.finds.chosen.emit(bar.run.hits[4])
    assert bar.count.text() == "5/40"
    bar.field.setText("第３９号")
    until(lambda: bar.run.words == "第３９号" and bar.run.finished)
    assert bar.count.text() == "1/1"
    bar.field.setText("没有这样的字")
    until(lambda: bar.run.words == "没有这样的字" and bar.run.finished)
    assert bar.count.text() == "没有找到"
    qtbot.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert window.isVisible()


def test_a_search_that_was_ended_leaves_nothing_behind(viewers: Viewers, tmp_path: Path) -> None:
    view = shown(viewers, long_document(tmp_path / "a.ofd", 120))
    bar = view.reader.search
    view.reader.open_search("通知")
    assert not bar.run.finished
    view.reader.open_search("号说明")
    until(lambda: bar.run.finished)
    assert len(bar.run.hits) == 120
    assert {hit.found for hit in bar.run.hits} == {"号说明"}
    view.reader.open_search("通知")
    bar.close_bar()
    settle()
    assert bar.run.hits == []


def test_thumbnails_are_drawn_where_one_looks_and_lead_there(
    viewers: Viewers, tmp_path: Path, qtbot: QtBot
) -> None:
    view = shown(viewers, long_document(tmp_path / "a.ofd", 120))
    reader, strip = view.reader, view.reader.sidebar.thumbnails
    reader.show_side(PAGES)
    until(lambda: strip.picture(0) is not None)
    assert strip.picture(90) is None
    reader.pages.go_to(90)
    until(lambda: strip.picture(90) is not None and reader.pages.is_drawn)
    assert strip.current == 90
    strip.setFocus()
    strip.setCurrentIndex(strip.model().index(91, 0))
    assert reader.pages.current_page == 91
    reader.zoom.page.setText("77")
    qtbot.keyClick(reader.zoom.page, Qt.Key.Key_Return)
    assert reader.pages.current_page == 76
    assert reader.zoom.page.text() == "77"
    reader.zoom.page.setText("abc")
    qtbot.keyClick(reader.zoom.page, Qt.Key.Key_Return)
    assert reader.zoom.page.text() == "77"


def test_zoom_is_typed_in_percent(viewers: Viewers, tmp_path: Path, qtbot: QtBot) -> None:
    view = shown(viewers, long_document(tmp_path / "a.ofd", 1))
    field = view.reader.zoom.percent
    edit = field.lineEdit()
    assert edit is not None
    for typed, zoom in (("130", 1.3), ("250 %", 2.5), ("９０", 0.9), ("9000", 0.9), ("x", 0.9)):
        edit.setText(typed)
        qtbot.keyClick(edit, Qt.Key.Key_Return)
        assert view.reader.pages.zoom == pytest.approx(zoom)
        assert field.currentText() == f"{zoom * 100:.0f}%"


def test_outline_and_bookmarks_lead_to_their_page(viewers: Viewers, tmp_path: Path) -> None:
    view = shown(viewers, linked_document(tmp_path / "a.ofd"))
    reader = view.reader
    until(lambda: reader.sidebar.contents.topLevelItemCount() == 2)
    reader.show_side(CONTENTS)
    entry = reader.sidebar.contents.topLevelItem(0)
    assert entry is not None
    assert entry.text(0) == "第二部分"
    reader.sidebar.contents.itemClicked.emit(entry, 0)
    assert reader.pages.current_page == 1


def test_links_are_told_followed_inside_and_never_opened(viewers: Viewers, tmp_path: Path) -> None:
    view = shown(viewers, linked_document(tmp_path / "a.ofd"))
    pages = view.reader.pages
    place = pages.transform_of(0)
    web, inside = (place.map(QPointF(20, y)).toPoint() for y in (65, 45))
    QTest.mouseMove(pages.viewport(), web)
    assert "http://example.com/a" in pages.hint.text
    QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=web)
    assert pages.hint.text.startswith("公文中的网址不会被打开")
    pages.hint._act.click()
    assert QGuiApplication.clipboard().text() == "http://example.com/a"
    QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=inside)
    assert pages.current_page == 1


def test_the_panel_tells_permissions_period_and_what_was_not_run(viewers: Viewers, tmp_path: Path) -> None:
    view = shown(viewers, linked_document(tmp_path / "a.ofd", export=False))
    until(lambda: "没有执行" in said(view))
    told = said(view)
    assert "不允许" in told
    assert "最多 3 份" in told
    assert "2020-01-01 起 至 2021-12-31" in told
    assert "有效期已过" in told
    assert "100×100 毫米" in told
    pages = view.reader.pages
    QGuiApplication.clipboard().setText("before")
    pages.select_page()
    assert pages.selection.words() == "请看附件"
    pages.copy()
    assert QGuiApplication.clipboard().text() == "before"
    assert "GB/T 33190" in pages.hint.text


def test_files_inside_open_in_windows_of_their_own(viewers: Viewers, tmp_path: Path) -> None:
    inside = long_document(tmp_path / "inside.ofd", 2, "里面的文件").read_bytes()
    view = shown(viewers, carrying_document(tmp_path / "a.ofd", inside))
    view.reader.show_side(CARRIED)
    files = {file.name: file for file in view.reader.pages.drawing.facts.attachments}  # type: ignore[union-attr]
    view.reader.save_carried(files["说明.txt"], tmp_path / "saved.txt")
    until(lambda: (tmp_path / "saved.txt").exists())
    assert (tmp_path / "saved.txt").read_text("utf-8") == "说明"
    view.reader.sidebar.carried.open_wanted.emit(files["名单.ofd"])
    until(lambda: len(viewers.windows) == 2)
    window = viewers.windows[1]
    until(lambda: window.view.reader.pages.is_drawn)
    assert window.view.title.text() == "里面的文件"
    taken_out = window.view.path
    until(lambda: window.view.verification is not None)
    window.close()
    until(lambda: not taken_out.parent.exists())


def test_a_killed_worker_is_replaced_and_the_page_drawn_after_all(
    viewers: Viewers, tmp_path: Path, pool: RenderPool
) -> None:
    view = shown(viewers, long_document(tmp_path / "a.ofd", 30))
    pages = view.reader.pages
    settle()
    for pid in pool.pids:
        os.kill(pid, signal.SIGKILL)
    pages.go_to(20)
    until(lambda: pages.is_drawn or bool(pages.queue.broken))
    while pages.queue.broken:
        pages.viewport().grab()
        assert pages._retry_boxes
        pages.retry()
        until(lambda: pages.is_drawn or bool(pages.queue.broken))
    assert pages.is_drawn


def test_files_that_cannot_be_shown_say_why(viewers: Viewers, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ofd"
    broken.write_bytes(b"PK\x03\x04 nothing")
    view = viewers.open(broken).view
    until(lambda: not view._waiting)
    assert view.reader.pages.page_count == 0
    assert view.reader.verdict.verdict == "invalid"
    assert not view.reader.zoom.isEnabled()
    viewers.windows[0].open_file(write_document(tmp_path / "good.ofd"))
    view = viewers.windows[0].view
    until(lambda: view.reader.pages.is_drawn)
    assert view.reader.verdict.verdict in ("unsigned", "")


def test_nothing_is_nameless_or_clipped(viewers: Viewers, tmp_path: Path) -> None:
    view = shown(viewers, long_document(tmp_path / "a.ofd", 60, "很长的标题" * 40))
    window = viewers.windows[0]
    view.reader.show_side(PAGES)
    view.reader.open_search("号说明")
    until(lambda: view.reader.search.run.finished)
    settle()
    for size in ((900, 560), (1366, 768)):
        window.resize(*size)
        settle()
        assert not nameless(window)
        assert not clipped(window)
