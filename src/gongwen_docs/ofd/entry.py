"""OFD.xml: what the document says about itself, and where its root is (GB/T 33190 §7.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package

ENTRY = "OFD.xml"


@dataclass(frozen=True)
class DocInfo:
    """Metadata of a document; texts as written, empty where absent."""

    doc_id: str = ""
    title: str = ""
    author: str = ""
    subject: str = ""
    abstract: str = ""
    creator: str = ""
    creator_version: str = ""
    creation_date: str = ""
    modification_date: str = ""
    usage: str = "Normal"
    keywords: tuple[str, ...] = ()
    custom: Mapping[str, str] = field(default_factory=dict)
    """CustomDatas by name; official-document metadata travel here."""


@dataclass(frozen=True)
class Entry:
    """The entry file. Only the first DocBody is shown by itself; ``bodies`` tells of others."""

    version: str
    doc_type: str
    bodies: int
    info: DocInfo
    root: str
    signatures: str | None
    versions: tuple[str, ...]
    """Files that version entries name: never followed, but reported."""
    body: xml.Element = field(repr=False, compare=False)
    """The DocBody itself."""


def read_entry(package: Package, number: int = 0) -> Entry:
    """Raises ``KnownError``: ``ofd.document.no_root``, ``ofd.document.encrypted``, or what XML raises."""
    if ENTRY not in package:
        encrypted = package.find("Encryptions.xml") is not None or bool(package.shell)
        raise KnownError("ofd.document.encrypted" if encrypted else "ofd.document.no_root")
    root = xml.parse(package.read(ENTRY), ENTRY, package.limits)
    bodies = list(xml.children(root, "DocBody"))
    if not 0 <= number < len(bodies):
        raise KnownError("ofd.document.no_root")
    body = bodies[number]
    location = xml.child_text(body, "DocRoot")
    document_root = package.resolve(ENTRY, location)
    if not location or document_root not in package:
        raise KnownError("ofd.document.no_root")
    signatures = xml.child_text(body, "Signatures")
    versions = xml.child(body, "Versions")
    return Entry(
        version=root.get("Version", ""),
        doc_type=root.get("DocType", ""),
        bodies=len(bodies),
        info=_read_info(xml.child(body, "DocInfo")),
        root=document_root,
        signatures=package.resolve(ENTRY, signatures) if signatures else None,
        versions=tuple(
            package.resolve(ENTRY, version.get("BaseLoc", ""))
            for version in ([] if versions is None else xml.children(versions, "Version"))
        ),
        body=body,
    )


def _read_info(element: xml.Element | None) -> DocInfo:
    if element is None:
        return DocInfo()
    custom, keywords = xml.child(element, "CustomDatas"), xml.child(element, "Keywords")
    return DocInfo(
        doc_id=xml.child_text(element, "DocID"),
        title=xml.child_text(element, "Title"),
        author=xml.child_text(element, "Author"),
        subject=xml.child_text(element, "Subject"),
        abstract=xml.child_text(element, "Abstract"),
        creator=xml.child_text(element, "Creator"),
        creator_version=xml.child_text(element, "CreatorVersion"),
        creation_date=xml.child_text(element, "CreationDate"),
        modification_date=xml.child_text(element, "ModDate"),
        usage=xml.child_text(element, "DocUsage") or "Normal",
        keywords=() if keywords is None else tuple(xml.text(item) for item in xml.children(keywords)),
        custom=(
            {}
            if custom is None
            else {item.get("Name", ""): xml.text(item) for item in xml.children(custom, "CustomData")}
        ),
    )
