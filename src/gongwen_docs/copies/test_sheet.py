"""打印测试页: a ruler and one's eyes show whether a printer keeps true size, colour, margins, sides."""

from __future__ import annotations

from gongwen_docs.copies.lettering import POINT, write
from gongwen_docs.copies.orders import SheetFacts
from gongwen_docs.typeset import geometry
from gongwen_docs.write import A4, BLACK, RED, Box, Color, DocumentInfo, OfdWriter, PageCanvas, Role

RULER_MM = 100.0
ACROSS = (55.0, 62.0)
"""Left end of the horizontal ruler: its line, from which the ticks rise (mm from the top left corner)."""
DOWN = (40.0, 75.0)
"""Upper end of the vertical ruler."""
CROSS = (150.0, 200.0)
"""Where the crosses of front and back meet when the sides are in register."""
RED_PATCH = Box(100.0, 80.0, 30.0, 20.0)
MARGINS = (3, 4, 5, 6, 8, 10)
"""Distances in mm of the frames from the edges of the sheet."""

_FINE, _PLAIN = 0.1, 0.2
_GREY = Color(150, 150, 150)
_SMALL, _TEXT, _HEADING = 8 * POINT, 10.5 * POINT, 22 * POINT
_STEPS = (40, 80, 120, 160, 200, 230)


def draw_test_sheet(facts: SheetFacts) -> bytes:
    """The sheet, front and back, as an OFD of two A4 pages. Raises ``KnownError("write.no_font")``."""
    writer = OfdWriter(DocumentInfo(title="打印测试页"))
    _front(writer.page(), facts)
    _back(writer.page())
    return writer.to_bytes()


def _front(canvas: PageCanvas, facts: SheetFacts) -> None:
    _frames(canvas)
    write(canvas, A4[0] / 2, 34.0, "打印测试页", _HEADING, role=Role.TITLE, align=0.5)
    head = " · ".join(part for part in (facts.unit, facts.printer, facts.at) if part)
    write(canvas, A4[0] / 2, 43.0, head, _SMALL, align=0.5)
    _ruler(canvas, ACROSS, across=True)
    _ruler(canvas, DOWN, across=False)
    write(canvas, ACROSS[0] + RULER_MM / 2, ACROSS[1] + 5.5, "横向标尺 100 毫米", _SMALL, align=0.5)
    write(canvas, DOWN[0] - 5.0, DOWN[1] + RULER_MM + 5.5, "竖向标尺 100 毫米", _SMALL)
    _colours(canvas)
    _cross(canvas, *CROSS)
    write(canvas, CROSS[0], CROSS[1] - 13.0, "正反面对位（正面）", _SMALL, align=0.5)
    _advice(
        canvas,
        210.0,
        (
            "一、用直尺量横、竖两条标尺：都应为 100 毫米，相差不超过 0.5 毫米。",
            "　　不符时，请在打印机设置中关闭“适合页面”和“缩放”，选择 100 %（实际大小）。",
            "二、红色应为正红，没有条纹；六级灰度应能逐级分清。不是红色时，请选择彩色打印。",
            "三、看四边的细框：能看见的最外一圈，就是本机能打到的页边（单位：毫米）。",
            "　　应能看见 10 毫米那一圈；四角的短线是版心（156 × 225 毫米）的位置。",
            "四、双面打印时对着光看：正、反面的十字应重合，相差不超过 2 毫米。",
        ),
    )


def _back(canvas: PageCanvas) -> None:
    write(canvas, A4[0] / 2, 34.0, "打印测试页（反面）", _HEADING, role=Role.TITLE, align=0.5)
    write(canvas, A4[0] / 2, 43.0, "单面打印时，这一页是第二张纸。", _SMALL, align=0.5)
    x = A4[0] - CROSS[0]  # turned over the long edge
    _cross(canvas, x, CROSS[1])
    write(canvas, x, CROSS[1] - 13.0, "正反面对位（反面）", _SMALL, align=0.5)


def _frames(canvas: PageCanvas) -> None:
    width, height = A4
    for place, margin in enumerate(MARGINS):
        _rectangle(canvas, margin, margin, width - 2 * margin, height - 2 * margin)
        write(canvas, 24.0 + 8 * place, margin + 0.9, str(margin), 6 * POINT, align=0.5)
    for x, outwards in ((geometry.LEFT, -1), (geometry.RIGHT, 1)):
        for y, away in ((geometry.TOP, -1), (geometry.BOTTOM, 1)):
            canvas.line(x, y + 2 * away, x, y + 8 * away, _PLAIN)
            canvas.line(x + 2 * outwards, y, x + 8 * outwards, y, _PLAIN)


def _rectangle(canvas: PageCanvas, x: float, y: float, width: float, height: float) -> None:
    data = f"M 0 0 L {width} 0 L {width} {height} L 0 {height} C"
    canvas.path(Box(x, y, width, height), data, stroke=_GREY, line_width=_FINE)


def _ruler(canvas: PageCanvas, start: tuple[float, float], *, across: bool) -> None:
    """Ticks of each millimetre, centred on it; figures in centimetres' distance."""
    x, y = start
    end = RULER_MM + _PLAIN / 2
    if across:
        canvas.line(x - _PLAIN / 2, y, x + end, y, _PLAIN)
    else:
        canvas.line(x, y - _PLAIN / 2, x, y + end, _PLAIN)
    for mm in range(int(RULER_MM) + 1):
        long = 6.0 if mm % 10 == 0 else 4.5 if mm % 5 == 0 else 3.0
        thick = _PLAIN if mm % 10 == 0 else _FINE
        if across:
            canvas.line(x + mm, y - long, x + mm, y, thick)
        else:
            canvas.line(x, y + mm, x + long, y + mm, thick)
        if mm % 10 == 0 and across:
            write(canvas, x + mm, y - long - 1.0, str(mm), _SMALL, align=0.5)
        elif mm % 10 == 0:
            write(canvas, x + long + 1.0, y + mm + 1.0, str(mm), _SMALL)


def _colours(canvas: PageCanvas) -> None:
    patch = RED_PATCH
    _patch(canvas, patch, RED)
    write(canvas, patch.x + patch.width / 2, patch.y + patch.height + 5.0, "红色", _SMALL, align=0.5)
    side = patch.width / 3
    for place, step in enumerate(_STEPS):
        left = patch.x + patch.width + 10 + side * (place % 3)
        top = patch.y + side * (place // 3)
        _patch(canvas, Box(left, top, side, side), Color(step, step, step))
    write(canvas, patch.x + patch.width * 1.5 + 10, patch.y + 25.0, "灰度", _SMALL, align=0.5)
    sample = "公文交换 仿宋 GB/T 9704 0123456789"
    for line, points in enumerate((16, 10.5, 6)):
        y = patch.y + 40 + 12 * line
        write(canvas, patch.x - 25, y, sample, points * POINT, role=Role.FANG, color=BLACK)


def _patch(canvas: PageCanvas, box: Box, color: Color) -> None:
    data = f"M 0 0 L {box.width} 0 L {box.width} {box.height} L 0 {box.height} C"
    canvas.path(box, data, fill=color)


def _cross(canvas: PageCanvas, x: float, y: float) -> None:
    canvas.line(x - 10, y, x + 10, y, _PLAIN)
    canvas.line(x, y - 10, x, y + 10, _PLAIN)


def _advice(canvas: PageCanvas, top: float, lines: tuple[str, ...]) -> None:
    for number, line in enumerate(lines):
        write(canvas, geometry.LEFT, top + 5.0 + 7.0 * number, line, _TEXT)
