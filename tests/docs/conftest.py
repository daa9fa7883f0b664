"""A seal authority with one unit, and what lies beside the corpus: schemas of GB/T 33190, the rule texts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from docs.office import Authority, Unit

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.found()


@pytest.fixture(scope="module")
def unit(authority: Authority) -> Unit:
    return authority.unit()


@pytest.fixture(scope="session")
def schemas() -> Path:
    """Folder of the OFD schemas, or a skip with the reason."""
    corpus = Path(os.environ.get("GONGWEN_CORPUS", REPOSITORY.parent / "shared" / "corpus"))
    place = corpus.parent / "ofd-xsd"
    if not (place / "OFD.xsd").is_file():
        pytest.skip(f"no schemas at {place}")
    return place


@pytest.fixture(scope="session")
def seeds() -> Path:
    """Folder of the real rule texts, or a skip with the reason."""
    corpus = Path(os.environ.get("GONGWEN_CORPUS", REPOSITORY.parent / "shared" / "corpus"))
    place = corpus.parent / "seeds"
    if not (place / "ordos-2018.txt").is_file():
        pytest.skip(f"no seed texts at {place}")
    return place
