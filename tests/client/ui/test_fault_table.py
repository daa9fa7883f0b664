"""The table of screens and faults is whole: every screen has its row, every row its cells, every cell a test
that there is or a reason."""

from __future__ import annotations

import ast
import pkgutil
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import gongwen_client.ui
from client.ui.faults.scenes_books import BOOK_SCENES
from client.ui.faults.scenes_making import MAKING_SCENES
from client.ui.faults.scenes_office import OFFICE_SCENES
from client.ui.faults.scenes_receiving import RECEIVER_SCENES
from client.ui.faults.scenes_tracking import SENDER_SCENES
from client.ui.faults.table import FRAMES, SCREENS, Column, Never, Shown
from client.ui.test_faults_pages import PAGES
from client.ui.test_faults_views import VIEWS
from gongwen_client.ui.compose.page import ComposePage
from gongwen_client.ui.first_run.step import StepPage
from gongwen_client.ui.viewer.document_page import DocumentPage
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.page import Page

_HERE = Path(__file__).parent
_UI = Path(gongwen_client.ui.__path__[0])
_SCENES = {
    "test_faults_tracking.py": SENDER_SCENES,
    "test_faults_receiving.py": RECEIVER_SCENES,
    "test_faults_making.py": MAKING_SCENES,
    "test_faults_books.py": BOOK_SCENES,
    "test_faults_office.py": OFFICE_SCENES,
    "test_faults_pages.py": dict.fromkeys(PAGES),
    "test_faults_views.py": dict.fromkeys(VIEWS),
}


def _below(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def screens() -> Iterator[str]:
    """Every page, view, dialog and step; where two have one name, with the room before it."""
    for module in pkgutil.walk_packages(gongwen_client.ui.__path__, "gongwen_client.ui."):
        import_module(module.name)
    kinds = {one for kind in (Page, DocumentPage, Sheet, StepPage) for one in _below(kind)} | {ComposePage}
    ours = [one for one in kinds if one.__module__.startswith("gongwen_client.")]
    names = Counter(one.__name__ for one in ours)
    for one in ours:
        room = one.__module__.split(".")[2]
        yield one.__name__ if names[one.__name__] == 1 else f"{room}.{one.__name__}"


@cache
def _tests(file: str) -> set[str]:
    tree = ast.parse((_HERE / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_screen_has_its_row_and_every_row_its_screen() -> None:
    assert set(screens()) - FRAMES == set(SCREENS)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_cell_is_shown_or_has_its_reason(screen: str) -> None:
    row = SCREENS[screen]
    assert set(row) == set(Column)
    for column, cell in row.items():
        if isinstance(cell, Never):
            assert len(cell.reason) > 10, column
            continue
        assert isinstance(cell, Shown)
        file, _, test = cell.test.partition("::")
        assert test in _tests(file), f"{column}: {cell.test}"
        if cell.scene:
            assert cell.scene in _SCENES[file], f"{column}: {cell.scene}"


def _chains(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """(line, names of the calls) of every ``….start()`` that begins with ``work(…)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "start":
            names: list[str] = []
            inner: ast.expr = node.func.value
            while isinstance(inner, ast.Call):
                if isinstance(inner.func, ast.Attribute):
                    names.append(inner.func.attr)
                    inner = inner.func.value
                else:
                    names.append(ast.unparse(inner.func))
                    break
            if "work" in names:
                yield node.lineno, names


def test_no_error_of_background_work_goes_where_nobody_reads_it() -> None:
    """Whoever begins work says where its error is shown: at the place where the act was done."""
    forgotten = [
        f"{path.relative_to(_UI)}:{line}"
        for path in sorted(_UI.rglob("*.py"))
        for line, names in _chains(ast.parse(path.read_text("utf-8")))
        if "failed" not in names
    ]
    assert not forgotten
