"""Long lists: which rows, in which order, under which conditions; searching heads, units and bodies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fakes.views import OTHERS, SENT, US, document_view, with_state
from gongwen_client.domain.drafts import LocalFile, draft_for
from gongwen_client.domain.intents import IntentKind
from gongwen_client.domain.lists import Follow, ListName, ListQuery, SortKey
from gongwen_client.store import Store
from gongwen_client.store.search import body_phrase, pairs
from gongwen_protocol.messages import Elements, Unit
from gongwen_protocol.states import DeliveryState

RARE = "𠮷𡃁"


def _incoming(store: Store, number: int, title: str, **more: object) -> None:
    view = document_view(number, title=title, **more)  # type: ignore[arg-type]
    store.documents.apply(view, US)


def _ids(store: Store, name: ListName, **conditions: object) -> tuple[str, ...]:
    return store.lists.find(ListQuery(name, **conditions)).ids  # type: ignore[arg-type]


def _urgent(number: int, urgency: str) -> object:
    view = document_view(number)
    return view.model_copy(
        update={"elements": view.elements.model_copy(update={"urgency": urgency, "doc_kind": "函"})}
    )


def test_the_urgent_come_first_then_the_newest(store: Store) -> None:
    for number, urgency in ((1, ""), (2, "特急"), (3, "加急"), (4, "")):
        store.documents.apply(_urgent(number, urgency), US)  # type: ignore[arg-type]
    assert _ids(store, ListName.PENDING) == ("d2", "d3", "d4", "d1")
    assert _ids(store, ListName.PENDING, urgency="加急") == ("d3",)
    assert _ids(store, ListName.PENDING, urgency="平件") == ("d4", "d1")
    assert _ids(store, ListName.PENDING, sort=SortKey.TIME) == ("d1", "d2", "d3", "d4")
    assert _ids(store, ListName.PENDING, sort=SortKey.TIME, descending=True) == ("d4", "d3", "d2", "d1")


def test_a_list_has_what_the_row_shows_it_as(store: Store) -> None:
    for number, state in enumerate(DeliveryState):
        _incoming(store, number, "通知", state=state)
    shown = {row.delivery_id: row.state for row in store.rows.incoming(None)}
    for name in (ListName.PENDING, ListName.RECEIVED, ListName.RETURNED):
        rows = store.lists.incoming(_ids(store, name))
        assert all(shown[row.delivery_id] is row.state for row in rows)
    everywhere = sum(
        len(_ids(store, name)) for name in (ListName.PENDING, ListName.RECEIVED, ListName.RETURNED)
    )
    assert everywhere == len(DeliveryState), "each document is in one list"


@pytest.mark.parametrize(
    ("kind", "name"), [(IntentKind.ACCEPT, ListName.RECEIVED), (IntentKind.RETURN, ListName.RETURNED)]
)
def test_a_wish_moves_the_row_at_once(store: Store, kind: IntentKind, name: ListName) -> None:
    _incoming(store, 1, "通知")
    store.outbox.add(kind, "d1", "{}", SENT)
    assert _ids(store, ListName.PENDING) == ()
    assert _ids(store, name) == ("d1",)
    assert _ids(store, name, states=frozenset({name.value})) == ("d1",)


def test_time_unit_and_kind_narrow(store: Store) -> None:
    _incoming(store, 1, "一", sender_name="示范市水利局", state=DeliveryState.RECEIVED)
    _incoming(store, 2, "二", state=DeliveryState.RECEIVED)
    assert _ids(store, ListName.RECEIVED, unit="示范市水利局") == ("d1",)
    assert _ids(store, ListName.RECEIVED, since=SENT + timedelta(minutes=2)) == ("d2",)
    assert _ids(store, ListName.RECEIVED, until=SENT + timedelta(minutes=2)) == ("d1",)
    assert _ids(store, ListName.RECEIVED, kind="函") == ()
    assert store.lists.senders() == ("康巴什区人民政府办公室", "示范市水利局")


def test_words_are_found_in_head_and_body(store: Store) -> None:
    _incoming(store, 1, "关于做好防汛工作的通知")
    _incoming(store, 2, "关于召开会议的通知")
    _incoming(store, 3, f"关于{RARE}的函")
    store.texts.add(document_view(2).document_id, "请各单位加强防\n汛值守，落实2026年抗旱措施。")
    assert _ids(store, ListName.PENDING, words="防汛") == ("d2", "d1"), "the line broke within the word"
    assert _ids(store, ListName.PENDING, words="防汛 会议") == ("d2",), "each word wherever it stands"
    assert _ids(store, ListName.PENDING, words="2026年抗旱") == ("d2",)
    assert _ids(store, ListName.PENDING, words="汛抗") == ()
    assert _ids(store, ListName.PENDING, words="旱") == ("d2",)
    assert _ids(store, ListName.PENDING, words=RARE) == ("d3",)
    query = ListQuery(ListName.PENDING, words="防汛")
    assert store.lists.by_body(query, ("d1", "d2")) == {"d2"}


@pytest.mark.parametrize(
    "words", ['"', "*", "AND", "防汛 OR", "NEAR(", "^", "-", "%", "_", "'", "\\", "，", "(", "☆"]
)
def test_no_word_is_a_command(store: Store, words: str) -> None:
    _incoming(store, 1, "关于做好防汛工作的通知")
    for name in ListName:
        store.lists.find(ListQuery(name, words=words))


def test_pairs_find_any_part_of_a_run() -> None:
    assert pairs("防汛抗旱").split() == ["防汛", "汛抗", "抗旱", "旱"]
    assert body_phrase("防汛") == '"防汛"*'
    assert body_phrase("防") == '"防"*'
    assert body_phrase("第12号") == '"第 12 号"*'
    assert body_phrase("、") == ""


def test_a_draft_is_found_by_its_text_until_it_is_gone(store: Store) -> None:
    body = LocalFile("正文.ofd", store.drafts._folder / "a" / "b.ofd", 3, "d1")  # type: ignore[attr-defined]
    draft = replace(draft_for("a" * 32, SENT), body=body, elements=Elements(title="会议通知"))
    store.drafts.save(draft)
    assert store.texts.drafts_wanted(5) == [draft.document_id]
    store.texts.set_draft(draft.document_id, "d1", "加强防\n汛值守 100%")
    assert store.texts.drafts_wanted(5) == []
    assert _ids(store, ListName.DRAFTS, words="防汛") == (draft.document_id,)
    assert _ids(store, ListName.DRAFTS, words="100%") == (draft.document_id,)
    assert _ids(store, ListName.DRAFTS, words="1%") == ()
    store.drafts.save(replace(draft, body=replace(body, digest="d2")))
    assert store.texts.drafts_wanted(5) == [draft.document_id], "another body has another text"
    store.drafts.delete(draft.document_id)
    assert _ids(store, ListName.DRAFTS, words="防汛") == ()


def test_what_was_sent_from_here_is_found_by_the_text_it_had_as_a_draft(store: Store) -> None:
    view = document_view(7, sender=US, to=OTHERS)
    store.drafts.save(draft_for(view.document_id, SENT))
    store.texts.set_draft(view.document_id, "d", "落实抗旱措施")
    store.documents.apply(view, US)
    assert _ids(store, ListName.SENT, words="抗旱") == (view.document_id,)


def test_only_what_a_person_looked_at_is_read_for_its_words(store: Store) -> None:
    _incoming(store, 1, "一")
    document = document_view(1).document_id
    store.documents.note_fetch(document, 2)
    assert store.texts.documents_wanted(5) == []
    store.documents.note_opened("d1")
    assert store.texts.documents_wanted(5) == [document]
    store.texts.add(document, "")
    assert store.texts.documents_wanted(5) == [], "one without a text is not asked again"


def test_sent_documents_by_what_became_of_them(store: Store) -> None:
    for number, state in (
        (1, DeliveryState.RECEIVED),
        (2, DeliveryState.DELIVERED),
        (3, DeliveryState.RETURNED),
    ):
        store.documents.apply(document_view(number, sender=US, to=OTHERS, state=state), US)
    first, second, third = (document_view(number).document_id for number in (1, 2, 3))
    assert _ids(store, ListName.SENT) == (third, second, first)
    assert _ids(store, ListName.SENT, states=frozenset({Follow.OPEN.value})) == (second,)
    assert _ids(store, ListName.SENT, states=frozenset({Follow.RETURNED.value})) == (third,)
    assert _ids(store, ListName.SENT, states=frozenset({Follow.COMPLETE.value})) == (first,)
    both = frozenset({Follow.OPEN.value, Follow.COMPLETE.value})
    assert _ids(store, ListName.SENT, states=both) == (second, first)
    row = store.lists.sent((second,))[0]
    assert (row.waiting, row.waiting_unit) == (1, f"单位{OTHERS}")
    assert _ids(store, ListName.RETURNED_TO_US) == ("d3",)
    assert store.lists.returned_to_us(("d3", "gone"))[0][0].document_id == third
    store.documents.apply(with_state(document_view(2, sender=US, to=OTHERS), DeliveryState.RECEIVED), US)
    assert store.lists.open_sent() == []


def test_sent_documents_are_found_by_the_units_they_went_to(store: Store) -> None:
    from gongwen_protocol.messages import Directory

    store.units.replace(Directory(units=(Unit(code=OTHERS, name=f"单位{OTHERS}"),)))
    view = document_view(1, sender=US, to=OTHERS)
    store.documents.apply(view, US)
    assert _ids(store, ListName.SENT, words="单位") == (view.document_id,)
    assert _ids(store, ListName.SENT, unit=f"单位{OTHERS}") == (view.document_id,)
    assert _ids(store, ListName.SENT, unit="别的") == ()


@pytest.mark.parametrize("name", list(ListName))
@pytest.mark.parametrize("key", list(SortKey))
def test_every_list_bears_every_order(store: Store, name: ListName, key: SortKey) -> None:
    _incoming(store, 1, "一")
    store.documents.apply(document_view(2, sender=US, to=OTHERS, state=DeliveryState.RETURNED), US)
    store.drafts.save(draft_for("a" * 32, SENT))
    plain = _ids(store, name)
    assert set(_ids(store, name, sort=key, descending=True)) == set(plain)
