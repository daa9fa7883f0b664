"""Lists and search: the exchange's truth plus what waits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fakes.views import OTHERS, US, document_view, with_state
from gongwen_client.domain.intents import IntentKind, Lane
from gongwen_client.domain.rows import IncomingState
from gongwen_client.store import Store
from gongwen_crypto.errors import KnownError
from gongwen_protocol.states import DeliveryState

NOW = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)


def shown(store: Store) -> list[tuple[str, IncomingState]]:
    return [(row.delivery_id, row.state) for row in store.rows.incoming(None)]


def test_a_delivery_goes_through_its_states(store: Store) -> None:
    view = document_view(1)
    assert store.documents.apply(view, US)
    assert shown(store) == [("d1", IncomingState.PENDING)]
    store.documents.note_fetch(view.document_id, 1)
    assert shown(store) == [("d1", IncomingState.DOWNLOADING)]
    store.documents.note_fetch(view.document_id, 2)
    assert shown(store) == [("d1", IncomingState.TO_VERIFY)]
    store.outbox.add(IntentKind.ACCEPT, "d1", "{}", NOW)
    row = store.rows.incoming_one("d1")
    assert (row.state, row.pending) == (IncomingState.RECEIVED, "accept")
    store.outbox.refuse(store.outbox.heads(Lane.SMALL)[0], "不行", NOW)
    row = store.rows.incoming_one("d1")
    assert (row.state, row.pending, row.refusal) == (IncomingState.TO_VERIFY, "", "不行")
    assert store.documents.apply(with_state(view, DeliveryState.RECEIVED), US)
    assert shown(store) == [("d1", IncomingState.RECEIVED)]


def test_the_same_view_again_changes_nothing(store: Store) -> None:
    view = with_state(document_view(1), DeliveryState.RECEIVED)
    assert store.documents.apply(view, US)
    assert not store.documents.apply(view, US)


def test_an_overtaken_answer_does_not_undo_a_decision(store: Store) -> None:
    view = document_view(1)
    store.documents.apply(with_state(view, DeliveryState.RECEIVED), US)
    assert not store.documents.apply(view, US)
    assert store.documents.delivery_state("d1") is DeliveryState.RECEIVED


def test_a_document_never_changes(store: Store) -> None:
    view = document_view(1)
    store.documents.apply(view, US)
    other = view.model_copy(update={"body": document_view(2).body})
    with pytest.raises(KnownError, match=r"exchange\.contradiction"):
        store.documents.apply(other, US)


def test_newest_first_filtered_limited(store: Store) -> None:
    for number in range(5):
        store.documents.apply(document_view(number), US)
    store.documents.apply(document_view(9, state=DeliveryState.RECEIVED), US)
    assert [row.delivery_id for row in store.rows.incoming(None)] == ["d9", "d4", "d3", "d2", "d1", "d0"]
    assert [row.delivery_id for row in store.rows.incoming([IncomingState.PENDING], limit=2)] == ["d4", "d3"]
    assert store.rows.incoming([]) == []


def test_sent_documents_show_x_of_n_and_returns(store: Store) -> None:
    view = document_view(1, sender=US, to=OTHERS, state=DeliveryState.RETURNED)
    store.documents.apply(view, US)
    store.documents.apply(document_view(2, sender=US, to=OTHERS), US)
    assert [(row.returned, row.received, row.total) for row in store.rows.sent()] == [(0, 0, 1), (1, 0, 1)]
    assert [sent.document_id for sent, _ in store.rows.returned()] == [view.document_id]
    counts = store.rows.counts()
    assert (counts.sent, counts.returned_to_us, counts.pending) == (2, 1, 0)
    assert store.rows.incoming(None) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("会议", {"d1", "d2"}),
        ("年度", {"d1"}),
        ("防汛 会议", {"d2"}),
        ("财政", {"d3"}),
        ("〔2026〕3号", {"d3"}),
        ("市财政局", {"d3"}),
        ("没有", set()),
        ("", set()),
        ('"', set()),
        ("AND", set()),
        ("𠀀", {"d4"}),
    ],
)
def test_search_finds_words_of_any_length(store: Store, text: str, found: set[str]) -> None:
    store.documents.apply(document_view(1), US)
    store.documents.apply(document_view(2, title="关于防汛会议的通知"), US)
    store.documents.apply(document_view(3, title="预算执行情况", sender_name="市财政局"), US)
    store.documents.apply(document_view(4, title="关于𠀀地名的批复"), US)
    assert {row.delivery_id for row in store.rows.search_incoming(text)} == found


def test_counts_include_what_waits(store: Store) -> None:
    for number in range(4):
        store.documents.apply(document_view(number), US)
    store.documents.apply(document_view(5, state=DeliveryState.RECEIVED), US)
    store.outbox.add(IntentKind.ACCEPT, "d1", "{}", NOW)
    store.outbox.add(IntentKind.RETURN, "d2", "{}", NOW)
    counts = store.rows.counts()
    assert (counts.pending, counts.received) == (2, 2)
    assert len(store.rows.incoming([IncomingState.PENDING])) == 2
