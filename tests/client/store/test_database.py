"""The file itself: upgrades, damage, full disks, threads."""

from __future__ import annotations

import resource
import sqlite3
import threading
from pathlib import Path

import pytest

from gongwen_client.store import Store
from gongwen_client.store.database import Database, migrations
from gongwen_crypto.errors import KnownError
from gongwen_protocol.sentences import sentence


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [number for number, _ in migrations()]
    assert numbers == sorted(set(numbers))


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "gongwen.db"
    Database(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(KnownError, match=r"store\.newer") as refused:
        Database(path)
    assert "99" in sentence(refused.value).what
    check = sqlite3.connect(path)
    assert check.execute("PRAGMA user_version").fetchone() == (99,)
    check.close()


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to look like something" * 20, b"x"]
)
def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "gongwen.db"
    path.write_bytes(content)
    with pytest.raises(KnownError, match=r"store\.damaged"):
        Store(path, tmp_path)
    assert path.read_bytes() == content


def test_damage_met_later_is_told(tmp_path: Path) -> None:
    path = tmp_path / "gongwen.db"
    store = Store(path, tmp_path)
    for number in range(2000):
        store.notes.set(f"note {number}", "x" * 200)
    store.close()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)  # behind the schema
        file.write(b"\xff" * 4096 * 40)
    damaged = Store(path, tmp_path)
    with pytest.raises(KnownError, match=r"store\.damaged"):
        [damaged.notes.get(f"note {number}") for number in range(2000)]
    damaged.close()


def write_both(store: Store) -> None:
    with store.transaction():
        store.notes.set("small", "lost with the rest")
        store.notes.set("large", "x" * 2_000_000)


def test_a_full_disk_undoes_the_whole_transaction(store: Store) -> None:
    store.notes.set("before", "kept")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(KnownError) as full:
            write_both(store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert full.value.code in ("store.full", "store.io")
    assert store.notes.get("small") is None
    store.notes.set("after", "works again")
    assert (store.notes.get("before"), store.notes.get("after")) == ("kept", "works again")


def test_an_error_in_an_inner_transaction_undoes_the_outer_one(store: Store) -> None:
    def write() -> None:
        with store.transaction():
            store.notes.set("outer", "1")
            with store.transaction():
                store.notes.set("inner", "2")
                raise KeyError

    with pytest.raises(KeyError):
        write()
    assert store.notes.get("outer") is None


def test_many_threads_write_at_once(store: Store) -> None:
    def write(name: str) -> None:
        for number in range(20):
            with store.transaction():
                seen = int(store.notes.get("sum") or 0)
                store.notes.set("sum", str(seen + 1))
                store.notes.set(f"{name} {number}", "written")

    threads = [threading.Thread(target=write, args=(f"thread {index}",)) for index in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.notes.get("sum") == "100"


def test_the_commit_is_in_the_file_of_another_process(store: Store, tmp_path: Path) -> None:
    store.notes.set("name", "value")
    other = sqlite3.connect(tmp_path / "gongwen.db")
    assert other.execute("SELECT value FROM settings").fetchone() == ("value",)
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()
