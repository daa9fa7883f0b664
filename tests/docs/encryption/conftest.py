"""One sealed document for the tests of this folder."""

from __future__ import annotations

import pytest

from docs.office import Unit, seal, write_document


@pytest.fixture(scope="module")
def sealed(unit: Unit, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("sealed")
    return seal(write_document(folder / "plain.ofd"), folder / "sealed.ofd", unit).read_bytes()
