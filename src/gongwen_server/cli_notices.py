"""Commands about announcements and outages: ``gongwen-server notice …``, and what a unit can take."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gongwen_crypto.errors import KnownError
from gongwen_crypto.software import save_key
from gongwen_protocol.announcements import (
    SUFFIX,
    Delegation,
    NoticeKind,
    Outage,
    OutageService,
    SignedNotice,
    read_notice,
)
from gongwen_protocol.canonical import canonical_bytes
from gongwen_server.services import administration, directory, notices
from gongwen_server.services.home import write_private
from gongwen_server.services.notices import Announcement

CHINA = ZoneInfo("Asia/Shanghai")
_KINDS = {
    NoticeKind.ANNOUNCEMENT: "公告",
    NoticeKind.OUTAGE: "停机通知",
    NoticeKind.RECOVERY: "恢复通知",
    NoticeKind.WITHDRAWAL: "撤回",
}
Add = Callable[[Any, str, Callable[[argparse.Namespace], None], str], argparse.ArgumentParser]


def register(commands: Any, add: Add) -> None:
    """``add(commands, name, run, help)`` makes a command with its --home."""
    group = commands.add_parser("notice", help="announcements and notices of outages")
    acts = group.add_subparsers(required=True)
    published = add(acts, "publish", _publish, "sign one and tell all units")
    _add_contents(published)
    published.add_argument("--out", type=Path, help=f"also as a file (…{SUFFIX}) for e-mail and USB sticks")
    published.add_argument("--replaces", metavar="ID", help="the notice that this one takes the place of")
    gone = add(acts, "withdraw", _withdraw, "take one back; for an outage: it is over")
    gone.add_argument("notice", metavar="ID")
    gone.add_argument("--reason", required=True, help="what units read")
    gone.add_argument("--by", default="平台管理员", help="the post that announces it (default: %(default)s)")
    gone.add_argument("--out", type=Path, help="also as a file")
    add(acts, "list", _list, "all of the last 400 days")
    given = add(acts, "delegate", _delegate, "a key that may announce while the exchange is down")
    given.add_argument("--holder", default="平台管理员", help="the post that keeps it (default: %(default)s)")
    given.add_argument("--days", type=int, default=365)
    given.add_argument("--out", type=Path, required=True, metavar="DIR", help="new folder for the key")
    given.add_argument("--password-file", type=Path, required=True, help="password of the key")
    entered = add(acts, "enter", _enter, "tell all units what was announced by file meanwhile")
    entered.add_argument("file", type=Path)
    signed = acts.add_parser("sign", help="announce with a delegated key, without the exchange")
    _add_contents(signed)
    signed.add_argument("--key", type=Path, required=True, metavar="DIR", help="folder of the key")
    signed.add_argument("--password-file", type=Path, required=True)
    signed.add_argument("--out", type=Path, required=True)
    signed.add_argument("--replaces", metavar="ID")
    signed.set_defaults(run=_sign)
    limit = add(commands, "unit-capacity", _capacity, "what a unit can take, as senders see it")
    limit.add_argument("--unit", required=True)
    limit.add_argument("--size-limit", type=int, default=0, help="bytes of a document; 0: any")


def _add_contents(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--title", required=True)
    parser.add_argument("--text-file", type=Path, help="its text (default: standard input)")
    parser.add_argument(
        "--by", default="平台管理员", help="the post that announces it (default: %(default)s)"
    )
    parser.add_argument("--until", type=_moment, metavar="TIME", help="holds until then (default: 30 days)")
    outage = parser.add_argument_group("outage", "with --begins it is a 停机通知")
    outage.add_argument("--begins", type=_moment, metavar="TIME", help="e.g. 2026-11-22T18:00, local time")
    outage.add_argument("--ends", type=_moment, metavar="TIME", help="expected end, where it is known")
    outage.add_argument(
        "--services",
        default="all",
        help=f"comma separated: {', '.join(one.value for one in OutageService)} (default: %(default)s)",
    )
    outage.add_argument("--measures", default="", help="what units do meanwhile")
    outage.add_argument("--contact", default="", help="post and telephone")


def _announcement(options: argparse.Namespace) -> Announcement:
    try:
        text = options.text_file.read_text("utf-8") if options.text_file else sys.stdin.read()
        outage = None
        if options.begins is not None:
            outage = Outage(
                begins=options.begins,
                expected_end=options.ends,
                services=tuple(OutageService(word.strip()) for word in options.services.split(",")),
                measures=options.measures,
                contact=options.contact,
            )
    except (OSError, ValueError) as error:
        raise KnownError("notice.not_whole") from error
    kind = NoticeKind.ANNOUNCEMENT if outage is None else NoticeKind.OUTAGE
    return Announcement(
        kind, options.title, text.strip(), options.by, options.until, options.replaces, outage
    )


def _publish(options: argparse.Namespace) -> None:
    announcement = _announcement(options)
    with administration.opened(options.home) as exchange:
        signed = notices.publish(exchange, announcement)
    _write(options.out, signed)
    print(f"已发布：{signed.notice.notice_id}  {signed.notice.title}")


def _withdraw(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        signed = notices.withdraw(exchange, options.notice, options.reason, options.by)
    _write(options.out, signed)
    print(f"已发布：{signed.notice.notice_id}  {signed.notice.title}")


def _list(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        found, now = notices.listed(exchange).notices, exchange.clock.now()
    ended = {signed.notice.refers_to for signed in found}
    for signed in found:
        notice = signed.notice
        state = "已被取代" if notice.notice_id in ended else "有效" if notice.valid_until > now else "已过期"
        at = notice.issued_at.astimezone(CHINA)
        print(f"{notice.notice_id}  {at:%Y-%m-%d %H:%M}  {_KINDS[notice.kind]}  {state}  {notice.title}")


def _delegate(options: argparse.Namespace) -> None:
    password = _password(options.password_file)
    with administration.opened(options.home) as exchange:
        signer, delegation = notices.delegate(exchange, options.holder, options.days)
    try:
        options.out.mkdir(mode=0o700, parents=True)
        write_private(options.out / "notice-key.p8", save_key(signer.pair, password))
        (options.out / "notice-key.cer").write_bytes(signer.certificate_der)
        (options.out / "delegation.json").write_bytes(canonical_bytes(delegation))
    except OSError as error:
        raise KnownError("exchange.already_set_up", home=str(options.out)) from error
    until = delegation.statement.until.astimezone(CHINA)
    print(f"已授权「{options.holder}」在 {until:%Y-%m-%d} 前签发公告：{options.out}")
    print("请把这个文件夹保存在服务器以外的地方。")


def _enter(options: argparse.Namespace) -> None:
    try:
        signed = read_notice(options.file.read_bytes())
    except OSError as error:
        raise KnownError("notice.unreadable", name=options.file.name) from error
    if signed is None:
        raise KnownError("notice.unreadable", name=options.file.name)
    with administration.opened(options.home) as exchange:
        notices.enter(exchange, signed)
    print(f"已登记并通知各单位：{signed.notice.title}")


def _sign(options: argparse.Namespace) -> None:
    folder = options.key
    signer = administration.read_signer(
        folder / "notice-key.p8", folder / "notice-key.cer", _password(options.password_file)
    )
    try:
        delegation = Delegation.model_validate_json((folder / "delegation.json").read_bytes())
    except (OSError, ValueError) as error:
        raise KnownError("exchange.key_unreadable", file="delegation.json") from error
    signed = notices.sign_away(_announcement(options), signer, delegation, datetime.now(UTC))
    _write(options.out, signed)
    print(f"已签发：{signed.notice.notice_id}  {options.out}")


def _capacity(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        directory.set_capacity(exchange, options.unit, options.size_limit)


def _write(path: Path | None, signed: SignedNotice) -> None:
    if path is not None:
        path.write_bytes(canonical_bytes(signed))


def _password(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise KnownError("exchange.key_unreadable", file=path.name) from error


def _moment(text: str) -> datetime:
    """Local time of China unless it names its zone."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=CHINA)
