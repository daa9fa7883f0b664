"""A backup while documents are sent, the exchange made anew from it, and what it says of itself."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fakes.documents import OFD, accept, digest_of, send, sync, upload
from fakes.exchange import QUICK, RunningExchange
from gongwen_crypto.errors import KnownError
from gongwen_protocol.checkpoints import RestorationList
from gongwen_protocol.receipts import verify_chain
from gongwen_protocol.signatures import is_sealed
from gongwen_server.cli import main
from gongwen_server.services import administration, backup, evidence, restoring

PASSWORD = "backup secret 3"


@pytest.fixture
def running(tmp_path: Path) -> RunningExchange:
    running = RunningExchange(tmp_path / "home")
    running.populate()
    return running


def test_of_a_running_exchange(running: RunningExchange, tmp_path: Path) -> None:
    """Whatever was acknowledged before the backup began is in it, with its files; the log is whole."""
    sender, receiver = running.log_in("001"), running.log_in("002")
    before = [send(sender, ("002", 1), data=OFD + bytes([number])) for number in range(3)]
    accept(receiver, before[0])
    stop, sent = threading.Event(), []

    def go_on() -> None:
        busy = running.log_in("003")
        while not stop.is_set():
            sent.append(send(busy, ("002", 1), data=OFD + b"while" + bytes([len(sent) % 250])))
        busy.close()

    sending = threading.Thread(target=go_on)
    sending.start()
    out = tmp_path / "backup"
    first = backup.back_up(running.exchange, out, PASSWORD)
    manifest = backup.back_up(running.exchange, out, PASSWORD)  # the second adds what is new
    stop.set()
    sending.join(30)
    assert set(first.blobs) <= set(manifest.blobs)
    running.stop()
    with pytest.raises(KnownError, match=r"backup\.other"):
        backup.back_up(running.exchange, out, "another password")
    again = tmp_path / "again"
    restoring.restore(out, again, PASSWORD, reason="磁盘损坏")
    with administration.opened(again, passwords=QUICK) as exchange:
        assert evidence.broken_at(exchange) is None
        assert all(exchange.blobs.holds(document.body.digest) for document in before)
        assert exchange.signer.certificate_der == running.exchange.signer.certificate_der
        said = restoring.restorations(exchange).restorations
        anchors = [exchange.signer.certificate_der]
        assert [is_sealed(one.restoration, one.seal, anchors, one.restoration.at) for one in said] == [True]
    for caller in (sender, receiver):
        caller.close()


def test_the_restored_exchange_goes_on(running: RunningExchange, tmp_path: Path) -> None:
    sender = running.log_in("001")
    send(sender, ("002", 1))
    out = tmp_path / "backup"
    backup.back_up(running.exchange, out, PASSWORD)
    running.stop()
    sender.close()
    restoring.restore(out, tmp_path / "again", PASSWORD, reason="演练")
    served = RunningExchange.of_home(tmp_path / "again")
    sender, receiver = served.log_in("001"), served.log_in("002")
    document = send(sender, ("002", 1), data=OFD + b"after")
    accept(receiver, document)
    answer = sync(sender)
    assert verify_chain(answer.receipts, [served.exchange.signer.certificate_der]) is None
    listed = RestorationList.model_validate_json(sender.get("/v1/restorations").content).restorations
    assert [one.restoration.reason for one in listed] == ["演练"]
    for caller in (sender, receiver):
        caller.close()
    served.stop()


def test_nothing_is_restored_from_a_damaged_backup(running: RunningExchange, tmp_path: Path) -> None:
    sender = running.log_in("001")
    reference = upload(sender, OFD)
    assert reference.digest == digest_of(OFD)
    out = tmp_path / "backup"
    backup.back_up(running.exchange, out, PASSWORD)
    sender.close()
    running.stop()
    with pytest.raises(KnownError, match="key_password_wrong"):
        restoring.restore(out, tmp_path / "wrong", "wrong password", reason="x")
    for name in (backup.DATABASE, backup.MANIFEST):
        whole = (out / name).read_bytes()
        (out / name).write_bytes(whole.replace(b"ordos-2018", b"ordos-2019")[:-1] + b"\n ")
        with pytest.raises(KnownError, match=r"backup\.(damaged|unreadable)"):
            restoring.restore(out, tmp_path / "damaged", PASSWORD, reason="x")
        (out / name).write_bytes(whole)
    blob = backup.blob_file(out, reference.digest)
    blob.write_bytes(blob.read_bytes()[:-1] + b"x")
    with pytest.raises(KnownError, match=r"backup\.damaged"):
        restoring.restore(out, tmp_path / "blob", PASSWORD, reason="x")
    assert not (tmp_path / "blob" / "exchange.toml").exists()


def test_by_command(running: RunningExchange, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    running.stop()
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD, "utf-8")
    given = ["--password-file", str(secret)]
    assert main(["backup", "--home", str(running.home), "--out", str(tmp_path / "b"), *given]) == 0
    target = str(tmp_path / "again")
    restore = ["restore", "--home", target, "--from", str(tmp_path / "b"), "--reason", "演练", *given]
    assert main(restore) == 0
    assert main(restore) == 2, "there is one already"
    assert main(["check-log", "--home", target]) == 0
    assert "存证日志完整" in capsys.readouterr().out
