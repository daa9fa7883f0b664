"""The set-up script says what is missing and why, and never stops a machine it cannot change."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="system packages are a matter of Linux")


@pytest.fixture
def bootstrap() -> ModuleType:
    """The script, loaded as a module without running it."""
    spec = importlib.util.spec_from_file_location("bootstrap", REPOSITORY / "installer" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_names_missing_libraries_with_their_reason(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "find_library", lambda name: None)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)

    bootstrap.install_system_packages(for_tests=False)

    said = capsys.readouterr().err
    assert "libegl1 (windows: OpenGL entry points)" in said
    assert "sudo apt-get install" in said


def test_says_nothing_where_nothing_is_missing(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "missing_system_packages", lambda for_tests: {})

    bootstrap.install_system_packages(for_tests=True)

    assert capsys.readouterr().err == ""


def test_every_locked_requirement_carries_a_digest() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        blocks = (REPOSITORY / name).read_text("utf-8").replace("\\\n", " ").splitlines()
        pinned = [line for line in blocks if line and not line.startswith("#")]
        assert pinned
        assert all("--hash=sha256:" in line for line in pinned)
