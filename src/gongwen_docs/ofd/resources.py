"""Fonts, colour spaces, draw parameters, media and composites, found by ID (GB/T 33190 §7.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.colors import read_components
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.graphics import Style, read_style
from gongwen_docs.ofd.values import boolean, integer, number

DataFile = Callable[[str], str]
"""Finds the package path of a resource's data file."""


_LONGEST_CHAIN = 100
"""Draw parameters that build upon one another; real ones have two."""


@dataclass(frozen=True)
class FontResource:
    """CT_Font (§11.1). ``path`` is the embedded file, None where the system has to supply the face."""

    id: str
    name: str
    family: str
    charset: str
    serif: bool
    bold: bool
    italic: bool
    fixed_width: bool
    path: str | None


@dataclass(frozen=True)
class ColorSpace:
    """CT_ColorSpace (§8.3.1). ``type`` is GRAY, RGB or CMYK; palette entries are raw channel values.

    ``profile`` is the package path of an ICC profile, None where there is none.
    """

    id: str
    type: str
    bits: int
    palette: tuple[tuple[float, ...], ...]
    profile: str | None = None


@dataclass(frozen=True)
class DrawParam:
    """CT_DrawParam with the ID of the one it builds upon."""

    id: str
    relative: str
    style: Style


@dataclass(frozen=True)
class Media:
    """CT_MultiMedia (§7.9): a picture, sound or film. The format is a hint; the bytes decide."""

    id: str
    type: str
    format: str
    path: str


@dataclass(frozen=True)
class CompositeResource:
    """CT_VectorG (§13): a drawing of its own, size in mm; ``substitution_id`` is a picture of it."""

    id: str
    width: float
    height: float
    content: xml.Element | None
    substitution_id: str = ""


@dataclass
class Resources:
    """All resources visible from one place; a page's own come before those of the document."""

    fonts: dict[str, FontResource] = field(default_factory=dict)
    color_spaces: dict[str, ColorSpace] = field(default_factory=dict)
    draw_params: dict[str, DrawParam] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    composites: dict[str, CompositeResource] = field(default_factory=dict)
    default_color_space: str = ""
    damaged: tuple[str, ...] = ()
    """Resource files that could not be read; what they define is unknown."""

    def extended(self, package: Package, paths: Iterable[str]) -> Resources:
        """These resources with those of further files in front. Unreadable files are noted."""
        result = Resources(
            dict(self.fonts),
            dict(self.color_spaces),
            dict(self.draw_params),
            dict(self.media),
            dict(self.composites),
            self.default_color_space,
            self.damaged,
        )
        for path in paths:
            if path in package:
                try:
                    result._read(package, path)
                except KnownError:
                    result.damaged += (path,)
        return result

    def style(self, draw_param: str) -> Style:
        """Style of a draw parameter with its chain of bases; cycles end the chain (§8.2)."""
        style = Style()
        seen: set[str] = set()
        while draw_param in self.draw_params and draw_param not in seen and len(seen) < _LONGEST_CHAIN:
            seen.add(draw_param)
            entry = self.draw_params[draw_param]
            style = style.over(entry.style)
            draw_param = entry.relative
        return style

    def _read(self, package: Package, path: str) -> None:
        root = xml.parse(package.read(path), path, package.limits)
        folder = package.resolve(path, root.get("BaseLoc", "") or ".")

        def data_file(location: str) -> str:
            found = package.resolve(f"{folder}/_" if folder else "_", location)
            return found if found in package else package.resolve(path, location)

        for group in xml.children(root):
            for element in xml.children(group):
                self._read_entry(element, data_file)

    def _read_entry(self, element: xml.Element, data_file: DataFile) -> None:
        key = element.get("ID", "")
        match xml.local(element):
            case "Font":
                self.fonts[key] = _read_font(key, element, data_file)
            case "ColorSpace":
                self.color_spaces[key] = _read_color_space(key, element, data_file)
            case "DrawParam":
                self.draw_params[key] = DrawParam(key, element.get("Relative", ""), read_style(element))
            case "MultiMedia":
                location = xml.child_text(element, "MediaFile")
                self.media[key] = Media(
                    key,
                    element.get("Type", ""),
                    element.get("Format", ""),
                    data_file(location) if location else "",
                )
            case "CompositeGraphicUnit":
                content = xml.child(element, "Content")
                width, height = number(element.get("Width")), number(element.get("Height"))
                substitution = (
                    element.get("Substitution") or xml.child_text(element, "Substitution")
                ).strip()
                self.composites[key] = CompositeResource(key, width, height, content, substitution)
            case _:
                pass


def _read_font(key: str, element: xml.Element, data_file: DataFile) -> FontResource:
    location = xml.child_text(element, "FontFile")
    return FontResource(
        id=key,
        name=element.get("FontName", ""),
        family=element.get("FamilyName", ""),
        charset=element.get("Charset", "unicode"),
        serif=boolean(element.get("Serif"), False),
        bold=boolean(element.get("Bold"), False),
        italic=boolean(element.get("Italic"), False),
        fixed_width=boolean(element.get("FixedWidth"), False),
        path=data_file(location) if location else None,
    )


def _read_color_space(key: str, element: xml.Element, data_file: DataFile) -> ColorSpace:
    palette = xml.child(element, "Palette")
    profile = (element.get("Profile") or xml.child_text(element, "Profile")).strip()
    return ColorSpace(
        id=key,
        type=element.get("Type", "RGB").strip().upper(),
        bits=min(16, max(1, integer(element.get("BitsPerComponent"), 8))),
        palette=(
            ()
            if palette is None
            else tuple(read_components(xml.text(value)) for value in xml.children(palette, "CV"))
        ),
        profile=data_file(profile) if profile else None,
    )
