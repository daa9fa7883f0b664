"""What a reader sees of a revision, and what differs between the signed revision and the file at hand.

Compared is what the pages are made of, not which bytes were appended: objects may be replaced, hidden behind
one another or brought back by an incremental update ("shadow attacks"). Everything counts that is not on the
short list of what changes nothing on a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pymupdf import mupdf

from gongwen_crypto.errors import KnownError
from gongwen_docs.pdf.fields import Field, fields
from gongwen_docs.pdf.objects import PdfFile, get, items, keys

# Of the catalogue: looked at apart, or without weight for what pages show and do.
_UNWEIGHED = frozenset(
    {
        "AcroForm", "Pages", "Type", "DSS", "Extensions", "Metadata", "Version", "Perms", "Lang", "Outlines",
        "StructTreeRoot", "MarkInfo", "PageLabels", "PageMode", "PageLayout", "PieceInfo", "Threads",
    }
)  # fmt: skip
_GEOMETRY = ("MediaBox", "CropBox", "Rotate", "UserUnit")


class ChangeKind(StrEnum):
    """What happened to a document after it was signed."""

    SIGNATURE_ADDED = "signature_added"
    FIELD_FILLED = "field_filled"
    ANNOTATION_ADDED = "annotation_added"
    ANNOTATION_CHANGED = "annotation_changed"
    SIGNATURE_CHANGED = "signature_changed"
    FONTS_REPLACED = "fonts_replaced"
    PAGE_CHANGED = "page_changed"
    PAGES_ADDED = "pages_added"
    PAGES_REMOVED = "pages_removed"
    LAYERS_CHANGED = "layers_changed"
    STRUCTURE_CHANGED = "structure_changed"


@dataclass(frozen=True)
class Change:
    """One change: on a page (from 1), or of something by name."""

    kind: ChangeKind
    page: int | None = None
    name: str = ""


@dataclass(frozen=True)
class _PageState:
    drawing: bytes  # digest of contents, resources and geometry
    without_fonts: bytes
    annotations: Counter[bytes]  # digests of all that belong to no signature


@dataclass(frozen=True)
class Snapshot:
    """Digests of everything that a reader sees or that a program does with a revision."""

    pages: tuple[_PageState, ...]
    values: dict[str, bytes]  # of each form field
    signatures: dict[str, bytes]  # of each signature with its appearance
    catalogue: dict[str, bytes]


def snapshot(file: PdfFile) -> Snapshot:
    """Raises ``KnownError``: ``pdf.too_deep``, ``draw.pdf_damaged``."""
    try:
        found = fields(file)
        seals = {number for item in found if item.kind == "Sig" for number in item.widgets}
        form = get(file.root, "AcroForm")
        catalogue = {
            key: file.digest(get(file.root, key)) for key in keys(file.root) if key not in _UNWEIGHED
        }
        catalogue |= {key: file.digest(get(form, key)) for key in ("XFA", "NeedAppearances", "CO")}
        return Snapshot(
            pages=tuple(_page_state(file, page, seals) for page in file.pages),
            values={item.name: file.digest(item.value) for item in found if item.kind != "Sig"},
            signatures={item.name: _signature_state(file, item) for item in found if item.signed},
            catalogue=catalogue,
        )
    except mupdf.FzErrorBase as error:
        raise KnownError("draw.pdf_damaged") from error


def _page_state(file: PdfFile, page: Any, seals: set[int]) -> _PageState:
    resources = mupdf.pdf_dict_gets_inheritable(page, "Resources")
    plain = [file.digest(get(page, key)) for key in ("Contents", "Group")]
    plain += [file.digest(mupdf.pdf_dict_gets_inheritable(page, key)) for key in _GEOMETRY]
    plain += [file.digest(get(resources, key)) for key in keys(resources) if key not in ("Font", "ProcSet")]
    annotations = (item for item in items(get(page, "Annots")) if mupdf.pdf_to_num(item) not in seals)
    return _PageState(
        drawing=b"".join((*plain, file.digest(get(resources, "Font")))),
        without_fonts=b"".join(plain),
        annotations=Counter(map(file.digest_of_annotation, annotations)),
    )


def _signature_state(file: PdfFile, item: Field) -> bytes:
    """The value and where and how it shows: an appearance exchanged later would show another seal."""
    shown = b"".join(file.digest_of_annotation(file.object(number)) for number in item.widgets)
    return file.digest(item.value) + shown


def changes(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """Everything that differs, page by page, then fields and signatures, then the rest."""
    for number, (old, new) in enumerate(zip(before.pages, after.pages, strict=False), start=1):
        yield from _page_changes(number, old, new)
    for number in range(len(before.pages) + 1, len(after.pages) + 1):
        yield Change(ChangeKind.PAGES_ADDED, number)
    if len(after.pages) < len(before.pages):
        yield Change(ChangeKind.PAGES_REMOVED, name=str(len(before.pages) - len(after.pages)))
    for name, value in after.values.items():
        if before.values.get(name) != value:
            yield Change(ChangeKind.FIELD_FILLED, name=name)
    for name in before.values.keys() - after.values.keys():
        yield Change(ChangeKind.STRUCTURE_CHANGED, name=name)
    for name, state in before.signatures.items():
        if after.signatures.get(name) != state:
            yield Change(ChangeKind.SIGNATURE_CHANGED, name=name)
    for name in after.signatures.keys() - before.signatures.keys():
        yield Change(ChangeKind.SIGNATURE_ADDED, name=name)
    for key in sorted(before.catalogue.keys() | after.catalogue.keys()):
        if before.catalogue.get(key) != after.catalogue.get(key):
            layers = key == "OCProperties"
            yield Change(ChangeKind.LAYERS_CHANGED if layers else ChangeKind.STRUCTURE_CHANGED, name=key)


def _page_changes(number: int, old: _PageState, new: _PageState) -> Iterator[Change]:
    if old.drawing != new.drawing:
        fonts_only = old.without_fonts == new.without_fonts
        yield Change(ChangeKind.FONTS_REPLACED if fonts_only else ChangeKind.PAGE_CHANGED, number)
    if old.annotations - new.annotations:
        yield Change(ChangeKind.ANNOTATION_CHANGED, number)
    elif new.annotations - old.annotations:
        yield Change(ChangeKind.ANNOTATION_ADDED, number)
