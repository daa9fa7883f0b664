"""Commands that tell about one document: info, verify. All parsing happens in a worker process."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.cli.arguments import EXIT_CODES, add_password, opened_pool
from gongwen_client.cli.bundles import print_bundle
from gongwen_client.services.verification_report import (
    VERDICT_EXIT_CODES,
    VERDICT_WORDS,
    spoken,
    spoken_bundle,
    write_report,
)
from gongwen_protocol.sentences import sentence

UNREADABLE = 2

_MANIPULATED = frozenset(
    {
        "ofd.container.duplicate_name",
        "ofd.container.unsafe_name",
        "ofd.container.hidden_entry",
        "ofd.container.bomb",
        "ofd.xml.doctype",
    }
)
"""Refusals that accuse the file of an attack: 无效 rather than unreadable."""
_EXIT_CODES = """\
退出码：
  0  有效    3  有提示    4  无法确认    5  无效    6  未签章
  2  文件无法读取或参数有误
出错时在标准错误输出一句话，句末括号内是错误代码。"""


def register(commands: Any) -> None:
    """Add the commands of this module."""
    raw = argparse.RawDescriptionHelpFormatter
    info = commands.add_parser(
        "info", help="说明文件的页数、标题、字体、附件、签章等", epilog=EXIT_CODES, formatter_class=raw
    )
    info.add_argument("file", type=Path, metavar="FILE", help="OFD或PDF文件")
    add_password(info)
    info.add_argument("--json", action="store_true", help="以JSON输出全部信息")
    info.set_defaults(run=_info)

    verify = commands.add_parser("verify", help="验证签章", epilog=_EXIT_CODES, formatter_class=raw)
    verify.add_argument("file", type=Path, metavar="FILE")
    add_password(verify)
    verify.add_argument("--trust", type=Path, metavar="DIR", help="存放可信根证书与吊销列表的文件夹")
    verify.add_argument("--json", action="store_true", help="以JSON输出")
    verify.add_argument("--report", type=Path, metavar="FILE", help="另写一份验证报告（PDF或OFD）")
    verify.set_defaults(run=_verify)


def _info(arguments: argparse.Namespace) -> int:
    with opened_pool(arguments) as pool:
        facts = pool.open(arguments.file)
        if arguments.json:
            told = pool.catalogue(arguments.file)
            for item in told["findings"]:
                item["sentence"] = str(sentence(item["code"], **item["facts"]))
            _print_json({"title": facts.title} | told)
            return 0
    sizes = "、".join(dict.fromkeys(f"{width:g}×{height:g} mm" for width, height in facts.page_sizes_mm))
    lines = [
        ("格式", facts.kind.upper()),
        ("标题", facts.title),
        ("页数", f"{facts.page_count}（{sizes}）"),
        ("签章", f"{facts.signatures} 个"),
        ("附件", "、".join(item.name for item in facts.attachments)),
        ("代替的字体", "、".join(f"{item.name}→{item.family}" for item in facts.substitutions)),
        *facts.custom.items(),
    ]
    for name, value in lines:
        if value:
            print(f"{name}：{value}")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    """Exit code after the verdict; 2 for a file that cannot be read. ZIP files are evidence bundles."""
    if arguments.file.suffix.lower() == ".zip":
        return _verify_bundle(arguments)
    with opened_pool(arguments) as pool:
        now = datetime.now(UTC)
        report = pool.verify(arguments.file, arguments.trust, now)
        told = spoken(report, arguments.file.name, _size(arguments.file), now)
        if arguments.report:
            write_report(pool, told, arguments.file, arguments.report)
    if arguments.json:
        _print_json(told)
    if not report["opened"]:
        code, facts = _refusal(report["steps"])
        print(sentence(code, **facts), file=sys.stderr)
        if code not in _MANIPULATED:
            return UNREADABLE
    verdict = str(report["verdict"])
    if not arguments.json:
        print(f"{VERDICT_WORDS[verdict]}（{len(report['signatures'])} 个签章）")
        for step in _noticed(report):
            print(f"- {sentence(step['code'], **step['facts'])}")
    return VERDICT_EXIT_CODES[verdict]


def _verify_bundle(arguments: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    with opened_pool(arguments) as pool:
        answer = pool.verify_bundle(arguments.file, arguments.trust, now)
    if arguments.json:
        _print_json(spoken_bundle(answer, now))
        return VERDICT_EXIT_CODES[answer["verdict"]]
    return print_bundle(answer)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _refusal(steps: Sequence[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    return steps[0]["code"], steps[0]["facts"]


def _noticed(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Steps that lower the verdict, of the document and of every signature."""
    steps = [*report["steps"], *(step for signature in report["signatures"] for step in signature["steps"])]
    return [step for step in steps if step["status"] != "ok" and step["code"]]


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    print()
