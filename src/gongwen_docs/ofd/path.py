"""AbbreviatedData: the path language of OFD (GB/T 33190 §9.1, table 36), arcs turned into cubic curves."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from gongwen_docs.ofd.values import number

_TOKEN = re.compile(r"[SMLQBACZsmlqbacz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_OPERANDS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0, "Z": 0}


class Segment(NamedTuple):
    """One step: ``M`` move, ``L`` line, ``Q`` quadratic and ``B`` cubic curve, ``C`` close. All absolute."""

    operator: str
    points: tuple[float, ...] = ()


def parse_path(data: str) -> list[Segment]:
    """Segments of a path; ends quietly at the first thing that cannot be read."""
    tokens = _TOKEN.findall(data)
    segments: list[Segment] = []
    current, start = (0.0, 0.0), (0.0, 0.0)
    position = 0
    operator = ""
    while position < len(tokens):
        if tokens[position].upper() in _OPERANDS:
            operator = tokens[position].upper().replace("Z", "C")  # SVG's letter, met in practice
            position += 1
        elif not operator or operator == "C":
            break
        count = _OPERANDS[operator]
        operands = tokens[position : position + count]
        if len(operands) < count or any(token.upper() in _OPERANDS for token in operands):
            break
        position += count
        values = tuple(number(token) for token in operands)
        if operator == "C":
            segments.append(Segment("C"))
            current = start
            continue
        if operator in "SM":
            start = (values[0], values[1])
            segments.append(Segment("M", start))
        elif operator == "A":
            segments.extend(arc_segments(current, values))
        else:
            segments.append(Segment(operator, values))
        current = (values[-2], values[-1])
    return segments


def arc_segments(start: tuple[float, float], operands: tuple[float, ...]) -> list[Segment]:
    """Cubic curves for one ``A rx ry angle large sweep x y``: SVG's endpoint arc, sweep 1 clockwise."""
    rx, ry, angle, large, sweep, x, y = operands
    rx, ry = abs(rx), abs(ry)
    x0, y0 = start
    if (x0, y0) == (x, y):
        return []
    if rx == 0 or ry == 0:
        return [Segment("L", (x, y))]
    phi = math.radians(math.fmod(angle, 360.0))
    cos, sin = math.cos(phi), math.sin(phi)
    dx, dy = (x0 - x) / 2, (y0 - y) / 2
    px, py = cos * dx + sin * dy, -sin * dx + cos * dy
    excess = (px / rx) ** 2 + (py / ry) ** 2
    if excess > 1:
        rx, ry = rx * math.sqrt(excess), ry * math.sqrt(excess)
    below = (rx * py) ** 2 + (ry * px) ** 2
    factor = math.sqrt(max(0.0, ((rx * ry) ** 2 - below) / below)) if below else 0.0
    if bool(large) == bool(sweep):
        factor = -factor
    cx, cy = factor * rx * py / ry, -factor * ry * px / rx
    first = math.atan2((py - cy) / ry, (px - cx) / rx)
    last = math.atan2((-py - cy) / ry, (-px - cx) / rx)
    turn = last - first
    if sweep and turn < 0:
        turn += 2 * math.pi
    elif not sweep and turn > 0:
        turn -= 2 * math.pi
    centre = (cos * cx - sin * cy + (x0 + x) / 2, sin * cx + cos * cy + (y0 + y) / 2)
    return _curves(centre, (rx, ry), (cos, sin), first, turn, (x, y))


def _curves(
    centre: tuple[float, float],
    radii: tuple[float, float],
    axis: tuple[float, float],
    first: float,
    turn: float,
    end: tuple[float, float],
) -> list[Segment]:
    count = max(1, math.ceil(abs(turn) / (math.pi / 2) - 1e-9))
    step = turn / count
    reach = 4 / 3 * math.tan(step / 4)

    def place(u: float, v: float) -> tuple[float, float]:
        u, v = u * radii[0], v * radii[1]
        return centre[0] + axis[0] * u - axis[1] * v, centre[1] + axis[1] * u + axis[0] * v

    segments = []
    for index in range(count):
        a, b = first + index * step, first + (index + 1) * step
        control1 = place(math.cos(a) - reach * math.sin(a), math.sin(a) + reach * math.cos(a))
        control2 = place(math.cos(b) + reach * math.sin(b), math.sin(b) - reach * math.cos(b))
        target = end if index == count - 1 else place(math.cos(b), math.sin(b))
        segments.append(Segment("B", (*control1, *control2, *target)))
    return segments
