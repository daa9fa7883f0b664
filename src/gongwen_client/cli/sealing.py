"""``gongwen seal``: put a seal on a file, with the same checks, key broker and workers as the windows."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.domain.drafts import StampPlace
from gongwen_client.render import RenderPool
from gongwen_client.services.examination import examine
from gongwen_client.services.stamping import seal_of, stamp
from gongwen_client.token.keys import Inventory, KeyInfo
from gongwen_client.token.profiles import ModuleConfig
from gongwen_client.token.proxy import TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto.errors import KnownError
from gongwen_protocol.profile import load_profile


def register(commands: Any) -> None:
    """Add the command of this module."""
    seal = commands.add_parser("seal", help="盖章（检查、输入口令、签章）")
    seal.add_argument("file", type=Path)
    source = seal.add_mutually_exclusive_group(required=True)
    source.add_argument("--key", type=Path, metavar="FILE", help="软件秘钥文件（.gwkey）")
    source.add_argument("--module", type=Path, metavar="LIB", help="秘钥盘的PKCS#11驱动")
    seal.add_argument("--serial", default="", help="秘钥盘编号（插入多个时必填）")
    seal.add_argument("--out", type=Path, required=True, metavar="PATH", help="盖章后的文件")
    seal.add_argument("--page", type=int, metavar="N", help="页码，从1开始；默认盖在成文日期上")
    seal.add_argument("--at", metavar="X,Y", help="印章左上角，距页面左上角的毫米数（与 --page 同用）")
    seal.add_argument("--profile", default="ordos-2018", help="地区政策（默认 %(default)s）")
    seal.add_argument("--pin-stdin", action="store_true", help="从标准输入读口令（一行）")
    seal.set_defaults(run=_seal)


def _seal(arguments: argparse.Namespace) -> int:
    profile = load_profile(arguments.profile)
    render, tokens = RenderPool(), TokenBroker(_keys(arguments))
    try:
        key = _choose(tokens.survey(), arguments.serial)
        examination = examine(render, arguments.file, profile)
        picture = seal_of(key).picture
        place = _place(arguments, picture.width_mm, picture.height_mm)
        place = place or examination.suggest(picture.width_mm, picture.height_mm)
        examination.require_sealable(place)
        for finding in examination.findings():
            print(finding.sentence, file=sys.stderr)
        part = arguments.out.with_name(f".{arguments.out.name}.part")
        stamp(render, tokens, key, _pin(arguments, key), arguments.file, part, place, datetime.now(UTC))
        part.replace(arguments.out)
    finally:
        tokens.stop()
        render.stop()
    where = f"第 {place.page_index + 1} 页，距左 {place.x:.1f} mm，距上 {place.y:.1f} mm"
    print(f"已盖章：{arguments.out}（{where}）")
    return 0


def _keys(arguments: argparse.Namespace) -> BrokerConfig:
    if arguments.module:
        return BrokerConfig((ModuleConfig(arguments.module),), ())
    if not arguments.key.is_file():
        raise KnownError("file.not_found", name=arguments.key.name)
    return BrokerConfig((), (arguments.key,))


def _choose(found: Inventory, serial: str) -> KeyInfo:
    fitting = [key for key in found.keys if not serial or key.serial == serial]
    if not fitting and found.problems:
        problem = found.problems[0]
        raise KnownError(problem.code, path=problem.detail, label=problem.detail, reason=problem.detail)
    if not fitting:
        raise KnownError("token.not_found")
    if len(fitting) > 1:
        raise KnownError("token.several", serials="、".join(key.serial for key in fitting))
    return fitting[0]


def _place(arguments: argparse.Namespace, width: float, height: float) -> StampPlace | None:
    if arguments.page is None and arguments.at is None:
        return None
    if arguments.page is None or arguments.at is None:  # half a place is not the date's place
        raise KnownError("seal.bad_place", place=arguments.at or f"--page {arguments.page}")
    try:
        x, y = (float(part) for part in arguments.at.split(","))
    except ValueError:
        raise KnownError("seal.bad_place", place=arguments.at) from None
    return StampPlace(arguments.page - 1, x, y, width, height)


def _pin(arguments: argparse.Namespace, key: KeyInfo) -> str:
    if arguments.pin_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass(f"「{seal_of(key).name}」秘钥盘口令：")
