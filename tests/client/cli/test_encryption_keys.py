"""``gongwen encryption-key``: a delivered key is taken in with its password, and listed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from fakes.units import authority
from gongwen_client.cli import main
from gongwen_client.host.places import HOME_VARIABLE
from gongwen_crypto import key_parcel

UNIT = "示范区人民政府办公室"


@pytest.fixture
def parcel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The authority's file, and a PC without any keys."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "pc"))
    path = tmp_path / f"unit{key_parcel.SUFFIX}"
    path.write_bytes(key_parcel.pack(authority().issue_encryption(UNIT, ""), "transport 1"))
    return path


def take_in(path: Path, password: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    return main(["encryption-key", "import", str(path), "--password-stdin"])


def test_a_key_is_taken_in_and_listed(
    parcel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["encryption-key", "list"]) == 0
    assert capsys.readouterr().out == ""
    assert take_in(parcel, "transport 1", monkeypatch) == 0
    assert f"已导入：{UNIT}" in capsys.readouterr().out
    assert main(["encryption-key", "list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert UNIT in line
    assert take_in(parcel, "transport 1", monkeypatch) == 0, "again is no harm"
    capsys.readouterr()
    assert main(["encryption-key", "list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    for path in (tmp_path / "pc").rglob("*"):
        assert path.is_dir() or b"transport 1" not in path.read_bytes(), path


def test_what_is_no_key_or_not_opened_is_told(
    parcel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take_in(parcel, "wrong", monkeypatch) == 2
    assert "口令" in capsys.readouterr().err
    damaged = tmp_path / f"damaged{key_parcel.SUFFIX}"
    damaged.write_bytes(parcel.read_bytes()[:-20])
    for path in (damaged, tmp_path / "nowhere.gwenc"):
        assert take_in(path, "transport 1", monkeypatch) == 2
        assert capsys.readouterr().err
    assert main(["encryption-key", "list"]) == 0
    assert capsys.readouterr().out == ""
