"""``gongwen seal``: put a seal on a file, with the same checks, key broker and workers as the windows."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.cli.ledger import Recorded, ledger_of, open_store
from gongwen_client.domain.drafts import StampPlace
from gongwen_client.domain.seal_plan import SealPlan, SeamEdge
from gongwen_client.exchange.files import digest_file
from gongwen_client.render import RenderPool
from gongwen_client.services.examination import Examination, examine
from gongwen_client.services.seal_checks import CheckStatus, SealCase, require_passed, seal_checks
from gongwen_client.services.stamping import pdf_form_of, placements, require_sealable_format, seal_of, stamp
from gongwen_client.token.keys import Inventory, KeyInfo
from gongwen_client.token.profiles import ModuleConfig
from gongwen_client.token.proxy import TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto import sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_docs.inspect import Beside
from gongwen_docs.seals.model import Seal
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
    seal.add_argument("--word", help="盖在这个词处，如 （盖章）")
    seal.add_argument("--nth", type=int, default=1, metavar="N", help="第几处（与 --word 同用）")
    seal.add_argument(
        "--beside", choices=[one.value for one in Beside], default="over", help="词的上面、上方或右侧"
    )
    seal.add_argument("--joint", metavar="K/N", help="联合行文：共 N 枚印章中的第 K 枚")
    seal.add_argument("--seam", choices=[one.value for one in SeamEdge], help="加盖骑缝章：右侧或左侧页边")
    seal.add_argument("--seam-only", action="store_true", help="只盖骑缝章")
    seal.add_argument("--unit", default="", help="本单位名称：秘钥盘须属于本单位，联合行文按名称定位")
    seal.add_argument("--record", default="", metavar="文号", help="发文登记的文号，记入用印台账")
    seal.add_argument("--trust", type=Path, help="信任证书和吊销列表所在的文件夹")
    seal.add_argument("--ledger", type=Path, metavar="DIR", help="用印台账所在的文件夹（默认本机）")
    seal.add_argument("--profile", default="ordos-2018", help="地区政策（默认 %(default)s）")
    seal.add_argument("--pin-stdin", action="store_true", help="从标准输入读口令（一行）")
    seal.set_defaults(run=_seal)


def _seal(arguments: argparse.Namespace) -> int:
    profile = load_profile(arguments.profile)
    require_sealable_format(arguments.file, profile)
    store = open_store(arguments.ledger)
    render, tokens = RenderPool(), TokenBroker(_keys(arguments))
    try:
        key = _choose(tokens.survey(), arguments.serial)
        examination = examine(render, arguments.file, profile)
        plan = _plan(arguments, examination, seal_of(key))
        with Recorded(ledger_of(store, arguments.ledger), _facts(arguments, key, plan)) as line:
            _require_passed(arguments, examination, key, plan)
            places = placements(examination.inspection, plan, seal_of(key))
            part = arguments.out.with_name(f".{arguments.out.name}.part")
            pin = _pin(arguments, key)
            form = pdf_form_of(profile)
            stamp(render, tokens, key, pin, arguments.file, part, places, datetime.now(UTC), form)
            line.sealed(digest_file(part))
            part.replace(arguments.out)
    finally:
        tokens.stop()
        render.stop()
        store.close()
    print(f"已盖章：{arguments.out}（{_where(plan)}）")
    return 0


def _require_passed(
    arguments: argparse.Namespace, examination: Examination, key: KeyInfo, plan: SealPlan
) -> None:
    """The same checks as in the windows; what could not be checked is said."""
    certificate = Certificate.load(key.certificate_der)
    case = SealCase(
        body=arguments.file,
        examination=examination,
        seal=seal_of(key),
        certificate=certificate,
        unit=arguments.unit or certificate.organization or certificate.common_name,
        trust=TrustStore.load(arguments.trust) if arguments.trust else TrustStore(),
        at=datetime.now(UTC),
        plan=plan,
    )
    checks = seal_checks(case)
    for check in checks:
        if check.sentence is not None and check.status is not CheckStatus.REFUSED:
            print(check.sentence, file=sys.stderr)
    require_passed(checks)


def _facts(arguments: argparse.Namespace, key: KeyInfo, plan: SealPlan) -> dict[str, object]:
    """What the ledger says of a use at the command line."""
    seal = seal_of(key)
    return {
        "title": arguments.file.name,
        "doc_number": arguments.record,
        "unit": arguments.unit,
        "post": "命令行",
        "seal_name": seal.name,
        "seal_id": seal.es_id,
        "key_serial": key.serial,
        "certificate": sm3.digest(key.certificate_der).hex(),
        "places": [[one.page_index, one.x, one.y, one.width, one.height] for one in plan.stamps],
        "seam": plan.seam.value if plan.seam else "",
        "document_digest": digest_file(arguments.file),
    }


def _plan(arguments: argparse.Namespace, examination: Examination, seal: Seal) -> SealPlan:
    width, height = seal.picture.width_mm, seal.picture.height_mm
    seam = SeamEdge(arguments.seam) if arguments.seam else None
    if arguments.seam_only:
        return SealPlan((), seam or SeamEdge.RIGHT)
    place = _place(arguments, width, height)
    if place is None and arguments.word:
        beside = Beside(arguments.beside)
        place = examination.at_word(arguments.word, arguments.nth, beside, width, height)
    if place is None and arguments.joint:
        number, count = _joint(arguments.joint)
        place = examination.joint(number, count, width, height)
    return SealPlan((place or examination.suggest(width, height, arguments.unit),), seam)


def _joint(text: str) -> tuple[int, int]:
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise KnownError("seal.bad_place", place=text)
    return int(number), int(count)


def _where(plan: SealPlan) -> str:
    words = [f"第 {one.page_index + 1} 页，距左 {one.x:.1f} mm，距上 {one.y:.1f} mm" for one in plan.stamps]
    if plan.seam is not None:
        words.append("右侧骑缝" if plan.seam is SeamEdge.RIGHT else "左侧骑缝")
    return "；".join(words)


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
