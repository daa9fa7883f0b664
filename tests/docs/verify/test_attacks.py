"""No attack of the corpus comes out valid, each is found under its own code, the originals are valid."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from docs.verify.attacks import CLASSES, AttackClass, Forgery, Lab
from docs.verify.attacks.lab import CHECKED_AT
from gongwen_docs.ofd.container import pack
from gongwen_docs.verify import Report, Verdict, verify_file
from gongwen_protocol.sentences import catalogue


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(tmp_path_factory.mktemp("lab"))


def judge(lab: Lab, forgery: Forgery) -> Report:
    report = verify_file(
        forgery.data,
        lab.worlds[forgery.trust].store(),
        forgery.now or CHECKED_AT,
        forgery.witnessed_at,
        forgery.expected,
    )
    json.dumps(report.to_json())
    return report


def test_the_originals_are_valid(lab: Lab) -> None:
    for name, parts in lab.originals.items():
        report = judge(lab, Forgery(name, pack(parts)))
        assert report.verdict is Verdict.VALID, (name, report.codes)


@pytest.mark.parametrize("kind", CLASSES.values(), ids=CLASSES)
def test_attacks_are_found(lab: Lab, kind: AttackClass) -> None:
    forgeries = list(kind.build(lab))
    wrong = []
    for forgery in forgeries:
        report = judge(lab, forgery)
        assert report.verdict is not Verdict.VALID, (kind.name, forgery.name)
        due = (forgery.verdict or kind.verdict, forgery.code or kind.code)
        if report.verdict is not due[0] or due[1] not in report.codes:
            wrong.append((forgery.name, str(report.verdict), report.codes))
    assert not wrong, wrong


def test_every_class_has_three_different_files(lab: Lab) -> None:
    assert len(CLASSES) >= 60
    for kind in CLASSES.values():
        made = list(kind.build(lab))
        assert len({forgery.name for forgery in made}) == len(made) >= 3, kind.name
        assert len(set(made)) == len(made), kind.name


def test_the_documentation_names_every_class() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "attack-corpus.md"
    rows = re.findall(r"^\| \w+ \| `([\w-]+)` ", page.read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(CLASSES)


def test_every_expected_code_has_its_sentence() -> None:
    assert {kind.code for kind in CLASSES.values()} <= catalogue().keys()
