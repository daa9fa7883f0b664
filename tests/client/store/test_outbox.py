"""Intents: written once, in order, never changed."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gongwen_client.domain.intents import IntentKind, Lane
from gongwen_client.store import Store

NOW = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)


def add(store: Store, kind: IntentKind, subject: str) -> str:
    return store.outbox.add(kind, subject, "{}", NOW).key


def test_a_double_click_is_one_intent_and_another_subject_another(store: Store) -> None:
    assert add(store, IntentKind.ACCEPT, "a") == add(store, IntentKind.ACCEPT, "a")
    assert add(store, IntentKind.ACCEPT, "a") != add(store, IntentKind.ACCEPT, "b")
    assert store.outbox.count_pending() == 2


def test_lanes_are_apart_and_heads_are_the_earliest_of_each_subject(store: Store) -> None:
    for kind, subject in (
        (IntentKind.VIEW, "a"),
        (IntentKind.SEND, "document"),
        (IntentKind.ACCEPT, "a"),
        (IntentKind.VIEW, "b"),
    ):
        add(store, kind, subject)
    heads = store.outbox.heads(Lane.SMALL)
    assert [(head.kind, head.subject) for head in heads] == [(IntentKind.VIEW, "a"), (IntentKind.VIEW, "b")]
    assert [head.subject for head in store.outbox.heads(Lane.LARGE)] == ["document"]
    store.outbox.finish(heads[0], NOW)
    assert store.outbox.heads(Lane.SMALL)[0].kind is IntentKind.ACCEPT


def test_a_failure_keeps_the_intent_and_its_key(store: Store) -> None:
    key = add(store, IntentKind.SETTLE, "ticket")
    intent = store.outbox.heads(Lane.SMALL)[0]
    store.outbox.note_failure(intent, "连接不上")
    again = store.outbox.heads(Lane.SMALL)[0]
    assert (again.key, again.attempts) == (key, 1)


def test_a_refused_intent_gives_way_to_the_next_wish(store: Store) -> None:
    add(store, IntentKind.ACCEPT, "a")
    store.outbox.refuse(store.outbox.heads(Lane.SMALL)[0], "不行", NOW)
    assert store.outbox.count_pending() == 0
    add(store, IntentKind.RETURN, "a")
    assert store.outbox.heads(Lane.SMALL)[0].kind is IntentKind.RETURN


def test_a_held_intent_is_the_services_until_it_is_handed_over_or_the_program_restarts(store: Store) -> None:
    first = store.outbox.add_held(IntentKind.RESERVE, "a", "{}", NOW)
    second = store.outbox.add_held(IntentKind.RESERVE, "a", "{}", NOW)
    assert first.key != second.key, "two reservations are two wishes"
    assert store.outbox.heads(Lane.SMALL) == []
    store.outbox.hand_over(first)
    assert [head.key for head in store.outbox.heads(Lane.SMALL)] == [first.key]
    store.outbox.finish(second, NOW)
    store.outbox.reopen()
    assert store.outbox.count_pending() == 1, "a finished one is not opened again"


@pytest.mark.parametrize("column", ["idempotency_key", "kind", "subject", "payload"])
def test_the_identity_of_an_intent_never_changes(store: Store, tmp_path: Path, column: str) -> None:
    add(store, IntentKind.SEND, "document")
    connection = sqlite3.connect(tmp_path / "gongwen.db")
    with pytest.raises(sqlite3.IntegrityError, match="never changes"):
        connection.execute(f"UPDATE intents SET {column} = 'other'")  # noqa: S608
    connection.close()
