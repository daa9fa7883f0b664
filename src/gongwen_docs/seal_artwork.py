"""The picture of an official seal: a round ring, a five-pointed star, the name on an arc (国发〔1999〕25号).

Drawn as outlines, so that one drawing serves pixels (PNG with a transparent ground) and vectors (SVG, or
OFD as eleven of forty-seven real seals carry it). The name is set in 宋体 and reads from left to right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import pymupdf
from fontTools.pens.basePen import decomposeQuadraticSegment

from gongwen_crypto.errors import KnownError
from gongwen_docs.write import Box, Color, DocumentInfo, FaceShelf, OfdWriter, Role, default_shelf
from gongwen_docs.write.markup import number

SEAL_RED = Color(230, 0, 18)

#: Diameters that the rules know: 38 mm for small units up to 60 mm for the highest.
LEAST_DIAMETER = 30.0
GREATEST_DIAMETER = 60.0
MOST_CHARACTERS = 30

Point = tuple[float, float]
Center = Literal["star", "none"]

#: Measures for a seal of 42 mm; all others in proportion.
_REFERENCE = 42.0
_RING = 1.1
_GAP = 1.1
_STAR_RADIUS = 7.0
_NAME_HEIGHT = 7.2
_SLENDEREST = 0.5
_LOWER_HEIGHT = 4.0
#: Strokes are strengthened by this much, as engraved characters are.
_STRENGTHEN = 0.16


@dataclass(frozen=True)
class Contours:
    """A filled outline: operators M L B (cubic) C (close) with points in mm from the top left corner."""

    segments: tuple[tuple[str, tuple[Point, ...]], ...]
    strengthen: float = 0.0
    even_odd: bool = False

    def data(self, cubic: str, close: str) -> str:
        """Path data with the given letters for cubic curves and closing (SVG: C Z, OFD: B C)."""
        letters = {"B": cubic, "C": close}
        words = []
        for operator, points in self.segments:
            words.append(letters.get(operator, operator))
            words += [f"{number(x)} {number(y)}" for x, y in points]
        return " ".join(words)


@dataclass(frozen=True)
class SealArtwork:
    """A drawn seal of ``width_mm`` × ``height_mm``."""

    shapes: tuple[Contours, ...]
    width_mm: float
    height_mm: float
    color: Color = SEAL_RED

    def svg(self) -> str:
        """The seal as SVG 1.1 in millimetres."""
        ink = f"#{self.color.red:02x}{self.color.green:02x}{self.color.blue:02x}"
        size = f'width="{self.width_mm}mm" height="{self.height_mm}mm"'
        paths = "".join(
            f'<path d="{shape.data("C", "Z")}" fill-rule="{"evenodd" if shape.even_odd else "nonzero"}"'
            f' fill="{ink}" stroke="{ink if shape.strengthen else "none"}"'
            f' stroke-width="{shape.strengthen}"/>'
            for shape in self.shapes
        )
        view = f'viewBox="0 0 {self.width_mm} {self.height_mm}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>{paths}</svg>'

    def png(self, dpi: int = 600) -> bytes:
        """The seal as PNG with a transparent ground at ``dpi``."""
        with pymupdf.open(stream=self.svg().encode(), filetype="svg") as document:
            zoom = self.width_mm / 25.4 * dpi / document[0].rect.width
            pixels = document[0].get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=True)
        pixels.set_dpi(dpi, dpi)
        return bytes(pixels.tobytes("png"))

    def ofd(self) -> bytes:
        """The seal as an OFD package of one page of its size."""
        size = (self.width_mm, self.height_mm)
        writer = OfdWriter(DocumentInfo(), page_size=size)
        page = writer.page()
        for shape in self.shapes:
            page.path(
                Box(0, 0, *size),
                shape.data("B", "C"),
                fill=self.color,
                stroke=self.color if shape.strengthen else None,
                line_width=shape.strengthen,
                even_odd=shape.even_odd,
            )
        return writer.to_bytes()


def draw_seal_picture(
    name: str,
    diameter_mm: float = _REFERENCE,
    center: Center = "star",
    lower_text: str | None = None,
    shelf: FaceShelf | None = None,
) -> SealArtwork:
    """Draw a round seal of ``diameter_mm`` (outer edge of the ring) with ``name`` on the arc.

    ``lower_text`` stands level below the centre (业务专用章). Raises ``KnownError`` with the code
    ``seal_artwork.name_length`` or ``seal_artwork.diameter`` for what no seal can be, and the errors of the
    writer's faces.
    """
    name = "".join(name.split())
    if not 0 < len(name) <= MOST_CHARACTERS:
        raise KnownError("seal_artwork.name_length", length=len(name), most=MOST_CHARACTERS)
    if not LEAST_DIAMETER <= diameter_mm <= GREATEST_DIAMETER:
        raise KnownError("seal_artwork.diameter", diameter=diameter_mm)
    shelf = shelf or default_shelf()
    unit = diameter_mm / _REFERENCE
    radius = diameter_mm / 2
    shapes = [_ring(radius, _RING * unit)]
    if center == "star":
        shapes.append(_star(radius, _STAR_RADIUS * unit))
    shapes += _name_on_arc(shelf, name, radius, unit)
    if lower_text:
        shapes += _level_text(shelf, lower_text, radius, unit)
    return SealArtwork(tuple(shapes), diameter_mm, diameter_mm)


def _ring(radius: float, width: float) -> Contours:
    return Contours((*_circle(radius, radius), *_circle(radius, radius - width)), even_odd=True)


def _circle(center: float, radius: float) -> list[tuple[str, tuple[Point, ...]]]:
    k = radius * 4 / 3 * math.tan(math.pi / 8)
    r, c = radius, center
    return [
        ("M", ((c + r, c),)),
        ("B", ((c + r, c + k), (c + k, c + r), (c, c + r))),
        ("B", ((c - k, c + r), (c - r, c + k), (c - r, c))),
        ("B", ((c - r, c - k), (c - k, c - r), (c, c - r))),
        ("B", ((c + k, c - r), (c + r, c - k), (c + r, c))),
        ("C", ()),
    ]


def _star(center: float, radius: float) -> Contours:
    """A regular pentagram's outline, one point upwards."""
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    corners = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else inner
        angle = math.radians(36 * corner)
        corners.append((center + reach * math.sin(angle), center - reach * math.cos(angle)))
    segments = [("M", (corners[0],)), *(("L", (point,)) for point in corners[1:]), ("C", ())]
    return Contours(tuple(segments))


