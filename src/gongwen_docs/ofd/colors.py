"""Colours, patterns and shadings of the model (GB/T 33190 §8.3)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from gongwen_docs.ofd import xml
from gongwen_docs.ofd.values import IDENTITY, Matrix, boolean, integer, matrix, number, numbers

Point = tuple[float, float]


@dataclass(frozen=True)
class Stop:
    """A colour at a place of a gradient, 0..1."""

    position: float
    color: Color


@dataclass(frozen=True)
class AxialShading:
    """CT_AxialShd (§8.3.4.2). ``unit`` 0 means the axis' own length."""

    map_type: str
    unit: float
    extend_start: bool
    extend_end: bool
    start: Point
    end: Point
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class RadialShading:
    """CT_RadialShd (§8.3.4.3): radii are semi-major axes in mm, ``angle`` in degrees clockwise."""

    map_type: str
    unit: float
    extend_start: bool
    extend_end: bool
    start: Point
    end: Point
    start_radius: float
    end_radius: float
    eccentricity: float
    angle: float
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Vertex:
    """A corner of a mesh with its colour."""

    x: float
    y: float
    color: Color


@dataclass(frozen=True)
class MeshShading:
    """CT_GouraudShd and CT_LaGouraudShd (§8.3.4.4, .5) as triangles of colour corners."""

    triangles: tuple[tuple[Vertex, Vertex, Vertex], ...]
    background: Color | None
    """Painted outside the mesh, only where the mesh extends."""


@dataclass(frozen=True)
class Pattern:
    """CT_Pattern (§8.3.3): a cell repeated; ``cell`` is its unread content."""

    width: float
    height: float
    x_step: float
    y_step: float
    reflect: str
    relative_to_page: bool
    ctm: Matrix
    cell: xml.Element


Special = Pattern | AxialShading | RadialShading | MeshShading


@dataclass(frozen=True)
class Color:
    """CT_Color. Components are raw channel values of its space; alpha is 0..1."""

    value: tuple[float, ...] | None = None
    index: int | None = None
    space_id: str = ""
    alpha: float = 1.0
    special: Special | None = None


def read_color(element: xml.Element | None) -> Color | None:
    """The colour an element describes; None for an absent element (unlike an empty one)."""
    if element is None:
        return None
    value = element.get("Value")
    index = element.get("Index")
    return Color(
        value=read_components(value) if value is not None else None,
        index=integer(index) if index is not None else None,
        space_id=element.get("ColorSpace", ""),
        alpha=min(255.0, max(0.0, number(element.get("Alpha"), 255.0))) / 255.0,
        special=_first_special(element),
    )


def _first_special(element: xml.Element) -> Special | None:
    for item in xml.children(element):
        special = _read_special(item)
        if special is not None:
            return special
    return None


def read_components(value: str) -> tuple[float, ...]:
    """Channels in decimal or, with ``#``, in hexadecimal: one ``#RRGGBB`` token counts as three."""
    result: list[float] = []
    for token in value.replace(",", " ").split():
        if token.startswith("#"):
            digits = token[1:]
            pairs = (
                [digits[i : i + 2] for i in range(0, len(digits), 2)] if len(digits) in (6, 8) else [digits]
            )
            try:
                result.extend(float(int(pair, 16)) for pair in pairs)
            except ValueError:
                result.append(0.0)
        else:
            result.append(number(token))
    return tuple(result)


def _read_special(element: xml.Element) -> Special | None:
    match xml.local(element):
        case "Pattern":
            return _read_pattern(element)
        case "AxialShd":
            return _read_axial(element)
        case "RadialShd":
            return _read_radial(element)
        case "GouraudShd":
            return _read_gouraud(element)
        case "LaGouraudShd" | "LaGourandShd":  # the schema's spelling is the second one
            return _read_lattice(element)
        case _:
            return None


def _read_pattern(element: xml.Element) -> Pattern | None:
    width, height = number(element.get("Width")), number(element.get("Height"))
    cell = xml.child(element, "CellContent")
    if cell is None or width <= 0 or height <= 0:
        return None
    x_step, y_step = number(element.get("XStep"), width), number(element.get("YStep"), height)
    return Pattern(
        width=width,
        height=height,
        x_step=max(x_step, width),
        y_step=max(y_step, height),
        reflect=element.get("ReflectMethod", "Normal"),
        relative_to_page=element.get("RelativeTo") == "Page",
        ctm=matrix(element.get("CTM")) or IDENTITY,
        cell=cell,
    )


