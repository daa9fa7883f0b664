"""Every cell of the table of states leads somewhere, or refuses in words with the region's own article."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pytest

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.concordance import TOPICS, in_region
from gongwen_protocol.profile import RegionProfile, load_profile, profile_ids
from gongwen_protocol.sentences import catalogue, sentence, speak_for
from gongwen_protocol.states import DeliveryEvent, DeliveryState, DocumentState, overall
from gongwen_protocol.states_page import page
from gongwen_protocol.transitions import DELIVERIES, TABLES, Refusal, Table, When

ROOT = Path(__file__).resolve().parents[2]
PROFILES = [load_profile(profile_id) for profile_id in profile_ids()]
D = DeliveryState


def words(code: str) -> dict[str, str]:
    return catalogue()[code]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.profile_id)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_cell(table: Table[StrEnum, StrEnum], profile: RegionProfile) -> None:
    seen = set()
    for state, event, cell in table.cells():
        seen.add((state, event))
        outcome = table.outcome(state, event, profile)
        if isinstance(cell, When):
            assert outcome == (cell.state if profile.holds(cell.refusal.rule) else cell.refusal)
        if not isinstance(outcome, Refusal):
            assert isinstance(outcome, table.states)
            assert table.step(state, event, profile) is outcome
            continue
        assert words(outcome.code)["do"]
        with pytest.raises(RefusedError) as refused:
            table.step(state, event, profile)
        assert refused.value.code == outcome.code
        cited = sentence(refused.value, profile).rule
        assert cited == profile.article_of(outcome.rule)
        assert not cited or cited.startswith((profile.rule_short_name, "工作方案"))
    assert seen == {(state, event) for state in table.states for event in table.events}


def test_the_page_is_printed_from_the_table() -> None:
    assert (ROOT / "docs" / "states.md").read_text("utf-8") == page()


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.profile_id)
def test_what_is_received_stays_received(profile: RegionProfile) -> None:
    for event in DeliveryEvent:
        outcome = DELIVERIES.outcome(D.RECEIVED, event, profile)
        assert isinstance(outcome, Refusal) or outcome is D.RECEIVED


@pytest.mark.parametrize(
    ("deliveries", "document"),
    [
        ((D.DELIVERED, D.VIEWED), DocumentState.SENT),
        ((D.RECEIVED, D.VIEWED), DocumentState.PARTLY_RECEIVED),
        ((D.RECEIVED, D.RETURNED), DocumentState.PARTLY_RECEIVED),
        ((D.RECEIVED, D.RECALLED), DocumentState.ALL_RECEIVED),
        ((D.RECALLED, D.RECALLED), DocumentState.RECALLED),
        ((D.RECALLED, D.DELIVERED), DocumentState.SENT),
        ((D.PAPER_FALLBACK,), DocumentState.SENT),
    ],
)
def test_a_document_is_the_sum_of_its_deliveries(
    deliveries: tuple[DeliveryState, ...], document: DocumentState
) -> None:
    assert overall(deliveries) is document


@pytest.mark.parametrize("article", list(TOPICS))
def test_each_region_is_cited_in_its_own_words(article: str) -> None:
    for profile in PROFILES:
        cited = in_region(article, profile)
        if article.startswith(profile.rule_short_name):
            assert cited == article
        else:
            assert not cited or cited.startswith((profile.rule_short_name, "工作方案"))


def test_no_sentence_cites_the_other_seed() -> None:
    """Whatever the catalogue cites: spoken for a region it is that region's article, a standard, or none."""
    names = {profile.rule_short_name for profile in PROFILES}
    for profile in PROFILES:
        speak_for(profile)
        foreign = names - {profile.rule_short_name}
        cited = {code: sentence(code).rule for code in catalogue()}
        foreign_articles = tuple(f"{name}第" for name in foreign)
        assert not {
            code: rule
            for code, rule in cited.items()
            if any(article.startswith(foreign_articles) for article in rule.split("；"))
        }
    speak_for(None)


def test_every_article_of_the_catalogue_has_its_topic() -> None:
    ordos, jiangmen = load_profile("ordos-2018"), load_profile("jiangmen-2008")
    for code, entry in catalogue().items():
        rule = entry.get("rule", "")
        for article in rule.split("；"):
            if article.startswith((ordos.rule_short_name, jiangmen.rule_short_name)):
                assert article in TOPICS, (code, article)
