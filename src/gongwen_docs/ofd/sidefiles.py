"""Files beside the pages: attachments and annotations; and the permissions (GB/T 33190)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.values import Box, boolean, box, integer


@dataclass(frozen=True)
class Attachment:
    """A file carried inside the package. ``size`` is bytes as stored, 0 where the file is missing."""

    id: str
    name: str
    format: str
    size: int
    path: str
    visible: bool
    usage: str
    creation_date: str


@dataclass(frozen=True)
class AnnotationFile:
    """Where the annotations of one page are."""

    page_id: str
    path: str


@dataclass(frozen=True)
class Annotation:
    """One annotation of one page. ``appearance`` is drawn at ``boundary`` (mm; None: page space).

    ``type`` is Link, Path, Highlight, Stamp or Watermark, as written (§15.2).
    """

    id: str
    page_id: str
    type: str
    subtype: str
    visible: bool
    print: bool
    no_zoom: bool
    no_rotate: bool
    read_only: bool
    creator: str
    modified: str
    remark: str
    parameters: Mapping[str, str]
    boundary: Box | None
    appearance: xml.Element | None
    path: str


@dataclass(frozen=True)
class Permissions:
    """CT_Permission; everything is allowed where nothing is said (§7.5, table 9).

    ``copies``: negative is unlimited, 0 forbids printing. Dates as written.
    """

    edit: bool = True
    annotate: bool = True
    export: bool = True
    sign: bool = True
    watermark: bool = True
    print_screen: bool = True
    printable: bool = True
    copies: int = -1
    valid_from: str = ""
    valid_until: str = ""


def read_attachments(package: Package, list_path: str | None) -> tuple[Attachment, ...]:
    if list_path is None or list_path not in package:
        return ()
    root = xml.parse(package.read(list_path), list_path, package.limits)
    attachments = []
    for element in xml.children(root, "Attachment"):
        location = xml.child_text(element, "FileLoc")
        path = package.resolve(list_path, location) if location else ""
        attachments.append(
            Attachment(
                id=element.get("ID", ""),
                name=element.get("Name", ""),
                format=element.get("Format", ""),
                size=package.size(path) if path in package else 0,
                path=path,
                visible=boolean(element.get("Visible"), True),
                usage=element.get("Usage", "none"),
                creation_date=element.get("CreationDate", "").strip(),
            )
        )
    return tuple(attachments)


def read_annotation_files(package: Package, list_path: str | None) -> tuple[AnnotationFile, ...]:
    """The files of annotations that the package has, in the order of the list."""
    if list_path is None or list_path not in package:
        return ()
    root = xml.parse(package.read(list_path), list_path, package.limits)
    files = (
        AnnotationFile(page.get("PageID", ""), package.resolve(list_path, xml.child_text(page, "FileLoc")))
        for page in xml.children(root, "Page")
    )
    return tuple(file for file in files if file.path in package)


def read_annotations(package: Package, file: AnnotationFile) -> tuple[Annotation, ...]:
    """The annotations of one file. Raises ``KnownError`` for damaged XML."""
    root = xml.parse(package.read(file.path), file.path, package.limits)
    return tuple(
        _read_annotation(element, file.page_id, file.path) for element in xml.children(root, "Annot")
    )


def _read_annotation(element: xml.Element, page_id: str, path: str) -> Annotation:
    appearance = xml.child(element, "Appearance")
    parameters = xml.child(element, "Parameters")
    return Annotation(
        id=element.get("ID", ""),
        page_id=page_id,
        type=element.get("Type", ""),
        subtype=element.get("Subtype", ""),
        visible=boolean(element.get("Visible"), True),
        print=boolean(element.get("Print"), True),
        no_zoom=boolean(element.get("NoZoom"), False),
        no_rotate=boolean(element.get("NoRotate"), False),
        read_only=boolean(element.get("ReadOnly"), True),
        creator=element.get("Creator", ""),
        modified=element.get("LastModDate", "").strip(),
        remark=xml.child_text(element, "Remark"),
        parameters=(
            {}
            if parameters is None
            else {item.get("Name", ""): xml.text(item) for item in xml.children(parameters, "Parameter")}
        ),
        boundary=None if appearance is None else box(appearance.get("Boundary")),
        appearance=appearance,
        path=path,
    )


def read_permissions(element: xml.Element | None) -> Permissions:
    if element is None:
        return Permissions()
    printing, period = xml.child(element, "Print"), xml.child(element, "ValidPeriod")

    def allowed(name: str) -> bool:
        return boolean(xml.child_text(element, name) or None, True)

    return Permissions(
        edit=allowed("Edit"),
        annotate=allowed("Annot"),
        export=allowed("Export"),
        sign=allowed("Signature"),
        watermark=allowed("Watermark"),
        print_screen=allowed("PrintScreen"),
        printable=True if printing is None else boolean(printing.get("Printable"), True),
        copies=-1 if printing is None else integer(printing.get("Copies"), -1),
        valid_from="" if period is None else period.get("StartDate", ""),
        valid_until="" if period is None else period.get("EndDate", ""),
    )
