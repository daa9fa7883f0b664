"""Sealing PDF files: the page, the earlier bytes, refusals, and what other programs say."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pymupdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from crypto.commands import needs_openssl, openssl
from docs.office import NOW, PICTURE, YEAR, Authority, Unit, document_parts
from docs.pdf_office import HERE, legacy_unit, seal_pdf, write_pdf
from fakes.legacy_keys import LegacySigner
from gongwen_crypto.errors import GongwenError
from gongwen_docs.draw import open_drawing
from gongwen_docs.ofd.container import pack
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.write import make_seal
from gongwen_docs.sign import Placement, complete, prepare, riding_seam
from gongwen_docs.sign.forms import PdfForm
from gongwen_docs.sign.pdf_sealing import complete_pdf, prepare_pdf
from gongwen_docs.verify import Verdict, verify_file

PDFSIG = shutil.which("pdfsig")


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return write_pdf(tmp_path / "plain.pdf", pages=3)


def red_at(path: Path, page: int, x: float, y: float) -> bool:
    """Whether the page shows the seal's red at this place (mm)."""
    with open_drawing(path) as drawing:
        red, green, blue = drawing.render(page, 72, (x, y, 1, 1)).samples[:3]
    return red > 150 and green < 60 and blue < 60


def test_earlier_bytes_stay_and_the_seal_shows(plain: Path, tmp_path: Path, unit: Unit) -> None:
    target = seal_pdf(plain, tmp_path / "sealed.pdf", unit)
    assert target.read_bytes().startswith(plain.read_bytes())
    assert red_at(target, 0, 140, 240)
    assert not red_at(target, 0, 110, 240)
    assert not list(tmp_path.glob("*.new")) + list(tmp_path.glob("*.tmp"))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_pages_show_it_upright_and_in_place(
    tmp_path: Path, unit: Unit, authority: Authority, rotation: int
) -> None:
    """The upper half of the picture is red, the lower white."""
    sheet = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 20, 20), False)
    sheet.clear_with(255)
    sheet.set_rect(pymupdf.IRect(0, 0, 20, 10), (200, 16, 16))
    halved = replace(authority.order(unit.signer), picture=SealPicture("PNG", sheet.tobytes(), 42, 42))
    with pymupdf.open() as document:
        document.new_page().set_rotation(rotation)
        document[0].set_cropbox(pymupdf.Rect(20, 30, 560, 800))
        document.save(tmp_path / "turned.pdf")
    half = Unit(unit.signer, make_seal(halved, authority.maker))
    target = seal_pdf(tmp_path / "turned.pdf", tmp_path / "b.pdf", half, Placement(0, Box(50, 60, 42, 42)))
    assert red_at(target, 0, 55, 65)
    assert red_at(target, 0, 88, 65)
    assert not red_at(target, 0, 55, 95)
    assert not red_at(target, 0, 88, 95)
    (stamp,) = verify_file(target, authority.trust(), NOW).signatures[0].stamps
    assert stamp.boundary == pytest.approx((50, 60, 42, 42), abs=0.01)


def test_a_seam_over_all_pages_is_one_signature(
    plain: Path, tmp_path: Path, unit: Unit, authority: Authority
) -> None:
    seam = riding_seam([(210, 297)] * 3, (42, 42))
    target = seal_pdf(plain, tmp_path / "seam.pdf", unit, *seam, HERE)
    report = verify_file(target, authority.trust(), NOW)
    assert report.verdict is Verdict.VALID, report.to_json()
    assert [stamp.page for stamp in report.signatures[0].stamps] == [1, 2, 3, 1]
    for page in range(3):
        assert red_at(target, page, 205, 148)
        assert not red_at(target, page, 190, 148)


@pytest.mark.parametrize("kind", ["OFD", "SVG"])
def test_seals_drawn_with_lines(
    plain: Path, tmp_path: Path, unit: Unit, authority: Authority, kind: str
) -> None:
    square = b'<rect width="42" height="42" fill="#c81010"/>'
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="42" height="42">' + square + b"</svg>"
    data = pack(document_parts(1)) if kind == "OFD" else svg
    order = replace(authority.order(unit.signer), picture=SealPicture(kind, data, 42, 42))
    drawn = Unit(unit.signer, make_seal(order, authority.maker))
    target = seal_pdf(plain, tmp_path / "drawn.pdf", drawn)
    assert verify_file(target, authority.trust(), NOW).verdict is Verdict.VALID
    assert red_at(target, 0, 140, 240) is (kind == "SVG")


def test_the_common_functions_take_both_formats(
    plain: Path, tmp_path: Path, unit: Unit, authority: Authority
) -> None:
    signer, target = unit.signer, tmp_path / "sealed.pdf"
    prepared = prepare(plain, target, unit.seal, signer.certificate_der, signer.algorithm_oid, (HERE,), NOW)
    assert verify_file(target, authority.trust(), NOW).verdict is Verdict.INVALID, "not signed yet"
    complete(target, prepared, signer.sign(prepared.to_sign))
    assert verify_file(target, authority.trust(), NOW).verdict is Verdict.VALID


