"""Looks at every window and dialog of the main job, offscreen and on a real exchange.

python tests/tools/screens.py --out DIR [--scale 1.25] [--size 1536x864]   pictures
python tests/tools/screens.py --audit [--scale 1.25]                       names and texts that do not fit
python tests/tools/screens.py --out DIR --only NAME                        one chapter
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, help="folder for pictures")
    parser.add_argument(
        "--audit", action="store_true", help="print what is wrong; exit code 1 if anything is"
    )
    parser.add_argument("--scale", default="1")
    parser.add_argument("--size", default="1366x768", help="of the main window, logical pixels")
    parser.add_argument("--only", metavar="CHAPTER", help="one chapter beside the main job ('main': that)")
    arguments = parser.parse_args()
    width, height = (int(part) for part in arguments.size.split("x"))
    os.environ["QT_SCALE_FACTOR"] = arguments.scale
    from gongwen_client.ui.screenless import draw_in_memory, wanted_in_memory

    if wanted_in_memory():
        draw_in_memory(width, height, float(arguments.scale))
    from PySide6.QtWidgets import QWidget

    from client.ui.audit import faults
    from client.ui.chapters import chapters, tell
    from client.ui.story import Story
    from client.ui.town import Town
    from gongwen_client.ui import program
    from gongwen_client.ui.screenshots import grab
    from gongwen_client.ui.tasks import background

    troubles: list[str] = []
    steps: list[str] = []

    def look(widget: QWidget, name: str) -> None:
        steps.append(name)
        if arguments.out:
            grab(widget, arguments.out / f"{len(steps):02}-{name}.png")
        if arguments.audit:
            troubles.extend(f"{name}: {fault}" for fault in faults(widget))

    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
    app = program.application()
    with tempfile.TemporaryDirectory() as home:
        town = Town.found(Path(home))
        try:
            story = Story(town, look, (width, height))
            if arguments.only in (None, "main"):
                story.tell()
            for name in chapters():
                if arguments.only in (None, name):
                    tell(story, name)
        finally:
            background.stop()
            town.stop()
    app.closeAllWindows()
    for trouble in troubles:
        sys.stdout.write(f"{trouble}\n")
    sys.stdout.write(f"{len(steps)} steps, {len(troubles)} troubles\n")
    return 1 if troubles else 0


if __name__ == "__main__":
    raise SystemExit(main())
