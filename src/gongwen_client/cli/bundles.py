"""Evidence bundles (验真包): ``gongwen bundle make``; ``gongwen verify`` checks them."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.services.bundles import BundleOrder, make_bundle
from gongwen_client.services.verification_report import VERDICT_EXIT_CODES, VERDICT_WORDS
from gongwen_protocol.sentences import sentence


def register(commands: Any) -> None:
    """Add the commands of this module."""
    bundle = commands.add_parser("bundle", help="验真包：连同证书、吊销列表、回执一起打包，供离线验证")
    actions = bundle.add_subparsers(dest="action", required=True, metavar="操作")
    make = actions.add_parser("make", help="生成验真包")
    make.add_argument("file", type=Path, help="公文（OFD或PDF）")
    make.add_argument("--out", type=Path, required=True, metavar="FILE", help="验真包（ZIP）")
    make.add_argument("--trust", type=Path, metavar="DIR", help="存放根证书与吊销列表的文件夹")
    make.add_argument("--receipts", type=Path, metavar="FILE", help="交换中心的回执（JSON）")
    make.add_argument(
        "--receipt-certificate", type=Path, action="append", default=[], metavar="FILE", help="签发回执的证书"
    )
    make.add_argument("--attach", type=Path, action="append", default=[], metavar="FILE", help="公文的附件")
    make.add_argument("--profile", default="", metavar="ID", help="地区规则的编号")
    make.add_argument("--document-id", default="", metavar="ID", help="公文在交换中心的编号")
    make.set_defaults(run=_make)


def _make(arguments: argparse.Namespace) -> int:
    order = BundleOrder(
        document=arguments.file,
        attachments=tuple(arguments.attach),
        trust_dir=arguments.trust,
        receipts=arguments.receipts,
        receipt_certificates=tuple(arguments.receipt_certificate),
        profile_id=arguments.profile,
        document_id=arguments.document_id,
    )
    manifest = make_bundle(order, arguments.out, datetime.now(UTC))
    print(f"{arguments.out}：{len(manifest.parts)} 个文件")
    return 0


def print_bundle(answer: dict[str, Any]) -> int:
    """The verdict about a bundle in words; the exit code after it."""
    steps = [*answer["steps"]]
    report = answer["report"] or {"steps": [], "signatures": []}
    steps += [*report["steps"], *(step for item in report["signatures"] for step in item["steps"])]
    name = answer["document"]
    if not answer["opened"]:
        print(sentence(steps[0]["code"], **steps[0]["facts"]), file=sys.stderr)
        return VERDICT_EXIT_CODES["invalid"]
    counts = f"{len(report['signatures'])} 个签章，{len(answer['receipts'])} 张回执"
    print(f"{VERDICT_WORDS[answer['verdict']]}（验真包：{name}，{counts}）")
    for step in steps:
        if step["status"] != "ok" and step["code"]:
            print(f"- {sentence(step['code'], **step['facts'])}")
    return VERDICT_EXIT_CODES[answer["verdict"]]
