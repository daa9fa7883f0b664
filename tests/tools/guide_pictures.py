"""Makes the pictures of the user's guide: docs/guide/images/STEP.png for every picture that a page names.

python tests/tools/guide_pictures.py [--only CHAPTER] [--all]

A page shows ![…](images/STEP.png); STEP is a step of the main job or of a chapter (tests/client/ui). Pictures
are small palette PNGs. One that has hardly changed (a clock, a number) is left as it is, unless --all.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
IMAGES = GUIDE / "images"
MOST_BYTES = 60_000
NAMED = re.compile(r"\]\(images/([a-z0-9-]+)\.png\)")
_TRIES = (*((1366, colours) for colours in (256, 96, 40, 24, 12, 6)), (1200, 12), (1100, 40), (900, 40))
"""Width in pixels and number of colours, the first that is small enough is taken."""
_SAME = 0.01
_VIVID = 28
"""So many reds, greens and blues are kept for words of states, however few their points."""
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]


def wanted() -> set[str]:
    """The steps that the guide shows."""
    return {name for page in GUIDE.glob("*.md") for name in NAMED.findall(page.read_text("utf-8"))}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", metavar="CHAPTER", help="one chapter ('main': the main job)")
    parser.add_argument("--all", action="store_true", help="also those that hardly changed")
    arguments = parser.parse_args()
    from gongwen_client.ui.screenless import draw_in_memory, wanted_in_memory

    if wanted_in_memory():
        draw_in_memory()
    from PySide6.QtWidgets import QWidget

    from client.ui.chapters import chapters, tell
    from client.ui.story import Story
    from client.ui.town import Town
    from gongwen_client.ui import program
    from gongwen_client.ui.tasks import background

    missing = wanted()
    IMAGES.mkdir(exist_ok=True)

    def look(widget: QWidget, name: str) -> None:
        if name in missing:
            missing.discard(name)
            _keep(widget, IMAGES / f"{name}.png", anyway=arguments.all)

    app = program.application()
    with tempfile.TemporaryDirectory() as home:
        town = Town.found(Path(home))
        try:
            story = Story(town, look, (1366, 768))
            if arguments.only in (None, "main"):
                story.tell()
            for name in chapters():
                if missing and arguments.only in (None, name):
                    tell(story, name)
        finally:
            background.stop()
            town.stop()
    app.closeAllWindows()
    if arguments.only is None and missing:
        sys.stdout.write(f"no step makes: {', '.join(sorted(missing))}\n")
        return 1
    return 0


def _keep(widget: object, path: Path, *, anyway: bool) -> None:
    """Write the picture of a window, as small as it has to be."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
    from PySide6.QtGui import QColor, QImage
    from PySide6.QtWidgets import QWidget

    from gongwen_client.ui.theme.tokens import EVERYDAY

    assert isinstance(widget, QWidget)
    whole = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    if not anyway and path.exists() and _alike(whole, QImage(str(path))):
        return
    for width, colours in _TRIES:
        image = whole
        if whole.width() > width:
            image = whole.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        points = Counter(image.constBits().cast("I"))
        counted = points.most_common(colours)
        vivid = [colour for hue in (16, 8, 0) for colour in _vivid(points, hue)]
        # The colours of states are few points of a window, and must not turn grey.
        table = [QColor(value).rgb() for value in EVERYDAY.values().values()]
        table += [colour | 0xFF000000 for colour in (*vivid, *(one for one, _ in counted))]
        table = list(dict.fromkeys(table))[:256]
        small = image.convertToFormat(
            QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.ThresholdDither
        )
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        small.save(buffer, "PNG", 0)
        if data.size() <= MOST_BYTES:
            break
    path.write_bytes(data.data())
    path.chmod(0o644)
    sys.stdout.write(f"{path.name} {small.width()}x{small.height()} {data.size()} bytes\n")


def _alike(new: object, old: object) -> bool:
    """Whether two pictures differ in a hundredth of their points at most."""
    from PySide6.QtGui import QImage

    assert isinstance(new, QImage)
    assert isinstance(old, QImage)
    if new.size() != old.size():
        return False
    rows = zip(
        new.constBits().cast("I"),
        old.convertToFormat(QImage.Format.Format_RGB32).constBits().cast("I"),
        strict=True,
    )
    return sum(_far(one, other) for one, other in rows) <= _SAME * new.width() * new.height()


def _vivid(points: Counter[int], hue: int) -> list[int]:
    """The commonest colours that are more than a shade of grey and have most of the part at bit ``hue``."""
    found: Counter[int] = Counter()
    for colour, number in points.items():
        parts = {shift: colour >> shift & 255 for shift in (0, 8, 16)}
        if max(parts.values()) - min(parts.values()) > 40 and parts[hue] == max(parts.values()):
            found[colour] = number
    return [colour for colour, _count in found.most_common(_VIVID)]


def _far(one: int, other: int) -> bool:
    """Whether two colours look different: a palette is never exact."""
    return any(abs((one >> shift & 255) - (other >> shift & 255)) > 40 for shift in (0, 8, 16))


if __name__ == "__main__":
    raise SystemExit(main())
