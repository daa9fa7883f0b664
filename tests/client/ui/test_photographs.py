"""A photograph of what failed: chosen beside the request, seen by those who answer it; its troubles."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from client.ui.driving import settle, until
from client.ui.faults.enduring import explained, fits
from client.ui.faults.stage import Stage, Trouble, incoming_view, unlock
from fakes.meddler import OUT_OF_ORDER, Fault, Refusal, nothing
from gongwen_client.services.photographs import Photograph
from gongwen_client.ui.receive.asking import AskDialog
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tracking.answering import GrantDialog, RefuseDialog
from gongwen_client.ui.tracking.photograph_dialog import PhotographDialog
from gongwen_client.ui.tracking.requests_page import RequestsPage


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    """What a telephone made of a jam: large, and named at length."""
    path = tmp_path / f"{'打印机𠮷卡纸' * 12}.jpg"
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 3600, 2700))
    pixmap.clear_with(180)
    path.write_bytes(pixmap.tobytes("jpeg"))
    return path


def asked(stage: Stage, photograph: Path) -> None:
    """A request with a photograph, by its services."""
    delivery = stage.delivery(stage.sent().document_id).delivery_id
    photographs = stage.receiver.photographs
    picture = photographs.wrapped(delivery, photographs.take(photograph))
    stage.receiver.asking.more_copies(delivery, 1, "卡纸，损坏一份。", picture)
    until(lambda: any(one.row.delivery_id == delivery for one in stage.sender.boards.open_requests()))


def queue(window: MainWindow) -> RequestsPage:
    window.open_page("requests")
    page = window.pages["requests"]
    assert isinstance(page, RequestsPage)
    until(lambda: bool(page.table.rows.rows))
    page.table.choose(page.table.rows.identity(0))
    return page


def seen(page: RequestsPage) -> PhotographDialog:
    """The photograph, from the dialog that grants."""
    page.grant_button.click()
    assert isinstance(page.dialog, GrantDialog)
    page.dialog.findChild(object, "see_photograph").click()  # type: ignore[attr-defined]
    dialog = page.dialog.findChild(PhotographDialog)
    assert isinstance(dialog, PhotographDialog)
    return dialog


def test_it_is_chosen_beside_the_request_and_seen_by_the_sender(
    stage: Stage, qapp: object, taken: Path
) -> None:
    row = stage.delivery(stage.sent().document_id)
    broken = taken.with_name("不是照片.jpg")
    broken.write_bytes(b"text")
    with stage.window(stage.receiver) as window:
        view = incoming_view(window, row)
        view.acts_of.ask(copies=True)
        ask = view.acts_of.dialogs[-1]
        assert isinstance(ask, AskDialog)
        ask.reason.setPlainText("第 2 份打印时卡纸")
        ask.photograph.take(broken)
        until(lambda: "request.picture_unreadable" in ask.problem.text)
        assert ask.reason.toPlainText() == "第 2 份打印时卡纸"
        ask.photograph.take(taken)
        until(lambda: ask.photograph.photograph is not None)
        assert not ask.problem.isVisible(), "the mistake is mended"
        settle()
        fits(ask)
        photograph = ask.photograph.photograph
        assert isinstance(photograph, Photograph)
        assert max(photograph.pixels.width, photograph.pixels.height) <= 2000
        ask.photograph.remove_button.click()
        assert ask.photograph.photograph is None
        ask.photograph.take(taken)
        until(lambda: ask.photograph.photograph is not None)
        assert ask.act_button is not None
        ask.act_button.click()
        until(lambda: view.standing is not None and bool(view.standing.open_request))
        assert view.standing is not None
        assert view.standing.details.requests[-1].pictured
    until(lambda: bool(stage.sender.boards.open_requests()))
    with stage.window(stage.sender) as window:
        page = queue(window)
        dialog = seen(page)
        until(lambda: dialog.pixels is not None)
        assert dialog.pixels is not None
        assert (dialog.pixels.width, dialog.pixels.height) == (1400, 1050)
        fits(dialog)
        dialog.reject()
        assert page.dialog is not None
        page.dialog.reject()
        page.refuse_button.click()
        assert isinstance(page.dialog, RefuseDialog)
        assert page.dialog.findChild(object, "see_photograph") is not None
        page.dialog.reject()


@pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, OUT_OF_ORDER])
def test_a_photograph_that_cannot_be_had_is_said(
    stage: Stage, qapp: object, taken: Path, fault: Fault | Refusal
) -> None:
    asked(stage, taken)
    with stage.window(stage.sender) as window:
        page = queue(window)
        stage.gate.begin(lambda operation, _before: fault if operation.endswith("/picture") else None)
        dialog = seen(page)
        until(lambda: explained(dialog))
        assert "没有取到" in dialog.picture.text()
        stage.gate.begin(nothing)
        dialog.again_button.click()
        until(lambda: dialog.pixels is not None)
        assert not explained(dialog)


@pytest.mark.parametrize("trouble", [Trouble.SESSION_ENDED, Trouble.KEY_OUT])
def test_it_is_covered_with_the_window_and_comes_back(
    stage: Stage, qapp: object, taken: Path, trouble: Trouble
) -> None:
    asked(stage, taken)
    with stage.window(stage.sender) as window:
        dialog = seen(queue(window))
        until(lambda: dialog.pixels is not None)
        with stage.trouble(trouble, stage.sender):
            until(window._lock.isVisible)
            assert not dialog.isVisible()
        unlock(window)
        assert dialog.isVisible()
