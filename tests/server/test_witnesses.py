"""What the exchange witnesses about seals: time stamps, and how the units' ledgers of seal uses stand."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from fakes.documents import letter, new_key, upload
from fakes.exchange import Caller, RunningExchange
from gongwen_crypto import sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.paths import TrustStore
from gongwen_crypto.timestamp import Token
from gongwen_docs.seals.findings import Status
from gongwen_docs.seals.timestamp import check_time_stamp
from gongwen_protocol.canonical import canonical_digest
from gongwen_protocol.messages import SealLedgerHead, TimeStamp
from gongwen_server.cli import main
from gongwen_server.services import seal_ledgers


def head(sequence: int, digest: str = "", chain: str = "a" * 64) -> SealLedgerHead:
    return SealLedgerHead(chain=chain, sequence=sequence, digest=digest or f"{sequence:064x}")


def send_with(caller: Caller, ledger: SealLedgerHead | None) -> str:
    body = upload(caller, b"PK\3\4" + new_key().encode() * 9)
    request = letter(body, ("002", 1), seal_ledger=ledger)
    answer = caller.post("/v1/documents", request, key=new_key())
    assert answer.status_code == 201, answer.text
    return request.document_id


def test_a_ledger_that_was_written_anew_is_noticed(
    exchange: RunningExchange, sender: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    send_with(sender, None)
    first = send_with(sender, head(4))
    send_with(sender, head(4))
    send_with(sender, head(9))
    send_with(sender, head(2, chain="b" * 64))
    assert [(one.newest, one.documents, one.faults) for one in seal_ledgers.witnessed(exchange.exchange)] == [
        (9, 3, ()),
        (2, 1, ()),
    ]
    shorter = send_with(sender, head(6))
    other = send_with(sender, head(9, "f" * 64))
    found = seal_ledgers.witnessed(exchange.exchange)[0]
    assert (found.unit_name, found.faults) == ("东胜区人民政府办公室", (shorter, other))
    receipts = sender.get(f"/v1/documents/{first}/receipts").json()["receipts"]
    assert receipts[0]["receipt"]["said"] == canonical_digest(head(4))
    assert main(["seal-ledgers", "--home", str(exchange.home)]) == 0
    told = capsys.readouterr().out
    assert "有 2 次前后不符" in told
    assert shorter in told


def test_the_exchange_stamps_time_once_it_was_given_a_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = RunningExchange(tmp_path / "home")
    running.populate()
    clerk = running.log_in("001")
    imprint = sm3.digest(b"signature value").hex()
    assert clerk.get(f"/v1/time-stamps/{imprint}").json()["code"] == "exchange.no_time_stamps"
    running.stop()
    assert main(["time-stamps", "--home", str(running.home)]) == 0
    assert "time-stamp.cer" in capsys.readouterr().out
    assert main(["time-stamps", "--home", str(running.home)]) == 2
    assert "exchange.already_stamping" in capsys.readouterr().err
    assert (running.home / "time-stamp-key.p8").stat().st_mode & 0o077 == 0
    running.start()
    answer = TimeStamp.model_validate_json(clerk.get(f"/v1/time-stamps/{imprint}").content)
    token = base64.b64decode(answer.token)
    certificate = Certificate.load((running.home / "time-stamp.cer").read_bytes())
    step, proven = check_time_stamp(token, b"signature value", TrustStore((certificate,)))
    assert (step.status, proven) == (Status.OK, Token.load(token).time)
    assert check_time_stamp(token, b"another", TrustStore((certificate,)))[0].status is Status.FAIL
    assert clerk.get("/v1/time-stamps/" + "x" * 64).status_code == 422
    clerk.close()
    running.stop()


def test_only_a_certificate_for_time_stamps_will_do(
    exchange: RunningExchange, capsys: pytest.CaptureFixture[str]
) -> None:
    """The certificate of the receipts is none."""
    home = exchange.home
    arguments = ["--key", home / "receipt-key.p8", "--certificate", home / "receipt.cer"]
    arguments += ["--key-password-file", home / "receipt-key.password"]
    assert main(["time-stamps", "--home", str(home), *map(str, arguments)]) == 2
    assert "exchange.not_a_time_authority" in capsys.readouterr().err
