"""Archive packages: what was altered, added, taken away or exchanged is found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from docs.office import NOW, Unit, seal, write_document
from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_docs.archive import (
    MANIFEST,
    METADATA,
    Act,
    ArchiveManifest,
    Evidence,
    PackedFile,
    RecordMetadata,
    check_package,
    metadata_xml,
    read_manifest,
    write_manifest,
)
from gongwen_docs.bundle import BundleSource, PartRole, write_bundle
from gongwen_docs.draw import open_drawing
from gongwen_docs.plain import plain_copy

RECORD = RecordMetadata(
    identifier="d1",
    code="WS·2026-Y-0001",
    fonds="",
    unit="示范市档案局",
    year="2026",
    period="永久",
    number="1",
    title="关于<会议>的通知\x00",
    doc_number="示府办发〔2026〕1号",
    author="示范市人民政府办公室",
    date="2026-11-20",
    kind="通知",
    urgency="",
    main="",
    copies_to="",
    pages=2,
    files=(("正文.ofd", "OFD", 1000),),
    seals=(("东胜区人民政府", ""),),
    acts=(Act("归档", "2026-11-22", "示范市档案局", "收发员"),),
    elements={"BT": ("标题", "关于会议的通知")},
    system="公文交换",
)


def packed(path: Path, folder: Path, role: str, source: str = "") -> PackedFile:
    data = path.read_bytes()
    return PackedFile(
        path.relative_to(folder).as_posix(), role, path.name, len(data), sm3.digest(data).hex(), source
    )


@pytest.fixture
def package(tmp_path: Path, unit: Unit) -> Path:
    sealed = seal(write_document(tmp_path / "a.ofd"), tmp_path / "sealed.ofd", unit)
    folder = tmp_path / "归档" / RECORD.code
    folder.mkdir(parents=True)
    with open_drawing(sealed) as drawing:
        plain_copy(drawing, folder / "正文.ofd")
    (folder / METADATA).write_bytes(metadata_xml(RECORD))
    evidence = folder.parent / f"{RECORD.code}.验真包.zip"
    source = BundleSource(PartRole.DOCUMENT, "正文.ofd", sealed)
    write_bundle(evidence, [source], made_at=NOW, tool="gongwen 0", document_id="d1")
    data = evidence.read_bytes()
    manifest = ArchiveManifest(
        RECORD.code,
        "d1",
        RECORD.title,
        NOW.isoformat(),
        "gongwen 0",
        (
            packed(folder / "正文.ofd", folder, "document", sm3.digest(sealed.read_bytes()).hex()),
            packed(folder / METADATA, folder, "metadata"),
        ),
        Evidence(evidence.name, len(data), sm3.digest(data).hex()),
    )
    (folder / MANIFEST).write_bytes(write_manifest(manifest))
    return folder


def found(folder: Path) -> list[str]:
    return [one.code for one in check_package(folder).findings]


def relisted(folder: Path, name: str) -> None:
    """Write the digest of a file anew, as somebody who alters a package with care would."""
    told = json.loads((folder / MANIFEST).read_bytes())
    for one in told["files"]:
        if one["path"] == name:
            one["sm3"] = sm3.digest((folder / name).read_bytes()).hex()
    (folder / MANIFEST).write_text(json.dumps(told, ensure_ascii=False))


def test_a_sound_package(package: Path) -> None:
    report = check_package(package)
    assert (report.code, report.files, report.evidence, report.findings) == (RECORD.code, 2, True, ())


def test_altered_added_and_missing_files(package: Path) -> None:
    (package / "另加.txt").write_text("x")
    with (package / METADATA).open("ab") as stream:
        stream.write(b" ")
    (package / "正文.ofd").unlink()
    assert found(package) == [
        "archive.foreign_file",
        "archive.missing_file",
        "archive.altered_file",
        "archive.unreadable",
    ]


def test_evidence_missing_or_another(package: Path) -> None:
    evidence = package.parent / f"{RECORD.code}.验真包.zip"
    kept = evidence.read_bytes()
    evidence.write_bytes(kept + b" ")
    assert found(package) == ["archive.altered_file"]
    evidence.unlink()
    assert found(package) == ["archive.no_evidence"]


def test_a_sealed_file_is_not_plain(package: Path, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "sealed.ofd", package / "正文.ofd")
    relisted(package, "正文.ofd")
    assert found(package) == ["archive.not_plain"]


def test_other_pages_than_the_original_are_noticed(package: Path, tmp_path: Path) -> None:
    write_document(package / "正文.ofd", pages=3)
    relisted(package, "正文.ofd")
    assert found(package) == ["archive.looks_different"]


def test_a_list_that_names_other_folders_reads_nothing_there(package: Path, tmp_path: Path) -> None:
    told = json.loads((package / MANIFEST).read_bytes())
    told["files"][0]["path"] = "../../sealed.ofd"
    told["evidence"]["name"] = "../sealed.ofd"
    (package / MANIFEST).write_text(json.dumps(told, ensure_ascii=False))
    assert found(package) == ["archive.foreign_file", "archive.missing_file", "archive.no_evidence"]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"schema": "other"}', b'{"schema": "gongwen.archive/1"}', b"[" * 99_999]
)
def test_damaged_lists_are_told(package: Path, data: bytes) -> None:
    (package / MANIFEST).write_bytes(data)
    with pytest.raises(KnownError, match=r"archive\.bad_manifest"):
        read_manifest(data)
    assert found(package) == ["archive.bad_manifest"]


def test_metadata_name_the_elements_of_the_standard() -> None:
    root = ElementTree.fromstring(metadata_xml(RECORD))  # noqa: S314 - our own
    assert root.get("依据") == "DA/T 46-2009"
    assert root.findtext("内容描述/题名") == "关于<会议>的通知"
    assert root.findtext("档号/保管期限") == "永久"
    assert root.find("内容描述/紧急程度") is None
    assert root.findtext("公文要素/要素[@代码='BT']") == "关于会议的通知"
