"""Run the demonstration: stage, windows, story, report."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from gongwen_client.demo.player import Player
from gongwen_client.demo.story import Story
from gongwen_client.practice.cast import ACCOUNT, RECEIVER, SENDER
from gongwen_client.practice.material import own_circular, prepare
from gongwen_client.practice.stage import Stage
from gongwen_client.ui.program import application
from gongwen_client.ui.screenless import draw_in_memory
from gongwen_client.ui.tasks import background
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

_WATCHING_PACE = 2.5
_log = logging.getLogger(__name__)


def has_display() -> bool:
    """Whether windows can be shown here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(out: Path | None, document: Path | None, *, headless: bool) -> int:
    """Play the story; return 0 when every check held, else 1.

    Headless, pictures, printed PDF and ``report.json`` go to ``out``; with a display the windows stay open
    at the end, for the user to go on by hand.
    """
    headless = headless or not has_display()
    if headless:
        draw_in_memory()
        out = out or Path("demo-out")
        qInstallMessageHandler(_say)
    app = application(sys.argv[:1])
    app.setQuitOnLastWindowClosed(not headless)
    with tempfile.TemporaryDirectory(prefix="gongwen-demo-", ignore_cleanup_errors=True) as folder:
        _clear_away(out)
        player = Player(out, 0.0 if headless else _WATCHING_PACE)
        stage = Stage(Path(folder))
        story: Story | None = None
        problem = ""
        try:
            try:
                material = prepare(document or own_circular(), Path(folder) / "material")
                story = Story(stage, stage.set_up(), material, player)
                story.play()
            except GongwenError as error:
                _log.error("demonstration: %s", error)
                problem = str(sentence(error))
                _picture_the_end(story, player)
            if out is not None:
                _report(out, player, story, problem)
            _tell(player, problem, out)
            if story is not None and not headless and not problem:
                _hand_over(app)
        finally:
            _end(story, stage)
    return 0 if player.all_good and not problem else 1


def _say(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's own words, less the one that the offscreen platform repeats for every dialog."""
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


def _clear_away(out: Path | None) -> None:
    """Pictures of an earlier demonstration do not mix with these."""
    if out is None or not (out / "report.json").is_file():
        return
    for path in (*out.glob("[0-9][0-9]-*.png"), *out.glob("打印-*.pdf"), out / "report.json"):
        path.unlink()


def _picture_the_end(story: Story | None, player: Player) -> None:
    for number, window in enumerate(story.windows if story else (), 1):
        player.scene(window, f"stopped-{number}", "演示停下时的窗口")


def _report(out: Path, player: Player, story: Story | None, problem: str) -> None:
    """Leave ``report.json`` and the printed originals in ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    printed = []
    for path in story.printed if story else ():
        shutil.copyfile(path, out / path.name)
        printed.append(path.name)
    report = {
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "ok": player.all_good and not problem,
        "problem": problem,
        "scenes": player.scenes,
        "checks": player.checks,
        "printed": printed,
    }
    text = json.dumps(report, ensure_ascii=False, indent=2, default=str)
    (out / "report.json").write_text(text + "\n", "utf-8")


def _tell(player: Player, problem: str, out: Path | None) -> None:
    for entry in player.checks:
        print(f"{'✓' if entry['ok'] else '✕'} {entry['check']}")
    if problem:
        print(problem, file=sys.stderr)
    if out is not None:
        print(f"截图、打印件和 report.json 在 {out}")


def _hand_over(app: QApplication) -> None:
    """The windows are the user's now; the secrets of this demonstration are no secret."""
    print("演示完成，窗口留给您继续操作；关闭所有窗口即结束。")
    for unit in (SENDER, RECEIVER):
        print(f"  {unit.name}：账号 {ACCOUNT}　密码 {unit.password}　秘钥盘口令 {unit.pin}")
    app.exec()


def _end(story: Story | None, stage: Stage) -> None:
    for window in story.windows if story else ():
        window.close()
    QApplication.processEvents()
    background.stop()
    for office in story.offices if story else ():
        office.stop()
    stage.exchange.stop()
