"""The demonstration runs as a new user starts it, and its report says what was checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCES = Path(__file__).resolve().parents[3] / "src"
LIMIT = 400
"""Seconds. The day takes about 70 on a quiet machine with two cores, and several times that on a busy one."""
TOLD = {
    *("attended", "compose", "seal", "send", "verified", "accept", "print"),
    *("ask-copies", "grant-copies", "more-copies", "copy"),
    *("tampered", "return", "urge", "recall", "recalled", "correct", "corrected"),
    *("offline-accept", "outage-notice", "offline-send", "after-outage"),
    *("receive-register", "send-register", "handover", "statistics"),
    *("forward", "inspection", "inspection-received"),
}


def demonstrate(out: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Run ``gongwen demo --headless``; return its exit code and report."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    command = [sys.executable, "-m", "gongwen_client.cli", "demo", "--headless", "--out", str(out), *options]
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=LIMIT)
    assert (out / "report.json").is_file(), done.stderr.decode("utf-8", "replace")
    return done.returncode, json.loads((out / "report.json").read_text("utf-8"))


@pytest.mark.timeout(LIMIT + 10)
def test_a_whole_day(tmp_path: Path) -> None:
    code, report = demonstrate(tmp_path)

    assert report["problem"] == ""
    assert [check for check in report["checks"] if not check["ok"]] == []
    assert code == 0
    assert all((tmp_path / scene["picture"]).stat().st_size > 10_000 for scene in report["scenes"])
    assert {scene["name"] for scene in report["scenes"]} >= TOLD
    assert "恢复后全部送达且只有一次" in {check["check"] for check in report["checks"]}
    assert [(tmp_path / name).read_bytes()[:5] for name in report["printed"]] == [b"%PDF-"]


@pytest.mark.timeout(LIMIT + 10)
def test_a_document_that_must_not_be_exchanged_ends_with_the_rule(tmp_path: Path) -> None:
    text = tmp_path / "涉密.txt"
    lines = (
        "秘密★1年",
        "示范发〔2026〕3号",
        "关于示范的通知",
        "各单位：",
        "正文一段。",
        "示范单位",
        "2026年11月20日",
    )
    text.write_text("\n\n".join(lines), "utf-8")

    code, report = demonstrate(tmp_path / "out", "--document", str(text))

    refused = report["checks"][-1]
    assert code == 1
    assert not refused["ok"]
    assert "管理办法第十九条" in refused["why"]
