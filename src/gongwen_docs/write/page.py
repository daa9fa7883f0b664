"""One page to draw on: text runs, paths and images in page space (mm, origin top left, y downwards)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gongwen_docs.write.faces import Face
from gongwen_docs.write.markup import Element, array

#: Width and height of A4 in mm.
A4 = (210.0, 297.0)

#: Part of the em above and below the baseline in Chinese faces.
ASCENT = 0.88
DESCENT = 0.12


@dataclass(frozen=True)
class Color:
    """An RGB colour, channels 0 to 255."""

    red: int
    green: int
    blue: int

    def element(self, name: str) -> Element:
        return Element(name, {"Value": f"{self.red} {self.green} {self.blue}"})


BLACK = Color(0, 0, 0)
WHITE = Color(255, 255, 255)
#: The red of letterheads: Y 80 %, M 80 % at least in print (GB/T 9704-2012, 6.2); full red on screens.
RED = Color(255, 0, 0)


@dataclass(frozen=True)
class Box:
    """A rectangle in mm: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float

    def __str__(self) -> str:
        return array(self.x, self.y, self.width, self.height)


class Resources(Protocol):
    """What a page asks of its document."""

    def next_id(self) -> int: ...
    def font_id(self, face: Face, chars: str) -> int: ...
    def image_id(self, data: bytes, kind: str) -> int: ...


class PageCanvas:
    """Collects the graphic units of one page, painted in the order of the calls."""

    def __init__(self, resources: Resources, width: float, height: float) -> None:
        self._resources = resources
        self.width = width
        self.height = height
        self._units: list[Element] = []

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        face: Face,
        size: float,
        *,
        steps: Sequence[float] | None = None,
        color: Color = BLACK,
        h_scale: float = 1.0,
        visible: bool = True,
    ) -> None:
        """Draw one run of text from ``x`` on ``baseline`` at ``size`` mm per em.

        ``steps`` are the distances in mm from each character to the next (one fewer than characters);
        without them the face's own advances count. Blanks at the ends are not written.
        """
        if steps is None:
            steps = [face.advance(char) * size * h_scale for char in text[:-1]]
        lead = len(text) - len(text.lstrip(" \u3000"))
        x += sum(steps[:lead])
        steps = steps[lead:]
        text = text.strip(" \u3000")
        if not text:
            return
        steps = steps[: len(text) - 1]
        last = face.advance(text[-1]) * size * h_scale
        top = baseline - ASCENT * size
        box = Box(x, top, max(sum(steps) + last, 0.1), (ASCENT + DESCENT) * size)
        unit = Element(
            "TextObject",
            {
                "ID": self._resources.next_id(),
                "Boundary": str(box),
                "Visible": None if visible else False,
                "Font": self._resources.font_id(face, text),
                "Size": size,
                "HScale": None if h_scale == 1.0 else h_scale,
            },
        )
        if color != BLACK:
            unit.children.append(color.element("FillColor"))
        deltas = array(*steps) if steps else None
        unit.add("TextCode", text, X=0, Y=ASCENT * size, DeltaX=deltas)
        self._units.append(unit)

    def slanted(
        self,
        x: float,
        y: float,
        text: str,
        face: Face,
        size: float,
        degrees: float,
        color: Color,
        alpha: float,
    ) -> None:
        """Draw ``text`` centred on (x, y) and rising by ``degrees``; ``alpha`` from 0 to 1 shows what is
        below."""
        steps = [face.advance(char) * size for char in text[:-1]]
        width = sum(steps) + face.advance(text[-1]) * size
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        across, high = abs(width * cos) + abs(size * sin), abs(width * sin) + abs(size * cos)
        # The middle of the text comes to the middle of the box.
        left = across / 2 - (width * cos + size * sin) / 2
        top = high / 2 - (size * cos - width * sin) / 2
        unit = Element(
            "TextObject",
            {
                "ID": self._resources.next_id(),
                "Boundary": str(Box(x - across / 2, y - high / 2, across, high)),
                "CTM": " ".join(f"{value:.6f}" for value in (cos, -sin, sin, cos, left, top)),
                "Alpha": round(alpha * 255),
                "Font": self._resources.font_id(face, text),
                "Size": size,
            },
        )
        unit.children.append(color.element("FillColor"))
        deltas = array(*steps) if steps else None
        unit.add("TextCode", text, X=0, Y=ASCENT * size, DeltaX=deltas)
        self._units.append(unit)

    def path(
        self,
        box: Box,
        data: str,
        *,
        stroke: Color | None = None,
        fill: Color | None = None,
        line_width: float = 0.353,
        even_odd: bool = False,
    ) -> None:
        """Draw a path given as AbbreviatedData in the space of ``box`` (its corner is the origin)."""
        unit = Element(
            "PathObject",
            {
                "ID": self._resources.next_id(),
                "Boundary": str(box),
                "LineWidth": line_width if stroke else None,
                "Stroke": stroke is not None,
                "Fill": fill is not None,
                "Rule": "Even-Odd" if even_odd else None,
            },
        )
        if stroke:
            unit.children.append(stroke.element("StrokeColor"))
        if fill:
            unit.children.append(fill.element("FillColor"))
        unit.add("AbbreviatedData", data)
        self._units.append(unit)

    def line(
        self, x1: float, y1: float, x2: float, y2: float, line_width: float, color: Color = BLACK
    ) -> None:
        """Draw a straight line with butt ends, the stroke centred on it."""
        half = line_width / 2
        box = Box(
            min(x1, x2) - half, min(y1, y2) - half, abs(x2 - x1) + line_width, abs(y2 - y1) + line_width
        )
        data = f"M {array(x1 - box.x, y1 - box.y)} L {array(x2 - box.x, y2 - box.y)}"
        self.path(box, data, stroke=color, line_width=line_width)

    def image(self, box: Box, data: bytes, kind: str = "PNG") -> None:
        """Draw a picture (PNG or JPEG file bytes) stretched to ``box``."""
        self._units.append(
            Element(
                "ImageObject",
                {
                    "ID": self._resources.next_id(),
                    "Boundary": str(box),
                    "CTM": array(box.width, 0, 0, box.height, 0, 0),
                    "ResourceID": self._resources.image_id(data, kind),
                },
            )
        )

    def content(self, layer_id: int) -> Element:
        """The page's Content.xml. A page without units stays blank (no Content)."""
        page = Element("Page")
        page.add("Area").add("PhysicalBox", array(0, 0, self.width, self.height))
        if self._units:
            layer = page.add("Content").add("Layer", ID=layer_id)
            layer.children = self._units
        return page
