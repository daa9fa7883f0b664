"""Seals: what we make is read back, what others made is read, what is broken is told apart."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from docs.office import DAY, NOW, PICTURE, YEAR, Authority, Unit
from gongwen_crypto import der, sm2
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.issue import Revoked, Usage
from gongwen_crypto.paths import TrustStore
from gongwen_crypto.seal_register import SealRegister, SealStatus, StatusChange, make_register
from gongwen_crypto.software import SoftwareSigner
from gongwen_crypto.timestamp import make_token
from gongwen_docs.seals.check import check_seal
from gongwen_docs.seals.file_check import check_seal_file
from gongwen_docs.seals.findings import Status, worst
from gongwen_docs.seals.model import Kind, Seal
from gongwen_docs.seals.parse import parse_seal, parse_signed_value
from gongwen_docs.seals.times import parse_time, readable
from gongwen_docs.seals.timestamp import check_time_stamp
from gongwen_docs.seals.write import make_seal, signed_value, to_sign, with_time_stamp


def codes(seal: Seal, trust: TrustStore, at: datetime = NOW) -> list[str]:
    return [step.code for step in check_seal(seal, trust, at) if step.code]


def test_a_seal_is_read_as_it_was_ordered(authority: Authority, unit: Unit) -> None:
    seal = parse_seal(unit.seal)
    assert seal.generation is Kind.SES_V4
    assert (seal.version, seal.type, seal.name) == (4, 1, "东胜区人民政府")
    assert (seal.es_id, seal.vendor_id) == ("15060200000001", "GONGWEN")
    assert seal.picture == PICTURE
    assert (seal.valid_from, seal.valid_to) == (NOW - YEAR, NOW + YEAR)
    assert seal.maker_certificate == authority.maker.certificate_der
    assert seal.raw == unit.seal
    assert seal.lists(unit.signer.certificate_der)
    assert not seal.lists(authority.maker.certificate_der)


def test_certificates_may_be_listed_by_digest(unit: Unit) -> None:
    seal = parse_seal(unit.seal)
    digest = bytes.fromhex(unit.certificate.fingerprint)
    by_digest = replace(seal, certificates=(), certificate_digests=(("SM3", digest),))
    assert by_digest.lists(unit.signer.certificate_der)
    assert not replace(by_digest, certificate_digests=(("SM3", digest[::-1]),)).lists(
        unit.signer.certificate_der
    )
    assert not replace(by_digest, certificate_digests=(("??", digest),)).lists(unit.signer.certificate_der)


def test_a_good_seal_passes(authority: Authority, unit: Unit) -> None:
    steps = check_seal(parse_seal(unit.seal), authority.trust(), NOW)
    assert [step.step for step in steps] == ["seal_signature", "seal_maker", "seal_period"]
    assert worst(steps) is Status.OK


def test_a_changed_seal_is_told(authority: Authority, unit: Unit) -> None:
    forged = unit.seal.replace("东胜区".encode(), "康巴什".encode())
    assert codes(parse_seal(forged), authority.trust()) == ["seal.made.tampered"]


def test_a_seal_of_a_stranger_proves_nothing(authority: Authority) -> None:
    stranger = Authority.found()
    seal = parse_seal(stranger.unit().seal)
    trust = replace(authority.trust(), roots=(authority.trust().roots[0],))
    assert codes(seal, TrustStore()) == ["seal.maker.untrusted"]
    assert codes(seal, trust) == ["seal.maker.broken"], "the stranger took the name of a trusted root"


def test_the_period_of_a_seal_counts(authority: Authority, unit: Unit) -> None:
    seal = parse_seal(unit.seal)
    trust = authority.trust(lists_at=NOW + 2 * YEAR)
    assert codes(seal, trust, NOW + YEAR + DAY) == ["seal.period.outside"]


def test_a_revoked_maker_is_told(authority: Authority, unit: Unit) -> None:
    seal = parse_seal(unit.seal)
    serial = Certificate.load(authority.maker.certificate_der).serial
    assert codes(seal, authority.trust(Revoked(serial, NOW - DAY))) == ["seal.maker.revoked"]
    undeclared = replace(authority.trust(lists_at=None), seal_makers=())
    assert codes(seal, undeclared) == ["seal.maker.revocation_unknown"]


def test_a_maker_must_be_allowed_to_sign(authority: Authority, unit: Unit) -> None:
    maker = authority.certify("某加密证书", usage=Usage.ENCRYPTION)
    seal = parse_seal(make_seal(authority.order(unit.signer), maker))
    assert "seal.maker.usage" in codes(seal, authority.trust())


def test_the_rule_of_generation_1_is_tried_and_told(authority: Authority, unit: Unit) -> None:
    seal = parse_seal(unit.seal)
    maker = der.encode(der.OCTET_STRING, seal.maker_certificate)
    message = der.sequence((seal.signed_part, maker, der.oid(seal.algorithm)))
    older = replace(seal, signature=authority.maker.sign(message))
    assert codes(older, authority.trust()) == ["seal.made.older_rule"]


def test_a_signature_is_read_as_it_was_written(unit: Unit) -> None:
    tbs = to_sign(unit.seal, NOW, bytes(32), "/Doc_0/Signs/Sign_0/Signature.xml")
    value = parse_signed_value(
        signed_value(tbs, unit.signer.certificate_der, unit.signer.algorithm_oid, unit.signer.sign(tbs))
    )
    assert value.kind is Kind.SES_V4
    assert value.seal == parse_seal(unit.seal)
    assert (value.time, value.data_hash) == (NOW, bytes(32))
    assert value.property_info == "/Doc_0/Signs/Sign_0/Signature.xml"
    assert value.signed_part == tbs
    assert value.time_stamp is None


def test_raw_signature_values_are_read(unit: Unit) -> None:
    tbs = to_sign(unit.seal, NOW, bytes(32), "/x")
    numbers = sm2.decode_signature(unit.signer.sign(tbs))
    assert numbers is not None
    raw = b"".join(number.to_bytes(32, "big") for number in numbers)
    value = parse_signed_value(signed_value(tbs, unit.signer.certificate_der, "1.2.156.10197.1.501", raw))
    assert sm2.verify(unit.signer.pair.point, tbs, value.signature)


@pytest.mark.parametrize(
    "data", [b"", b"\x30\x00", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"junk", bytes(64)]
)
def test_junk_is_a_format_error(data: bytes) -> None:
    with pytest.raises(KnownError, match=r"seal\.format\.bad_seal"):
        parse_seal(data)
    with pytest.raises(KnownError, match=r"seal\.format\.bad_signature"):
        parse_signed_value(data)


def test_every_cut_and_every_changed_tag_is_survived(unit: Unit) -> None:
    """Whatever the damage: a value or a KnownError, never another exception."""
    tbs = to_sign(unit.seal, NOW, bytes(32), "/x")
    whole = signed_value(tbs, unit.signer.certificate_der, unit.signer.algorithm_oid, unit.signer.sign(tbs))
    for position in range(len(whole)):
        for damaged in (whole[:position], whole[:position] + b"\xff" + whole[position + 1 :]):
            try:
                parse_signed_value(damaged)
            except KnownError as error:
                assert error.code == "seal.format.bad_signature"  # noqa: PT017 - both outcomes are right


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(KnownError):
        parse_seal(b"\x30\x80" * 5000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("200422021807Z", datetime(2020, 4, 22, 2, 18, 7, tzinfo=UTC)),
        ("20200422020900Z", datetime(2020, 4, 22, 2, 9, tzinfo=UTC)),
        ("20200422020900.123Z", datetime(2020, 4, 22, 2, 9, tzinfo=UTC)),
        ("20200422100900+0800", datetime(2020, 4, 22, 2, 9, tzinfo=UTC)),
        ("2018-09-28 10:33:33", datetime(2018, 9, 28, 2, 33, 33, tzinfo=UTC)),
        ("2020-01-25T07:31:56.377Z", datetime(2020, 1, 25, 7, 31, 56, tzinfo=UTC)),
        ("1539310549", datetime(2018, 10, 12, 2, 15, 49, tzinfo=UTC)),
        ("20211014033404Z\x00", datetime(2021, 10, 14, 3, 34, 4, tzinfo=UTC)),
        ("20211399033404Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_of_real_producers(text: str, expected: datetime | None) -> None:
    assert parse_time(text) == expected


def test_times_are_said_in_china_standard_time() -> None:
    assert readable(NOW) == "2026-11-20 17:30"


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "kind"), [("UserV1", Kind.SES_V1), ("UserV4", Kind.SES_V4), ("UserV5", Kind.SES_V5)]
)
def test_seals_of_another_maker(corpus: Path, name: str, kind: Kind) -> None:
    seal = parse_seal((corpus / f"{name}.esl").read_bytes())
    assert seal.generation is kind
    assert seal.picture.type == "PNG"
    assert seal.picture.data.startswith(b"\x89PNG")
    assert codes(seal, TrustStore(), datetime(2021, 1, 1, tzinfo=UTC))[0] in (
        "seal.maker.untrusted",
        "seal.period.outside",
    )


def test_a_unit_cannot_make_its_own_seal(authority: Authority, unit: Unit) -> None:
    own = parse_seal(make_seal(authority.order(unit.signer, "鄂尔多斯市人民政府"), unit.signer))
    undeclared = replace(authority.trust(), seal_makers=())
    assert codes(own, undeclared) == ["seal.maker.same_as_signer"]
    again = authority.certify("东胜区人民政府")  # another certificate of the same body
    by_twin = parse_seal(make_seal(authority.order(unit.signer, "鄂尔多斯市人民政府"), again))
    assert [step.code for step in check_seal(by_twin, undeclared, NOW, unit.certificate) if step.code] == [
        "seal.maker.same_as_signer"
    ]
    assert codes(parse_seal(unit.seal), undeclared) == ["seal.maker.undeclared"]


def test_a_clock_makes_no_seals(authority: Authority, unit: Unit) -> None:
    clock = authority.certify("时间戳机构", usage=Usage.TIME_STAMPING)
    made = parse_seal(make_seal(authority.order(unit.signer), clock))
    assert "seal.maker.usage" in codes(made, replace(authority.trust(), seal_makers=()))


STOPPED = NOW - 10 * DAY


class TestStoppedSeals:
    """The register of suspended, restored and cancelled seals."""

    def listed(self, signer: SoftwareSigner, *changes: tuple[str, datetime]) -> SealRegister:
        made = tuple(StatusChange("15060200000001", SealStatus(word), since) for word, since in changes)
        return SealRegister.load(make_register(signer, made, NOW))

    def judged(
        self, authority: Authority, unit: Unit, register: SealRegister, proven: datetime | None = None
    ) -> list[str]:
        trust = replace(authority.trust(), seal_registers=(register,))
        return [
            step.code
            for step in check_seal(parse_seal(unit.seal), trust, NOW, unit.certificate, proven)
            if step.step == "seal_status"
        ]

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ([("suspended", STOPPED)], ["seal.status.suspended"]),
            ([("suspended", STOPPED), ("restored", NOW - DAY)], [""]),
            ([("restored", NOW - DAY), ("suspended", STOPPED)], [""]),
            ([("cancelled", STOPPED), ("restored", NOW - DAY)], ["seal.status.cancelled"]),
            ([("suspended", NOW + DAY)], [""]),
        ],
    )
    def test_the_last_word_before_the_use_counts(
        self, authority: Authority, unit: Unit, changes: list[tuple[str, datetime]], expected: list[str]
    ) -> None:
        assert self.judged(authority, unit, self.listed(authority.maker, *changes)) == expected

    def test_stopped_since_is_a_doubt_unless_the_use_is_proven(
        self, authority: Authority, unit: Unit
    ) -> None:
        register = self.listed(authority.maker, ("suspended", NOW + DAY))
        assert self.judged(authority, unit, register, NOW + 2 * DAY) == ["seal.status.stopped_since"]
        assert self.judged(authority, unit, register, NOW) == [""]

    def test_strangers_stop_nothing(self, authority: Authority, unit: Unit) -> None:
        assert self.judged(authority, unit, self.listed(unit.signer, ("cancelled", STOPPED))) == []

    def test_a_changed_list_makes_the_folder_unusable(self, authority: Authority, tmp_path: Path) -> None:
        data = make_register(authority.maker, [StatusChange("1", SealStatus.SUSPENDED, NOW)], NOW)
        place = tmp_path / "stopped.sealstatus"
        place.write_bytes(data)
        assert TrustStore.load(tmp_path).seal_registers[0].changes[0].seal_id == "1"
        for position in range(0, len(data), 9):
            changed = bytearray(data)
            changed[position] ^= 1
            place.write_bytes(bytes(changed))
            with suppress(KnownError):  # a byte of the frame that means nothing may change
                assert TrustStore.load(tmp_path).seal_registers[0].changes == SealRegister.load(data).changes


def test_a_unit_cannot_make_a_seal_for_another_where_makers_are_named(
    authority: Authority, unit: Unit
) -> None:
    accomplice = authority.certify("另一单位")
    forged = parse_seal(make_seal(authority.order(unit.signer, "鄂尔多斯市人民政府"), accomplice))
    makers = (Certificate.load(authority.maker.certificate_der),)
    named = replace(authority.trust(), seal_makers=makers)
    assert codes(forged, named) == ["seal.maker.untrusted"]
    assert codes(parse_seal(unit.seal), named) == []


class TestGeneration5:
    def test_a_seal_and_its_signature(self, authority: Authority) -> None:
        signer = authority.certify("某单位")
        data = make_seal(replace(authority.order(signer), generation=Kind.SES_V5), authority.maker)
        tbs = to_sign(data, NOW, bytes(32), "/Doc_0/Signs/Sign_0/Signature.xml")
        assert der.parse(tbs).sequence()[0].integer() == 5, "a signature is of the generation of its seal"
        made = signed_value(tbs, signer.certificate_der, signer.algorithm_oid, signer.sign(tbs))
        value = parse_signed_value(made)
        assert value.seal is not None
        assert (value.kind, value.seal.generation) == (Kind.SES_V5, Kind.SES_V5)
        assert worst(check_seal_file(data, authority.trust(), NOW)) is Status.OK

    def test_seals_and_signatures_carry_tokens(self, authority: Authority) -> None:
        tsa = authority.certify("时间戳服务", usage=Usage.TIME_STAMPING)
        signer = authority.certify("某单位")
        bare = make_seal(replace(authority.order(signer), generation=Kind.SES_V5), authority.maker)
        seal = with_time_stamp(bare, make_token(tsa, parse_seal(bare).signature, NOW))
        steps = check_seal_file(seal, authority.trust(), NOW)
        assert (steps[-1].step, worst(steps)) == ("seal_time_stamp", Status.OK)
        other = with_time_stamp(bare, make_token(tsa, b"other", NOW))
        assert check_seal_file(other, authority.trust(), NOW)[-1].code == "seal.timestamp.tampered"
        tbs = to_sign(seal, NOW, bytes(32), "x")
        value = signer.sign(tbs)
        token = make_token(tsa, value, NOW)
        whole = signed_value(tbs, signer.certificate_der, signer.algorithm_oid, value, token)
        plain = signed_value(tbs, signer.certificate_der, signer.algorithm_oid, value)
        assert whole == with_time_stamp(plain, token)
        assert parse_signed_value(whole).time_stamp == token

    def test_a_token_over_the_raw_form_counts(self, authority: Authority) -> None:
        """Producers that store r‖s have that stamped."""
        tsa = authority.certify("时间戳服务", usage=Usage.TIME_STAMPING)
        value = authority.maker.sign(b"content")
        r, s = sm2.decode_signature(value) or (0, 0)
        token = make_token(tsa, r.to_bytes(32) + s.to_bytes(32), NOW)
        step, moment = check_time_stamp(token, value, authority.trust())
        assert (step.status, moment) == (Status.OK, NOW)
