"""Evidence bundles: what is put in comes out, and nothing can be added, taken out or exchanged unnoticed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_docs.bundle import Bundle, BundleSource, Manifest, PartRole, write_bundle
from gongwen_docs.bundle.manifest import NAME
from gongwen_docs.ofd.container import Package, pack_files
from gongwen_docs.verify import ExpectedSeal

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    attachment = tmp_path / "名单.xlsx"
    attachment.write_bytes(b"list")
    target = tmp_path / "bundle.zip"
    write_bundle(
        target,
        [
            BundleSource(PartRole.DOCUMENT, "通知.ofd", b"body"),
            BundleSource(PartRole.ATTACHMENT, "../名单.xlsx", attachment),
            BundleSource("inclusion_proof", "proof.json", b"{}"),
        ],
        made_at=NOW,
        tool="gongwen 0",
        document_id="d1",
        seals=[ExpectedSeal("某单位", "1", "s001")],
        profile="ordos-2018@1",
    )
    return target


def files(bundle: Path) -> dict[str, bytes]:
    with Package.open(bundle) as package:
        return {name: package.read(name) for name in package.names}


def codes(bundle: Path) -> list[str]:
    with Bundle.open(bundle) as opened:
        return [step.code for step in opened.check()]


def test_what_goes_in_comes_out(made: Path) -> None:
    with Bundle.open(made) as bundle:
        assert bundle.check()[0].code == ""
        assert bundle.read(bundle.document) == b"body"
        assert bundle.document.name == "通知.ofd"
        assert bundle.document.digest == sm3.digest(b"body").hex()
        assert bundle.manifest.seals == (ExpectedSeal("某单位", "1", "s001"),)
        assert (bundle.manifest.document_id, bundle.manifest.profile) == ("d1", "ordos-2018@1")
        assert bundle.read_all("inclusion_proof") == (b"{}",), "kinds of later versions are kept"


def test_names_of_files_do_not_become_paths(made: Path) -> None:
    assert set(files(made)) == {NAME, "document/000.ofd", "attachments/001.xlsx", "log/002.json"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"document/000.ofd": b"other"}, "bundle.changed_part"),
        ({"attachments/001.xlsx": None}, "bundle.missing_part"),
        ({"extra.txt": b"x"}, "bundle.unlisted_part"),
    ],
)
def test_changes_are_found(made: Path, tmp_path: Path, change: dict[str, bytes | None], code: str) -> None:
    merged = {**files(made), **change}
    forged = tmp_path / "forged.zip"
    pack_files(forged, {name: data for name, data in merged.items() if data is not None})
    assert codes(forged) == [code]


def test_a_part_listed_twice_is_not_believed(made: Path, tmp_path: Path) -> None:
    held = files(made)
    value = json.loads(held[NAME])
    value["parts"].append({**value["parts"][1], "sm3": "0" * 64})
    forged = tmp_path / "forged.zip"
    pack_files(forged, {**held, NAME: json.dumps(value).encode()})
    assert set(codes(forged)) == {"bundle.changed_part"}


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (b"", "bundle.bad_manifest"),
        (b"[]", "bundle.bad_manifest"),
        (b'{"format": "gongwen.bundle/9"}', "bundle.newer_format"),
        (b'{"format": "gongwen.bundle/1", "format": "gongwen.bundle/1"}', "bundle.bad_manifest"),
        (b'{"format": "gongwen.bundle/1", "parts": [1]}', "bundle.bad_manifest"),
        (b'{"format": "gongwen.bundle/1", "parts": []}', "bundle.bad_manifest"),
        (b"[" * 100_000, "bundle.bad_manifest"),
    ],
)
def test_bad_lists_are_refused(tmp_path: Path, manifest: bytes, code: str) -> None:
    forged = tmp_path / "forged.zip"
    pack_files(forged, {NAME: manifest})
    with pytest.raises(KnownError) as caught:
        Bundle.open(forged)
    assert caught.value.code == code


def test_other_archives_are_no_bundles(tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    pack_files(other, {"a.txt": b"x"})
    with pytest.raises(KnownError, match=r"bundle\.no_manifest"):
        Bundle.open(other)


def test_a_source_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    source = BundleSource(PartRole.DOCUMENT, "gone.ofd", tmp_path / "gone.ofd")
    with pytest.raises(KnownError, match=r"bundle\.unreadable"):
        write_bundle(tmp_path / "b.zip", [source], made_at=NOW, tool="t")
    assert list(tmp_path.iterdir()) == []


def test_a_list_survives_writing_and_reading() -> None:
    manifest = Manifest("2026-11-22T12:00:00+00:00", "t", "", ())
    assert Manifest.load(manifest.to_bytes()) == manifest
