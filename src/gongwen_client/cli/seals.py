"""``gongwen esl``: make, show and check seal files (.esl), the seals before they lie in a key."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from gongwen_client.cli import stopped_seals
from gongwen_client.durable import write_atomically
from gongwen_client.services.verification_report import VERDICT_EXIT_CODES
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.paths import TrustStore
from gongwen_crypto.software import SoftwareSigner, load_key
from gongwen_docs.seals.describe import describe, describe_lines
from gongwen_docs.seals.file_check import check_seal_file
from gongwen_docs.seals.findings import Status, Step, worst
from gongwen_docs.seals.model import Kind, SealPicture
from gongwen_docs.seals.parse import parse_seal
from gongwen_docs.seals.times import CHINA
from gongwen_docs.seals.write import PERSONAL_SEAL, UNIT_SEAL, SealOrder, make_seal
from gongwen_protocol.sentences import sentence

_VERDICTS = {
    Status.OK: ("valid", "有效"),
    Status.WARN: ("warning", "有提示"),
    Status.UNKNOWN: ("unknown", "无法确认"),
    Status.FAIL: ("invalid", "无效"),
}
_PICTURES = {b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPG", b"GIF8": "GIF", b"BM": "BMP", b"PK\x03\x04": "OFD"}
_TYPES = {"unit": UNIT_SEAL, "personal": PERSONAL_SEAL}
_GENERATIONS = {"4": Kind.SES_V4, "5": Kind.SES_V5}
_MAX_SEAL_BYTES = 16 * 1024 * 1024
_MAX_PICTURE_BYTES = 4 * 1024 * 1024


def register(commands: Any) -> None:
    """Add the command of this module."""
    esl = commands.add_parser("esl", help="电子印章文件：制作、查看、检查")
    actions = esl.add_subparsers(dest="action", required=True, metavar="操作")
    _register_make(actions)
    stopped_seals.register(actions, _maker)

    show = actions.add_parser("show", help="说明印章的内容")
    show.add_argument("file", type=Path)
    show.add_argument("--json", action="store_true", help="以JSON输出")
    show.add_argument("--picture", type=Path, metavar="PATH", help="把印章图片存到文件")
    show.set_defaults(run=_show)

    check = actions.add_parser("check", help="检查印章：格式、制章签名、制章机构、有效期")
    check.add_argument("file", type=Path)
    check.add_argument("--trust", type=Path, metavar="DIR", help="存放可信根证书与吊销列表的文件夹")
    check.add_argument("--at", type=_day, metavar="日期", help="以哪一天为准，默认现在")
    check.add_argument("--signer", type=Path, metavar="CERT", help="同时检查这张证书能否使用印章")
    check.add_argument("--json", action="store_true", help="以JSON输出")
    check.set_defaults(run=_check)


def _register_make(actions: Any) -> None:
    make = actions.add_parser("make", help="制作印章")
    make.add_argument("--picture", type=Path, required=True, help="印章图片：PNG、JPG、GIF、BMP 或 OFD")
    make.add_argument("--size", type=_size, default=(42, 42), metavar="宽x高", help="毫米，默认 42x42")
    make.add_argument("--name", required=True, help="印章名称，一般是单位全称")
    make.add_argument("--id", default="", help="印章编码，默认随机")
    make.add_argument("--type", choices=tuple(_TYPES), default="unit", help="单位印章或个人印章")
    make.add_argument(
        "--cert", type=Path, action="append", required=True, help="签章人的签名证书，可以多次给出"
    )
    make.add_argument("--by-digest", action="store_true", help="名单中只写证书摘要")
    make.add_argument(
        "--from", dest="start", type=_day, required=True, metavar="日期", help="有效期起，如 2026-01-01"
    )
    make.add_argument(
        "--to", dest="end", type=_day, required=True, metavar="日期", help="有效期止（当日有效）"
    )
    make.add_argument("--generation", choices=tuple(_GENERATIONS), default="4", help="标准版本，默认 4")
    make.add_argument(
        "--maker-key", type=Path, required=True, metavar="FILE", help="制章人的密钥文件（PKCS#8）"
    )
    make.add_argument("--maker-cert", type=Path, required=True, metavar="CERT", help="制章人的证书")
    make.add_argument("--password-file", type=Path, help="密钥文件的口令所在的文件；不给则密钥文件不加密")
    make.add_argument("--out", type=Path, required=True, metavar="PATH", help="印章文件")
    make.set_defaults(run=_make)


def _make(arguments: argparse.Namespace) -> int:
    maker = _maker(arguments)
    moment = datetime.now(UTC)
    start = arguments.start
    end = datetime.combine(arguments.end.date(), time(23, 59, 59), CHINA)
    if end <= start:
        raise KnownError("esl.period_reversed")
    signers = [Certificate.load(_read(path)) for path in arguments.cert]
    for signer in signers:
        if not signer.may_seal:
            raise RefusedError("esl.not_a_signing_certificate", subject=signer.subject)
    data = make_seal(
        SealOrder(
            es_id=arguments.id or f"{secrets.randbelow(10**14):014}",
            name=arguments.name,
            certificates=[signer.der for signer in signers],
            picture=_picture(arguments),
            created=moment,
            valid_from=start,
            valid_to=end,
            type=_TYPES[arguments.type],
            generation=_GENERATIONS[arguments.generation],
            by_digest=arguments.by_digest,
        ),
        maker,
    )
    write_atomically(arguments.out, data)
    print(f"已制作印章「{arguments.name}」：{arguments.out}")
    return 0


def _maker(arguments: argparse.Namespace) -> SoftwareSigner:
    password = None
    if arguments.password_file is not None:
        password = _read(arguments.password_file).decode("utf-8", "replace").strip()
    pair = load_key(_read(arguments.maker_key), password)
    certificate = Certificate.load(_read(arguments.maker_cert))
    if certificate.public_key.point != pair.point:
        raise KnownError("esl.certificate_of_other_key", subject=certificate.subject)
    if not certificate.may_seal:
        raise RefusedError("esl.not_a_signing_certificate", subject=certificate.subject)
    return SoftwareSigner(pair, certificate.der)


def _picture(arguments: argparse.Namespace) -> SealPicture:
    data = _read(arguments.picture, _MAX_PICTURE_BYTES)
    kind = next((kind for mark, kind in _PICTURES.items() if data.startswith(mark)), None)
    if kind is None:
        raise KnownError("esl.bad_picture", file=arguments.picture.name)
    return SealPicture(kind, data, *arguments.size)


def _show(arguments: argparse.Namespace) -> int:
    seal = parse_seal(_read(arguments.file, _MAX_SEAL_BYTES))
    if arguments.picture is not None:
        write_atomically(arguments.picture, seal.picture.data)
    if arguments.json:
        _print_json(describe(seal))
        return 0
    for label, text in describe_lines(seal):
        print(f"{label}：{text}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    """Exit code after the worst step, as ``gongwen verify`` has them."""
    trust = TrustStore() if arguments.trust is None else TrustStore.load(arguments.trust)
    signer = None if arguments.signer is None else Certificate.load(_read(arguments.signer))
    data = _read(arguments.file, _MAX_SEAL_BYTES)
    steps = check_seal_file(data, trust, arguments.at or datetime.now(UTC), signer)
    verdict, word = _VERDICTS[worst(steps)]
    if arguments.json:
        _print_json({"verdict": verdict, "steps": [_step_json(step) for step in steps]})
    else:
        print(word)
        for step in steps:
            print(f"- {sentence(step.sentence_code, **step.facts)}")
    return VERDICT_EXIT_CODES[verdict]


def _step_json(step: Step) -> dict[str, object]:
    return {"step": step.step, "status": str(step.status), "code": step.code, "facts": dict(step.facts)}


def _read(path: Path, limit: int = 1024 * 1024) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise KnownError("file.not_found", name=path.name) from error
    if len(data) > limit:
        raise KnownError("esl.too_large", file=path.name, limit_mb=limit // (1024 * 1024))
    return data


def _day(text: str) -> datetime:
    """The beginning of a day in China Standard Time."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CHINA)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期应写作 2026-01-31，不能是“{text}”") from None


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        width = height = 0
    if not (5 <= width <= 120 and 5 <= height <= 120):
        raise argparse.ArgumentTypeError(f"尺寸应写作 42x42，5至120毫米，不能是“{text}”")
    return width, height


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    print()
