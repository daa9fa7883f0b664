"""``gongwen notice check``: verify a notice of an outage that came as a file, without the exchange."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.exchange.pinning import pinned_certificates
from gongwen_client.host.clock import to_local
from gongwen_client.host.places import Places
from gongwen_client.services.notices import load_notice, problem_sentence
from gongwen_client.store import Store
from gongwen_crypto.certificates import unarmor
from gongwen_crypto.errors import KnownError
from gongwen_protocol.announcements import Notice, SignedNotice, judge_notice

_REFUSED = 1


def register(commands: Any) -> None:
    """Add the commands of this module."""
    acts = commands.add_parser("notice", help="公告和停机通知文件").add_subparsers(
        required=True, metavar="操作"
    )
    check = acts.add_parser(
        "check",
        help="核实通知文件的签名（不联网）",
        description="退出码：0 可以采用；1 不能采用；2 不是通知文件。",
    )
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument("--certificate", type=Path, help="交换中心的回执证书（默认用本机记住的）")
    check.add_argument("--home", type=Path, metavar="DIR", help="客户端数据文件夹（默认为本用户的）")
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    signed = load_notice(arguments.file)
    trusted, others = _known(arguments)
    if not trusted:
        raise KnownError("notice.no_exchange")
    problem = problem_sentence(signed, judge_notice(signed, trusted, datetime.now(UTC)))
    if problem is not None:
        print(problem)
        return _REFUSED
    ended = next((one for one in others if one.refers_to == signed.notice.notice_id), None)
    if ended is not None:
        raise KnownError("notice.withdrawn", title=ended.title)
    _show(signed)
    return 0


def _known(arguments: argparse.Namespace) -> tuple[tuple[bytes, ...], list[Notice]]:
    """Certificates that count, and the notices that this PC has."""
    if arguments.certificate is not None:
        try:
            return (unarmor(arguments.certificate.read_bytes()),), []
        except OSError as error:
            raise KnownError("file.not_found", name=arguments.certificate.name) from error
    places = Places.of_user() if arguments.home is None else Places.below(arguments.home)
    path = places.data / "gongwen.db"
    if not path.exists():
        return (), []
    store = Store(path, places.data / "drafts")
    try:
        return pinned_certificates(store), [kept.signed.notice for kept in store.notices.all()]
    finally:
        store.close()


def _show(signed: SignedNotice) -> None:
    notice, outage = signed.notice, signed.notice.outage
    print(f"签名正确，由「{notice.exchange}」{notice.issued_by}签发，{_time(notice.issued_at)}")
    print(notice.title)
    if outage is not None:
        end = _time(outage.expected_end) if outage.expected_end else "待定"
        print(f"停机时间：{_time(outage.begins)} 至 {end}")
        print(f"应对措施：{outage.measures}\n联系：{outage.contact}")
    print(notice.text)


def _time(moment: datetime) -> str:
    return f"{to_local(moment):%Y-%m-%d %H:%M}"
