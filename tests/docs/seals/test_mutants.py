"""Damaged and hostile seals and signatures: a finding, never another exception, whatever was changed."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from docs import producers
from docs.office import NOW, YEAR, Authority
from gongwen_crypto import der
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.issue import Usage
from gongwen_crypto.paths import TrustStore
from gongwen_crypto.timestamp import make_token
from gongwen_docs.seals.describe import describe, describe_lines
from gongwen_docs.seals.file_check import check_seal_file
from gongwen_docs.seals.findings import Status
from gongwen_docs.seals.parse import parse_seal, parse_signed_value
from gongwen_docs.seals.timestamp import check_time_stamp
from gongwen_docs.seals.write import signed_value, to_sign

Mutation = Callable[[random.Random, bytearray], None]
QUICK, LONG = 2_000, 50_000


@pytest.fixture(scope="module")
def samples(authority: Authority) -> list[bytes]:
    """Seals and signatures of every generation."""
    unit = authority.unit()
    signer = unit.signer
    tbs = to_sign(unit.seal, NOW, bytes(32), producers.INFO)
    value = signer.sign(tbs)
    token = make_token(authority.certify("时间戳", usage=Usage.TIME_STAMPING), value, NOW)
    old = producers.seal_v1(authority, unit, NOW - YEAR, NOW + YEAR)
    return [
        unit.seal,
        old,
        signed_value(tbs, signer.certificate_der, signer.algorithm_oid, value),
        signed_value(tbs, signer.certificate_der, signer.algorithm_oid, value, token),
        producers.signature_v1(old, signer, NOW, b"content", "standard"),
        producers.value_v5(authority, unit, NOW, b"content"),
        producers.cms(signer, b"content", NOW),
        producers.cms(signer, b"content", None),
        token,
        value,
    ]


def flip(chance: random.Random, data: bytearray) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def overwrite(chance: random.Random, data: bytearray) -> None:
    data[chance.randrange(len(data))] = chance.choice((0, 0x7F, 0x80, 0x81, 0x84, 0xFF, 0x30, 0xA0, 0x04))


def cut(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(len(data)) :]


def remove(chance: random.Random, data: bytearray) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.randrange(1, 40)]


def repeat(chance: random.Random, data: bytearray) -> None:
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randrange(1, 200)]
    data[start:start] = piece


def move(chance: random.Random, data: bytearray) -> None:
    start, target = chance.randrange(len(data)), chance.randrange(len(data))
    piece = data[start : start + 30]
    data[target : target + len(piece)] = piece


def rebuild(chance: random.Random, data: bytearray) -> None:
    """Change one element and mend all lengths above it, so that the change is read."""
    try:
        data[:] = _rebuilt(chance, der.parse(bytes(data)))
    except KnownError:
        flip(chance, data)


def _rebuilt(chance: random.Random, node: der.Node) -> bytes:
    children = list(node.children()) if node.tag & 0x20 else []
    if not children or chance.random() < 0.1:
        return _replaced(chance, node)
    chosen = chance.randrange(len(children))
    parts = [child.encoded for child in children]
    parts[chosen] = _rebuilt(chance, children[chosen])
    return der.encode(node.tag, b"".join(parts))


def _replaced(chance: random.Random, node: der.Node) -> bytes:
    return chance.choice(
        (
            b"",
            node.encoded * 2,
            der.encode(node.tag, b""),
            der.encode(node.tag, chance.randbytes(chance.randrange(80))),
            der.encode(chance.randrange(0x1F), node.content),
            der.encode(der.SEQUENCE, node.encoded),
            der.integer(chance.randrange(1 << 80)),
            der.encode(node.tag, b"\xff" * 30),
        )
    )


MUTATIONS: tuple[Mutation, ...] = (flip, overwrite, cut, remove, repeat, move, rebuild, rebuild, rebuild)


def mutants(samples: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(chance.choice(samples))
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            if data:
                chance.choice(MUTATIONS)(chance, data)
        yield bytes(data)


def look_at(data: bytes, trust: TrustStore) -> None:
    """Everything that a verifier does with such bytes; raises whatever is not a finding."""
    check_seal_file(data, trust, NOW)
    check_time_stamp(data, b"value", trust)
    try:
        seal = parse_seal(data)
    except KnownError as error:
        assert error.code == "seal.format.bad_seal"  # noqa: PT017 - other outcomes are as good
    else:
        describe(seal)
        list(describe_lines(seal))
    try:
        value = parse_signed_value(data)
    except KnownError as error:
        assert error.code == "seal.format.bad_signature"  # noqa: PT017
        return
    if value.time_stamp is not None:
        check_time_stamp(value.time_stamp, value.signature, trust)
    with contextlib.suppress(KnownError):
        Certificate.load(value.certificate)
    if value.seal is not None:
        describe(value.seal)


@pytest.mark.parametrize(
    ("count", "seed"),
    [(QUICK, 1), pytest.param(LONG, 2, marks=[pytest.mark.long, pytest.mark.timeout(3000)])],
)
def test_mutants_are_findings(samples: list[bytes], authority: Authority, count: int, seed: int) -> None:
    trust = authority.trust()
    for number, data in enumerate(mutants(samples, count, seed)):
        try:
            look_at(data, trust)
        except Exception as error:
            error.add_note(f"mutant {number} of seed {seed}: {data.hex()}")
            raise


def test_no_changed_seal_stays_good(authority: Authority) -> None:
    """One bit anywhere in a seal: never again without a finding."""
    seal = authority.unit().seal
    trust = authority.trust()
    chance = random.Random(3)
    for _ in range(300):
        data = bytearray(seal)
        flip(chance, data)
        assert any(step.status is not Status.OK for step in check_seal_file(bytes(data), trust, NOW))


class TestBombs:
    def test_deep_nesting(self) -> None:
        data = b""
        for _ in range(100_000):
            data = b"\x30\x80" + data
            if len(data) > 100_000:
                break
        for bomb in (data, b"\xa0\x80" * 50_000, _nested(3_000)):
            with pytest.raises(KnownError):
                parse_seal(bomb)
            with pytest.raises(KnownError):
                parse_signed_value(bomb)

    def test_too_many_elements(self) -> None:
        with pytest.raises(KnownError):
            parse_signed_value(der.sequence([b"\x05\x00" * 2_000_000]))

    def test_oversize(self) -> None:
        with pytest.raises(KnownError):
            parse_seal(der.sequence([bytes(17 * 1024 * 1024)]))

    def test_a_certificate_bomb_is_a_finding(self, authority: Authority) -> None:
        """Thousands of certificates in one signature, all issued by one another's name."""
        signer = authority.certify("某单位")
        many = der.encode(0xA0, signer.certificate_der * 2_000)
        single = der.encode(0xA0, signer.certificate_der)
        value = producers.cms(signer, b"content", NOW)
        kind, wrapped = der.parse(value).children()
        body = [part.encoded for part in wrapped.children()[0].children()]
        body[body.index(single)] = many
        bomb = der.sequence((kind.encoded, der.encode(0xA0, der.sequence(body))))
        with pytest.raises(KnownError, match="bad_signature"):
            parse_signed_value(bomb)

    def test_years_out_of_range(self, authority: Authority) -> None:
        unit = authority.unit()
        edges = (NOW.replace(year=1), NOW.replace(year=9999))
        for moment in edges:
            steps = check_seal_file(unit.seal, authority.trust(), moment + timedelta(hours=1))
            assert steps[-1].code == "seal.period.outside"


def _nested(depth: int) -> bytes:
    data = b"\x02\x01\x01"
    for _ in range(depth):
        data = der.encode(der.SEQUENCE, data)
    return data
