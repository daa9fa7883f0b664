"""Sealing: files keep their bytes, the result verifies here and independently, wrong keys stop."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.commands import needs_openssl, openssl
from docs.office import DAY, NOW, OVER_THE_DATE, YEAR, Authority, Unit, document_parts, seal, write_document
from gongwen_crypto import algorithms, der, sm2
from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_crypto.issue import Subject, Usage, issue
from gongwen_crypto.keys import PublicKey
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.ofd.container import pack
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.stamps import page_stamps
from gongwen_docs.seals.write import make_seal
from gongwen_docs.sign import Placement, Prepared, complete, prepare, riding_seam
from gongwen_docs.sign.placement import Edge
from gongwen_docs.verify import Verdict, verify_file


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return write_document(tmp_path / "document.ofd")


def prepared_for(unit: Unit, source: Path, *placements: Placement) -> Prepared:
    target = source.with_suffix(".part")
    signer = unit.signer
    return prepare(source, target, unit.seal, signer.certificate_der, signer.algorithm_oid, placements, NOW)


def test_a_sealed_document_is_valid(document: Path, unit: Unit, authority: Authority, tmp_path: Path) -> None:
    sealed = seal(document, tmp_path / "sealed.ofd", unit)
    report = verify_file(sealed, authority.trust(), NOW + DAY)
    assert report.verdict is Verdict.VALID, report.to_json()
    (signature,) = report.signatures
    assert (signature.id, signature.kind, signature.seal_name) == ("s001", "ses_v4", "东胜区人民政府")
    assert signature.claimed_time == NOW
    assert signature.stamps[0].page == 1
    assert signature.stamps[0].boundary == tuple(OVER_THE_DATE.boundary)
    assert signature.seal_maker.startswith("演示制章签名")


def test_files_keep_their_bytes_and_only_the_entry_gains_a_line(
    document: Path, unit: Unit, tmp_path: Path
) -> None:
    sealed = seal(document, tmp_path / "sealed.ofd", unit)
    before = document_parts()
    with zipfile.ZipFile(sealed) as archive:
        after = {name: archive.read(name) for name in archive.namelist()}
    assert {name for name in before if before[name] != after[name]} == {"OFD.xml"}
    assert after.keys() - before.keys() == {
        "Doc_0/Signs/Signatures.xml",
        "Doc_0/Signs/Sign_0/Signature.xml",
        "Doc_0/Signs/Sign_0/Seal.esl",
        "Doc_0/Signs/Sign_0/SignedValue.dat",
    }
    assert b"<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>" in after["OFD.xml"]


def test_sealed_by_two_both_stay_valid(
    document: Path, unit: Unit, authority: Authority, tmp_path: Path
) -> None:
    second = authority.unit("康巴什区人民政府")
    first_sealed = seal(document, tmp_path / "first.ofd", unit)
    both = seal(first_sealed, tmp_path / "both.ofd", second, Placement(1, Box(60, 200, 42, 42)), at=NOW + DAY)
    report = verify_file(both, authority.trust(), NOW + 2 * DAY)
    assert report.verdict is Verdict.VALID, report.to_json()
    assert [signature.id for signature in report.signatures] == ["s001", "s002"]
    first, later = report.signatures
    own_files_of_first = {
        f"Doc_0/Signs/Sign_0/{name}" for name in ("Signature.xml", "Seal.esl", "SignedValue.dat")
    }
    assert own_files_of_first <= set(later.covered)
    assert not own_files_of_first <= set(first.covered)


def test_the_picture_on_the_page_comes_from_the_signed_seal(
    document: Path, unit: Unit, tmp_path: Path
) -> None:
    sealed = seal(document, tmp_path / "sealed.ofd", unit)
    with zipfile.ZipFile(sealed) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["Doc_0/Signs/Sign_0/Seal.esl"] = b"another picture"
    with OfdDocument.open(pack(parts)) as opened:
        (stamp,) = page_stamps(opened)
    assert stamp.picture is not None
    assert stamp.picture.data.startswith(b"\x89PNG")
    assert stamp.seal_name == "东胜区人民政府"
    parts["Doc_0/Signs/Sign_0/SignedValue.dat"] = b"broken"
    with OfdDocument.open(pack(parts)) as opened:
        assert page_stamps(opened)[0].picture is None


def test_folders_may_have_chinese_names(unit: Unit, authority: Authority, tmp_path: Path) -> None:
    source = tmp_path / "d.ofd"
    moved = {name.replace("Doc_0", "公文"): data for name, data in document_parts().items()}
    moved["OFD.xml"] = moved["OFD.xml"].replace(b"Doc_0", "公文".encode())
    source.write_bytes(pack(moved))
    report = verify_file(seal(source, tmp_path / "s.ofd", unit), authority.trust(), NOW)
    assert report.verdict is Verdict.VALID, report.to_json()


@needs_openssl
def test_independent_check_of_hashes_and_signature(document: Path, unit: Unit, tmp_path: Path) -> None:
    """Recompute everything with zipfile, hashlib and the OpenSSL command line alone."""
    sealed = seal(document, tmp_path / "sealed.ofd", unit)
    with zipfile.ZipFile(sealed) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts["Doc_0/Signs/Sign_0/Signature.xml"].decode()
    listed = re.findall(r'FileRef="/([^"]+)"><ofd:CheckValue>([^<]+)<', text)
    for name, value in listed:
        assert hashlib.new("sm3", parts[name]).digest() == base64.b64decode(value), name
    unlisted = parts.keys() - {name for name, _ in listed}
    assert unlisted == {
        "Doc_0/Signs/Signatures.xml",
        "Doc_0/Signs/Sign_0/Signature.xml",
        "Doc_0/Signs/Sign_0/SignedValue.dat",
    }
    value_path = tmp_path / "value.der"
    value_path.write_bytes(parts["Doc_0/Signs/Sign_0/SignedValue.dat"])
    offsets = openssl("asn1parse", "-inform", "DER", "-in", str(value_path)).decode().splitlines()
    top = [
        [int(number) for number in re.findall(r"^\s*(\d+):d=1\s+hl=(\d+)\s+l=\s*(\d+)", line)[0]]
        for line in offsets
        if "d=1 " in line
    ]
    data = value_path.read_bytes()
    elements = [data[offset : offset + head + length] for offset, head, length in top]
    contents = [data[offset + head : offset + head + length] for offset, head, length in top]
    assert hashlib.new("sm3", text.encode()).digest() in elements[0]
    (tmp_path / "message").write_bytes(elements[0])
    (tmp_path / "certificate.der").write_bytes(contents[1])
    (tmp_path / "signature").write_bytes(contents[3][1:])
    key = str(tmp_path / "key.pem")
    certificate = str(tmp_path / "certificate.der")
    openssl("x509", "-inform", "DER", "-in", certificate, "-pubkey", "-noout", "-out", key)
    Path(key).write_bytes(openssl("x509", "-inform", "DER", "-in", certificate, "-pubkey", "-noout"))
    result = openssl(
        "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678", "-pubin",
        "-inkey", key, "-in", str(tmp_path / "message"), "-sigfile", str(tmp_path / "signature"),
    )  # fmt: skip
    assert b"Verified Successfully" in result


class TestTwoPhases:
    def test_before_completion_the_target_is_no_sealed_document(
        self, document: Path, unit: Unit, authority: Authority
    ) -> None:
        prepared_for(unit, document, OVER_THE_DATE)
        report = verify_file(document.with_suffix(".part"), authority.trust(), NOW)
        assert report.verdict is Verdict.INVALID
        assert report.codes[0] == "seal.format.missing_file"

    def test_tokens_may_return_the_raw_form(self, document: Path, unit: Unit, authority: Authority) -> None:
        prepared = prepared_for(unit, document, OVER_THE_DATE)
        numbers = sm2.decode_signature(unit.signer.sign(prepared.to_sign))
        assert numbers is not None
        raw = b"".join(number.to_bytes(32, "big") for number in numbers)
        complete(document.with_suffix(".part"), prepared, raw)
        assert verify_file(document.with_suffix(".part"), authority.trust(), NOW).verdict is Verdict.VALID

    def test_a_wrong_signature_value_never_gets_in(self, document: Path, unit: Unit) -> None:
        prepared = prepared_for(unit, document, OVER_THE_DATE)
        part = document.with_suffix(".part")
        before = part.read_bytes()
        stranger = SoftwareSigner.generate()
        for value in (b"", stranger.sign(prepared.to_sign), unit.signer.sign(prepared.to_sign + b"\x00")):
            with pytest.raises(KnownError, match=r"seal\.wrong_signature_value"):
                complete(part, prepared, value)
        assert part.read_bytes() == before
        assert sorted(path.name for path in part.parent.iterdir()) == ["document.ofd", "document.part"]

    def test_a_target_that_cannot_be_written_is_told(self, document: Path, unit: Unit) -> None:
        with pytest.raises(KnownError, match=r"seal\.target_unwritable"):
            prepare(
                document, document.parent / "missing" / "x.part", unit.seal, unit.signer.certificate_der,
                unit.signer.algorithm_oid, [OVER_THE_DATE], NOW,
            )  # fmt: skip


class TestOtherKeys:
    """Test tokens know P-256 and RSA only; the seal authority's key is SM2 all the same."""

    @pytest.mark.parametrize("raw", [False, True], ids=["DER", "raw"])
    def test_p256(self, document: Path, authority: Authority, raw: bool) -> None:
        private = ec.generate_private_key(ec.SECP256R1())

        def sign(message: bytes) -> bytes:
            value = private.sign(message, ec.ECDSA(hashes.SHA256()))
            r, s = decode_dss_signature(value)
            return r.to_bytes(32, "big") + s.to_bytes(32, "big") if raw else value

        self.check(document, authority, private.public_key(), algorithms.ECDSA_WITH_SHA256, sign)

    def test_rsa(self, document: Path, authority: Authority) -> None:
        private = rsa.generate_private_key(65537, 2048)

        def sign(message: bytes) -> bytes:
            return private.sign(message, padding.PKCS1v15(), hashes.SHA256())

        self.check(document, authority, private.public_key(), algorithms.SHA256_WITH_RSA, sign)

    def check(
        self,
        document: Path,
        authority: Authority,
        public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        algorithm: str,
        sign: Callable[[bytes], bytes],
    ) -> None:
        key = PublicKey.from_spki(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        subject = Subject("某单位", "某单位")
        certificate = issue(authority.root, subject, key, Usage.SIGNING, NOW - DAY, NOW + YEAR)
        order = replace(authority.order(authority.maker), certificates=[certificate])
        target = document.with_suffix(".part")
        prepared = prepare(
            document, target, make_seal(order, authority.maker), certificate, algorithm, [OVER_THE_DATE], NOW
        )
        complete(target, prepared, sign(prepared.to_sign))
        report = verify_file(target, authority.trust(), NOW)
        assert report.verdict is Verdict.VALID, report.to_json()


class TestRefusals:
    def refuse(self, code: str, unit: Unit, source: Path, *placements: Placement, **changes: object) -> None:
        arguments: dict[str, object] = {
            "source": source,
            "target_part": source.with_suffix(".part"),
            "seal_der": unit.seal,
            "certificate_der": unit.signer.certificate_der,
            "algorithm_oid": unit.signer.algorithm_oid,
            "placements": placements or (OVER_THE_DATE,),
            "at": NOW,
        }
        with pytest.raises(GongwenError) as caught:
            prepare(**{**arguments, **changes})  # type: ignore[arg-type]
        assert caught.value.code == code
        assert not source.with_suffix(".part").exists()

    def test_an_expired_seal(self, document: Path, unit: Unit) -> None:
        self.refuse("seal.expired", unit, document, at=NOW + 2 * YEAR)

    def test_a_key_that_the_seal_does_not_list(
        self, document: Path, unit: Unit, authority: Authority
    ) -> None:
        other = authority.certify("别的单位")
        self.refuse("seal.cert_not_listed", unit, document, certificate_der=other.certificate_der)

    def test_an_expired_certificate(self, document: Path, authority: Authority) -> None:
        signer = authority.certify("某单位", NOW - YEAR, NOW - DAY)
        self.refuse(
            "seal.cert_expired", Unit(signer, make_seal(authority.order(signer), authority.maker)), document
        )

    def test_a_certificate_for_encryption(self, document: Path, authority: Authority) -> None:
        signer = authority.certify("某单位", usage=Usage.ENCRYPTION)
        self.refuse(
            "seal.cert_usage", Unit(signer, make_seal(authority.order(signer), authority.maker)), document
        )

    def test_a_changed_seal(self, document: Path, unit: Unit) -> None:
        forged = unit.seal.replace("东胜区".encode(), "康巴什".encode())
        self.refuse("seal.seal_tampered", replace(unit, seal=forged), document)

    def test_a_weak_algorithm(self, document: Path, unit: Unit) -> None:
        self.refuse("seal.algorithm_unsupported", unit, document, algorithm_oid=algorithms.SHA1_WITH_RSA)

    def test_places_that_do_not_exist(self, document: Path, unit: Unit) -> None:
        self.refuse("seal.no_such_page", unit, document, Placement(2, Box(0, 0, 42, 42)))
        self.refuse("seal.off_page", unit, document, Placement(0, Box(210, 0, 42, 42)))
        self.refuse("seal.off_page", unit, document, Placement(0, Box(10, 10, 0, 42)))
        self.refuse("seal.no_placement", unit, document, placements=())

    def test_a_document_that_forbids_seals(self, unit: Unit, tmp_path: Path) -> None:
        parts = document_parts()
        parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(
            b"</ofd:Document>",
            b"<ofd:Permissions><ofd:Signature>false</ofd:Signature></ofd:Permissions></ofd:Document>",
        )
        source = tmp_path / "forbidden.ofd"
        source.write_bytes(pack(parts))
        self.refuse("seal.signing_forbidden", unit, source)

    def test_a_list_of_signatures_that_is_closed(self, document: Path, unit: Unit, tmp_path: Path) -> None:
        sealed = seal(document, tmp_path / "sealed.ofd", unit)
        with zipfile.ZipFile(sealed) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = "Doc_0/Signs/Sign_0/Signature.xml"
        parts[name] = parts[name].replace(
            b"<ofd:Reference ",
            b'<ofd:Reference FileRef="/Doc_0/Signs/Signatures.xml"><ofd:CheckValue>AAAA</ofd:CheckValue>'
            b"</ofd:Reference><ofd:Reference ",
            1,
        )
        closed = tmp_path / "closed.ofd"
        closed.write_bytes(pack(parts))
        self.refuse("seal.list_protected", unit, closed)

    def test_what_is_no_document(self, unit: Unit, tmp_path: Path) -> None:
        junk = tmp_path / "junk.ofd"
        junk.write_bytes(b"not a package")
        self.refuse("ofd.container.not_zip", unit, junk)
        self.refuse("ofd.container.unreadable", unit, tmp_path / "missing.ofd")


class TestRidingSeam:
    PAGES = ((210.0, 297.0),) * 5

    def test_slices_join_to_the_whole_seal(self) -> None:
        places = riding_seam(self.PAGES, (40, 40))
        assert [place.page_index for place in places] == [0, 1, 2, 3, 4]
        clips = [place.clip for place in places if place.clip]
        assert [clip.x for clip in clips] == [0, 8, 16, 24, 32]
        assert {clip.width for clip in clips} == {8}
        for place in places:
            assert place.clip is not None
            right_end = place.boundary.x + place.clip.x + place.clip.width
            assert right_end == pytest.approx(210), "each slice ends at the right edge"
            assert place.boundary.y == 128.5

    def test_left_edge(self) -> None:
        for place in riding_seam(self.PAGES, (40, 40), Edge.LEFT):
            assert place.clip is not None
            assert place.boundary.x + place.clip.x == pytest.approx(0)

    @pytest.mark.parametrize("pages", [2, 7, 11, 20, 101])
    def test_many_pages_are_grouped_so_that_slices_stay_visible(self, pages: int) -> None:
        places = riding_seam(((210.0, 297.0),) * pages, (40, 40), min_slice=6)
        assert [place.page_index for place in places] == list(range(pages))
        assert all(place.clip and place.clip.width >= 6 for place in places)

    def test_a_seam_needs_two_pages(self) -> None:
        assert riding_seam(((210.0, 297.0),), (40, 40)) == ()

    def test_three_pages_never_leave_one_alone(self) -> None:
        """A group of one page would carry a whole seal at its edge."""
        places = riding_seam(((210.0, 297.0),) * 3, (20, 20), min_slice=9)
        assert [place.clip.width for place in places if place.clip] == [pytest.approx(20 / 3)] * 3

    @pytest.mark.parametrize("edge", list(Edge))
    def test_pages_of_different_size_keep_to_their_own_edge(self, edge: Edge) -> None:
        sizes = ((210.0, 297.0), (297.0, 210.0), (210.0, 297.0), (420.0, 297.0))
        places = riding_seam(sizes, (40, 40), edge)
        assert {place.boundary.y for place in places} == {85.0}, "centred on the lowest page"
        for place, (width, _) in zip(places, sizes, strict=True):
            shown = place.shown
            end = shown.x + shown.width if edge is Edge.RIGHT else width - shown.x
            assert end == pytest.approx(width)
            assert shown.width == pytest.approx(10)

    def test_a_second_seam_keeps_clear_of_the_first(self) -> None:
        first = riding_seam(self.PAGES, (40, 40))
        second = riding_seam(self.PAGES, (40, 40), taken=[(one.page_index, one.shown) for one in first])
        assert len(second) == 5
        assert abs(second[0].boundary.y - first[0].boundary.y) >= 40
        assert riding_seam(self.PAGES, (40, 40), taken=[(0, Box(0, 0, 210, 297))]) == ()

    def test_a_document_with_a_seam_is_valid(self, unit: Unit, authority: Authority, tmp_path: Path) -> None:
        document = write_document(tmp_path / "five.ofd", pages=5)
        places = riding_seam(self.PAGES, (42, 42))
        sealed = seal(document, tmp_path / "sealed.ofd", unit, OVER_THE_DATE, *places)
        report = verify_file(sealed, authority.trust(), NOW)
        assert report.verdict is Verdict.VALID, report.to_json()
        assert len(report.signatures[0].stamps) == 6


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", ["ofdrw__n.ofd", "ofdrw__999.ofd", "ofdrw__z.ofd", "ofdrw__namespace_no_std.ofd"]
)
def test_real_documents_can_be_sealed(
    corpus: Path, name: str, unit: Unit, authority: Authority, tmp_path: Path
) -> None:
    sealed = seal(corpus / name, tmp_path / "sealed.ofd", unit, Placement(0, Box(50, 50, 42, 42)))
    report = verify_file(sealed, authority.trust(), NOW)
    ours = report.signatures[-1]
    assert ours.verdict is Verdict.VALID, report.to_json()


def test_der_of_our_own_structures_is_canonical(unit: Unit) -> None:
    """Every element of a seal of ours re-encodes to itself: readers that re-encode agree with us."""

    def check(node: der.Node) -> None:
        if node.tag & 0x20:
            for child in node.children():
                check(child)
            assert der.encode(node.tag, b"".join(child.encoded for child in node.children())) == node.encoded
        else:
            assert der.encode(node.tag, node.content) == node.encoded

    check(der.parse(unit.seal))
