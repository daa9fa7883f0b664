"""``gongwen seal`` and ``gongwen ledger``: places, seams, refusals, and the line that each use leaves."""

from __future__ import annotations

import io
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.units import authority, circular
from gongwen_client.cli import main
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_docs.ofd.document import OfdDocument


class Desk:
    """A folder with a document, a key, a trust store and a ledger."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self.document = folder / "公文.ofd"
        self.document.write_bytes(circular())
        self.key = authority().make_key(SENDER, folder / "keys")
        authority().write_trust(folder / "trust", datetime.now(UTC))
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def run(self, *arguments: object) -> tuple[int, str, str]:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(f"{SENDER.pin}\n"))
        code = main([str(argument) for argument in arguments])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def seal(self, *more: object) -> tuple[int, str, str]:
        at = self.folder
        common = ("--key", self.key, "--out", at / "已盖章.ofd", "--pin-stdin", "--ledger", at / "home")
        return self.run("seal", self.document, *common, "--trust", at / "trust", *more)

    def ledger(self, action: str, *more: object) -> tuple[int, str, str]:
        return self.run("ledger", action, "--ledger", self.folder / "home", *more)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, capsys, monkeypatch)


def test_a_use_is_sealed_and_told(desk: Desk) -> None:
    code, out, _ = desk.seal("--seam", "right", "--unit", SENDER.name, "--record", "示府办发〔2026〕1号")
    assert code == 0, out
    assert "右侧骑缝" in out
    with OfdDocument.open(desk.folder / "已盖章.ofd") as sealed:
        assert len(sealed.signatures[0].stamps) == 1 + len(sealed.pages)
    code, _, err = desk.seal("--unit", RECEIVER.name)
    assert (code, "token.foreign_key" in err) == (2, True)
    code, _, err = desk.seal("--word", "没有这个词")
    assert (code, "没有第 1 处" in err) == (2, True)
    code, out, _ = desk.ledger("verify")
    assert code == 0
    assert "用印 2 次（已盖章 1，已拒绝 1）" in out
    code, _, _ = desk.ledger("export", "--out", desk.folder / "台账.csv", "--word", "示府办发")
    assert code == 0
    rows = (desk.folder / "台账.csv").read_text("utf-8-sig")
    assert rows.count("已盖章：") == 0
    assert "示府办发〔2026〕1号" in rows


def test_a_changed_ledger_fails_the_check(desk: Desk) -> None:
    assert desk.seal()[0] == 0
    connection = sqlite3.connect(desk.folder / "home" / "data" / "gongwen.db")
    connection.execute("DROP TRIGGER seal_ledger_final")
    connection.execute("UPDATE seal_ledger SET body = replace(body, '公文', '他文') WHERE sequence = 1")
    connection.commit()
    connection.close()
    code, out, err = desk.ledger("verify")
    assert code == 1
    assert "第 1 条记录的内容被改动" in err
    assert "不完整或被改动" in out
