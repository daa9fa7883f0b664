"""The signed files of the corpus: the truth of the manifest, with unknown roots never called valid."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gongwen_crypto.paths import TrustStore
from gongwen_docs.verify import Report, Verdict, verify_file
from gongwen_docs.verify.parts import PartKind

NOW = datetime(2026, 11, 23, tzinfo=UTC)
pytestmark = pytest.mark.corpus


def verify(path: Path) -> Report:
    report = verify_file(path, TrustStore(), NOW)
    json.dumps(report.to_json())
    return report


def test_every_file_of_the_manifest_gives_its_truth(corpus: Path) -> None:
    with (corpus / "MANIFEST.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["file"].endswith(".ofd")]
    assert len(rows) > 50
    for row in rows:
        report = verify(corpus / row["file"])
        truth = row["signature_truth"]
        assert report.verdict is not Verdict.VALID, "no root is trusted here"
        if truth.startswith("intact"):
            assert report.signatures, row["file"]
            assert all(signature.intact for signature in report.signatures), (row["file"], report.codes)
        elif truth == "NOT intact":
            assert not any(signature.intact for signature in report.signatures), row["file"]
        elif not truth and report.opened:
            assert report.verdict is Verdict.UNSIGNED, (row["file"], report.codes)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("t01_content_one_char.ofd", "seal.content.changed_part"),
        ("t03_stamp_moved.ofd", "seal.content.list_tampered"),
        ("t06_duplicate_zip_entry_last_wins.ofd", "ofd.container.duplicate_name"),
        ("t10_zip_slip_entry.ofd", "ofd.container.unsafe_name"),
    ],
)
def test_tampered_files_are_invalid_with_their_code(corpus: Path, name: str, code: str) -> None:
    report = verify(corpus / name)
    assert report.verdict is Verdict.INVALID
    assert code in report.codes


def test_the_changed_page_is_named(corpus: Path) -> None:
    (changed,) = verify(corpus / "t01_content_one_char.ofd").changed
    assert (changed.kind, changed.page, str(changed)) == (PartKind.PAGE, 1, "第 1 页")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ses_v1", "ses_v1"), ("ses_v4", "ses_v4"), ("ses_v5", "ses_v5"), ("cms_gbt35275", "cms")],
)
def test_every_generation_is_told(corpus: Path, name: str, kind: str) -> None:
    (signature,) = verify(corpus / f"{name}.ofd").signatures
    assert signature.kind == kind
    assert signature.signer.startswith("Test Certificate")


def test_the_old_generation_is_never_fully_green(corpus: Path) -> None:
    assert "seal.format.older_generation" in verify(corpus / "ses_v1.ofd").codes


def test_a_seam_is_read_as_five_stamps(corpus: Path) -> None:
    (signature,) = verify(corpus / "ses_v4_riding5.ofd").signatures
    assert [stamp.page for stamp in signature.stamps] == [1, 2, 3, 4, 5]
    assert all(stamp.clip for stamp in signature.stamps)


def test_annotations_added_after_the_first_signature_are_named(corpus: Path) -> None:
    report = verify(corpus / "ofdrw__testImageOverridePage.ofd")
    assert report.verdict is Verdict.INVALID
    assert [part.kind for part in report.uncovered] == [PartKind.ANNOTATION]
