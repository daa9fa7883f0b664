"""Gradients as MuPDF shades. Shades have no public constructor, but a PDF shading dictionary makes one."""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Callable
from typing import Any

from pymupdf import mupdf

from gongwen_docs.draw.shapes import PARAMS, fz_matrix
from gongwen_docs.ofd.colors import AxialShading, Color, MeshShading, RadialShading, Stop
from gongwen_docs.ofd.values import IDENTITY, Box, Matrix, scaling, translation

Channels = tuple[float, ...]
Paint = Callable[[Color], Channels]
"""What a gradient carries per stop: RGB for its colours, one grey value for its alpha."""

Special = AxialShading | RadialShading | MeshShading

_MOST_REPEATS = 200
_MESH_PX_PER_MM, _MESH_LARGEST_PX = 8.0, 2000.0
_SAMPLES = 256


def shade(special: Special, area: Box, paint: Paint) -> tuple[Any, Matrix]:
    """A shade and the matrix from its space to the painted object's. ``area`` is what it has to cover, mm."""
    if isinstance(special, MeshShading):
        return _mesh(special, paint), IDENTITY
    if isinstance(special, AxialShading):
        return _axial(special, area, paint), IDENTITY
    return _radial(special, area, paint)


def fill_shade(device: Any, painted: Any, special: Special, area: Box, matrix: Matrix, alpha: float) -> None:
    """Paint a shade. Meshes go out as pictures: MuPDF's PDF writer leaves out their vector form."""
    if not isinstance(special, MeshShading):
        mupdf.fz_fill_shade(device, painted, fz_matrix(matrix), alpha, PARAMS)
        return
    scale = min(_MESH_PX_PER_MM, _MESH_LARGEST_PX / max(area.width, area.height, 1e-6))
    columns, rows = max(1, math.ceil(area.width * scale)), max(1, math.ceil(area.height * scale))
    bounds = mupdf.FzIrect(0, 0, columns, rows)
    pixmap = mupdf.fz_new_pixmap_with_bbox(mupdf.fz_device_rgb(), bounds, mupdf.FzSeparations(), 1)
    mupdf.fz_clear_pixmap(pixmap)
    to_pixels = scaling(columns / (area.width or 1.0), rows / (area.height or 1.0))
    target = mupdf.fz_new_draw_device(fz_matrix(translation(-area.x, -area.y).then(to_pixels)), pixmap)
    mupdf.fz_fill_shade(target, painted, mupdf.FzMatrix(), 1.0, PARAMS)
    mupdf.fz_close_device(target)
    place = scaling(area.width, area.height).then(translation(area.x, area.y)).then(matrix)
    picture = mupdf.fz_new_image_from_pixmap(pixmap, mupdf.FzImage())
    mupdf.fz_fill_image(device, picture, fz_matrix(place), alpha, PARAMS)


def has_alpha(special: Special) -> bool:
    if isinstance(special, MeshShading):
        return any(vertex.color.alpha < 1 for triangle in special.triangles for vertex in triangle)
    return any(stop.color.alpha < 1 for stop in special.stops)


def _axial(axial: AxialShading, area: Box, paint: Paint) -> Any:
    (x0, y0), (x1, y1) = axial.start, axial.end
    dx, dy = x1 - x0, y1 - y0
    length = math.hypot(dx, dy)
    low, high = 0.0, 1.0
    if axial.map_type != "Direct" and length > 0:
        corners = [
            ((x - x0) * dx + (y - y0) * dy) / length**2
            for x in (area.x, area.x + area.width)
            for y in (area.y, area.y + area.height)
        ]
        low = min(corners) if axial.extend_start else 0.0
        high = max(corners) if axial.extend_end else 1.0
        low, high = min(low, 0.0), max(high, 1.0)
    stops = _unrolled(axial.stops, axial.map_type, (axial.unit or length) / (length or 1.0), low, high, paint)
    coordinates = (x0 + low * dx, y0 + low * dy, x0 + high * dx, y0 + high * dy)
    return _gradient(2, coordinates, (axial.extend_start, axial.extend_end), stops)


def _radial(radial: RadialShading, area: Box, paint: Paint) -> tuple[Any, Matrix]:
    """Ellipses become circles in a frame turned by the angle and squeezed by the eccentricity."""
    turn = math.radians(radial.angle)
    rotation = Matrix(math.cos(turn), math.sin(turn), -math.sin(turn), math.cos(turn))
    frame = scaling(1.0, math.sqrt(1 - radial.eccentricity**2)).then(rotation)
    inverse = frame.inverse() or IDENTITY
    (x0, y0), (x1, y1) = inverse.point(*radial.start), inverse.point(*radial.end)
    r0, r1 = radial.start_radius, radial.end_radius
    low, high = 0.0, 1.0
    span = math.hypot(x1 - x0, y1 - y0) or abs(r1 - r0) or 1.0
    if radial.map_type != "Direct":
        reach = (
            math.hypot(area.width, area.height) + math.hypot(*radial.start) + math.hypot(*radial.end)
        ) / span
        low = -min(reach, r0 / (r1 - r0) if r1 > r0 else reach) if radial.extend_start else 0.0
        high = 1 + min(reach, r1 / (r0 - r1) if r0 > r1 else reach) if radial.extend_end else 1.0
    stops = _unrolled(radial.stops, radial.map_type, (radial.unit or span) / span, low, high, paint)

    def at(s: float) -> tuple[float, float, float]:
        return x0 + s * (x1 - x0), y0 + s * (y1 - y0), max(0.0, r0 + s * (r1 - r0))

    return _gradient(3, (*at(low), *at(high)), (radial.extend_start, radial.extend_end), stops), frame


