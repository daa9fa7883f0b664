"""The main job through the real windows, and a strict look at each of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from client.ui.audit import ambiguous, clipped, faults, nameless, uncaptioned
from client.ui.chapters import chapters
from client.ui.story import Story
from client.ui.town import Town
from gongwen_client.ui.widgets.basics import label

TOOL = Path(__file__).resolve().parents[2] / "tools" / "screens.py"


def test_the_auditor_finds_what_is_wrong(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    nobody = QToolButton()
    short = QPushButton("一个放不下的很长的按钮文字")
    short.setFixedWidth(60)
    low = label("这一段文字需要好几行才放得下，可是只给了一行的高度", wrap=True)
    low.setFixedSize(120, 16)
    secret = QLineEdit()
    secret.setEchoMode(QLineEdit.EchoMode.Password)
    secret.setAccessibleName("口令")
    same = QPushButton("保存(&S)"), QPushButton("发送(&S)")
    for part in (nobody, short, low, secret, *same):
        layout.addWidget(part)
    window.show()
    assert len(nameless(window)) == 1
    assert len(clipped(window)) == 2
    assert len(uncaptioned(window)) == 1
    assert ambiguous(window) == ["Alt+S: 保存(&S), 发送(&S)"]


def test_the_main_job_from_seal_to_sealed_print(own_town: Town, qtbot: QtBot) -> None:
    """Every step is reached; no control without a name, no text that does not fit."""
    troubles: list[str] = []
    steps: list[str] = []

    def look(widget: QWidget, name: str) -> None:
        steps.append(name)
        troubles.extend(f"{name}: {fault}" for fault in faults(widget))

    Story(own_town, look, (1366, 768)).tell()
    assert troubles == []
    assert {"login-new-password", "seal-dialog", "ready", "accepted", "print-result", "sent-receipts"} <= set(
        steps
    )


def audit(only: str, scale: str, seconds: int) -> None:
    command = [sys.executable, str(TOOL), "--audit", "--only", only, "--scale", scale, "--size", "1366x720"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=seconds, env=environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(400)
def test_every_text_fits_at_another_scale() -> None:
    audit("main", "1.25", 360)


@pytest.mark.long
@pytest.mark.timeout(700)
@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
@pytest.mark.parametrize("chapter", list(chapters()))
def test_every_text_of_a_chapter_fits(chapter: str, scale: str) -> None:
    audit(chapter, scale, 600)
