"""Safe XML: the only place where documents' XML is parsed.

Refused: every document type declaration (so no entity can be declared), anything larger or deeper than the
limits. Elements are matched by local name, because real files carry the namespace of 2016, an older one, a
wrong one or none (GB/T 33190 §7.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from gongwen_crypto.errors import KnownError
from gongwen_docs.limits import DEFAULT_LIMITS, Limits

Element = etree._Element


def parse(data: bytes, part: str, limits: Limits = DEFAULT_LIMITS) -> Element:
    """Parse one XML file; ``part`` names it in errors.

    Raises ``KnownError``: ``ofd.xml.too_large``, ``.doctype``, ``.damaged``, ``.too_deep``.
    """
    if len(data) > limits.xml_bytes:
        raise KnownError("ofd.xml.too_large", part=part)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise KnownError("ofd.xml.doctype", part=part)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise KnownError("ofd.xml.damaged", part=part) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):  # a declaration in UTF-16 escapes the scan above
        raise KnownError("ofd.xml.doctype", part=part)
    _check_depth(root, part, limits.xml_depth)
    return root


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


def _check_depth(root: Element, part: str, limit: int) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limit:
            raise KnownError("ofd.xml.too_deep", part=part)
