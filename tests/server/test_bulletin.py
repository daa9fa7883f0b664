"""Announcements that are told to all, and contacts with their history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from fakes.documents import sync
from fakes.exchange import Caller, RunningExchange
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.announcements import (
    Notice,
    NoticeKind,
    NoticeList,
    NoticeProblem,
    Outage,
    OutageService,
    judge_notice,
    read_notice,
    sign_notice,
)
from gongwen_protocol.contacts import ContactsChange, ContactsConfirmation, ContactsHistory, UnitContact
from gongwen_protocol.messages import Directory, Problem, Role, Unit
from gongwen_server.cli import main
from gongwen_server.db.tables import NoticeRow
from gongwen_server.services import evidence, notices
from gongwen_server.services.administration import fresh_signer
from gongwen_server.services.notices import Announcement

NOW = datetime.now(UTC)
GREETING = Announcement(NoticeKind.ANNOUNCEMENT, "关于平台升级的公告", "本周六升级。", "平台管理员")
OUTAGE = Announcement(
    NoticeKind.OUTAGE,
    "交换中心停机通知",
    "机房检修。",
    "平台管理员",
    outage=Outage(
        begins=NOW,
        expected_end=NOW + timedelta(hours=4),
        services=(OutageService.ALL,),
        measures="紧急公文请通过机要渠道送达。",
        contact="平台值班室 0477-8588000",
    ),
)


@pytest.fixture(scope="module")
def head(exchange: RunningExchange) -> Iterator[Caller]:
    """The administrator of unit 001."""
    exchange.add_account("001", "head", post="单位系统管理员", roles=frozenset({Role.ADMIN}))
    caller = exchange.log_in("001", "head")
    yield caller
    caller.close()


def listed(exchange: RunningExchange) -> NoticeList:
    """What anybody can read, without a session."""
    stranger = Caller(exchange.url)
    answer = stranger.get("/v1/notices")
    stranger.close()
    assert answer.status_code == 200
    return NoticeList.model_validate_json(answer.content)


def test_every_unit_hears_of_a_notice(exchange: RunningExchange, sender: Caller, stranger: Caller) -> None:
    signed = notices.publish(exchange.exchange, GREETING)
    for caller in (sender, stranger):
        assert signed in sync(caller).notices
    assert signed in listed(exchange).notices
    assert judge_notice(signed, [exchange.exchange.signer.certificate_der], datetime.now(UTC)) is None
    assert evidence.broken_at(exchange.exchange) is None


def test_an_outage_is_ended_by_a_notice_of_its_own(exchange: RunningExchange) -> None:
    outage = notices.publish(exchange.exchange, OUTAGE)
    over = notices.withdraw(exchange.exchange, outage.notice.notice_id, "已恢复。", "平台管理员")
    assert over.notice.kind is NoticeKind.RECOVERY
    assert over.notice.refers_to == outage.notice.notice_id
    with pytest.raises(RefusedError, match=r"notice\.already_withdrawn"):
        notices.withdraw(exchange.exchange, outage.notice.notice_id, "再次", "平台管理员")
    with pytest.raises(RefusedError, match=r"notice\.unknown"):
        notices.withdraw(exchange.exchange, "0" * 32, "没有", "平台管理员")


def test_notices_are_never_changed(exchange: RunningExchange) -> None:
    notices.publish(exchange.exchange, GREETING)
    with pytest.raises(DatabaseError) as caught, exchange.exchange.database.writing() as session:
        session.execute(update(NoticeRow).values(valid_until=NOW))
    assert isinstance(caught.value.orig, sqlite3.IntegrityError)


def test_a_delegated_key_announces_while_the_exchange_is_down(exchange: RunningExchange) -> None:
    trusted = [exchange.exchange.signer.certificate_der]
    signer, delegation = notices.delegate(exchange.exchange, "平台管理员", 30)
    signed = notices.sign_away(OUTAGE, signer, delegation, datetime.now(UTC))
    assert judge_notice(signed, trusted, datetime.now(UTC)) is None
    notices.enter(exchange.exchange, signed)
    assert signed in listed(exchange).notices
    with pytest.raises(RefusedError, match=r"notice\.entered_already"):
        notices.enter(exchange.exchange, signed)
    later = datetime.now(UTC) + timedelta(days=31)
    too_late = notices.sign_away(OUTAGE, signer, delegation, later)
    assert judge_notice(too_late, trusted, later) is NoticeProblem.NOT_ENTITLED
    other, _ = notices.delegate(exchange.exchange, "别的岗位", 30)
    stolen = notices.sign_away(OUTAGE, other, delegation, datetime.now(UTC))
    assert judge_notice(stolen, trusted, datetime.now(UTC)) is NoticeProblem.NOT_ENTITLED
    with pytest.raises(RefusedError, match=r"notice\.not_entitled"):
        notices.enter(exchange.exchange, stolen)


def test_what_is_not_believed(exchange: RunningExchange) -> None:
    center = exchange.exchange
    trusted, now = [center.signer.certificate_der], datetime.now(UTC)
    good = notices.publish(center, OUTAGE)
    assert good.notice.outage is not None
    changed = good.notice.model_copy(update={"text": "请把公文发到另一地址。"})
    forged = good.model_copy(update={"notice": changed})
    assert judge_notice(forged, trusted, now) is NoticeProblem.FORGED
    foreign = sign_notice(good.notice, fresh_signer("别的交换中心", None))
    assert judge_notice(foreign, trusted, now) is NoticeProblem.FOREIGN
    assert judge_notice(good, trusted, now + timedelta(days=60)) is NoticeProblem.EXPIRED
    assert judge_notice(good, trusted, now - timedelta(days=1)) is NoticeProblem.FROM_FUTURE
    no_seal = good.model_copy(update={"seal": good.seal.model_copy(update={"signature": "AAAA"})})
    assert judge_notice(no_seal, trusted, now) is NoticeProblem.FORGED
    no_certificate = good.model_copy(update={"seal": good.seal.model_copy(update={"certificate": "!"})})
    assert judge_notice(no_certificate, trusted, now) is NoticeProblem.FORGED


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b"[" * 10_000, b" " * 70_000, b"PK\x03\x04"])
def test_files_that_are_no_notice(data: bytes) -> None:
    assert read_notice(data) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": NoticeKind.OUTAGE},
        {"kind": NoticeKind.RECOVERY},
        {"valid_until": NOW - timedelta(days=400)},
        {"title": "a\x00b"},
        {"purpose": "gongwen-login-1"},
    ],
)
def test_notices_that_contradict_themselves(exchange: RunningExchange, changed: dict[str, object]) -> None:
    notice = notices.publish(exchange.exchange, GREETING).notice
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's own
        Notice.model_validate(notice.model_dump() | changed)


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, out = tmp_path / "home", tmp_path / "停机.gwnotice"
    text, secret = tmp_path / "text", tmp_path / "secret"
    text.write_text("机房检修。", "utf-8")
    secret.write_text("a long password", "utf-8")
    assert main(["init", "--home", str(home), "--name", "某市电子公文交换中心"]) == 0
    outage = [
        *("--title", "停机通知", "--text-file", str(text), "--begins", "2026-11-22T18:00"),
        *("--measures", "改用机要渠道", "--contact", "值班室 0477-8588000"),
    ]
    assert main(["notice", "publish", "--home", str(home), *outage, "--out", str(out)]) == 0
    signed = read_notice(out.read_bytes())
    assert signed is not None
    assert main(["notice", "withdraw", "--home", str(home), signed.notice.notice_id, "--reason", "恢复"]) == 0
    key = [*("--out", str(tmp_path / "key")), "--password-file", str(secret)]
    assert main(["notice", "delegate", "--home", str(home), *key]) == 0
    away = tmp_path / "away.gwnotice"
    by_key = ["--key", str(tmp_path / "key"), "--password-file", str(secret), "--out", str(away)]
    assert main(["notice", "sign", *outage, *by_key]) == 0
    assert main(["notice", "enter", "--home", str(home), str(away)]) == 0
    capsys.readouterr()
    assert main(["notice", "list", "--home", str(home)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[2:4] for line in lines] == [
        ["停机通知", "已被取代"],
        ["恢复通知", "有效"],
        ["停机通知", "有效"],
    ]
    assert main(["notice", "publish", "--home", str(home), "--title", "", "--text-file", str(text)]) == 2
    assert "没有签发" in capsys.readouterr().err


CONTACTS = (
    UnitContact(post="收发员", phone="0477-8588001", note="工作日"),
    UnitContact(post="值班室", phone="0477-8588002 转 801"),
)


def test_contacts_are_changed_by_the_administrator_and_kept(
    exchange: RunningExchange, head: Caller, sender: Caller
) -> None:
    change = ContactsChange(unit_code="001", contacts=CONTACTS[:1], reason="首次登记")
    assert sender.post("/v1/contacts", change).status_code == 403
    first = Unit.model_validate_json(head.post("/v1/contacts", change).content)
    assert first.contacts == CONTACTS[:1]
    assert first.contacts_confirmed is not None
    head.post("/v1/contacts", change.model_copy(update={"contacts": CONTACTS, "reason": "增加值班室"}))
    confirmed = head.post("/v1/contacts/confirm", ContactsConfirmation(unit_code="001"))
    assert confirmed.status_code == 200
    answer = head.get("/v1/contacts/history?unit=001")
    records = ContactsHistory.model_validate_json(answer.content).records
    assert [(record.reason, record.confirmed, len(record.contacts)) for record in records] == [
        ("核对无误", True, 2),
        ("增加值班室", False, 2),
        ("首次登记", False, 1),
    ]
    assert records[0].by_post == "单位系统管理员"
    units = Directory.model_validate_json(sender.get("/v1/directory").content).units
    assert units[0].contacts == CONTACTS


def test_contacts_that_are_refused(head: Caller) -> None:
    for change, code in (
        (ContactsChange(unit_code="002", contacts=CONTACTS, reason="别的单位"), "session.other_unit"),
        (ContactsChange(unit_code="001", contacts=(CONTACTS[0],) * 2, reason="两次"), "contacts.twice"),
    ):
        answer = head.post("/v1/contacts", change)
        assert Problem.model_validate_json(answer.content).code == code
    for phone in ("", "请打手机", "=1+1", "0477\n8588001", "0" * 41):
        with pytest.raises(ValueError):  # noqa: PT011 - pydantic's own
            UnitContact(post="收发员", phone=phone)
