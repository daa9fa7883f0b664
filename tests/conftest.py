"""Shared by all tests: where the corpus of real files is, and what runs without a display."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from gongwen_client.ui.screenless import draw_in_memory, wanted_in_memory

if wanted_in_memory():
    draw_in_memory()
# Commands keep their ledger in the user's places: not in those of whoever runs the tests.
os.environ.setdefault("GONGWEN_HOME", tempfile.mkdtemp(prefix="gongwen-tests-"))

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="draw the golden pictures anew before comparing")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of real OFD files, or a skip with the reason (the files are not ours to distribute)."""
    place = Path(os.environ.get("GONGWEN_CORPUS", REPOSITORY.parent / "shared" / "corpus"))
    if not (place / "MANIFEST.csv").is_file():
        pytest.skip(f"no corpus of real files at {place} (set GONGWEN_CORPUS)")
    return place
