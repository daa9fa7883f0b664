"""``gongwen restoration --agree``: only a person goes on with an exchange that came back from a backup."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.desk import DeskPc
from fakes.exchange import RunningExchange
from fakes.hostile import HostileLog
from gongwen_client.cli import main
from gongwen_client.host.places import Places
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_crypto.issue import Subject, make_root
from gongwen_protocol.checkpoints import LogAccusation, LogProblem, SplitView
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


def test_what_proves_a_contradiction_leaves_the_pc_as_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = Places.below(tmp_path)
    places.prepare()
    store = Store(places.data / "gongwen.db", places.data / "drafts")
    out = tmp_path / "proof.json"
    command = ["accusation", "--home", str(tmp_path), "--out", str(out)]
    assert main(command) == 2
    assert "log.no_accusation" in capsys.readouterr().err
    signer = make_root(
        Subject("根", "根"), datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
    )
    ours, _ = HostileLog(signer, [b"1", b"2"]).offer(0)
    theirs, _ = HostileLog(signer, [b"1", b"3", b"4"]).offer(0)
    store.evidence.keep(ours)
    store.evidence.accuse(LogProblem.REWRITTEN.value, theirs)
    assert main(command) == 0
    assert LogAccusation.model_validate_json(out.read_bytes()) == LogAccusation(
        problem=LogProblem.REWRITTEN, ours=ours, theirs=theirs
    )
    store.evidence.accuse(LogProblem.SHRUNK.value, None)
    assert main(command) == 0
    assert LogAccusation.model_validate_json(out.read_bytes()).theirs is None
    split = SplitView(ours=ours, theirs=theirs, document_id="a" * 32, sender_code="001")
    store.evidence.accuse_of_split(split)
    assert main(command) == 0
    found = LogAccusation.model_validate_json(out.read_bytes())
    assert (found.problem, found.sender_code, found.theirs) == (LogProblem.SPLIT, "001", theirs)
    assert "3 项" in capsys.readouterr().out
    store.close()
