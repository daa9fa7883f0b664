"""The command that sets a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from gongwen_docs.typeset.__main__ import main

DOCUMENTS = Path(__file__).resolve().parents[3] / "resources" / "documents"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["typeset", *arguments])
    return main()


def test_leaves_the_circular_and_its_attachment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "circular.ofd"
    assert run(monkeypatch, str(DOCUMENTS / "qiyong-tongzhi.toml"), "--out", str(out)) == 0
    assert json.loads(capsys.readouterr().out)["page_count"] == 3
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".ofd", ".ofd"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("没有文号", "typeset.no_doc_number"),
        ("示府发〔2026〕1号\n没有主送", "typeset.no_recipients"),
        ("示府发〔2026〕1号\n各区：\n正文。\n落款", "typeset.no_date"),
    ],
)
def test_says_what_a_text_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, code: str
) -> None:
    file = tmp_path / "text.txt"
    file.write_text(text, encoding="utf-8")
    assert run(monkeypatch, str(file), "--out", str(tmp_path / "x.ofd")) == 2
    assert code in capsys.readouterr().err


def test_bad_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "text.toml"
    file.write_text("mark = 1", encoding="utf-8")
    assert run(monkeypatch, str(file), "--out", str(tmp_path / "x.ofd")) == 2
    assert "typeset.bad_file" in capsys.readouterr().err
