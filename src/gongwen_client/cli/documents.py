"""Commands about one document: render, text, info, verify. All parsing happens in a worker process."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.cli.bundles import print_bundle
from gongwen_client.cli.encryption import add_password, unlock
from gongwen_client.cli.png import png
from gongwen_client.durable import write_atomically
from gongwen_client.render import RenderPool
from gongwen_client.render.codec import encode
from gongwen_client.services.verification_report import (
    VERDICT_EXIT_CODES,
    VERDICT_WORDS,
    spoken,
    spoken_bundle,
    write_report,
)
from gongwen_crypto.errors import KnownError
from gongwen_docs.draw.results import SealView
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
_SEAL_VIEWS = {"shown": SealView.SHOWN, "grey": SealView.GREY, "hidden": SealView.HIDDEN}


def register(commands: Any) -> None:
    """Add the commands of this module."""
    render = commands.add_parser("render", help="把页面画成图片（PNG）或整份写成PDF")
    render.add_argument("file", type=Path)
    add_password(render)
    which = render.add_mutually_exclusive_group()
    which.add_argument("--page", type=int, default=1, metavar="N", help="页码，从1开始（默认1）")
    which.add_argument("--all", action="store_true", help="全部页面")
    render.add_argument(
        "--dpi", type=_dpi, default=150.0, metavar="D", help="每英寸像素数，10至600（默认150）"
    )
    render.add_argument("--out", type=Path, required=True, metavar="PATH", help="PNG或PDF文件，或文件夹")
    render.add_argument(
        "--seals", choices=tuple(_SEAL_VIEWS), default="shown", help="印章：彩色、灰色或不显示"
    )
    render.set_defaults(run=_render)

    text = commands.add_parser("text", help="输出文字")
    text.add_argument("file", type=Path)
    add_password(text)
    text.add_argument("--page", type=int, metavar="N", help="只输出一页，从1开始")
    text.set_defaults(run=_text)

    info = commands.add_parser("info", help="说明文件的页数、标题、附件、签章数等")
    info.add_argument("file", type=Path)
    add_password(info)
    info.add_argument("--json", action="store_true", help="以JSON输出")
    info.set_defaults(run=_info)

    verify = commands.add_parser("verify", help="验证签章")
    verify.add_argument("file", type=Path)
    add_password(verify)
    verify.add_argument("--trust", type=Path, metavar="DIR", help="存放可信根证书与吊销列表的文件夹")
    verify.add_argument("--json", action="store_true", help="以JSON输出")
    verify.add_argument("--report", type=Path, metavar="FILE", help="另写一份验证报告（PDF或OFD）")
    verify.set_defaults(run=_verify)


def _dpi(text: str) -> float:
    try:
        dpi = float(text)
    except ValueError:
        dpi = 0.0
    if not 10 <= dpi <= 600:
        raise argparse.ArgumentTypeError(f"每英寸像素数应为10至600，不能是“{text}”")
    return dpi


@contextmanager
def _pool(arguments: argparse.Namespace) -> Iterator[RenderPool]:
    """A worker with the file of ``arguments`` unlocked where a password was given."""
    pool = RenderPool(1)
    try:
        unlock(pool, arguments)
        yield pool
    finally:
        pool.stop()


def _render(arguments: argparse.Namespace) -> int:
    """Pictures of pages, or one PDF where ``--out`` ends in .pdf."""
    seals = _SEAL_VIEWS[arguments.seals]
    out: Path = arguments.out
    with _pool(arguments) as pool:
        count = pool.open(arguments.file).page_count
        pages = range(count) if arguments.all else [arguments.page - 1]
        if out.suffix.lower() == ".pdf":
            pool.export_pdf(arguments.file, out.absolute(), list(pages), for_print=False, seals=seals)
            return 0
        for page in pages:
            target = _target(out, arguments.file.stem, page, arguments.all)
            picture = pool.render(arguments.file, page, arguments.dpi, seals=seals)
            _write(target, png(picture.pixels, arguments.dpi))
            print(target)
    return 0


def _target(out: Path, stem: str, page: int, several: bool) -> Path:
    """``out`` itself for one page; ``out-N.png`` or ``out/stem-N.png`` for several."""
    if out.suffix.lower() == ".png" and not out.is_dir():
        return out.with_name(f"{out.stem}-{page + 1}.png") if several else out
    return out / f"{stem}-{page + 1}.png"


def _write(target: Path, data: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnownError("draw.file_not_written", file=target.name) from error
    write_atomically(target, data)


def _text(arguments: argparse.Namespace) -> int:
    """Text of all pages, pages parted by form feeds."""
    with _pool(arguments) as pool:
        count = pool.open(arguments.file).page_count
        pages = range(count) if arguments.page is None else [arguments.page - 1]
        print("\f".join(pool.text(arguments.file, page).text for page in pages), end="")
    return 0


def _info(arguments: argparse.Namespace) -> int:
    with _pool(arguments) as pool:
        facts = pool.open(arguments.file)
    if arguments.json:
        _print_json(encode(facts) | {"page_count": facts.page_count})
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
    with _pool(arguments) as pool:
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
    with _pool(arguments) as pool:
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