class TestRefusals:
    def refused(self, plain: Path, unit: Unit, *placements: Placement, **changes: object) -> str:
        arguments = {"at": NOW, "algorithm_oid": unit.signer.algorithm_oid, "seal_der": unit.seal, **changes}
        target = plain.with_name("refused.pdf")
        with pytest.raises(GongwenError) as raised:
            prepare_pdf(
                plain, target, certificate_der=unit.signer.certificate_der,
                placements=placements, **arguments,  # type: ignore[arg-type]
            )  # fmt: skip
        assert not target.exists()
        return raised.value.code

    def test_places(self, plain: Path, unit: Unit) -> None:
        assert self.refused(plain, unit) == "seal.no_placement"
        assert self.refused(plain, unit, Placement(9, Box(1, 1, 42, 42))) == "seal.no_such_page"
        assert self.refused(plain, unit, Placement(0, Box(300, 1, 42, 42))) == "seal.off_page"

    def test_rights(self, plain: Path, unit: Unit, authority: Authority) -> None:
        assert self.refused(plain, unit, HERE, at=NOW + 2 * YEAR) == "seal.expired"
        assert self.refused(plain, unit, HERE, seal_der=authority.unit("他").seal) == "seal.cert_not_listed"

    def test_files(self, plain: Path, unit: Unit, tmp_path: Path) -> None:
        locked, cut = tmp_path / "locked.pdf", tmp_path / "cut.pdf"
        with pymupdf.open(plain) as document:
            document.save(locked, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="o", user_pw="")
        assert self.refused(locked, unit, HERE) == "pdf.encrypted"
        with pymupdf.open(plain) as document:
            document.save(locked, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="o", user_pw="u")
        assert self.refused(locked, unit, HERE) == "draw.pdf_locked"
        cut.write_bytes(plain.read_bytes()[:-300])
        assert self.refused(cut, unit, HERE) == "draw.pdf_damaged"

    def test_a_picture_that_cannot_be_drawn(self, plain: Path, unit: Unit, authority: Authority) -> None:
        broken = SealPicture("PNG", PICTURE.data[:40], 42, 42)
        seal = make_seal(replace(authority.order(unit.signer), picture=broken), authority.maker)
        assert self.refused(plain, unit, HERE, seal_der=seal).startswith("draw.")

    def test_a_foreign_value_changes_nothing(self, plain: Path, tmp_path: Path, unit: Unit) -> None:
        signer, target = unit.signer, tmp_path / "sealed.pdf"
        prepared = prepare_pdf(
            plain, target, unit.seal, signer.certificate_der, signer.algorithm_oid, (HERE,), NOW
        )
        before = target.read_bytes()
        with pytest.raises(GongwenError, match=r"seal\.wrong_signature_value"):
            complete_pdf(target, prepared, signer.sign(b"other"))
        assert target.read_bytes() == before
        value = signer.sign(prepared.to_sign)
        complete_pdf(target, prepared, value)
        with pytest.raises(GongwenError, match=r"seal\.nothing_prepared"):
            complete_pdf(target, prepared, value)


@pytest.mark.skipif(PDFSIG is None, reason="poppler's pdfsig is not installed")
@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_poppler_accepts_signatures_of_known_kinds(
    plain: Path, tmp_path: Path, authority: Authority, kind: str
) -> None:
    signer = getattr(LegacySigner, kind)(NOW - YEAR, NOW + YEAR)
    target = seal_pdf(plain, tmp_path / "legacy.pdf", legacy_unit(authority, signer), HERE, form=PdfForm.CMS)
    assert PDFSIG is not None
    output = subprocess.run([PDFSIG, "-nocert", str(target)], capture_output=True, text=True, timeout=60)
    assert "Signature Validation: Signature is Valid." in output.stdout
    assert "Total document signed" in output.stdout


@needs_openssl
def test_openssl_accepts_the_signed_data(plain: Path, tmp_path: Path, authority: Authority) -> None:
    signer = LegacySigner.rsa(NOW - YEAR, NOW + YEAR)
    unit = legacy_unit(authority, signer)
    data = seal_pdf(plain, tmp_path / "legacy.pdf", unit, form=PdfForm.CMS).read_bytes()
    ranges = re.search(rb"/ByteRange\[0 (\d+) +(\d+) +(\d+)", data)
    assert ranges is not None
    first, second, length = map(int, ranges.groups())
    (tmp_path / "covered").write_bytes(data[:first] + data[second : second + length])
    (tmp_path / "cms").write_bytes(bytes.fromhex(data[first + 1 : second - 1].decode()))
    root = x509.load_der_x509_certificate(signer.root_der)
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    openssl(
        "cms", "-verify", "-inform", "DER", "-in", str(tmp_path / "cms"), "-binary",
        "-content", str(tmp_path / "covered"), "-CAfile", str(tmp_path / "root.pem"), "-purpose", "any",
        "-attime", str(int((NOW + timedelta(minutes=1)).timestamp())), "-out", str(tmp_path / "out"),
    )  # fmt: skip
