"""Verdicts about whole documents: trust, time, attacks. None of the attacks may come out valid."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from docs.office import (
    DAY,
    NOW,
    OVER_THE_DATE,
    YEAR,
    Authority,
    Unit,
    document_parts,
    seal,
    write_document,
)
from gongwen_crypto import sm3
from gongwen_crypto.issue import Revoked
from gongwen_crypto.paths import TrustStore
from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.parse import parse_signed_value
from gongwen_docs.seals.write import make_seal, signed_value, to_sign
from gongwen_docs.sign import Placement
from gongwen_docs.verify import Expectation, ExpectedSeal, Report, Verdict, verify_file
from gongwen_docs.verify.parts import PartKind

SIGN = "Doc_0/Signs/Sign_0"
PAGE_2 = "Doc_0/Pages/Page_1/Content.xml"
Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def sealed(unit: Unit, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    folder = tmp_path_factory.mktemp("sealed")
    return unpack(seal(write_document(folder / "document.ofd"), folder / "sealed.ofd", unit))


@pytest.fixture
def check(authority: Authority) -> Callable[[Parts], Report]:
    def verify(parts: Parts) -> Report:
        report = verify_file(pack(parts), authority.trust(), NOW + DAY)
        json.dumps(report.to_json())
        return report

    return verify


def unpack(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def replaced(parts: Parts, name: str, old: str, new: str) -> Parts:
    assert old.encode() in parts[name]
    return {**parts, name: parts[name].replace(old.encode(), new.encode(), 1)}


def resigned(parts: Parts, unit: Unit, at: datetime = NOW, info: str = f"/{SIGN}/Signature.xml") -> Parts:
    """The same Signature.xml signed anew: what a signer could do whose software bends the rules."""
    tbs = to_sign(unit.seal, at, sm3.digest(parts[f"{SIGN}/Signature.xml"]), info)
    value = signed_value(tbs, unit.signer.certificate_der, unit.signer.algorithm_oid, unit.signer.sign(tbs))
    return {**parts, f"{SIGN}/SignedValue.dat": value}


def with_references(parts: Parts, unit: Unit, names: list[str], method: str = "SM3") -> Parts:
    """Protected is exactly ``names``, by ``method``."""
    hasher = {"SM3": "sm3", "MD5": "md5", "SHA1": "sha1"}.get(method, "sm3")
    references = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>'
        f"{base64.b64encode(hashlib.new(hasher, parts[name]).digest()).decode()}"
        "</ofd:CheckValue></ofd:Reference>"
        for name in names
    )
    text = parts[f"{SIGN}/Signature.xml"].decode()
    head, _, rest = text.partition("<ofd:References ")
    tail = rest.partition("</ofd:References>")[2]
    text = f'{head}<ofd:References CheckMethod="{method}">{references}</ofd:References>{tail}'
    return resigned({**parts, f"{SIGN}/Signature.xml": text.encode()}, unit)


def protected_names(parts: Parts) -> list[str]:
    own = {f"{SIGN}/Signature.xml", f"{SIGN}/SignedValue.dat", "Doc_0/Signs/Signatures.xml"}
    return sorted(parts.keys() - own)


def named(report: Report) -> list[str]:
    return [str(part) for part in (*report.changed, *report.uncovered)]


class TestAttacks:
    def test_the_untouched_document_is_valid(self, sealed: Parts, check: Callable[[Parts], Report]) -> None:
        assert check(sealed).verdict is Verdict.VALID

    @pytest.mark.parametrize(
        ("name", "old", "new", "person_says"),
        [
            (PAGE_2, "9月1日", "9月2日", "第 2 页"),
            ("Doc_0/Attachs/list.txt", "各旗区", "某旗区", "附件「参会名单」"),
            ("Doc_0/Res/fang.otf", "not", "now", "字体「FandolFang」"),
            ("Doc_0/Annots/Page_0/Annotation.xml", "收发员", "管理员", "第 1 页的批注"),
            ("OFD.xml", "关于会议的通知", "关于休假的通知", "文档信息"),
            ("Doc_0/Document.xml", "210 297", "210 298", "文档结构"),
        ],
    )
    def test_what_changed_is_named(
        self, sealed: Parts, check: Callable[[Parts], Report], name: str, old: str, new: str, person_says: str
    ) -> None:
        report = check(replaced(sealed, name, old, new))
        assert report.verdict is Verdict.INVALID
        assert named(report) == [person_says]
        assert "seal.content.changed_part" in report.codes

    def test_a_deleted_attachment_is_named(self, sealed: Parts, check: Callable[[Parts], Report]) -> None:
        report = check({name: data for name, data in sealed.items() if name != "Doc_0/Attachs/list.txt"})
        assert report.verdict is Verdict.INVALID
        assert "seal.content.missing_part" in report.codes
        assert named(report) == ["附件「参会名单」"]

    def test_a_moved_stamp(self, sealed: Parts, check: Callable[[Parts], Report]) -> None:
        report = check(replaced(sealed, f"{SIGN}/Signature.xml", "120 220", "20 20"))
        assert report.verdict is Verdict.INVALID
        assert report.codes[0] == "seal.content.list_tampered"

    def test_another_seal_picture_beside_the_signed_one(
        self, sealed: Parts, check: Callable[[Parts], Report]
    ) -> None:
        report = check({**sealed, f"{SIGN}/Seal.esl": b"another"})
        assert report.verdict is Verdict.INVALID

    def test_an_added_page_that_the_document_does_not_list(
        self, sealed: Parts, unit: Unit, check: Callable[[Parts], Report]
    ) -> None:
        report = check({**sealed, "Doc_0/Pages/Page_9/Content.xml": b"<Page/>"})
        assert report.verdict is Verdict.WARNING
        assert report.codes[0] == "seal.coverage.leftover"

    def test_a_page_listed_but_unprotected(
        self, sealed: Parts, unit: Unit, check: Callable[[Parts], Report]
    ) -> None:
        names = [name for name in protected_names(sealed) if name != PAGE_2]
        report = check(with_references(sealed, unit, names))
        assert report.verdict is Verdict.INVALID
        assert report.codes[0] == "seal.coverage.added_part"
        assert named(report) == ["第 2 页"]

    def test_a_file_put_where_a_dangling_reference_points(
        self, sealed: Parts, unit: Unit, check: Callable[[Parts], Report]
    ) -> None:
        without = {name: data for name, data in sealed.items() if not name.startswith("Doc_0/Annots")}
        signed_without = with_references(without, unit, protected_names(without))
        assert check(signed_without).verdict is Verdict.VALID
        added = {
            **signed_without,
            **{name: sealed[name] for name in sealed if name.startswith("Doc_0/Annots")},
        }
        report = check(added)
        assert report.verdict is Verdict.INVALID
        assert {part.kind for part in report.uncovered} == {PartKind.ANNOTATION}

    def test_an_unlisted_entry_passes_with_a_warning_while_it_shows_nothing_else(
        self, sealed: Parts, unit: Unit, check: Callable[[Parts], Report]
    ) -> None:
        names = [name for name in protected_names(sealed) if name != "OFD.xml"]
        report = check(with_references(sealed, unit, names))
        assert report.verdict is Verdict.WARNING
        assert report.codes[0] == "seal.coverage.entry_unprotected"

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (
                "</ofd:DocBody>",
                "</ofd:DocBody><ofd:DocBody><ofd:DocRoot>Other/Document.xml</ofd:DocRoot></ofd:DocBody>",
            ),
            ("Doc_0/Document.xml<", "Other/Document.xml<"),
            (
                "</ofd:DocRoot>",
                '</ofd:DocRoot><ofd:Versions><ofd:Version ID="1" Index="1" Current="true" '
                'BaseLoc="Other/Document.xml"/></ofd:Versions>',
            ),
            ("</ofd:DocRoot>", "</ofd:DocRoot><ofd:Unknown/>"),
            ("</ofd:Title>", "</ofd:Title><ofd:Cover>Other/Document.xml</ofd:Cover>"),
        ],
        ids=["second body", "other root", "other version", "unknown element", "other cover"],
    )
    def test_an_unlisted_entry_that_points_elsewhere(
        self, sealed: Parts, unit: Unit, check: Callable[[Parts], Report], old: str, new: str
    ) -> None:
        names = [name for name in protected_names(sealed) if name != "OFD.xml"]
        open_entry = with_references(sealed, unit, names)
        open_entry["Other/Document.xml"] = sealed["Doc_0/Document.xml"]
        report = check(replaced(open_entry, "OFD.xml", old, new))
        assert report.verdict is Verdict.INVALID
        assert report.codes[0] == "seal.coverage.entry_suspicious"

    def test_a_body_put_in_front_of_the_signed_one(
        self, sealed: Parts, check: Callable[[Parts], Report]
    ) -> None:
        body = "<ofd:DocBody><ofd:DocRoot>Other/Document.xml</ofd:DocRoot></ofd:DocBody>"
        parts = {**sealed, "Other/Document.xml": sealed["Doc_0/Document.xml"]}
        report = check(replaced(parts, "OFD.xml", "<ofd:DocBody>", f"{body}<ofd:DocBody>"))
        assert report.verdict is Verdict.INVALID
        assert report.codes == ("seal.document.signatures_gone",)

    def test_a_list_of_signatures_taken_away(self, sealed: Parts, check: Callable[[Parts], Report]) -> None:
        remaining = {name: data for name, data in sealed.items() if not name.endswith("Signatures.xml")}
        report = check(remaining)
        assert (report.verdict, report.codes) == (Verdict.INVALID, ("seal.document.signatures_gone",))

    def test_a_signature_from_another_document(
        self, sealed: Parts, unit: Unit, check: Callable[[Parts], Report], tmp_path: Path
    ) -> None:
        other = document_parts()
        other[PAGE_2] = other[PAGE_2].replace("9月1日".encode(), "9月9日".encode())
        transplanted = {**other, "OFD.xml": sealed["OFD.xml"]}
        transplanted |= {name: data for name, data in sealed.items() if "/Signs/" in name}
        report = check(transplanted)
        assert report.verdict is Verdict.INVALID
        assert named(report) == ["第 2 页"]

    def test_a_signature_for_another_place(
        self, sealed: Parts, unit: Unit, check: Callable[[Parts], Report]
    ) -> None:
        report = check(resigned(sealed, unit, info="/Doc_0/Signs/Sign_7/Signature.xml"))
        assert report.verdict is Verdict.INVALID
        assert report.codes[0] == "seal.format.other_scope"

    @pytest.mark.parametrize(
        ("method", "verdict", "code"),
        [
            ("MD5", Verdict.INVALID, "seal.content.refused_digest"),
            ("SHA1", Verdict.WARNING, "seal.content.weak_digest"),
            ("1.2.156.10197.1.401.2", Verdict.UNKNOWN, "seal.content.unknown_digest"),
        ],
    )
    def test_weak_digests(
        self,
        sealed: Parts,
        unit: Unit,
        check: Callable[[Parts], Report],
        method: str,
        verdict: Verdict,
        code: str,
    ) -> None:
        report = check(with_references(sealed, unit, protected_names(sealed), method))
        assert code in report.codes
        if method == "1.2.156.10197.1.401.2":
            assert report.verdict in (Verdict.UNKNOWN, Verdict.INVALID)
        else:
            assert report.verdict is verdict

    def test_a_signature_that_lists_nothing(
        self, sealed: Parts, unit: Unit, check: Callable[[Parts], Report]
    ) -> None:
        report = check(with_references(sealed, unit, []))
        assert report.verdict is Verdict.INVALID
        assert "seal.content.nothing_listed" in report.codes

    def test_a_removed_signature(self, sealed: Parts, authority: Authority) -> None:
        stripped = {name: data for name, data in sealed.items() if "/Signs/" not in name}
        stripped["OFD.xml"] = document_parts()["OFD.xml"]
        report = verify_file(pack(stripped), authority.trust(), NOW)
        assert report.verdict is Verdict.UNSIGNED
        assert report.codes == ("seal.unsigned",)
        promised = verify_file(
            pack(stripped), authority.trust(), NOW, expected=Expectation((ExpectedSeal("东胜区人民政府"),))
        )
        assert promised.verdict is Verdict.INVALID
        assert promised.codes[0] == "seal.document.signature_removed"

    def test_an_entry_twice_in_the_package(self, sealed: Parts, authority: Authority, tmp_path: Path) -> None:
        path = tmp_path / "twice.ofd"
        path.write_bytes(pack(sealed))
        with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(PAGE_2, b"<other/>")
        report = verify_file(path, authority.trust(), NOW)
        assert (report.verdict, report.opened) == (Verdict.INVALID, False)
        assert report.codes == ("ofd.container.duplicate_name",)

    def test_a_foreign_key(self, sealed: Parts, unit: Unit, authority: Authority) -> None:
        """Signed with a key that the seal does not list."""
        thief = Unit(authority.certify("别的单位"), unit.seal)
        report = verify_file(pack(resigned(sealed, thief)), authority.trust(), NOW)
        assert report.verdict is Verdict.INVALID
        assert report.codes[0] == "seal.signer.not_listed"

    def test_a_stamp_nobody_can_see(self, unit: Unit, authority: Authority, tmp_path: Path) -> None:
        parts = unpack(seal(write_document(tmp_path / "d.ofd"), tmp_path / "s.ofd", unit))
        moved = replaced(parts, f"{SIGN}/Signature.xml", "120 220 42 42", "300 220 1 1")
        report = verify_file(pack(resigned(moved, unit)), authority.trust(), NOW)
        assert report.verdict is Verdict.WARNING
        assert {"seal.stamp.off_page", "seal.stamp.size"} <= set(report.codes)

    def test_an_annotation_that_prints_differently(
        self, unit: Unit, authority: Authority, tmp_path: Path
    ) -> None:
        parts = document_parts()
        name = "Doc_0/Annots/Page_0/Annotation.xml"
        source = tmp_path / "d.ofd"
        source.write_bytes(
            pack(replaced(parts, name, 'Type="Watermark"', 'Type="Watermark" Visible="false"'))
        )
        report = verify_file(seal(source, tmp_path / "s.ofd", unit), authority.trust(), NOW)
        assert report.verdict is Verdict.WARNING
        assert report.codes[0] == "seal.annotation.prints_differently"

    def test_the_frame_of_a_signature_has_one_form(
        self, sealed: Parts, check: Callable[[Parts], Report]
    ) -> None:
        """Tags and the count of unused bits stand outside what is signed; they may not vary either."""
        name = f"{SIGN}/SignedValue.dat"
        value = sealed[name]
        signed = parse_signed_value(value)
        assert signed.signed_part is not None
        certificate = value.index(signed.signed_part) + len(signed.signed_part)
        unused = value.rindex(b"\x03", 0, value.rindex(b"\x30")) + 2
        for position in (0, certificate, unused):
            for bit in range(8):
                changed = bytearray(value)
                changed[position] ^= 1 << bit
                assert check({**sealed, name: bytes(changed)}).verdict is not Verdict.VALID, (position, bit)

    @pytest.mark.parametrize(
        "rounds", [150, pytest.param(50_000, marks=[pytest.mark.long, pytest.mark.timeout(0)])]
    )
    def test_single_changed_bytes_are_never_valid(
        self, sealed: Parts, authority: Authority, rounds: int
    ) -> None:
        """Outside the list of signatures, no byte of any file can change unnoticed."""
        chance = random.Random(20261120)
        names = sorted(sealed)
        trust = authority.trust()
        for _ in range(rounds):
            name = chance.choice(names)
            position = chance.randrange(len(sealed[name]))
            data = bytearray(sealed[name])
            data[position] ^= 1 << chance.randrange(8)
            report = verify_file(pack({**sealed, name: bytes(data)}), trust, NOW + DAY)
            if report.verdict is Verdict.VALID:
                assert name == "Doc_0/Signs/Signatures.xml", (name, position)

    @pytest.mark.parametrize(
        "rounds", [150, pytest.param(50_000, marks=[pytest.mark.long, pytest.mark.timeout(0)])]
    )
    def test_single_changed_bytes_of_the_container(
        self, sealed: Parts, authority: Authority, rounds: int
    ) -> None:
        """Bytes that belong to no file may change (dates of entries), but never what a reader gets."""
        chance = random.Random(20261121)
        whole = pack(sealed)
        trust = authority.trust()
        for _ in range(rounds):
            data = bytearray(whole)
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            if verify_file(bytes(data), trust, NOW + DAY).verdict is Verdict.VALID:
                with Package.open(bytes(data)) as package:
                    found = {name: package.read(name) for name in package.names}
                found["Doc_0/Signs/Signatures.xml"] = sealed["Doc_0/Signs/Signatures.xml"]
                assert found == sealed

    def test_a_heap_of_signatures_is_not_worked_through(
        self, sealed: Parts, check: Callable[[Parts], Report]
    ) -> None:
        entry = f'<ofd:Signature ID="s9" Type="Seal" BaseLoc="/{SIGN}/Signature.xml"/>'
        report = check(
            replaced(
                sealed, "Doc_0/Signs/Signatures.xml", "</ofd:Signatures>", entry * 300 + "</ofd:Signatures>"
            )
        )
        assert (report.verdict, report.codes) == (Verdict.INVALID, ("seal.document.too_many_signatures",))

    def test_the_same_signature_listed_twice_gains_nothing(
        self, sealed: Parts, check: Callable[[Parts], Report]
    ) -> None:
        entry = f'<ofd:Signature ID="s9" Type="Seal" BaseLoc="/{SIGN}/Signature.xml"/>'
        report = check(
            replaced(sealed, "Doc_0/Signs/Signatures.xml", "</ofd:Signatures>", entry + "</ofd:Signatures>")
        )
        assert report.verdict is Verdict.INVALID
        assert "seal.document.listed_twice" in report.codes


class TestSeveralSignatures:
    @pytest.fixture
    def both(self, unit: Unit, authority: Authority, tmp_path: Path) -> Parts:
        second = authority.unit("康巴什区人民政府")
        first_sealed = seal(write_document(tmp_path / "d.ofd"), tmp_path / "1.ofd", unit)
        place = Placement(1, Box(60, 200, 42, 42))
        return unpack(seal(first_sealed, tmp_path / "2.ofd", second, place, at=NOW + timedelta(hours=1)))

    def test_a_change_breaks_both(self, both: Parts, check: Callable[[Parts], Report]) -> None:
        report = check(replaced(both, PAGE_2, "9月1日", "9月2日"))
        assert [signature.verdict for signature in report.signatures] == [Verdict.INVALID] * 2
        assert named(report) == ["第 2 页"], "each file is named once"

    def test_a_broken_later_signature_does_not_excuse_its_files(
        self, both: Parts, check: Callable[[Parts], Report]
    ) -> None:
        report = check({**both, "Doc_0/Signs/Sign_1/SignedValue.dat": b"broken"})
        first, later = report.signatures
        assert later.verdict is Verdict.INVALID
        assert first.verdict is Verdict.INVALID
        assert {part.path for part in first.uncovered} == {
            "Doc_0/Signs/Sign_1/Seal.esl",
            "Doc_0/Signs/Sign_1/Signature.xml",
            "Doc_0/Signs/Sign_1/SignedValue.dat",
        }

    def test_removing_the_first_breaks_the_second(
        self, both: Parts, check: Callable[[Parts], Report]
    ) -> None:
        remaining = {name: data for name, data in both.items() if "Sign_0" not in name}
        listed = remaining["Doc_0/Signs/Signatures.xml"]
        start = listed.index(b'<ofd:Signature ID="s001"')
        end = listed.index(b"/>", start) + 2
        remaining["Doc_0/Signs/Signatures.xml"] = listed[:start] + listed[end:]
        report = check(remaining)
        assert report.verdict is Verdict.INVALID
        assert "seal.content.missing_part" in report.codes


class TestTrustAndTime:
    @pytest.fixture
    def at(self, sealed: Parts) -> Callable[..., Report]:
        def verify(trust: TrustStore, now: datetime = NOW + DAY, **more: datetime) -> Report:
            return verify_file(pack(sealed), trust, now, **more)

        return verify

    def test_the_time_is_noted_as_claimed(self, authority: Authority, at: Callable[..., Report]) -> None:
        report = at(authority.trust())
        assert (report.verdict, report.codes) == (Verdict.VALID, ("seal.time.claimed_only",))
        assert report.signatures[0].trusted_time is None

    def test_a_receipt_is_a_second_witness(self, authority: Authority, at: Callable[..., Report]) -> None:
        witnessed = NOW + timedelta(minutes=5)
        report = at(authority.trust(), witnessed_at=witnessed)
        assert (report.verdict, report.codes) == (Verdict.VALID, ("seal.time.witnessed",))
        assert report.signatures[0].trusted_time == witnessed

    def test_a_claim_later_than_the_receipt(self, authority: Authority, at: Callable[..., Report]) -> None:
        report = at(authority.trust(), witnessed_at=NOW - DAY)
        assert (report.verdict, report.codes) == (Verdict.WARNING, ("seal.time.after_proof",))

    def test_without_roots_nothing_can_be_confirmed(self, at: Callable[..., Report]) -> None:
        report = at(TrustStore())
        assert report.verdict is Verdict.UNKNOWN
        assert {"seal.maker.untrusted", "seal.signer.untrusted"} <= set(report.codes)
        assert report.signatures[0].intact

    def test_without_revocation_lists_nothing_can_be_confirmed(
        self, authority: Authority, at: Callable[..., Report]
    ) -> None:
        report = at(authority.trust(lists_at=None))
        assert report.verdict is Verdict.UNKNOWN
        assert "seal.signer.revocation_unknown" in report.codes

    def test_after_expiry_only_a_witness_helps(self, authority: Authority, at: Callable[..., Report]) -> None:
        later = NOW + 2 * YEAR
        report = at(authority.trust(), now=later)
        assert (report.verdict, report.codes) == (Verdict.WARNING, ("seal.time.unproven",))
        witnessed = at(authority.trust(), now=later, witnessed_at=NOW + timedelta(minutes=1))
        assert (witnessed.verdict, witnessed.codes) == (Verdict.VALID, ("seal.time.witnessed",))

    def test_revocation_before_and_after_the_signature(
        self, unit: Unit, authority: Authority, at: Callable[..., Report]
    ) -> None:
        serial = unit.certificate.serial
        before = at(authority.trust(Revoked(serial, NOW - DAY)))
        assert (before.verdict, before.codes[0]) == (Verdict.INVALID, "seal.signer.revoked")
        after = authority.trust(Revoked(serial, NOW + timedelta(hours=1)))
        assert (at(after).verdict, at(after).codes) == (Verdict.WARNING, ("seal.time.unproven",))
        assert at(after, witnessed_at=NOW + timedelta(minutes=1)).verdict is Verdict.VALID

    def test_signed_outside_the_validity(self, sealed: Parts, unit: Unit, authority: Authority) -> None:
        early = resigned(sealed, unit, at=NOW - 2 * YEAR)
        report = verify_file(pack(early), authority.trust(), NOW)
        assert report.verdict is Verdict.INVALID
        assert {"seal.period.outside", "seal.signer.expired"} <= set(report.codes)

    def test_signed_in_the_future(self, sealed: Parts, unit: Unit, authority: Authority) -> None:
        report = verify_file(pack(resigned(sealed, unit, at=NOW + 5 * DAY)), authority.trust(), NOW)
        assert (report.verdict, report.codes) == (Verdict.WARNING, ("seal.time.in_future",))


def test_a_seal_whose_picture_is_a_document_is_fine(authority: Authority, tmp_path: Path) -> None:
    signer = authority.certify("某单位")
    order = authority.order(signer)
    picture = SealPicture("ofd", pack(document_parts(1)), 42, 42)
    unit = Unit(signer, make_seal(type(order)(**{**order.__dict__, "picture": picture}), authority.maker))
    sealed = seal(write_document(tmp_path / "d.ofd"), tmp_path / "s.ofd", unit, OVER_THE_DATE)
    assert verify_file(sealed, authority.trust(), NOW).verdict is Verdict.VALID
