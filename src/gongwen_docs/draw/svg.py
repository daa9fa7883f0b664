"""SVG pictures, which some seals are: reduced to what only draws, then handed to MuPDF (ADR 0026).

Kept are shapes, text, gradients, clips and pictures inside the file. Dropped are scripts, foreign content,
style sheets and whatever leads out of the file; the growth by ``use`` is bounded.
"""

from __future__ import annotations

import re
from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import Limits
from gongwen_docs.ofd import xml

_HEAD = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>|\s)*<(?:\w+:)?svg\b", re.DOTALL
)
_PLAIN_DOCTYPE = re.compile(rb"<!DOCTYPE\s+svg\b[^>\[]*>")
_UNWANTED = frozenset(
    (
        "script",
        "foreignObject",
        "style",
        "iframe",
        "audio",
        "video",
        "a",
        "animate",
        "animateTransform",
        "set",
    )
)
_HREF = ("href", "{http://www.w3.org/1999/xlink}href")
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif);base64,", re.IGNORECASE)
_OUTWARD = re.compile(r"url\(\s*['\"]?\s*(?!#)|@import|javascript:", re.IGNORECASE)


def is_svg(data: bytes) -> bool:
    """Whether the bytes are an SVG file, whatever its name says."""
    return _HEAD.match(data[:4096]) is not None


def svg_image(data: bytes, name: str, limits: Limits) -> Any:
    """An image that draws the SVG as vectors.

    Raises ``KnownError``: ``draw.picture_damaged``, ``draw.picture_too_large``; and MuPDF's own errors.
    """
    buffer = mupdf.fz_new_buffer_from_copied_data(safe_svg(data, name, limits))
    return mupdf.fz_new_image_from_svg(buffer, "", mupdf.FzArchive())


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
    for element in [item for item in root.iter() if isinstance(item.tag, str)]:
        if xml.local(element) in _UNWANTED:
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
            continue
        for key, value in list(element.attrib.items()):
            if not _is_harmless(xml.local(element), str(key), str(value)):
                del element.attrib[key]
    if _grown(root, limits.svg_elements) > limits.svg_elements:
        raise KnownError("draw.picture_too_large", part=name)
    return xml.serialise(root)


def _is_harmless(element: str, key: str, value: str) -> bool:
    if key in _HREF:
        return value.startswith("#") or (element == "image" and _DATA_PICTURE.match(value) is not None)
    return not key.startswith("on") and not _OUTWARD.search(value)


def _grown(root: xml.Element, limit: int) -> int:
    """Number of elements once every ``use`` is replaced by what it refers to; cycles count as endless."""
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    sizes: dict[xml.Element, int] = {}
    open_elements: set[xml.Element] = set()

    def size(element: xml.Element) -> int:
        if element in sizes:
            return sizes[element]
        if element in open_elements:
            return limit + 1
        open_elements.add(element)
        total = 1 + sum(size(item) for item in element)
        for key in _HREF:
            target = named.get((element.get(key) or "")[1:])
            if target is not None and xml.local(element) == "use":
                total += size(target)
        open_elements.discard(element)
        sizes[element] = min(total, limit + 1)
        return sizes[element]

    return size(root)
