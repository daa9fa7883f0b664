"""Pictures of every window and dialog, made offscreen on a real exchange, to be looked at.

QT_QPA_PLATFORM=offscreen python tests/tools/screens.py --out DIR [--scale 1.25] [--size 1536x864]
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
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scale", default="1")
    parser.add_argument("--size", default="1366x768", help="logical pixels")
    parser.add_argument("--only", default="", help="only pictures whose name contains this")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = arguments.scale
    arguments.out.mkdir(parents=True, exist_ok=True)
    from tools.story import Story

    width, height = (int(part) for part in arguments.size.split("x"))
    with tempfile.TemporaryDirectory() as home:
        story = Story(Path(home), arguments.out, (width, height))
        try:
            story.tell()
        finally:
            story.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
