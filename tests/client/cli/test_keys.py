"""``gongwen keys`` on a module and a library of our own."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from fakes.folder_token import PIN, VARIABLE, FolderToken, build
from gongwen_client.cli import main


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderToken:
    made = FolderToken(tmp_path / "token")
    made.add_slot()
    made.add_key()
    monkeypatch.setenv(VARIABLE, str(made.folder))
    return made


@pytest.fixture(params=["--module", "--skf"])
def source(request: pytest.FixtureRequest, token: FolderToken) -> list[str]:
    if request.param == "--module":
        return ["--module", str(build("pkcs11")), "--profile", "sansec"]
    return ["--skf", str(build("skf"))]


def test_keys_and_their_drivers_are_listed(source: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "list", *source]) == 0
    assert "GW-0001\t签名印章\t示范区人民政府办公室\t就绪" in capsys.readouterr().out
    assert main(["keys", "info", *source]) == 0
    said = capsys.readouterr().out
    assert "算法\tSM2" in said
    assert "驱动\t" in said


def test_mechanisms_are_listed_for_whoever_writes_a_profile(
    token: FolderToken, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "mechanisms", "--module", str(build("pkcs11"))]) == 0
    assert "0x80008105\t（厂商自定）\t签名" in capsys.readouterr().out


def test_a_key_is_tried_out_with_a_pin_from_standard_input(
    source: list[str],
    token: FolderToken,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PIN}\n"))
    assert main(["keys", "selftest", "--pin-stdin", *source]) == 0
    assert "自检通过：GW-0001" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("00000000\n"))
    assert main(["keys", "selftest", "--pin-stdin", *source]) == 2
    assert "口令不正确" in capsys.readouterr().err
    assert token.tries_left() == 5


def test_a_pin_is_changed(source: list[str], token: FolderToken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PIN}\nNeu-48213\n"))
    assert main(["keys", "change-pin", "--pin-stdin", *source]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("Neu-48213\n"))
    assert main(["keys", "selftest", "--pin-stdin", *source]) == 0


def test_a_locked_key_is_asked_for_no_pin(
    source: list[str], token: FolderToken, capsys: pytest.CaptureFixture[str]
) -> None:
    token.set_tries(0)
    token.forget_calls()
    assert main(["keys", "selftest", "--pin-stdin", *source]) == 2
    assert "已锁定" in capsys.readouterr().err
    assert not {"C_Login", "SKF_VerifyPIN"} & set(token.calls)


def test_a_pin_cannot_be_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["keys", "selftest", "--pin", PIN])
    capsys.readouterr()
