"""SVG pictures, which some seals are: reduced to what only draws, then handed to MuPDF (ADR 0026).

Kept are shapes, text, clips and pictures inside the file. Dropped are scripts, foreign content and whatever
leads out of the file; the growth by ``use`` is bounded. What MuPDF's reader does not know is put into words
that it does: style rules become attributes, gradients their middle colour.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import Limits
from gongwen_docs.ofd import xml

_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>)*<(?:\w+:)?svg\b", re.DOTALL
)
_PLAIN_DOCTYPE = re.compile(rb"<!DOCTYPE\s+svg\b[^>\[]*>")
_KEPT = frozenset(
    (
        *("svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline"),
        *("polygon", "text", "tspan", "textPath", "image", "clipPath", "mask", "pattern", "title", "desc"),
        *("linearGradient", "radialGradient", "stop", "switch", "marker", "style"),
    )
)
_HREF = ("href", "{http://www.w3.org/1999/xlink}href")
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif);base64,", re.IGNORECASE)
_OUTWARD = re.compile(r"url\(\s*['\"]?\s*(?!['\"#\s])|@import|javascript:", re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PAINT_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")

_DEEPEST = 300
"""Elements within elements, references followed."""

Properties = dict[str, str]


def is_svg(data: bytes) -> bool:
    """Whether the bytes are an SVG file, whatever its name says."""
    return _HEAD.match(data[:4096]) is not None


def safe_svg(data: bytes, name: str, limits: Limits) -> bytes:
    """The file without what could do anything but draw itself.

    Raises ``KnownError``: ``draw.picture_damaged`` where it is no sound XML, ``draw.picture_too_large``
    where it has, or would by its references grow to, too many elements.
    """
    if len(data) > limits.svg_bytes:
        raise KnownError("draw.picture_too_large", part=name)
    try:
        root = xml.parse(_PLAIN_DOCTYPE.sub(b"", data, count=1), name, limits)
    except KnownError as error:
        raise KnownError("draw.picture_damaged", part=name) from error
    _drop_unwanted(root)
    _inline_styles(root)
    _flatten_gradients(root)
    if _grown(root, limits.svg_elements) > limits.svg_elements:
        raise KnownError("draw.picture_too_large", part=name)
    return xml.serialise(root)


def _elements(root: xml.Element) -> list[xml.Element]:
    return [item for item in root.iter() if isinstance(item.tag, str)]


def _drop_unwanted(root: xml.Element) -> None:
    for element in _elements(root):
        parent = element.getparent()
        if xml.local(element) not in _KEPT and parent is not None:
            parent.remove(element)
            continue
        for key, value in list(element.attrib.items()):
            if not _is_harmless(xml.local(element), str(key), str(value)):
                del element.attrib[key]


def _is_harmless(element: str, key: str, value: str) -> bool:
    if key in _HREF:
        return value.startswith("#") or (element == "image" and _DATA_PICTURE.match(value) is not None)
    return not key.startswith("on") and not _OUTWARD.search(value)


def _inline_styles(root: xml.Element) -> None:
    """Rules for classes, names and elements, and ``style`` attributes, as attributes of their elements."""
    rules: list[tuple[str, Properties]] = []
    for element in _elements(root):
        if xml.local(element) == "style":
            for selectors, body in _RULE.findall(_COMMENT.sub("", element.text or "")):
                rules += [(selector.strip(), _properties(body)) for selector in selectors.split(",")]
            element.text = ""
    by_selector: dict[str, Properties] = {}
    for selector, properties in rules:
        by_selector.setdefault(selector, {}).update(properties)
    for element in _elements(root):
        for key, value in _style_of(element, by_selector).items():
            if re.fullmatch(r"[a-z-]+", key) and _is_harmless(xml.local(element), key, value):
                element.set(key, value)
        if "style" in element.attrib:
            del element.attrib["style"]


def _style_of(element: xml.Element, rules: Mapping[str, Properties]) -> Properties:
    name = xml.local(element)
    classes = element.get("class", "").split()
    selectors = ["*", name, *(f".{item}" for item in classes), *(f"{name}.{item}" for item in classes)]
    selectors.append(f"#{element.get('id', '')}")
    found: Properties = {}
    for selector in selectors:
        found.update(rules.get(selector, {}))
    found.update(_properties(element.get("style", "")))
    return found


def _properties(text: str) -> Properties:
    pairs = (item.partition(":") for item in text.split(";") if ":" in item)
    return {key.strip().lower(): value.replace("!important", "").strip() for key, _, value in pairs}


def _flatten_gradients(root: xml.Element) -> None:
    """Paint by a gradient as paint by its middle colour: seals have them for shine only."""
    colors = {
        element.get("id", ""): _middle_color(element, root)
        for element in _elements(root)
        if xml.local(element) in ("linearGradient", "radialGradient")
    }
    for element in _elements(root):
        for key in ("fill", "stroke"):
            reference = _PAINT_REFERENCE.match(element.get(key, ""))
            if reference and reference[1] in colors:
                element.set(key, colors[reference[1]])


def _middle_color(gradient: xml.Element, root: xml.Element) -> str:
    stops = list(xml.children(gradient, "stop"))
    reference = next((gradient.get(key, "") for key in _HREF if gradient.get(key)), "")
    if not stops and reference:
        target = next((item for item in _elements(root) if item.get("id") == reference[1:]), None)
        stops = [] if target is None else list(xml.children(target, "stop"))
    return stops[len(stops) // 2].get("stop-color", "black") if stops else "none"


def _grown(root: xml.Element, limit: int) -> int:
    """Number of elements once every ``use`` is replaced by what it refers to; cycles count as endless."""
    named = {element.get("id"): element for element in _elements(root) if element.get("id")}
    sizes: dict[xml.Element, int] = {}
    entered: set[xml.Element] = set()

    def size(element: xml.Element) -> int:
        if element in sizes:
            return sizes[element]
        if element in entered or len(entered) > _DEEPEST:
            return limit + 1
        entered.add(element)
        total = 1 + sum(size(item) for item in element)
        for key in _HREF:
            target = named.get((element.get(key) or "")[1:])
            if target is not None and xml.local(element) == "use":
                total += size(target)
        entered.discard(element)
        sizes[element] = min(total, limit + 1)
        return sizes[element]

    return size(root)
