"""Safe XML: the only place where documents' XML is parsed.

Refused: every document type declaration (so no entity can be declared), anything larger or deeper than the
limits. Elements are matched by local name, because real files carry the namespace of 2016, an older one, a
wrong one or none (GB/T 33190 §7.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, cast

from lxml import etree

from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import DEFAULT_LIMITS, Limits
from gongwen_docs.ofd.characters import mended

Element = etree._Element

_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


_EARLY_BYTES = 1024
_SINGLE_BYTE_MARKS = (b"<", b"\xef\xbb\xbf<")


def parse(data: bytes, part: str, limits: Limits = DEFAULT_LIMITS) -> Element:
    """Parse one XML file; ``part`` names it in errors.

    Raises ``KnownError``: ``ofd.xml.too_large``, ``.doctype``, ``.damaged``, ``.too_deep``.
    """
    if len(data) > limits.xml_bytes:
        raise KnownError("ofd.xml.too_large", part=part)
    if data.count(b"<") + data.count(b"=") > limits.xml_marks:
        raise KnownError("ofd.xml.too_large", part=part)
    _refuse_doctype(data, part)
    try:
        root = _root(data)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:  # LookupError: an unknown encoding
        raise KnownError("ofd.xml.damaged", part=part) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):  # a declaration in UTF-16 escapes the scan above
        raise KnownError("ofd.xml.doctype", part=part)
    if _deeper_than(limits.xml_depth)(root):
        raise KnownError("ofd.xml.too_deep", part=part)
    return root


def _root(data: bytes) -> Element:
    try:
        return etree.fromstring(data, etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError:
        better = mended(data)
        if better is None:
            raise
        return etree.fromstring(better, etree.XMLParser(**_SAFE))


def may_contain(data: bytes, name: str) -> bool:
    """False only where a file that has not been parsed certainly holds no element of this name."""
    return name.encode() in data or not data.lstrip().startswith(_SINGLE_BYTE_MARKS)


def early_child(data: bytes, part: str, name: str) -> Element | None:
    """The first child of this local name if it stands near the beginning; what follows is not read.

    None means not found there, nothing more. Raises ``KnownError`` ``ofd.xml.doctype``.
    """
    _refuse_doctype(data, part)
    parser = etree.XMLPullParser(events=("end",), tag=f"{{*}}{name}", **_SAFE)
    try:
        parser.feed(data[:_EARLY_BYTES])
        for _, found in parser.read_events():
            parent = found.getparent() if isinstance(found, Element) else None
            if parent is not None and parent.getparent() is None:
                return cast(Element, found)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None
    return None


def serialise(root: Element) -> bytes:
    """The element as a UTF-8 file with declaration."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def local(element: Element) -> str:
    """Name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, name: str | None = None) -> Iterator[Element]:
    """Child elements, all or those of one local name."""
    for item in element:
        if isinstance(item.tag, str) and (name is None or local(item) == name):
            yield item


def child(element: Element, name: str) -> Element | None:
    """First child of this local name."""
    return next(children(element, name), None)


def text(element: Element | None) -> str:
    """Text of an element without surrounding white space; empty for None."""
    return "" if element is None else (element.text or "").strip()


def child_text(element: Element, name: str) -> str:
    """Text of the first child of this local name; empty where there is none."""
    return text(child(element, name))


def _refuse_doctype(data: bytes, part: str) -> None:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise KnownError("ofd.xml.doctype", part=part)


@cache
def _deeper_than(limit: int) -> Callable[[Element], object]:
    """A test for nesting beyond ``limit``: a path of that many steps, twenty times as fast as a walk."""
    return etree.XPath("boolean(" + "/*" * (limit + 1) + ")")
