"""Graphic units of a page: text, paths, pictures, composites (GB/T 33190 §8.5 - §13).

What a unit says itself and what it inherits are kept apart: a missing attribute is None here and is found in
the cascade unit, draw parameter, layer, default when the page is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from gongwen_docs.limits import Limits
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.colors import Color, read_color
from gongwen_docs.ofd.values import (
    IDENTITY,
    Box,
    Matrix,
    boolean,
    box,
    deltas,
    integer,
    matrix,
    number,
    numbers,
)


@dataclass(frozen=True)
class Style:
    """Properties of CT_DrawParam, each None where unsaid. Lengths mm (§8.2)."""

    line_width: float | None = None
    join: str | None = None
    cap: str | None = None
    dash_offset: float | None = None
    dash: tuple[float, ...] | None = None
    miter_limit: float | None = None
    fill: Color | None = None
    stroke: Color | None = None

    def over(self, base: Style) -> Style:
        """This style with gaps filled from ``base``."""
        gaps = {name: value for name, value in vars(base).items() if getattr(self, name) is None}
        return replace(self, **gaps) if gaps else self


@dataclass(frozen=True)
class ClipArea:
    """One region of a clip, in the object space of the clipped unit."""

    ctm: Matrix
    shape: PathUnit | TextUnit


@dataclass(frozen=True)
class Clips:
    """Regions unite within one clip, several clips intersect. ``through_ctm`` is practice's TransFlag."""

    through_ctm: bool
    clips: tuple[tuple[ClipArea, ...], ...]


@dataclass(frozen=True)
class Frame:
    """What all graphic units have (CT_GraphicUnit). ``alpha`` is 0..1; ``ctm`` None means none given."""

    id: str
    boundary: Box
    ctm: Matrix | None
    alpha: float
    draw_param: str
    style: Style
    clips: Clips | None
    blend: str


@dataclass(frozen=True)
class GlyphRun:
    """CGTransform: characters [position, position + characters) show these glyphs of the font (§11.4)."""

    position: int
    characters: int
    glyphs: tuple[int, ...]


@dataclass(frozen=True)
class TextCode:
    """A run of text from one origin; offsets run from glyph to glyph."""

    x: float
    y: float
    text: str
    delta_x: tuple[float, ...]
    delta_y: tuple[float, ...]
    glyph_runs: tuple[GlyphRun, ...]


@dataclass(frozen=True)
class TextUnit:
    """CT_Text (§11). ``size`` is the em in mm; directions are degrees clockwise."""

    frame: Frame
    font_id: str
    size: float
    stroke: bool
    fill: bool
    h_scale: float
    char_direction: int
    weight: int
    italic: bool
    codes: tuple[TextCode, ...]


@dataclass(frozen=True)
class PathUnit:
    """CT_Path (§9). ``data`` is the unread path string."""

    frame: Frame
    stroke: bool
    fill: bool
    even_odd: bool
    data: str


@dataclass(frozen=True)
class Border:
    """Frame of a picture (§10, table 43)."""

    width: float
    x_radius: float
    y_radius: float
    dash_offset: float
    dash: tuple[float, ...] | None
    color: Color | None


@dataclass(frozen=True)
class ImageUnit:
    """CT_Image (§10)."""

    frame: Frame
    resource_id: str
    substitution_id: str
    mask_id: str
    border: Border | None


@dataclass(frozen=True)
class CompositeUnit:
    """CT_Composite (§13)."""

    frame: Frame
    resource_id: str


Unit = TextUnit | PathUnit | ImageUnit | CompositeUnit


def read_style(element: xml.Element) -> Style:
    """The style attributes and colours that an element itself carries."""
    get = element.get
    dash = get("DashPattern")
    return Style(
        line_width=None if get("LineWidth") is None else max(0.0, number(get("LineWidth"), 0.353)),
        join=get("Join"),
        cap=get("Cap"),
        dash_offset=None if get("DashOffset") is None else number(get("DashOffset")),
        dash=None if dash is None else tuple(abs(value) for value in numbers(dash)),
        miter_limit=None if get("MiterLimit") is None else number(get("MiterLimit"), 4.234),
        fill=read_color(xml.child(element, "FillColor")),
        stroke=read_color(xml.child(element, "StrokeColor")),
    )


def read_units(block: xml.Element, limits: Limits) -> Iterator[Unit]:
    """Visible units of a page block in painting order; nested blocks carry no transform and unfold."""
    for element in xml.children(block):
        name = xml.local(element)
        if name == "PageBlock":
            yield from read_units(element, limits)
        elif name in _READERS and boolean(element.get("Visible"), True):
            yield _READERS[name](element, limits)


