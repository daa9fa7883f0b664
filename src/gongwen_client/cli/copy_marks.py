"""``gongwen copy-mark``: judge the mark (验真码) of a printed original without any network."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from gongwen_client.cli.arguments import EXIT_OK, EXIT_PARTLY, opened_pool, read_small
from gongwen_client.render.paper import PaperWork
from gongwen_client.services.copy_marks import MarkVerdict, judge_offline
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_protocol.copy_marks import PREFIX

_SAID = {
    MarkVerdict.UNKNOWN: "签名成立：交换中心登记过这一份。是否已作废：无法确认（请在客户端联网查询）。",
    MarkVerdict.FORGED: "签名不成立：不要按原件使用。",
}


def register(commands: Any) -> None:
    """Add the command of this module."""
    group = commands.add_parser("copy-mark", help="核对打印原件上的验真码")
    acts = group.add_subparsers(dest="act", required=True, metavar="操作")
    check = acts.add_parser(
        "check", help="凭交换中心的证书离线核对", epilog="退出码：0 签名成立；1 签名不成立；2 无法读取"
    )
    what = check.add_mutually_exclusive_group(required=True)
    what.add_argument("text", nargs="?", help="验真码的文字（扫描枪扫出的内容）")
    what.add_argument("--picture", type=Path, metavar="FILE", help="照片或扫描件（图片、PDF、OFD）")
    check.add_argument(
        "--certificate",
        type=Path,
        action="append",
        required=True,
        metavar="FILE",
        help="交换中心的回执证书（可多次给出：更换前后的证书）",
    )
    check.add_argument("--json", action="store_true", help="输出 JSON")
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    trusted = [_certificate(path) for path in arguments.certificate]
    found = judge_offline(arguments.text or _from_picture(arguments.picture), trusted)
    mark = found.mark
    if arguments.json:
        facts = {"verdict": found.verdict.value, **vars(mark), "at": mark.at.isoformat()}
        print(json.dumps(facts, ensure_ascii=False, indent=2))
    else:
        print(_SAID[found.verdict])
        print(f"份号：{mark.copy_number}（第 {mark.attempt} 次打印）　单位编码：{mark.unit_code}")
        print(f"送打印机：{mark.at.astimezone():%Y-%m-%d %H:%M}　票号：{mark.ticket_id}")
        print(f"正文摘要（SM3）：{mark.document_digest}")
    return EXIT_OK if found.verdict is MarkVerdict.UNKNOWN else EXIT_PARTLY


def _certificate(path: Path) -> bytes:
    """DER of a certificate file, DER or PEM. Raises KnownError: file.*, crypto.*."""
    return Certificate.load(read_small(path)).der


def _from_picture(path: Path) -> str:
    with opened_pool() as pool:
        texts = PaperWork(pool).read_codes(path)
    for text in texts:
        if text.startswith(PREFIX):
            return text
    raise KnownError("copy_mark.not_found", file=path.name)
