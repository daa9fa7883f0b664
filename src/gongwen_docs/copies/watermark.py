"""What makes a copy a copy at first sight: 副本 all over the page, who took it, when and what for."""

from __future__ import annotations

from gongwen_docs.copies.lettering import POINT, letters, width_of, write
from gongwen_docs.copies.orders import CopyNotice
from gongwen_docs.write import WHITE, Box, Color, PageCanvas, Role

STATEMENT = "副本　按复印件管理，不得作为原件使用"
"""Jiangmen art. 35: what was downloaded (脱密下载) is managed as a photocopy."""

_WORD = "副本"
_GREY = Color(110, 110, 110)
_INK = Color(60, 60, 60)
_SLANT = 30.0
_ALPHA = 0.22
_LEAST_SIDE = 20.0


def watermark(canvas: PageCanvas, notice: CopyNotice) -> None:
    """Draw over the whole of a page: rows of slanted words, a band above and a line below, whatever its size.

    Raises ``KnownError("write.no_font")``.
    """
    side = min(canvas.width, canvas.height)
    if side < _LEAST_SIDE:
        return
    size = max(5.0, min(16.0, side / 13))
    _tiles(canvas, notice, size)
    _band(canvas, STATEMENT, top=True)
    _band(canvas, notice.line, top=False)


def _tiles(canvas: PageCanvas, notice: CopyNotice, size: float) -> None:
    (_, face), *_ = letters(_WORD)
    small = "".join(char for char, own in letters(f"{notice.unit} {notice.at[:10]}") if own == face)
    across, down = size * 4.4, size * 2.9
    rows, columns = int(canvas.height / down) + 2, int(canvas.width / across) + 2
    for row in range(rows):
        for column in range(columns):
            x = (column + 0.5 * (row % 2)) * across
            y = (row + 0.5) * down
            canvas.slanted(x, y, _WORD, face, size, _SLANT, _GREY, _ALPHA)
            if small and (row + column) % 2 == 0:
                canvas.slanted(x + size * 0.55, y + size * 0.85, small, face, size / 5, _SLANT, _GREY, 0.6)


def _band(canvas: PageCanvas, text: str, *, top: bool) -> None:
    """A white strip with words, at the upper or lower edge; long words shrink into it."""
    size = (11 if top else 8) * POINT
    wide = width_of(text, size)
    room = canvas.width - 16
    if wide > room:
        size *= max(0.45, room / wide)
    while text and width_of(text, size) > room:
        text = text[:-2] + "…"
    high = size * 1.9
    y = 6.0 if top else canvas.height - 6.0 - high
    wide = width_of(text, size) + 6
    left = (canvas.width - wide) / 2
    data = f"M 0 0 L {wide:.3f} 0 L {wide:.3f} {high:.3f} L 0 {high:.3f} C"
    canvas.path(Box(left, y, wide, high), data, fill=WHITE, stroke=_INK if top else None, line_width=0.3)
    write(
        canvas, canvas.width / 2, y + high / 2 + size * 0.36, text, size, role=Role.HEI, color=_INK, align=0.5
    )
