"""Signatures of other generations and habits, and time-stamp tokens: which verdict each can earn at best."""

from __future__ import annotations

import base64
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from docs import producers
from docs.office import DAY, NOW, YEAR, Authority, Unit, seal, write_document
from gongwen_crypto import der, sm3
from gongwen_crypto.issue import Usage
from gongwen_docs.ofd.container import pack
from gongwen_docs.seals.parse import parse_signed_value
from gongwen_docs.verify import Report, Verdict, verify_file

SIGNATURE, VALUE, SEAL = (
    f"Doc_0/Signs/Sign_0/{name}" for name in ("Signature.xml", "SignedValue.dat", "Seal.esl")
)
LIST = "Doc_0/Signs/Signatures.xml"
Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def sealed(unit: Unit, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    folder = tmp_path_factory.mktemp("sealed")
    path = seal(write_document(folder / "document.ofd"), folder / "sealed.ofd", unit)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def check(parts: Parts, authority: Authority) -> Report:
    return verify_file(pack(parts), authority.trust(), NOW + DAY)


class TestGenerationOne:
    def signed(self, sealed: Parts, authority: Authority, unit: Unit, habit: str) -> Parts:
        # The seal of this generation is not the one that Seal.esl holds: leave that file out.
        old = producers.seal_v1(authority, unit, NOW - YEAR, NOW + YEAR)
        listed = sealed[SIGNATURE].replace(sm3_text(sealed[SEAL]), sm3_text(old))
        value = producers.signature_v1(old, unit.signer, NOW, listed, habit)
        return {**sealed, SEAL: old, SIGNATURE: listed, VALUE: value}

    @pytest.mark.parametrize(
        ("habit", "codes"),
        [
            ("standard", {"seal.format.older_generation"}),
            (
                "list",
                {"seal.format.older_generation", "seal.signature.legacy_rule", "seal.content.legacy_rule"},
            ),
            ("hash", {"seal.format.older_generation", "seal.signature.legacy_rule"}),
        ],
    )
    def test_it_earns_a_warning_at_best(
        self, sealed: Parts, authority: Authority, unit: Unit, habit: str, codes: set[str]
    ) -> None:
        report = check(self.signed(sealed, authority, unit, habit), authority)
        assert report.verdict is Verdict.WARNING, report.to_json()
        assert codes | {"seal.time.claimed_only"} == set(report.codes)

    @pytest.mark.parametrize("habit", ["standard", "list", "hash"])
    def test_changes_are_found(self, sealed: Parts, authority: Authority, unit: Unit, habit: str) -> None:
        parts = self.signed(sealed, authority, unit, habit)
        page = "Doc_0/Pages/Page_0/Content.xml"
        assert check({**parts, page: parts[page] + b" "}, authority).verdict is Verdict.INVALID
        moved = parts[SIGNATURE].replace(b"120 220", b"121 220")
        assert check({**parts, SIGNATURE: moved}, authority).verdict is Verdict.INVALID


def sm3_text(data: bytes) -> bytes:
    """As CheckValue states it."""
    return base64.b64encode(sm3.digest(data))


def test_generation_five_is_valid(sealed: Parts, authority: Authority, unit: Unit) -> None:
    listed = sealed[SIGNATURE].replace(reference_to_seal(sealed), b"")
    value = producers.value_v5(authority, unit, NOW, listed)
    own_seal = parse_signed_value(value).seal
    assert own_seal is not None
    report = check({**sealed, SEAL: own_seal.raw, SIGNATURE: listed, VALUE: value}, authority)
    assert report.verdict is Verdict.VALID, report.to_json()
    assert report.signatures[0].kind == "ses_v5"


def reference_to_seal(parts: Parts) -> bytes:
    """The Reference element of Seal.esl: real producers leave it out, since the seal is in the signature."""
    text = parts[SIGNATURE]
    start = text.index(b'<ofd:Reference FileRef="/' + SEAL.encode())
    return text[start : text.index(b"</ofd:Reference>", start) + len(b"</ofd:Reference>")]


class TestCms:
    def signed(self, sealed: Parts, unit: Unit, habit: str) -> Parts:
        text = sealed[SIGNATURE].replace(reference_to_seal(sealed), b"")
        start, end = text.index(b"<ofd:StampAnnot"), text.index(b"</ofd:SignedInfo>")
        text = text[:start] + text[end:]
        at = None if habit == "plain" else NOW
        content = text if habit == "whole" else sm3.digest(text)
        value = producers.cms(unit.signer, content, at, detached=habit == "detached")
        listed = sealed[LIST].replace(b'Type="Seal"', b'Type="Sign"')
        parts = {**sealed, LIST: listed, SIGNATURE: text, VALUE: value}
        del parts[SEAL]
        return parts

    @pytest.mark.parametrize(
        ("habit", "verdict"),
        [
            ("attributes", Verdict.VALID),
            ("whole", Verdict.VALID),
            ("detached", Verdict.VALID),
            ("plain", Verdict.UNKNOWN),  # says no time at all
        ],
    )
    def test_habits(
        self, sealed: Parts, authority: Authority, unit: Unit, habit: str, verdict: Verdict
    ) -> None:
        report = check(self.signed(sealed, unit, habit), authority)
        assert report.verdict is verdict, report.to_json()
        assert report.signatures[0].kind == "cms"
        assert report.signatures[0].seal_name == ""

    @pytest.mark.parametrize("habit", ["attributes", "whole", "detached", "plain"])
    def test_changes_are_found(self, sealed: Parts, authority: Authority, unit: Unit, habit: str) -> None:
        parts = self.signed(sealed, unit, habit)
        changed = {**parts, SIGNATURE: parts[SIGNATURE] + b" "}
        assert check(changed, authority).verdict is Verdict.INVALID
        changed = {**parts, "Doc_0/Attachs/list.txt": b"x"}
        assert check(changed, authority).verdict is Verdict.INVALID

    def test_a_stamp_drawn_by_a_signature_without_seal(
        self, sealed: Parts, authority: Authority, unit: Unit
    ) -> None:
        """A self-made digital signature must not pass as a seal (attack class A10)."""
        value = producers.cms(unit.signer, sm3.digest(sealed[SIGNATURE]), NOW)
        report = check({**sealed, VALUE: value}, authority)
        assert report.verdict is Verdict.INVALID
        assert report.codes[0] == "seal.format.stamp_without_seal"


class TestTimeStamps:
    def stamped(self, sealed: Parts, authority: Authority, **changes: object) -> Parts:
        tsa = changes.get("tsa") or authority.certify("时间戳机构", usage=Usage.TIME_STAMPING)
        signature = parse_signed_value(sealed[VALUE]).signature
        arguments = {"authority": tsa, "signature": signature, "at": NOW + timedelta(minutes=1), **changes}
        arguments.pop("tsa", None)
        token = producers.time_stamp(**arguments)  # type: ignore[arg-type]
        return {**sealed, VALUE: producers.with_time_stamp(sealed[VALUE], token)}

    def test_a_token_confirms_the_time(self, sealed: Parts, authority: Authority) -> None:
        report = check(self.stamped(sealed, authority), authority)
        assert (report.verdict, report.codes) == (Verdict.VALID, ("seal.time.stamped",)), report.to_json()
        assert report.signatures[0].trusted_time == NOW + timedelta(minutes=1)

    def test_after_expiry_the_token_still_holds(self, sealed: Parts, authority: Authority) -> None:
        report = verify_file(pack(self.stamped(sealed, authority)), authority.trust(), NOW + 3 * YEAR)
        assert report.verdict is Verdict.VALID

    def test_a_token_of_another_signature(self, sealed: Parts, authority: Authority) -> None:
        report = check(self.stamped(sealed, authority, signature=b"another"), authority)
        assert report.verdict is Verdict.INVALID
        assert report.codes[0] == "seal.timestamp.tampered"

    def test_a_token_of_an_unknown_authority_proves_nothing(
        self, sealed: Parts, authority: Authority
    ) -> None:
        stranger = Authority.found().certify("别家时间戳", usage=Usage.TIME_STAMPING)
        tokened = self.stamped(sealed, authority, tsa=stranger)
        report = check(tokened, authority)
        assert report.signatures[0].trusted_time is None
        assert report.verdict is not Verdict.VALID

    def test_a_unit_cannot_stamp_its_own_time(self, sealed: Parts, authority: Authority, unit: Unit) -> None:
        report = check(self.stamped(sealed, authority, tsa=unit.signer), authority)
        assert (report.verdict, report.codes[0]) == (Verdict.WARNING, "seal.timestamp.not_authority")
        assert report.signatures[0].trusted_time is None

    def test_junk_in_place_of_a_token(self, sealed: Parts, authority: Authority) -> None:
        report = check({**sealed, VALUE: producers.with_time_stamp(sealed[VALUE], b"junk")}, authority)
        assert (report.verdict, report.codes[0]) == (Verdict.WARNING, "seal.timestamp.unreadable")


def test_a_bare_pair_of_numbers_names_no_signer(sealed: Parts, authority: Authority, unit: Unit) -> None:
    bare = unit.signer.sign(sealed[SIGNATURE])
    assert len(der.parse(bare).children()) == 2
    report = check({**sealed, VALUE: bare}, authority)
    assert report.verdict in (Verdict.UNKNOWN, Verdict.INVALID)
    assert "seal.format.bare_signature" in report.codes


def test_damaged_values_are_reported_not_raised(sealed: Parts, authority: Authority, tmp_path: Path) -> None:
    for data in (b"", b"\x30", b"\x30\x80\x30\x80", b"\x30\x03\x02\x01\x04", bytes(1000)):
        report = check({**sealed, VALUE: data}, authority)
        assert (report.verdict, report.codes[0]) == (Verdict.INVALID, "seal.format.bad_signature")
