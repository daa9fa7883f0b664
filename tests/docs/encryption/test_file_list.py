"""The signed list of files (OFDEntries.xml): nothing may be smuggled in, taken away or listed twice."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from docs.encryption.ciphers import OPENER, encrypted, stored
from docs.office import DAY, NOW, YEAR, Authority, Unit, document_parts, seal
from gongwen_crypto.issue import Subject, Usage, issue
from gongwen_crypto.software import SoftwareSigner
from gongwen_crypto.timestamp import make_token
from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.verify import Report, Verdict, verify_file
from gongwen_docs.write.file_list import add_file_list


def with_list(data: bytes, signer: SoftwareSigner, clock: SoftwareSigner | None = None) -> bytes:
    target = io.BytesIO()
    stamp = None if clock is None else lambda value: make_token(clock, value, NOW)
    with Package.open(data) as package:
        add_file_list(package, target, signer, NOW, stamp)
    return target.getvalue()


def check(data: bytes | dict[str, bytes], authority: Authority) -> Report:
    data = data if isinstance(data, bytes) else pack(data)
    return verify_file(data, authority.trust(), NOW + DAY, openers=[OPENER])


def test_a_list_over_a_sealed_document(sealed: bytes, unit: Unit, authority: Authority) -> None:
    report = check(with_list(sealed, unit.signer), authority)
    assert report.verdict is Verdict.VALID, report.codes
    assert [step.code for step in report.steps if step.step == "file_list"] == ["", ""]


def test_a_list_is_no_seal(unit: Unit, authority: Authority) -> None:
    assert check(with_list(pack(document_parts()), unit.signer), authority).verdict is Verdict.UNSIGNED


def test_a_list_with_a_time_stamp(sealed: bytes, unit: Unit, authority: Authority) -> None:
    clock = SoftwareSigner.generate()
    certificate = issue(
        authority.root,
        Subject("时间戳", "时间戳"),
        clock.public_key,
        Usage.TIME_STAMPING,
        NOW - YEAR,
        NOW + YEAR,
    )
    report = check(with_list(sealed, unit.signer, clock.with_certificate(certificate)), authority)
    assert report.verdict is Verdict.VALID, report.codes
    assert "time_stamp" in {step.step for step in report.steps}


@pytest.mark.parametrize("outside", [False, True])
def test_encryption_before_or_after_the_list(
    sealed: bytes, unit: Unit, authority: Authority, outside: bool
) -> None:
    data = with_list(encrypted(sealed), unit.signer) if outside else encrypted(with_list(sealed, unit.signer))
    report = check(data, authority)
    assert report.verdict is Verdict.VALID, report.codes


def test_a_seal_put_on_after_the_list(unit: Unit, authority: Authority, tmp_path: Path) -> None:
    source = tmp_path / "listed.ofd"
    source.write_bytes(with_list(pack(document_parts()), unit.signer))
    report = check(seal(source, tmp_path / "sealed.ofd", unit).read_bytes(), authority)
    assert not [code for code in report.codes if code.startswith("seal.file_list")], report.codes


def broken(sealed: bytes, unit: Unit) -> dict[str, dict[str, bytes]]:
    parts = stored(with_list(sealed, unit.signer))
    text = parts["OFDEntries.xml"].decode()
    entry = '<ofd:File ID="2">/OFD.xml</ofd:File>'
    assert entry in text
    return {
        "seal.file_list.smuggled": {**parts, "Doc_0/Res/smuggled.bin": b"?"},
        "seal.file_list.missing": {n: d for n, d in parts.items() if n != "Doc_0/Attachs/list.txt"},
        "seal.file_list.doubled": {**parts, "OFDEntries.xml": text.replace(entry, entry * 2).encode()},
        "seal.file_list.tampered": {
            **parts,
            "OFDEntries.xml": text.replace("/OFD.xml", "/OFD2.xml").encode(),
        },
        "seal.file_list.unreadable": {n: d for n, d in parts.items() if n != "signedvalue.dat"},
    }


@pytest.mark.parametrize(
    "code",
    ["smuggled", "missing", "doubled", "tampered", "unreadable"],
)
def test_what_a_list_betrays(code: str, sealed: bytes, unit: Unit, authority: Authority) -> None:
    code = f"seal.file_list.{code}"
    report = check(broken(sealed, unit)[code], authority)
    assert report.verdict is Verdict.INVALID
    assert code in report.codes


def test_a_smuggled_file_beside_an_encrypted_document(
    sealed: bytes, unit: Unit, authority: Authority
) -> None:
    for data in (with_list(encrypted(sealed), unit.signer), encrypted(with_list(sealed, unit.signer))):
        report = check({**stored(data), "Doc_0/smuggled.bin": b"?"}, authority)
        assert report.verdict is Verdict.INVALID
        assert "seal.file_list.smuggled" in report.codes


def test_a_stranger_signs_no_list(sealed: bytes, authority: Authority) -> None:
    stranger = Authority.found().unit("东胜区人民政府")
    assert check(with_list(sealed, stranger.signer), authority).verdict is Verdict.INVALID