def _name_on_arc(shelf: FaceShelf, name: str, radius: float, unit: float) -> list[Contours]:
    """Characters evenly spread, standing on the arc, symmetrical about the top."""
    height = _NAME_HEIGHT * unit
    edge = radius - (_RING + _GAP) * unit
    span = math.radians(_span(len(name)))
    step = span / (len(name) - 1) if len(name) > 1 else 0.0
    arc = (step or math.radians(30)) * (edge - height * 0.8)
    width = min(height * 0.86, arc * 0.94)
    height = min(height, width / _SLENDEREST)
    middle = edge - height / 2
    shapes = []
    for index, char in enumerate(name):
        angle = -span / 2 + index * step
        turn = _turned(angle, radius, middle)
        shapes.append(_glyph(shelf, char, width, height, turn, _STRENGTHEN * unit))
    return shapes


def _span(count: int) -> float:
    """Degrees of the arc from the first to the last character: 28 each, at most 264 in all."""
    return min(28.0 * (count - 1), 216.0 + 3.0 * min(count, 16))


def _level_text(shelf: FaceShelf, text: str, radius: float, unit: float) -> list[Contours]:
    height = _LOWER_HEIGHT * unit
    depth = 12.0 * unit
    inside = radius - (_RING + _GAP) * unit
    room = 2 * math.sqrt(inside**2 - (depth + height / 2) ** 2)
    width = min(height * 0.9, room / len(text))
    left = radius - width * (len(text) - 1) / 2
    shapes = []
    for index, char in enumerate(text):
        x = left + index * width
        place = _shifted(x, radius + depth)
        shapes.append(_glyph(shelf, char, width, height, place, _STRENGTHEN * unit * 0.7))
    return shapes


def _turned(angle: float, center: float, reach: float) -> Callable[[Point], Point]:
    """From a character's own space (origin in its middle, y down) to its place on the arc."""
    sin, cos = math.sin(angle), math.cos(angle)

    def place(point: Point) -> Point:
        x, y = point
        y -= reach
        return center + x * cos - y * sin, center + x * sin + y * cos

    return place


def _shifted(x: float, y: float) -> Callable[[Point], Point]:
    return lambda point: (x + point[0], y + point[1])


def _glyph(
    shelf: FaceShelf,
    char: str,
    width: float,
    height: float,
    place: Callable[[Point], Point],
    strengthen: float,
) -> Contours:
    """The outline of ``char`` stretched so that its em fills ``width`` × ``height``."""
    face = shelf.face(Role.SONG, char)
    em = face.units_per_em
    advance = face.advance(char) * em

    def mapped(points: Sequence[Point]) -> tuple[Point, ...]:
        return tuple(
            place(((x - advance / 2) / em * width, (0.38 * em - y) / em * height)) for x, y in points
        )

    segments: list[tuple[str, tuple[Point, ...]]] = []
    current: Point = (0, 0)
    for operator, points in face.outline(char):
        if operator == "moveTo":
            segments.append(("M", mapped(points)))
        elif operator == "lineTo":
            segments.append(("L", mapped(points)))
        elif operator == "curveTo":
            segments.append(("B", mapped(points)))
        elif operator == "qCurveTo":
            for control, end in decomposeQuadraticSegment(points):
                segments.append(("B", mapped(_cubic(current, control, end))))
                current = end
        elif operator == "closePath":
            segments.append(("C", ()))
        if points:
            current = points[-1]
    return Contours(tuple(segments), strengthen)


def _cubic(start: Point, control: Point, end: Point) -> tuple[Point, Point, Point]:
    """A quadratic curve as a cubic one."""
    first = (start[0] + 2 / 3 * (control[0] - start[0]), start[1] + 2 / 3 * (control[1] - start[1]))
    second = (end[0] + 2 / 3 * (control[0] - end[0]), end[1] + 2 / 3 * (control[1] - end[1]))
    return first, second, end
