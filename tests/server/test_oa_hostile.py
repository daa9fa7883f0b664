"""An office system before an exchange that lies about keys, rules or its log: nothing is encrypted or opened,
under the code that the client of a unit's PC gives."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes.documents import OFD, new_key, send, sync
from fakes.exchange import UNITS, Caller, RunningExchange
from fakes.hostile import HostileLog
from fakes.meddler import Heard, Meddler, Said
from fakes.secrecy import KeyCabinet, encrypted_letter
from fakes.units import authority
from gongwen_crypto import key_parcel
from gongwen_crypto.errors import GongwenError
from gongwen_oa import OaClient, OaError, OaFile, pushed
from gongwen_oa.known import Known
from gongwen_oa.secrecy import SecretMail, reference
from gongwen_protocol.profile import load_profile
from gongwen_protocol.secrecy import EncryptionNews, head_of
from gongwen_protocol.signatures import seal_of
from gongwen_server.services import oa
from gongwen_server.services.backup import back_up
from gongwen_server.services.restoring import restore
from gongwen_server.services.views import encoded

Change = Callable[[dict[str, Any]], None]


@dataclass
class Office:
    """Unit 002's office system, with what stands between it and the exchange."""

    exchange: RunningExchange
    liar: Meddler
    cabinet: KeyCabinet
    mail: SecretMail
    home: Path
    sender: Caller

    def push(self, text: str = "") -> str:
        """Send something encrypted to 003; the code of a refusal."""
        path = self.home / "正文.ofd"
        path.write_bytes(OFD + text.encode())
        file = OaFile(path.name, path)
        profile = ("ordos-2018", load_profile("ordos-2018").version)
        wish = pushed("关于密送的通知", reference(file), {"003": 1}, profile=profile)
        return _code(lambda: self.mail.push(wish, [file]))

    def open(self, content: bytes = OFD, **more: object) -> str:
        """Open what 001 sends; the code of a refusal."""
        request = encrypted_letter(self.sender, self.cabinet, ("002", 1), content=content, **more)
        assert self.sender.post("/v1/documents", request, key=new_key()).ok
        document = self.mail._client.document(request.document_id)
        return _code(lambda: self.mail.open(document, [self.home / "opened.ofd"]))

    def lie(self, operation: str, change: Change) -> None:
        """From now on answers to ``operation`` are changed."""

        def rewrite(heard: Heard, said: Said) -> Said:
            if heard.operation != operation or said.status >= 300:
                return said
            message = json.loads(said.body)
            change(message)
            return said.with_body(json.dumps(message, ensure_ascii=False).encode())

        self.liar.rewrite = rewrite

    def known(self) -> Known:
        """What it keeps of its exchange."""
        return Known.model_validate_json((self.home / "sending" / "exchange.json").read_bytes())


def _code(act: Callable[[], object]) -> str:
    try:
        act()
    except (GongwenError, OaError) as error:
        return error.code
    return ""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    running = RunningExchange(tmp_path / "home")
    running.populate()
    cabinet = KeyCabinet(running)
    for code, name in UNITS.items():
        cabinet.equip(code, name)
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "root.cer").write_bytes(authority().root.certificate_der)
    (tmp_path / "002.gwenc").write_bytes(key_parcel.pack(cabinet.holders["002"], "by letter"))
    liar = Meddler(running.url)
    client = OaClient(liar.url, *oa.register(running.exchange, "002", "协同办公", oa.OaScope))
    mail = SecretMail(client, "002", tmp_path / "trust", tmp_path / "sending")
    mail.take_key(tmp_path / "002.gwenc", "by letter")
    sender = running.log_in("001")
    found = Office(running, liar, cabinet, mail, tmp_path, sender)
    assert found.push("honest") == ""
    assert found.open(seen=sync(sender).checkpoint) == ""
    yield found
    client.close()
    sender.close()
    liar.stop()
    found.exchange.stop()


def test_a_directory_that_is_not_what_it_was(office: Office) -> None:
    """Unsigned, cut with a good signature, or rewritten with one."""
    known = office.known().order

    def unsigned(news: dict[str, Any]) -> None:
        news["entries"].pop()

    office.lie("GET /oa/v1/encryption", unsigned)
    assert office.push("1") == "secrecy.directory_rewritten"

    def resigned(entries: list[dict[str, Any]], news: dict[str, Any]) -> None:
        order = head_of(EncryptionNews.model_validate(news | {"entries": entries}).entries)
        statement = EncryptionNews.model_validate(news).statement.model_copy(
            update={"version": order.version, "head": order.head, "at": datetime.now(UTC)}
        )
        news["statement"] = statement.model_dump(mode="json")
        news["seal"] = seal_of(statement, office.exchange.exchange.signer).model_dump(mode="json")
        news["entries"] = entries

    office.lie("GET /oa/v1/encryption", lambda news: resigned(news["entries"][:-1], news))
    assert office.push("2") == "secrecy.directory_rewritten"
    office.lie("GET /oa/v1/encryption", lambda news: resigned(news["entries"][::-1], news))
    assert office.push("3") == "secrecy.directory_rewritten"

    def by_another(news: dict[str, Any]) -> None:
        statement = EncryptionNews.model_validate(news).statement
        news["seal"] = seal_of(statement, office.cabinet.holders["001"]).model_dump(mode="json")

    office.lie("GET /oa/v1/encryption", by_another)
    assert office.push("4") == "secrecy.directory_not_signed"
    assert office.known().order == known
    office.liar.rewrite = lambda _heard, said: said
    office.cabinet.equip("003", UNITS["003"])
    assert office.push("5") == ""
    assert office.known().order.version == known.version + 1


