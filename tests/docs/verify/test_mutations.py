"""One changed byte anywhere: never valid, unless the report names the place as one that nothing protects."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest

from docs.verify.attacks import Lab
from docs.verify.attacks.lab import CHECKED_AT
from gongwen_crypto.paths import TrustStore
from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.verify import Report, Verdict, verify_file

KINDS = ("v5", "cms", "joint", "stamped", "seam", "rich")
LONG = [pytest.mark.long, pytest.mark.timeout(0)]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(tmp_path_factory.mktemp("lab"))


def judge(data: bytes, trust: TrustStore) -> Report:
    report = verify_file(data, trust, CHECKED_AT)
    json.dumps(report.to_json())
    return report


def named_as_open(report: Report) -> set[str]:
    return {part.path for signature in report.signatures for part in signature.outside}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rounds", [100, pytest.param(10_000, marks=LONG)])
def test_a_changed_byte_of_a_file(lab: Lab, kind: str, rounds: int) -> None:
    chance = random.Random(20261122 + KINDS.index(kind))
    parts, trust = lab.originals[kind], lab.worlds["trust"].store()
    names = sorted(parts)
    left: Counter[str] = Counter()
    for _ in range(rounds):
        name = chance.choice(names)
        data = bytearray(parts[name])
        position = chance.randrange(len(data))
        data[position] ^= 1 << chance.randrange(8)
        report = judge(pack({**parts, name: bytes(data)}), trust)
        if report.verdict is Verdict.VALID:
            left[f"{name}@{position}"] += name not in named_as_open(report)
    assert not +left


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rounds", [100, pytest.param(10_000, marks=LONG)])
def test_a_changed_byte_of_the_container(lab: Lab, kind: str, rounds: int) -> None:
    """Bytes that belong to no file may change (dates of entries), but never what a reader gets."""
    chance = random.Random(20261123 + KINDS.index(kind))
    parts, trust = lab.originals[kind], lab.worlds["trust"].store()
    whole = pack(parts)
    for _ in range(rounds):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        report = judge(bytes(data), trust)
        if report.verdict is Verdict.VALID:
            with Package.open(bytes(data)) as package:
                found = {name: package.read(name) for name in package.names}
            changed = {name for name in parts if found.get(name) != parts[name]}
            assert found.keys() == parts.keys()
            assert changed <= named_as_open(report)


@pytest.mark.parametrize("kind", ["v5", "cms", "stamped", "plain"])
@pytest.mark.parametrize("every", [7, pytest.param(1, marks=LONG)])
def test_every_byte_of_the_signature_value(lab: Lab, kind: str, every: int) -> None:
    """Inverted bits of each byte, one after another; and the value cut off at each place."""
    name = "Doc_0/Signs/Sign_0/SignedValue.dat"
    parts, trust = lab.originals[kind], lab.worlds["trust"].store()
    value = parts[name]
    for position in range(0, len(value), every):
        for changed in (
            value[:position] + bytes((value[position] ^ 0xFF,)) + value[position + 1 :],
            value[:position] + bytes((value[position] ^ 0x01,)) + value[position + 1 :],
            value[:position],
        ):
            assert judge(pack({**parts, name: changed}), trust).verdict is not Verdict.VALID, position