def _read_axial(element: xml.Element) -> AxialShading:
    extend = integer(element.get("Extend"))
    return AxialShading(
        map_type=element.get("MapType", "Direct"),
        unit=number(element.get("MapUnit")),
        extend_start=bool(extend & 1),
        extend_end=bool(extend & 2),
        start=_point(element.get("StartPoint")),
        end=_point(element.get("EndPoint")),
        stops=_read_stops(element),
    )


def _read_radial(element: xml.Element) -> RadialShading:
    extend = integer(element.get("Extend"))
    return RadialShading(
        map_type=element.get("MapType", "Direct"),
        unit=number(element.get("MapUnit")),
        extend_start=bool(extend & 1),
        extend_end=bool(extend & 2),
        start=_point(element.get("StartPoint")),
        end=_point(element.get("EndPoint")),
        start_radius=max(0.0, number(element.get("StartRadius"))),
        end_radius=max(0.0, number(element.get("EndRadius"))),
        eccentricity=min(0.999, max(0.0, number(element.get("Eccentricity")))),
        angle=number(element.get("Angle")),
        stops=_read_stops(element),
    )


def _point(value: str | None) -> Point:
    items = numbers(value)
    return (items[0], items[1]) if len(items) >= 2 else (0.0, 0.0)


def _read_stops(element: xml.Element) -> tuple[Stop, ...]:
    """Segments with missing positions filled in evenly between their neighbours."""
    segments = list(xml.children(element, "Segment"))
    colors = [read_color(xml.child(segment, "Color")) or Color() for segment in segments]
    places = [
        None if segment.get("Position") is None else number(segment.get("Position")) for segment in segments
    ]
    if not places:
        return ()
    places[0] = 0.0 if places[0] is None else places[0]
    if places[-1] is None:
        places[-1] = 1.0
    known = [index for index, place in enumerate(places) if place is not None]
    filled: list[float] = [place or 0.0 for place in places]
    for left, right in itertools.pairwise(known):
        for index in range(left + 1, right):
            share = (index - left) / (right - left)
            filled[index] = filled[left] + (filled[right] - filled[left]) * share
    for index in range(1, len(filled)):
        filled[index] = max(filled[index - 1], filled[index])
    return tuple(Stop(place, color) for place, color in zip(filled, colors, strict=True))


def _read_vertices(element: xml.Element) -> list[tuple[Vertex, int]]:
    return [
        (
            Vertex(
                number(point.get("X")),
                number(point.get("Y")),
                read_color(xml.child(point, "Color")) or Color(),
            ),
            integer(point.get("EdgeFlag")),
        )
        for point in xml.children(element, "Point")
    ]


def _background(element: xml.Element) -> Color | None:
    extend = element.get("Extend")
    opened = integer(extend) != 0 or boolean(extend, False)
    return read_color(xml.child(element, "BackColor")) if opened else None


def _read_gouraud(element: xml.Element) -> MeshShading:
    vertices = _read_vertices(element)
    triangles: list[tuple[Vertex, Vertex, Vertex]] = []
    position = 0
    while position < len(vertices):
        vertex, flag = vertices[position]
        if triangles and flag in (1, 2):
            a, b, c = triangles[-1]
            triangles.append((b if flag == 1 else a, c, vertex))
            position += 1
        elif position + 2 < len(vertices):
            triangles.append((vertex, vertices[position + 1][0], vertices[position + 2][0]))
            position += 3
        else:
            break
    return MeshShading(tuple(triangles), _background(element))


def _read_lattice(element: xml.Element) -> MeshShading:
    vertices = [vertex for vertex, _ in _read_vertices(element)]
    row = integer(element.get("VerticesPerRow"))
    triangles: list[tuple[Vertex, Vertex, Vertex]] = []
    rows = len(vertices) // row if row >= 2 else 0
    for line in range(rows - 1):
        for column in range(row - 1):
            corner = line * row + column
            a, b, c, d = (
                vertices[corner],
                vertices[corner + 1],
                vertices[corner + row],
                vertices[corner + row + 1],
            )
            triangles += [(a, b, c), (b, c, d)]
    return MeshShading(tuple(triangles), _background(element))