def _read_frame(element: xml.Element, limits: Limits) -> Frame:
    clips = xml.child(element, "Clips")
    return Frame(
        element.get("ID", ""),
        box(element.get("Boundary")) or Box(0, 0, 0, 0),
        matrix(element.get("CTM")),
        min(255.0, max(0.0, number(element.get("Alpha"), 255.0))) / 255.0,
        element.get("DrawParam", ""),
        read_style(element),
        None if clips is None else _read_clips(clips, limits),
        element.get("BlendMode", ""),
    )


def _read_clips(element: xml.Element, limits: Limits) -> Clips:
    clips = []
    for clip in xml.children(element, "Clip"):
        areas = []
        for area in xml.children(clip, "Area"):
            ctm = matrix(area.get("CTM")) or IDENTITY
            for shape in xml.children(area):
                if xml.local(shape) == "Path":
                    areas.append(ClipArea(ctm, read_path_unit(shape, limits)))
                elif xml.local(shape) == "Text":
                    areas.append(ClipArea(ctm, read_text_unit(shape, limits)))
        clips.append(tuple(areas))
    return Clips(boolean(element.get("TransFlag"), False), tuple(clips))


def read_text_unit(element: xml.Element, limits: Limits) -> TextUnit:
    return TextUnit(
        frame=_read_frame(element, limits),
        font_id=element.get("Font", ""),
        size=abs(number(element.get("Size"))),
        stroke=boolean(element.get("Stroke"), False),
        fill=boolean(element.get("Fill"), True),
        h_scale=number(element.get("HScale"), 1.0) or 1.0,
        char_direction=integer(element.get("CharDirection")) % 360,
        weight=integer(element.get("Weight"), 400),
        italic=boolean(element.get("Italic"), False),
        codes=_read_codes(element, limits),
    )


def _read_codes(element: xml.Element, limits: Limits) -> tuple[TextCode, ...]:
    codes: list[TextCode] = []
    runs: list[GlyphRun] = []
    x = y = 0.0
    for item in xml.children(element):
        name = xml.local(item)
        if name == "CGTransform":
            numbered = xml.child_text(item, "Glyphs").split()[: limits.glyphs_per_text]
            glyphs = (integer(glyph) for glyph in numbered)
            runs.append(
                GlyphRun(
                    position=max(0, integer(item.get("CodePosition"))),
                    characters=max(1, integer(item.get("CodeCount"), 1)),
                    glyphs=tuple(min(max(0, glyph), 0xFFFF) for glyph in glyphs),
                )
            )
        elif name == "TextCode":
            # A missing coordinate comes from the previous TextCode's attribute, not from the pen (§11.3).
            x, y = number(item.get("X"), x), number(item.get("Y"), y)
            codes.append(
                TextCode(
                    x,
                    y,
                    (item.text or "")[: limits.glyphs_per_text],
                    deltas(item.get("DeltaX"), limits.glyphs_per_text),
                    deltas(item.get("DeltaY"), limits.glyphs_per_text),
                    tuple(runs),
                )
            )
            runs = []
    if runs and codes and not codes[-1].glyph_runs:
        codes[-1] = replace(codes[-1], glyph_runs=tuple(runs))  # some producers write them after the text
    return tuple(codes)


def read_path_unit(element: xml.Element, limits: Limits) -> PathUnit:
    return PathUnit(
        frame=_read_frame(element, limits),
        stroke=boolean(element.get("Stroke"), True),
        fill=boolean(element.get("Fill"), False),
        even_odd=element.get("Rule", "NonZero").replace("-", "").lower() == "evenodd",
        data=xml.child_text(element, "AbbreviatedData"),
    )


def _read_image_unit(element: xml.Element, limits: Limits) -> ImageUnit:
    border = xml.child(element, "Border")
    return ImageUnit(
        frame=_read_frame(element, limits),
        resource_id=element.get("ResourceID", ""),
        substitution_id=element.get("Substitution", ""),
        mask_id=element.get("ImageMask", ""),
        border=None if border is None else _read_border(border),
    )


def _read_border(element: xml.Element) -> Border:
    dash = element.get("DashPattern")
    return Border(
        width=max(0.0, number(element.get("LineWidth"), 0.353)),
        x_radius=number(element.get("HorizonalCornerRadius")),  # the standard's own spelling
        y_radius=number(element.get("VerticalCornerRadius")),
        dash_offset=number(element.get("DashOffset")),
        dash=None if dash is None else tuple(abs(value) for value in numbers(dash)),
        color=read_color(xml.child(element, "BorderColor")),
    )


def _read_composite_unit(element: xml.Element, limits: Limits) -> CompositeUnit:
    return CompositeUnit(
        frame=_read_frame(element, limits),
        resource_id=element.get("ResourceID", ""),
    )


_READERS: Mapping[str, Callable[[xml.Element, Limits], Unit]] = {
    "TextObject": read_text_unit,
    "PathObject": read_path_unit,
    "ImageObject": _read_image_unit,
    "CompositeObject": _read_composite_unit,
}
