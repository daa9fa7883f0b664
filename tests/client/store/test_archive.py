"""What is due for the archive, numbers of the archive, handovers that never change."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fakes.views import US, document_view, with_state
from gongwen_client.domain.archive import ArchiveCounts, item_code
from gongwen_client.domain.handover import HandedItem, HandedSection, HandoverList
from gongwen_client.domain.registers import Book, Filing, RegisterEntry
from gongwen_client.store import Store
from gongwen_protocol.states import DeliveryState

NOW = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)


def received(store: Store, number: int, at: datetime = NOW) -> RegisterEntry:
    view = with_state(document_view(number), DeliveryState.RECEIVED)
    delivery = view.deliveries[0].model_copy(update={"received_at": at})
    store.documents.apply(view.model_copy(update={"deliveries": (delivery,)}), US)
    entry = store.registers.of_subject(Book.RECEIVED, f"d{number}")
    assert entry is not None
    return entry


def test_three_months_after_completion_a_months_end_stays_one(store: Store) -> None:
    first = received(store, 1, datetime(2026, 11, 30, 4, tzinfo=UTC))
    second = received(store, 2, datetime(2026, 8, 20, 4, tzinfo=UTC))
    third = received(store, 3, datetime(2026, 1, 5, 4, tzinfo=UTC))
    store.registers.write(third.entry_id, {"completed_on": "2026-12-10"}, NOW, "收发员")
    assert store.archive.due(3, 0, 10) == [
        (second.entry_id, date(2026, 11, 20)),
        (first.entry_id, date(2027, 2, 28)),
        (third.entry_id, date(2027, 3, 10)),
    ]
    assert store.archive.counts(date(2026, 11, 21), 3) == ArchiveCounts(waiting=3, soon=0, overdue=1)
    assert store.archive.counts(date(2027, 2, 28), 3) == ArchiveCounts(waiting=3, soon=2, overdue=1)
    store.registers.write(second.entry_id, {"not_archived": "发文单位归档"}, NOW, "收发员")
    assert store.archive.counts(date(2026, 11, 21), 3) == ArchiveCounts(waiting=2)


def test_a_number_is_bound_to_its_entry_before_the_package_is_made(store: Store) -> None:
    one, two = received(store, 1), received(store, 2)

    def code(number: int) -> str:
        return item_code("Z109", 2026, "永久", number)

    begun = store.archive.give_number(one.entry_id, 2026, "永久", code)
    assert (begun.code, begun.archived_at) == ("Z109-WS·2026-Y-0001", None)
    assert store.archive.give_number(two.entry_id, 2026, "永久", code).number == 2
    again = store.archive.give_number(one.entry_id, 2026, "定期10年", code)
    assert again == begun, "after a crash the entry keeps its number"
    assert store.registers.entry(one.entry_id).filing is Filing.REGISTERED
    store.archive.note_export(one.entry_id, NOW, "收发员", "归档", "ab" * 32)
    store.archive.note_export(one.entry_id, NOW, "收发员", "再次", "cd" * 32)
    assert store.registers.entry(one.entry_id).filing is Filing.ARCHIVED
    assert [export.place for export in store.archive.exports(one.entry_id)] == ["归档", "再次"]
    assert store.archive.archived(0, 10) == ([one.entry_id], 1)


def test_a_list_that_was_given_never_changes(store: Store, tmp_path: Path) -> None:
    section = HandedSection(
        title="账号", items=(HandedItem(name="账号 clerk", detail="口令不移交"),), total=1
    )
    handed = HandoverList(
        unit="示范市档案局",
        made_at="2026-11-22 10:00",
        from_post="收发员",
        from_account="clerk",
        sections=(section,),
    )
    given = store.handovers.begin(handed, NOW)
    assert (given.list, given.complete) == (handed, False)
    taken = store.handovers.take(given.handover_id, "next", "文书", NOW)
    assert store.handovers.take(given.handover_id, "third", "他人", NOW) == taken
    raw = sqlite3.connect(tmp_path / "gongwen.db")
    for statement in (
        "DELETE FROM handovers",
        "UPDATE handovers SET list = '{}'",
        "UPDATE handovers SET digest = ''",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(statement)
    raw.close()
    assert store.handovers.all() == [taken]
