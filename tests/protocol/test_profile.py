"""The two seeds as profiles: complete, cited, and as far apart as they are in life."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from gongwen_crypto.errors import KnownError
from gongwen_protocol.duties import before_cutoff
from gongwen_protocol.profile import (
    BodyFormat,
    OptionalRule,
    ReceiptMoment,
    RegionProfile,
    Rule,
    load_profile,
    read_profile,
)

SEEDS = ("ordos-2018", "jiangmen-2008")
ALL = (*SEEDS, "example-2026")


@pytest.mark.parametrize("profile_id", ALL)
def test_every_stated_rule_cites_its_article(profile_id: str) -> None:
    profile = load_profile(profile_id)
    rules = {name: value for name, value in profile if isinstance(value, Rule | OptionalRule)}
    assert len(rules) >= 40
    for name, rule in rules.items():
        stated = rule.value not in (None, False, ())
        assert rule.article or not stated, f"{name} states {rule.value} without an article"
    assert profile.cite(profile.password_first_change.article).startswith(profile.rule_short_name)


@pytest.mark.parametrize("profile_id", ALL)
def test_a_profile_survives_the_wire(profile_id: str) -> None:
    profile = load_profile(profile_id)
    assert RegionProfile.model_validate_json(profile.model_dump_json()) == profile


def test_the_seeds_contradict_each_other() -> None:
    ordos, jiangmen = map(load_profile, SEEDS)
    assert ordos.max_document_size.value == 100 * 2**20
    assert jiangmen.max_document_size.value is None
    assert len(ordos.urgency_allowed.value) == 3
    assert len(jiangmen.urgency_allowed.value) == 1
    assert BodyFormat.OFD in ordos.body_formats.value
    assert BodyFormat.OFD not in jiangmen.body_formats.value
    assert ordos.receipt_moment.value is ReceiptMoment.ACCEPTANCE
    assert jiangmen.receipt_moment.value is ReceiptMoment.FIRST_USE
    assert (ordos.same_day_cutoff.value, jiangmen.same_day_cutoff.value) == (None, time(15, 30))


@pytest.mark.parametrize(("minute", "counts"), [(29, True), (30, False)])
def test_the_cutoff_is_local_time(minute: int, counts: bool) -> None:
    moment = datetime(2025, 3, 3, 7, minute, tzinfo=UTC)  # 15:29 and 15:30 in Jiangmen
    assert before_cutoff(load_profile("jiangmen-2008"), moment) is counts
    assert before_cutoff(load_profile("ordos-2018"), moment)


def test_an_unknown_profile_is_told() -> None:
    with pytest.raises(KnownError, match=r"profile\.unknown"):
        load_profile("nowhere-1999")


@pytest.mark.parametrize("change", ["misspelt_rule = 1\n", "= nonsense"])
def test_a_damaged_profile_is_told(tmp_path: Path, change: str) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(change, "utf-8")
    with pytest.raises(KnownError, match=r"profile\.unreadable"):
        read_profile(path)