def test_another_exchange_or_other_rules(office: Office) -> None:
    stranger = authority().issue_encryption("另一个交换中心")

    def another(log: dict[str, Any]) -> None:
        log["certificate"] = encoded(stranger.certificate_der)

    office.lie("GET /oa/v1/log", another)
    assert office.push() == "exchange.certificate_changed"
    assert office.open(content=OFD + b"2") == "exchange.certificate_changed"

    def lax(signed: dict[str, Any]) -> None:
        signed["statement"]["profile"]["escrow"]["value"] = not signed["statement"]["profile"]["escrow"][
            "value"
        ]

    office.lie("GET /oa/v1/profile", lax)
    assert office.push() == "profile.not_signed"


def test_a_log_that_was_rewritten(office: Office) -> None:
    held = office.known().checkpoint
    assert held is not None
    other = HostileLog(
        office.exchange.exchange.signer, [b"%d" % number for number in range(held.checkpoint.size + 5)]
    )

    def rewritten(log: dict[str, Any]) -> None:
        signed, proof = other.offer(held.checkpoint.size)
        log["checkpoint"], log["consistency"] = signed.model_dump(mode="json"), list(proof)

    office.lie("GET /oa/v1/log", rewritten)
    assert office.push() == "log.rewritten"
    assert office.open(content=OFD + b"3") == "log.rewritten"
    assert office.known().checkpoint == held


def test_a_log_that_another_unit_was_not_shown(office: Office) -> None:
    """The accusation stands, with both signed checkpoints, until the exchange reconciles them."""
    send(office.sender, ("003", 1), data=OFD + b"more")
    held = sync(office.sender).checkpoint
    assert held is not None
    leaves = [b"%d" % number for number in range(held.checkpoint.size - 1)]
    theirs, _ = HostileLog(office.exchange.exchange.signer, leaves).offer(0)
    assert office.open(content=OFD + b"split", seen=theirs) == "log.split"
    split = office.known().split
    assert split is not None
    assert split.theirs == theirs
    assert not (office.home / "opened.ofd").read_bytes().endswith(b"split")
    assert office.push() == "log.split"
    assert office.open(content=OFD + b"other") == "log.split"


def test_a_checkpoint_that_nobody_signed(office: Office) -> None:
    leaves = [b"%d" % number for number in range(5)]
    forged, _ = HostileLog(office.cabinet.holders["001"], leaves).offer(0)
    assert office.open(content=OFD + b"forged", seen=forged) == "secrecy.checkpoint_forged"
    assert office.open(content=OFD + b"good") == ""


def test_an_exchange_that_was_restored_from_a_backup(office: Office) -> None:
    """Nothing goes on until a person agreed; what was lost stays as evidence, and is explained once."""
    home, port = office.home, office.exchange.port
    back_up(office.exchange.exchange, home / "backup", "backup secret 3")
    assert office.push("lost") == ""
    assert office.push("too") == "", "it knows of the first by now"
    lost = office.known().checkpoint
    seen = sync(office.sender).checkpoint
    office.exchange.stop()
    restore(home / "backup", home / "restored", "backup secret 3", reason="磁盘损坏")
    shutil.copytree(home / "restored", home / "rewound")
    restored = RunningExchange.of_home(home / "restored", port)
    assert office.push("2") == "log.restored"
    assert office.push("3") == "log.restored", "asking again is no agreement"
    assert office.known().checkpoint == lost
    said = office.mail.agree_to_restoration()
    assert said.reason == "磁盘损坏"
    assert office.push("4") == ""
    office.sender = restored.log_in("001")
    assert office.open(content=OFD + b"5", seen=seen) == "", "the sender had seen what was lost"
    assert [one.lost for one in office.known().followed] == [lost]
    assert _code(office.mail.agree_to_restoration) == "log.no_restoration"
    restored.stop()
    office.exchange = RunningExchange.of_home(home / "rewound", port)
    assert office.push("6") == "log.shrunk", "what came after it is not explained by it"
    assert _code(office.mail.agree_to_restoration) == "log.no_restoration"