def _unrolled(
    stops: tuple[Stop, ...], map_type: str, unit: float, low: float, high: float, paint: Paint
) -> list[tuple[float, Channels]]:
    """Stops over 0..1 of the axis from ``low`` to ``high``, repetitions of length ``unit`` written out."""
    plain = [(stop.position, paint(stop.color)) for stop in stops]
    if map_type not in ("Repeat", "Reflect") or unit <= 0:
        return plain
    first, last = math.floor(low / unit), math.ceil(high / unit)
    last = min(last, first + _MOST_REPEATS)
    unrolled: list[tuple[float, Channels]] = []
    for turn in range(first, last):
        mirrored = map_type == "Reflect" and turn % 2
        run = [(1 - place, value) for place, value in reversed(plain)] if mirrored else plain
        unrolled += [(((turn + place) * unit - low) / (high - low), value) for place, value in run]
    return _cut(unrolled)


def _cut(stops: list[tuple[float, Channels]]) -> list[tuple[float, Channels]]:
    """The part of a list of stops that lies in 0..1, with colours computed at the ends."""
    result: list[tuple[float, Channels]] = []
    for (a, va), (b, vb) in itertools.pairwise(stops):
        if b < 0 or a > 1:
            continue
        for place, near, far, own in ((a, va, vb, 0.0), (b, va, vb, 1.0)):
            inside = min(1.0, max(0.0, place))
            share = (inside - a) / (b - a) if b > a else own
            result.append((inside, tuple(p + (q - p) * share for p, q in zip(near, far, strict=True))))
    return result


def _gradient(
    kind: int, coordinates: Channels, extend: tuple[bool, bool], stops: list[tuple[float, Channels]]
) -> Any:
    """A shade of PDF type 2 (axial) or 3 (radial). MuPDF samples its colours at 256 places; so do we."""
    stops = stops or [(0.0, (0.0, 0.0, 0.0))]
    samples = _sampled(stops)
    channels = len(stops[0][1])
    document = mupdf.PdfDocument()
    function = f"<</FunctionType 0/Domain[0 1]/Range[{'0 1 ' * channels}]/Size[{_SAMPLES}]/BitsPerSample 8>>"
    stored = mupdf.pdf_add_stream(
        document, mupdf.fz_new_buffer_from_copied_data(samples), _parse(document, function), 0
    )
    space = "DeviceRGB" if channels == 3 else "DeviceGray"
    source = (
        f"<</ShadingType {kind}/ColorSpace/{space}/Coords[{_join(coordinates)}]"
        f"/Extend[{_word(extend[0])} {_word(extend[1])}]/Function {mupdf.pdf_to_num(stored)} 0 R>>"
    )
    return mupdf.pdf_load_shading(document, _parse(document, source))


def _sampled(stops: list[tuple[float, Channels]]) -> bytes:
    """Bytes of all channels at equal distances; of several stops at one place the last one counts."""
    samples = bytearray()
    current = 0
    for number in range(_SAMPLES):
        place = number / (_SAMPLES - 1)
        while current + 1 < len(stops) and stops[current + 1][0] <= place:
            current += 1
        (a, near), (b, far) = stops[current], stops[min(current + 1, len(stops) - 1)]
        share = min(1.0, max(0.0, (place - a) / (b - a))) if b > a else 0.0
        samples += bytes(round((p + (q - p) * share) * 255) for p, q in zip(near, far, strict=True))
    return bytes(samples)


def _mesh(mesh: MeshShading, paint: Paint) -> Any:
    """A free-form triangle mesh (PDF type 4): 32-bit corners, 16-bit colours."""
    corners = [vertex for triangle in mesh.triangles for vertex in triangle]
    xs, ys = [vertex.x for vertex in corners] or [0.0], [vertex.y for vertex in corners] or [0.0]
    x0, y0 = min(xs), min(ys)
    width, height = (max(xs) - x0) or 1.0, (max(ys) - y0) or 1.0
    data = bytearray()
    channels = 3
    for vertex in corners:
        value = paint(vertex.color)
        channels = len(value)
        u, v = (vertex.x - x0) / width, (vertex.y - y0) / height
        data += struct.pack(">BLL", 0, int(u * 0xFFFFFFFF), int(v * 0xFFFFFFFF))
        data += struct.pack(f">{channels}H", *(int(item * 0xFFFF) for item in value))
    space = "DeviceRGB" if channels == 3 else "DeviceGray"
    source = (
        f"<</ShadingType 4/ColorSpace/{space}/BitsPerCoordinate 32/BitsPerComponent 16/BitsPerFlag 8"
        f"/Decode[{_join((x0, x0 + width, y0, y0 + height))} {'0 1 ' * channels}]>>"
    )
    document = mupdf.PdfDocument()
    buffer = mupdf.fz_new_buffer_from_copied_data(bytes(data))
    return mupdf.pdf_load_shading(
        document, mupdf.pdf_add_stream(document, buffer, _parse(document, source), 0)
    )


def _parse(document: Any, source: str) -> Any:
    stream = mupdf.fz_open_buffer(mupdf.fz_new_buffer_from_copied_data(source.encode("ascii")))
    return mupdf.pdf_parse_stm_obj(document, stream, mupdf.PdfLexbuf(mupdf.PDF_LEXBUF_SMALL))


def _join(values: tuple[float, ...] | list[float]) -> str:
    return " ".join(f"{value:.6f}" for value in values)


def _word(value: bool) -> str:
    return "true" if value else "false"


def alpha_paint(color: Color) -> Channels:
    return (color.alpha,)
