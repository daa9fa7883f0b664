"""``gongwen restoration --agree``: only a person goes on with an exchange that came back from a backup."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.desk import DeskPc
from fakes.exchange import RunningExchange
from gongwen_client.cli import main
from gongwen_client.host.places import Places
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_server.services.backup import back_up
from gongwen_server.services.restoring import restore

PASSWORD = "backup secret 3"


def test_without_a_restoration_there_is_nothing_to_agree_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = Places.below(tmp_path)
    places.prepare()
    Store(places.data / "gongwen.db", places.data / "drafts").close()
    assert main(["restoration", "--home", str(tmp_path), "--agree"]) == 2
    assert "log.no_restoration" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["restoration", "--home", str(tmp_path)])  # never by accident


def test_a_pc_goes_on_after_a_persons_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exchange = RunningExchange(tmp_path / "exchange")
    exchange.populate()
    pc = DeskPc(tmp_path / "pc" / "data", exchange.url)
    pc.start()
    pc.log_in("001")
    back_up(exchange.exchange, tmp_path / "backup", PASSWORD)
    pc.sending.send(pc.ready_draft("002").document_id)
    pc.wait_until(lambda: bool(pc.tracking.sent()))
    pc.wait_until(lambda: pc.store.evidence.checkpoint() is not None)
    exchange.stop()
    restore(tmp_path / "backup", tmp_path / "again", PASSWORD, reason="磁盘损坏")
    restored = RunningExchange.of_home(tmp_path / "again", exchange.port)
    pc.duty.poll_now()
    pc.wait_until(lambda: pc.store.notes.get(Notes.RESTORATION) is not None)
    assert main(["restoration", "--home", str(tmp_path / "pc"), "--agree"]) == 0
    said = capsys.readouterr().out
    assert "磁盘损坏" in said
    assert "重新发送" in said
    pc.duty.poll_now()
    pc.wait_until(lambda: pc.duty.state().problem == "")
    pc.stop()
    restored.stop()
