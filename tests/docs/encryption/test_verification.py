"""Encryption and seals: whichever came first, the verdict is about what is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docs.encryption.ciphers import OPENER, encrypted, stored, written
from docs.office import DAY, NOW, Authority, Unit, document_parts, seal
from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.encryption.keys import Password
from gongwen_docs.verify import Report, Verdict, verify_file

PAGE = "Doc_0/Pages/Page_0/Content.xml"


def check(data: bytes, authority: Authority, *openers: Password) -> Report:
    report = verify_file(data, authority.trust(), NOW + DAY, openers=openers or (OPENER,))
    json.dumps(report.to_json())
    return report


def test_a_seal_made_before_encryption_is_valid_after_decryption(sealed: bytes, authority: Authority) -> None:
    report = check(encrypted(sealed), authority)
    assert report.verdict is Verdict.VALID, report.codes
    assert "seal.encryption.decrypted" in report.codes
    assert not report.uncovered


def test_a_locked_file_is_not_called_invalid(sealed: bytes, authority: Authority) -> None:
    data = encrypted(sealed)
    for openers in ((), (Password.of("another password"),)):
        report = verify_file(data, authority.trust(), NOW + DAY, openers=openers)
        assert report.verdict is Verdict.UNKNOWN
        assert not report.opened


def test_swapped_pages_break_the_seal(sealed: bytes, authority: Authority) -> None:
    parts = stored(encrypted(sealed, hide_map=False))
    text = parts["entriesmap.dat"].decode()
    first, second = "/Doc_0/Pages/Page_0/content.dat", "/Doc_0/Pages/Page_1/content.dat"
    assert first in text
    assert second in text
    swapped = text.replace(first, "*").replace(second, first).replace("*", second)
    report = check(pack({**parts, "entriesmap.dat": swapped.encode()}), authority)
    assert report.verdict is Verdict.INVALID


def test_a_decoy_is_told(sealed: bytes, authority: Authority) -> None:
    report = check(pack({**stored(encrypted(sealed)), **document_parts(1)}), authority)
    assert report.verdict is Verdict.WARNING
    assert "seal.encryption.decoy" in report.codes


def sealed_over(unit: Unit, folder: Path, monkeypatch: pytest.MonkeyPatch, *hidden: str) -> bytes:
    """A document whose pages are ciphertext, one with a placeholder in its place, sealed by a program that
    knows nothing of encryption and did not see the files ``hidden``."""
    parts = stored(encrypted(scope=lambda name: "/Pages/" in name)) | {PAGE: b"<Page><Content/></Page>"}
    seen = {name: data for name, data in parts.items() if name not in hidden}
    source, target = written(folder, pack(seen)), folder / "sealed.ofd"
    with monkeypatch.context() as patch:
        patch.setattr("gongwen_docs.ofd.document.is_encrypted", lambda _package: False)
        seal(source, target, unit)
    return pack({**parts, **stored(target.read_bytes())})


def test_a_seal_over_the_encrypted_form_covers_what_is_decrypted(
    unit: Unit, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = check(sealed_over(unit, tmp_path, monkeypatch), authority)
    assert report.codes[0] == "seal.encryption.decoy"  # the placeholder
    assert report.verdict is Verdict.WARNING, report.codes
    assert PAGE in report.signatures[0].covered


@pytest.mark.parametrize("hidden", ["Encryptions.xml", "decryptseed.dat", "entriesmap.dat"])
def test_what_decrypts_must_be_under_the_seal_too(
    hidden: str, unit: Unit, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = check(sealed_over(unit, tmp_path, monkeypatch, hidden), authority)
    assert report.verdict is Verdict.INVALID
    assert PAGE in {part.path for part in report.uncovered}


def with_layer(sealed: bytes, entries: dict[str, str], more: dict[str, bytes]) -> bytes:
    """A sealed plain document to which someone has added an encryption of his own."""
    parts = stored(encrypted({"OFD.xml": b"<x/>"}, hide_map=False))
    listed = "".join(f'<EncryptEntry Path="/{path}" EPath="/{place}"/>' for path, place in entries.items())
    parts["entriesmap.dat"] = f"<EncryptEntries>{listed}</EncryptEntries>".encode()
    del parts["ofd.dat"]
    return pack({**stored(sealed), **parts, **more})


def test_a_sealed_file_cannot_be_hidden_as_a_ciphertext(
    unit: Unit, authority: Authority, tmp_path: Path
) -> None:
    """Whoever chooses the key finds one under which a file's own bytes have a valid padding."""
    with Package.open(encrypted(hide_map=False)) as package:
        ciphertext = package.read("Doc_0/document.dat")
        keys = {name: package.read(name) for name in ("Encryptions.xml", "decryptseed.dat")}
    source = tmp_path / "plain.ofd"
    source.write_bytes(pack(document_parts() | {"Doc_0/Attachs/list.txt": ciphertext}))
    sealed = seal(source, tmp_path / "sealed.ofd", unit).read_bytes()
    data = with_layer(sealed, {"Doc_0/other.bin": "Doc_0/Attachs/list.txt"}, keys)
    report = check(data, authority)
    assert report.verdict is Verdict.INVALID
    assert "seal.encryption.hidden" in report.codes


def test_a_sealed_page_cannot_be_replaced_by_a_decrypted_one(sealed: bytes, authority: Authority) -> None:
    with Package.open(encrypted(hide_map=False)) as package:
        names = ("Encryptions.xml", "decryptseed.dat", "Doc_0/Pages/Page_0/content.dat")
        more = {name: package.read(name) for name in names}
    report = check(with_layer(sealed, {"Doc_0/Pages/Page_1/Content.xml": names[2]}, more), authority)
    assert report.opened
    assert report.verdict is Verdict.INVALID


def test_no_document_draws_on_the_shell() -> None:
    with OfdDocument.open(encrypted(), openers=[OPENER]) as document:
        package = document.package
        assert package.shell
        for name in package.shell:
            assert name not in package
            assert package.find(name) is None
            with pytest.raises(KnownError):
                package.read(name)
