"""One seal authority for the tests of this folder."""

from __future__ import annotations

import pytest

from docs.office import Authority


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.found()
