"""Every code that a step of verification can carry has its sentence, and the sentence finds its facts."""

from __future__ import annotations

import re
from pathlib import Path

import gongwen_docs
from gongwen_crypto.paths import PathStatus
from gongwen_protocol.sentences import catalogue

SOURCES = Path(gongwen_docs.__file__).parent
CODE = re.compile(r'"(seal\.[a-z_]+\.[a-z_]+)"')


def test_codes_of_steps_have_sentences() -> None:
    codes = {code for path in SOURCES.rglob("*.py") for code in CODE.findall(path.read_text("utf-8"))}
    assert len(codes) > 50
    assert codes <= catalogue().keys(), codes - catalogue().keys()


def test_every_outcome_of_a_path_has_a_sentence_for_every_role() -> None:
    outcomes = [str(status) for status in PathStatus if status is not PathStatus.OK]
    for role in ("signer", "maker", "timestamp"):
        for outcome in (*outcomes, "usage"):
            assert f"seal.{role}.{outcome}" in catalogue()


def test_every_step_has_a_sentence_for_passing() -> None:
    steps = {
        step
        for path in SOURCES.rglob("*.py")
        for step in re.findall(r'(?:Step\(|_STEP = |check_certificate\()"([a-z_]+)"', path.read_text("utf-8"))
    }
    assert {"format", "signature", "content", "coverage", "time", "seal_period"} <= steps
    assert {f"seal.step.{step}" for step in steps} <= catalogue().keys()
