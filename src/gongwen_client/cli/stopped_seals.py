"""``gongwen esl stop`` and ``stopped``: the register of stopped seals (docs/seal-register.md)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.durable import write_atomically
from gongwen_crypto.errors import KnownError
from gongwen_crypto.seal_register import SealRegister, SealStatus, StatusChange, make_register
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.seals.times import CHINA, readable

_WORDS = {SealStatus.SUSPENDED: "停用", SealStatus.RESTORED: "恢复", SealStatus.CANCELLED: "注销"}
Maker = Callable[[argparse.Namespace], SoftwareSigner]


def register(actions: Any, maker: Maker) -> None:
    """Add the two actions; ``maker`` reads the key of the authority from the arguments."""
    stop = actions.add_parser("stop", help="停用、恢复或注销印章：签发印章状态表")
    stop.add_argument(
        "--seal-id", action="append", required=True, metavar="编码", help="印章编码，可以多次给出"
    )
    stop.add_argument(
        "--status", choices=[one.value for one in SealStatus], default="suspended", help="停用、恢复、注销"
    )
    stop.add_argument("--since", type=_moment, metavar="时间", help="如 2026-01-31T08:00，默认现在")
    stop.add_argument("--reason", default="", help="原因，如 秘钥盘遗失")
    stop.add_argument("--from", dest="earlier", type=Path, metavar="FILE", help="在已有的状态表上增加")
    stop.add_argument(
        "--maker-key", type=Path, required=True, metavar="FILE", help="制章人的密钥文件（PKCS#8）"
    )
    stop.add_argument("--maker-cert", type=Path, required=True, metavar="CERT", help="制章人的证书")
    stop.add_argument("--password-file", type=Path, help="密钥文件的口令所在的文件；不给则密钥文件不加密")
    stop.add_argument("--out", type=Path, required=True, metavar="PATH", help="印章状态表（.sealstatus）")
    stop.set_defaults(run=lambda arguments: _stop(arguments, maker))

    shown = actions.add_parser("stopped", help="查看印章状态表")
    shown.add_argument("file", type=Path)
    shown.set_defaults(run=_show)


def _stop(arguments: argparse.Namespace, maker: Maker) -> int:
    now = datetime.now(UTC)
    earlier = _load(arguments.earlier).changes if arguments.earlier else ()
    changes = tuple(
        StatusChange(seal_id, SealStatus(arguments.status), arguments.since or now, arguments.reason)
        for seal_id in arguments.seal_id
    )
    write_atomically(arguments.out, make_register(maker(arguments), (*earlier, *changes), now))
    print(f"已签发印章状态表：{arguments.out}（{len(earlier) + len(changes)} 条）")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    found = _load(arguments.file)
    print(f"签发：{found.signer.subject}，{readable(found.issued_at)}")
    for change in found.changes:
        reason = f"（{change.reason}）" if change.reason else ""
        print(f"{change.seal_id}：自 {readable(change.since)} 起{_WORDS[change.status]}{reason}")
    return 0


def _load(path: Path) -> SealRegister:
    try:
        return SealRegister.load(path.read_bytes())
    except OSError as error:
        raise KnownError("file.not_found", name=path.name) from error


def _moment(text: str) -> datetime:
    """A moment in China Standard Time unless it names its zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"时间应写作 2026-01-31T08:00，不能是“{text}”") from None
    return found if found.tzinfo else found.replace(tzinfo=CHINA)
