"""Check a package: whole, unaltered, plain, and its pages those of the document in the evidence beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_docs.archive.manifest import MANIFEST, METADATA, ArchiveManifest, PackedFile, read_manifest
from gongwen_docs.archive.report import Finding, PackageReport
from gongwen_docs.bundle import Bundle
from gongwen_docs.draw import open_drawing
from gongwen_docs.ofd import xml
from gongwen_docs.plain.copies import difference
from gongwen_docs.plain.remains import remains

_BLOCK = 1024 * 1024
_PAGES = frozenset({".ofd", ".pdf"})


def check_package(folder: Path) -> PackageReport:
    """Slow. Never raises for a bad package."""
    try:
        manifest = read_manifest((folder / MANIFEST).read_bytes())
    except OSError:
        return PackageReport(folder.name, "", 0, False, (Finding("archive.no_manifest", folder.name),))
    except KnownError as error:
        return PackageReport(folder.name, "", 0, False, (Finding(error.code, folder.name),))
    findings = (
        *_files(folder, manifest),
        *_metadata(folder),
        *_evidence(folder, manifest),
    )
    return PackageReport(
        manifest.code, manifest.title, len(manifest.files), manifest.evidence is not None, findings
    )


def _files(folder: Path, manifest: ArchiveManifest) -> Iterator[Finding]:
    listed = {one.path for one in manifest.files}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or (path.is_file() and name != MANIFEST and name not in listed):
            yield Finding("archive.foreign_file", name)
    for one in manifest.files:
        path = folder / one.path
        if not _inside(one.path) or path.is_symlink() or not path.is_file():
            yield Finding("archive.missing_file", one.path)
        elif digest(path) != one.sm3:
            yield Finding("archive.altered_file", one.path)
        elif path.suffix.lower() in _PAGES:
            yield from _plain(path, one)


def _inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and ".." not in parts and not PurePosixPath(name).is_absolute() and "\\" not in name


def _plain(path: Path, one: PackedFile) -> Iterator[Finding]:
    try:
        with open_drawing(path) as drawing:
            found = remains(drawing)
    except KnownError as error:
        yield Finding("archive.unreadable", one.path, error.code)
        return
    if found:
        yield Finding("archive.not_plain", one.path, "、".join(found[:3]))


def _metadata(folder: Path) -> Iterator[Finding]:
    try:
        xml.parse((folder / METADATA).read_bytes(), METADATA)
    except OSError:
        return  # told as a missing file
    except KnownError:
        yield Finding("archive.bad_metadata", METADATA)


def _evidence(folder: Path, manifest: ArchiveManifest) -> Iterator[Finding]:
    evidence = manifest.evidence
    if evidence is None:
        yield Finding("archive.no_evidence", folder.name)
        return
    path = folder.parent / evidence.name
    if not _inside(evidence.name) or not path.is_file():
        yield Finding("archive.no_evidence", evidence.name)
        return
    if digest(path) != evidence.sm3:
        yield Finding("archive.altered_file", evidence.name)
        return
    yield from _same_pages(folder, manifest, path)


def _same_pages(folder: Path, manifest: ArchiveManifest, evidence: Path) -> Iterator[Finding]:
    """The plain body beside the sealed one."""
    body = next((one for one in manifest.files if one.role == "document"), None)
    if body is None:
        yield Finding("archive.missing_file", "正文")
        return
    try:
        with Bundle.open(evidence) as bundle:
            data = bundle.read(bundle.document)
        if sm3.digest(data).hex() != body.source_sm3:
            yield Finding("archive.other_document", evidence.name)
            return
        with open_drawing(data) as original, open_drawing(folder / body.path) as plain:
            difference(original, plain)
    except KnownError as error:
        yield Finding(
            error.code if error.code.startswith("archive.") else "archive.unreadable",
            body.path,
            str(error.facts.get("page", error.code)),
        )


def digest(path: Path) -> str:
    """SM3 of a file, hexadecimal."""
    hasher = sm3.new()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            hasher.update(block)
    return hasher.digest().hex()
