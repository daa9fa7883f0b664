"""Whole files drawn by this engine and by easyofd, the open tool of the package index, in the same run.

    python -m venv PEER && PEER/bin/pip install easyofd
    python benchmarks/peer.py --peer PEER/bin/python [FILE.ofd ...]

Columns: pages and milliseconds from the file's name to pictures of all its pages at 144 dpi (easyofd has no
other), each engine in a process of its own that has drawn something before. Without files it draws the corpus
that GONGWEN_CORPUS names. What easyofd cannot read counts as a failure, with its error's name.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DPI = 144
PATIENCE = 60  # seconds for one file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peer", type=Path, help="a Python that has easyofd")
    parser.add_argument("--draw-with", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    if options.draw_with:
        draw_all(ENGINES[options.draw_with], options.files)
        return
    if options.peer is None:
        parser.error("--peer is needed")
    corpus = Path(os.environ.get("GONGWEN_CORPUS", ""))
    files = options.files or sorted(corpus.glob("*.ofd"))
    theirs = run(options.peer, "easyofd", files)
    ours = run(Path(sys.executable), "gongwen", files)
    print(f"{'file':44} {'ours':>5} {'ms':>8} {'easyofd':>8} {'ms':>8} {'ratio':>7}")
    ratios = []
    for file, own, peer in zip(files, ours, theirs, strict=True):
        ratio = ""
        if own["pages"] and peer["pages"] == own["pages"]:
            ratios.append(peer["ms"] / own["ms"])
            ratio = f"{ratios[-1]:7.1f}"
        print(f"{file.name[:44]:44} {told(own)} {told(peer, 8)} {ratio:>7}")
    drawn = [sum(bool(one["pages"]) for one in side) for side in (ours, theirs)]
    print(
        f"drawn: {drawn[0]} of {len(files)} here, {drawn[1]} by easyofd; in {len(ratios)} with as many pages,"
    )
    if ratios:
        most, least = statistics.median(ratios), min(ratios)
        print(f"easyofd takes {most:.1f} times as long (median), {least:.1f} at least")


def told(one: dict[str, Any], width: int = 5) -> str:
    """Pages and time, or the error."""
    if one["pages"]:
        return f"{one['pages']:{width}d} {one['ms']:8.1f}"
    return f"{one['error'][: width + 9]:>{width + 9}}"


def run(python: Path, engine: str, files: list[Path]) -> list[dict[str, Any]]:
    """What a process that draws with ``engine`` says of each file; one that hangs or dies is replaced."""
    said: list[dict[str, Any]] = []
    while len(said) < len(files):
        left = files[len(said) :]
        with started(python, engine, [files[0], *left]) as process:
            assert process.stdout is not None
            process.stdout.readline()  # the first file once more, so that no start is counted
            for _ in left:
                timer = threading.Timer(PATIENCE, process.kill)
                timer.start()
                line = process.stdout.readline()
                timer.cancel()
                if not line:
                    said.append({"pages": 0, "ms": 0.0, "error": f"> {PATIENCE} s or died"})
                    break
                said.append(json.loads(line))
            process.kill()
    return said


def started(python: Path, engine: str, files: list[Path]) -> subprocess.Popen[str]:
    """The process that draws."""
    source = str(Path(__file__).resolve().parent.parent / "src")
    environment = {**os.environ, "PYTHONPATH": source} if engine == "gongwen" else None
    command = [str(python), __file__, "--draw-with", engine, *map(str, files)]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen(command, stdout=pipe, stderr=nothing, text=True, env=environment)


def draw_all(engine: Callable[[Path], int], files: list[Path]) -> None:
    """Draw each file and say one line of JSON."""
    for file in files:
        begun, pages, error = time.perf_counter(), 0, ""
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                pages = engine(file)
        except Exception as problem:  # the comparison goes on with the next file
            error = type(problem).__name__
        spent = (time.perf_counter() - begun) * 1000
        print(json.dumps({"pages": pages, "ms": spent, "error": error}), flush=True)


def draw_here(file: Path) -> int:
    """Draw all pages with this engine; their number."""
    from gongwen_docs.draw import open_drawing

    with open_drawing(file) as drawing:
        for index in range(drawing.page_count):
            drawing.render(index, DPI)
        return drawing.page_count


def draw_with_easyofd(file: Path) -> int:
    """Draw all pages with easyofd; their number."""
    from easyofd.ofd import OFD  # type: ignore[import-not-found]

    document = OFD()
    document.read(str(file), fmt="path")
    return len(document.to_jpg())


ENGINES: dict[str, Callable[[Path], int]] = {"gongwen": draw_here, "easyofd": draw_with_easyofd}

if __name__ == "__main__":
    main()
