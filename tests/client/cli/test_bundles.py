"""Verifying evidence bundles and writing reports from the command line, as a person would."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from docs.office import Authority, document_parts, seal, write_document
from gongwen_client.cli import main
from gongwen_crypto import sm3
from gongwen_docs.ofd.container import pack
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import Receipt, ReceiptEvent, ReceiptList, SignedReceipt

AT = datetime.now(UTC) - timedelta(days=2)


class Registry:
    """A sealed document, its authority's files, and an exchange that states when it had it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority.found()
        self.exchange = self.authority.certify("交换中心")
        self.sealed = seal(
            write_document(folder / "d.ofd"), folder / "通知.ofd", self.authority.unit(), at=AT
        )
        self.trust = folder / "trust"
        self.trust.mkdir()
        (self.trust / "root.cer").write_bytes(self.authority.root.certificate_der)
        (self.trust / "lists.crl").write_bytes(self._list())
        self.receipts = folder / "receipts.json"
        self.write_receipts(sm3.digest(self.sealed.read_bytes()).hex())

    def _list(self) -> bytes:
        from gongwen_crypto.issue import issue_revocation_list

        return issue_revocation_list(self.authority.root, [], AT - timedelta(days=1), AT + timedelta(days=30))

    def write_receipts(self, digest: str) -> None:
        receipt = Receipt(
            sequence=7,
            event=ReceiptEvent.SENT,
            document_id="d1",
            body_digest=digest,
            unit_code="150602",
            unit_name="东胜区人民政府",
            at=AT + timedelta(hours=1),
            by_post="收发员",
            previous="0" * 64,
        )
        signed = SignedReceipt(
            receipt=receipt,
            signature=base64.b64encode(self.exchange.sign(canonical_bytes(receipt))).decode(),
            certificate=base64.b64encode(self.exchange.certificate_der).decode(),
        )
        self.receipts.write_text(ReceiptList(receipts=(signed,)).model_dump_json(), "utf-8")

    def bundle(self, *more: str) -> Path:
        target = self.folder / "b.zip"
        command = ["bundle", "make", str(self.sealed), "--out", str(target), "--trust", str(self.trust)]
        assert main([*command, "--receipts", str(self.receipts), "--document-id", "d1", *more]) == 0
        return target


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path)


def verify(
    path: Path, trust: Path | None, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    more = [] if trust is None else ["--trust", str(trust)]
    code = main(["verify", str(path), "--json", *more])
    return code, json.loads(capsys.readouterr().out)


def test_a_bundle_is_valid_with_the_readers_own_roots(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = verify(registry.bundle("--profile", "ordos-2018"), registry.trust, capsys)
    assert (code, answer["verdict"]) == (0, "valid")
    assert answer["profile"].startswith("ordos-2018@")  # type: ignore[attr-defined]
    signature = answer["report"]["signatures"][0]  # type: ignore[index]
    assert signature["trusted_time"] == (AT + timedelta(hours=1)).isoformat(), "the receipt is a witness"


def test_the_bundles_own_roots_make_nothing_valid(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = verify(registry.bundle(), None, capsys)
    assert (code, answer["verdict"]) == (4, "unknown")
    assert "bundle.own_anchors" in [step["code"] for step in answer["steps"]]  # type: ignore[attr-defined]


def test_a_receipt_about_another_file_is_found(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.write_receipts("0" * 64)
    code, answer = verify(registry.bundle(), registry.trust, capsys)
    assert code == 5
    assert "bundle.receipt.of_another" in [step["code"] for step in answer["steps"]]  # type: ignore[attr-defined]


def test_a_changed_receipt_is_found(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    text = registry.receipts.read_text("utf-8")
    registry.receipts.write_text(text.replace("收发员", "管理员"), "utf-8")
    code, answer = verify(registry.bundle(), registry.trust, capsys)
    assert code == 5
    assert "bundle.receipt.bad_signature" in [step["code"] for step in answer["steps"]]  # type: ignore[attr-defined]


def test_an_archive_that_is_no_bundle(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    other = registry.folder / "other.zip"
    other.write_bytes(pack({"OFD.xml": b"<x/>"}))
    code, answer = verify(other, registry.trust, capsys)
    assert (code, answer["opened"]) == (5, False)


def test_the_report_is_written_as_pdf_and_ofd(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("report.pdf", "report.ofd"):
        target = registry.folder / name
        command = ["verify", str(registry.sealed), "--trust", str(registry.trust), "--report", str(target)]
        assert main(command) == 0
        capsys.readouterr()
        assert main(["text", str(target)]) == 0
        said = "".join(capsys.readouterr().out.split())
        for words in ("电子签章验证报告", "有效", "东胜区人民政府", "15060200000001", "签章人证书可信"):
            assert words in said, words
        assert sm3.digest(registry.sealed.read_bytes()).hex() in said
    assert not list(registry.folder.glob("*.part"))


def test_the_report_about_a_broken_file(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    broken = registry.folder / "broken.ofd"
    broken.write_bytes(pack(document_parts()) + b"x")
    target = registry.folder / "report.pdf"
    assert main(["verify", str(broken), "--report", str(target)]) == 5
    assert target.read_bytes().startswith(b"%PDF")


def test_the_json_has_its_schema(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = verify(registry.sealed, registry.trust, capsys)
    assert (code, told["schema"], told["verdict_text"]) == (0, "gongwen.verification/1", "有效")
    steps = [step for item in told["signatures"] for step in item["steps"]]  # type: ignore[attr-defined]
    assert all(step["sentence"]["what"] for step in steps)
