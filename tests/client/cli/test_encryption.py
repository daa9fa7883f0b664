"""``gongwen encrypt`` and ``decrypt``, and reading what is encrypted, as a user runs them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from docs.office import Authority, seal, write_document
from gongwen_client.cli import main
from gongwen_client.token.keyfile import create_key_file
from gongwen_client.token.keys import KeyRole
from gongwen_crypto.issue import Usage
from gongwen_docs.ofd.container import Package

PASSWORD = "草原-雨水-2026"
PIN = "73918264"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def password_file(folder: Path, password: str = PASSWORD) -> Path:
    path = folder / f"{len(password)}.txt"
    path.write_text(f"{password}\n", "utf-8")
    return path


def contents(path: Path) -> dict[str, bytes]:
    with Package.open(path) as package:
        return {name: package.read(name) for name in package.names}


def test_password_there_and_back(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plain = seal(write_document(tmp_path / "a.ofd"), tmp_path / "sealed.ofd", Authority.found().unit())
    secret, locked, back = password_file(tmp_path), tmp_path / "locked.ofd", tmp_path / "back.ofd"
    assert run(capsys, "encrypt", plain, "--password-file", secret, "--out", locked)[0] == 0

    code, _, said = run(capsys, "text", locked)
    assert (code, "ofd.document.encrypted" in said) == (2, True)
    code, _, said = run(capsys, "info", locked, "--password-file", password_file(tmp_path, "wrong password"))
    assert (code, "ofd.encryption.wrong_password" in said) == (2, True)

    code, out, _ = run(capsys, "info", locked, "--json", "--password-file", secret)
    assert (code, json.loads(out)["page_count"]) == (0, 2)
    assert "9月" in run(capsys, "text", locked, "--password-file", secret)[1]
    code, out, _ = run(capsys, "verify", locked, "--json", "--password-file", secret)
    report = json.loads(out)
    assert (code, report["verdict"], report["signatures"][0]["intact"]) == (4, "unknown", True)  # no roots
    picture = tmp_path / "page.png"
    assert run(capsys, "render", locked, "--password-file", secret, "--out", picture)[0] == 0
    assert picture.is_file()

    assert run(capsys, "decrypt", locked, "--password-file", secret, "--out", back)[0] == 0
    assert contents(back) == contents(plain)
    code, _, said = run(capsys, "decrypt", plain, "--password-file", secret, "--out", back)
    assert (code, "ofd.encryption.not_encrypted" in said) == (2, True)


def test_certificate_and_key(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = Authority.found().certify("准格尔旗人民政府", usage=Usage.ENCRYPTION)
    certificate, key = tmp_path / "unit.cer", tmp_path / "unit.gwkey"
    certificate.write_bytes(signer.certificate_der)
    create_key_file(
        key, signer.pair.private, signer.certificate_der, None, PIN,
        label="准格尔旗人民政府", serial="E-1", role=KeyRole.ENCRYPTION,
    )  # fmt: skip
    plain, locked, back = write_document(tmp_path / "a.ofd"), tmp_path / "locked.ofd", tmp_path / "back.ofd"
    assert run(capsys, "encrypt", plain, "--cert", certificate, "--out", locked)[0] == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PIN}\n"))
    assert run(capsys, "decrypt", locked, "--key", key, "--pin-stdin", "--out", back)[0] == 0
    assert contents(back) == contents(plain)


def test_short_passwords_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plain, short = write_document(tmp_path / "a.ofd"), password_file(tmp_path, "1234567")
    code, _, said = run(capsys, "encrypt", plain, "--password-file", short, "--out", tmp_path / "x.ofd")
    assert (code, "ofd.encryption.weak_password" in said) == (2, True)
    assert not (tmp_path / "x.ofd").exists()
