"""A home that is moved takes its database and its blobs along, also one that an earlier version set up."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from fakes.documents import OFD, delivery_of, send
from fakes.exchange import RunningExchange
from gongwen_server.services.home import BLOBS, DATABASE, SETTINGS


def with_a_document(home: Path, **places: str) -> str:
    """An exchange that has carried a document; the document's id."""
    running = RunningExchange(home, **places)
    running.populate()
    document = send(running.log_in("001"), ("002", 1))
    running.stop()
    return document.document_id


def require_whole(home: Path, document_id: str) -> None:
    """The moved exchange has the document and its bytes, and goes on."""
    running = RunningExchange.of_home(home)
    try:
        receiver = running.log_in("002")
        (document,) = receiver.get("/v1/sync?cursor=0").json()["documents"]
        assert document["document_id"] == document_id
        assert receiver.get(f"/v1/blobs/{document['body']['digest']}").content == OFD
        further = send(running.log_in("001"), ("002", 1))
        assert delivery_of(further, receiver)
    finally:
        running.stop()


def settings(home: Path) -> dict[str, str]:
    return tomllib.loads((home / SETTINGS).read_text("utf-8"))


@pytest.mark.parametrize("outside", [False, True], ids=["all inside", "blobs elsewhere"])
def test_a_moved_home_is_whole(tmp_path: Path, outside: bool) -> None:
    home, moved = tmp_path / "home", tmp_path / "elsewhere" / "新的 位置"
    places = {"blobs": str(tmp_path / "shared")} if outside else {}
    document_id = with_a_document(home, **places)
    assert settings(home)["database"] == f"sqlite:///{DATABASE}"
    assert settings(home)["blobs"] == (str(tmp_path / "shared") if outside else BLOBS)
    moved.parent.mkdir()
    home.rename(moved)
    require_whole(moved, document_id)
    assert not home.exists(), "nothing is looked for, or made, where it was"


def as_written_earlier(home: Path) -> None:
    """Settings as earlier versions wrote them: the database by its whole path."""
    entries = settings(home) | {"database": f"sqlite:///{(home / DATABASE).as_posix()}"}
    text = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in entries.items())
    (home / SETTINGS).write_text(text, "utf-8")


@pytest.mark.parametrize("opened_first", [True, False], ids=["opened before", "moved at once"])
def test_a_home_of_an_earlier_version(tmp_path: Path, opened_first: bool) -> None:
    home, moved = tmp_path / "home", tmp_path / "moved"
    document_id = with_a_document(home)
    as_written_earlier(home)
    if opened_first:
        RunningExchange.of_home(home).stop()
        assert settings(home)["database"] == f"sqlite:///{DATABASE}"
        assert (home / SETTINGS).stat().st_mode & 0o077 == 0
    home.rename(moved)
    require_whole(moved, document_id)
    assert settings(moved)["database"] == f"sqlite:///{DATABASE}"


def test_a_copy_is_an_exchange_of_its_own(tmp_path: Path) -> None:
    """Rehearsing a restoration on a copy must not write into the original."""
    home, copy = tmp_path / "home", tmp_path / "copy"
    document_id = with_a_document(home)
    shutil.copytree(home, copy)
    require_whole(copy, document_id)
    original = RunningExchange.of_home(home)
    assert len(original.log_in("002").get("/v1/sync?cursor=0").json()["documents"]) == 1
    original.stop()
