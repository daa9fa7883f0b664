"""What applications add to a document: custom tags, extensions, records of versions (GB/T 33190 §16 - §19).

Read so that a reader can say that they are there and what they name; none of it changes what pages show.
"""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.values import boolean


@dataclass(frozen=True)
class CustomTag:
    """A file of tags: ``kind`` is the TypeID of the text or the NameSpace of the schema."""

    kind: str
    schema_path: str
    path: str


@dataclass(frozen=True)
class Extension:
    """Data that an application keeps about an object of the document."""

    app_name: str
    company: str
    app_version: str
    date: str
    object_id: str
    properties: tuple[tuple[str, str, str], ...]
    """Name, type and value of each."""
    data_path: str


@dataclass(frozen=True)
class Version:
    """One entry of the versions. ``root`` is its document root, empty where its record is unreadable.

    The document that is shown is always the one of DocRoot: nothing switches to another by itself.
    """

    id: str
    index: str
    current: bool
    path: str
    name: str
    created: str
    root: str
    files: tuple[str, ...]


def read_custom_tags(package: Package, list_path: str | None) -> tuple[CustomTag, ...]:
    """Raises ``KnownError`` for damaged XML."""
    if list_path is None or list_path not in package:
        return ()
    root = xml.parse(package.read(list_path), list_path, package.limits)

    def path(element: xml.Element, name: str) -> str:
        location = xml.child_text(element, name)
        return package.resolve(list_path, location) if location else ""

    return tuple(
        CustomTag(
            (element.get("TypeID") or element.get("NameSpace") or "").strip(),
            path(element, "SchemaLoc"),
            path(element, "FileLoc"),
        )
        for element in xml.children(root, "CustomTag")
    )


def read_extensions(package: Package, list_path: str | None) -> tuple[Extension, ...]:
    """Raises ``KnownError`` for damaged XML."""
    if list_path is None or list_path not in package:
        return ()
    root = xml.parse(package.read(list_path), list_path, package.limits)
    extensions = []
    for element in xml.children(root, "Extension"):
        location = xml.child_text(element, "ExtendData")
        extensions.append(
            Extension(
                app_name=element.get("AppName", ""),
                company=element.get("Company", ""),
                app_version=element.get("AppVersion", ""),
                date=element.get("Date", "").strip(),
                object_id=(element.get("RefId") or element.get("RefID") or "").strip(),
                properties=tuple(
                    (item.get("Name", ""), item.get("Type", ""), xml.text(item))
                    for item in xml.children(element, "Property")
                ),
                data_path=package.resolve(list_path, location) if location else "",
            )
        )
    return tuple(extensions)


def read_versions(package: Package, body: xml.Element, entry: str) -> tuple[Version, ...]:
    """The versions of a DocBody. Raises ``KnownError`` for damaged XML."""
    versions = xml.child(body, "Versions")
    return (
        ()
        if versions is None
        else tuple(_read_version(package, item, entry) for item in xml.children(versions, "Version"))
    )


def _read_version(package: Package, element: xml.Element, entry: str) -> Version:
    path = package.resolve(entry, element.get("BaseLoc", ""))
    record = xml.parse(package.read(path), path, package.limits) if path in package else element
    root = xml.child_text(record, "DocRoot")
    files = xml.child(record, "FileList")
    return Version(
        id=element.get("ID", ""),
        index=element.get("Index", ""),
        current=boolean(element.get("Current"), False),
        path=path,
        name=record.get("Name", ""),
        created=record.get("CreationDate", "").strip(),
        root=package.resolve(path, root) if root else "",
        files=(
            ()
            if files is None
            else tuple(package.resolve(path, xml.text(item)) for item in xml.children(files, "File"))
        ),
    )
