"""``gongwen keys``: what is plugged in, its drivers and mechanisms, self-test, change of PIN.

A PIN is asked on the terminal without echo, or read from standard input with ``--pin-stdin``; never taken
from arguments or environment, which other programs can read.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.host.places import Places
from gongwen_client.token.keys import Inventory, KeyInfo, KeyRole, KeyState, PinState, key_state
from gongwen_client.token.profiles import ModuleConfig
from gongwen_client.token.proxy import TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_protocol.sentences import sentence

_ROLES = {
    KeyRole.SIGNING: "签名印章",
    KeyRole.VERIFICATION: "验证印章",
    KeyRole.ENCRYPTION: "加密密钥",
}
_STATES = {
    KeyState.READY: "就绪",
    KeyState.PIN_LOW: "口令将锁定",
    KeyState.PIN_LOCKED: "已锁定",
    KeyState.EXPIRING: "证书将到期",
    KeyState.EXPIRED: "证书已过期",
}
_FLAGS = {0x100: "加密", 0x200: "解密", 0x400: "摘要", 0x800: "签名", 0x2000: "验证", 0x10000: "生成密钥对"}


def register(commands: Any) -> None:
    """Add the command of this module."""
    keys = commands.add_parser("keys", help="秘钥盘：列出、查看、试签、修改口令")
    actions = keys.add_subparsers(dest="action", required=True, metavar="操作")
    for name, text, run in (
        ("list", "列出插入的密钥", _list),
        ("info", "说明密钥、证书和驱动", _info),
        ("mechanisms", "列出驱动支持的算法（编写驱动配置用）", _mechanisms),
        ("selftest", "试签一次并用证书验证", _self_test),
        ("change-pin", "修改秘钥盘口令", _change_pin),
    ):
        action = actions.add_parser(name, help=text)
        _add_sources(action)
        if name in ("info", "selftest", "change-pin"):
            action.add_argument("--serial", default="", help="秘钥盘编号（插入多个时必填）")
        if name in ("selftest", "change-pin"):
            action.add_argument(
                "--pin-stdin", action="store_true", help="从标准输入读口令，每行一个（修改时先旧后新）"
            )
        action.set_defaults(run=run)


def _add_sources(action: argparse.ArgumentParser) -> None:
    action.add_argument("--key", type=Path, action="append", default=[], metavar="FILE", help="软件秘钥文件")
    action.add_argument("--module", type=Path, metavar="LIB", help="PKCS#11 驱动")
    action.add_argument("--skf", type=Path, metavar="LIB", help="SKF（GM/T 0016）驱动")
    action.add_argument("--profile", default="", help="驱动配置：名称或 .toml 文件，默认按驱动自己的说明选用")


@contextmanager
def _broker(arguments: argparse.Namespace) -> Iterator[TokenBroker]:
    modules = (ModuleConfig(arguments.module, arguments.profile),) if arguments.module else ()
    skf = (ModuleConfig(arguments.skf, arguments.profile),) if arguments.skf else ()
    files = tuple(arguments.key)
    if not (modules or skf or files):
        files = (Places.of_user().keyfiles,)
    broker = TokenBroker(BrokerConfig(modules, files, skf))
    try:
        yield broker
    finally:
        broker.stop()


def _list(arguments: argparse.Namespace) -> int:
    with _broker(arguments) as broker:
        found = broker.survey()
    for key in found.keys:
        state = _STATES.get(key_state(key, datetime.now(UTC)), "")
        holder = Certificate.load(key.certificate_der).common_name
        print("\t".join((key.serial, _ROLES[key.role], holder, state, _pin(key.pin))))
    _print_problems(found)
    return 0 if found.keys else 1


def _info(arguments: argparse.Namespace) -> int:
    with _broker(arguments) as broker:
        found = broker.survey()
    drivers = {driver.backend: driver for driver in found.drivers}
    for key in found.keys:
        if arguments.serial and key.serial != arguments.serial:
            continue
        certificate, driver = Certificate.load(key.certificate_der), drivers.get(key.backend)
        days = (certificate.not_after - datetime.now(UTC)).days
        for name, value in (
            ("秘钥盘", f"{key.serial}　{key.token_label}"),
            ("用途", _ROLES[key.role]),
            ("证书", certificate.subject),
            ("颁发者", certificate.issuer),
            ("序列号", certificate.serial_text),
            ("有效期", f"{certificate.not_before:%Y-%m-%d} 至 {certificate.not_after:%Y-%m-%d}（{days} 天）"),
            ("算法", certificate.public_key.kind.value),
            ("印章", "有" if key.seal_der else "无"),
            ("口令", f"{_pin(key.pin)}，{key.min_pin_length} 至 {key.max_pin_length} 位"),
            ("驱动", f"{driver.title}　{driver.library} {driver.version}".strip() if driver else ""),
            ("配置", driver.profile if driver else ""),
            ("厂商", driver.maker if driver else ""),
        ):
            if value:
                print(f"{name}\t{value}")
        print()
    _print_problems(found)
    return 0 if found.keys else 1


def _mechanisms(arguments: argparse.Namespace) -> int:
    with _broker(arguments) as broker:
        for line in broker.mechanisms():
            uses = "、".join(word for bit, word in _FLAGS.items() if line.flags & bit)
            name = line.name or "（厂商自定）"
            print(f"{line.token_label}\t0x{line.number:08X}\t{name}\t{uses}\t{line.least}-{line.most}")
    return 0


def _self_test(arguments: argparse.Namespace) -> int:
    with _broker(arguments) as broker:
        key = _choose(broker.survey(), arguments.serial)
        _say_pin_state(key)
        result = broker.self_test(key.key_id, *_pins(arguments, ("口令",)))
    if result.passed:
        print(f"自检通过：{key.serial}")
        return 0
    print(sentence(result.code), file=sys.stderr)
    return 1


def _change_pin(arguments: argparse.Namespace) -> int:
    with _broker(arguments) as broker:
        key = _choose(broker.survey(), arguments.serial)
        _say_pin_state(key)
        again_too = () if arguments.pin_stdin else ("再输入一次新口令",)
        old, new, *again = _pins(arguments, ("现在的口令", "新口令", *again_too))
        if again and again[0] != new:
            raise KnownError("keys.pins_differ")
        broker.change_pin(key.key_id, old, new)
    print(f"口令已修改：{key.serial}")
    return 0


def _choose(found: Inventory, serial: str) -> KeyInfo:
    """The key that signs, of the token with this serial."""
    usable = [key for key in found.keys if key.role is not KeyRole.ENCRYPTION]
    fitting = [key for key in usable if not serial or key.serial == serial]
    if not fitting and found.problems:
        problem = found.problems[0]
        raise KnownError(problem.code, path=problem.detail, label=problem.detail, reason=problem.detail)
    if not fitting:
        raise KnownError("token.not_found")
    if len({key.serial for key in fitting}) > 1:
        raise KnownError("token.several", serials="、".join(key.serial for key in fitting))
    return fitting[0]


def _pins(arguments: argparse.Namespace, names: tuple[str, ...]) -> list[str]:
    if arguments.pin_stdin:
        return [sys.stdin.readline().rstrip("\r\n") for _ in names]
    return [getpass.getpass(f"{name}：") for name in names]


def _pin(state: PinState) -> str:
    if state.locked:
        return "口令已锁定"
    if state.final_try:
        return "再输错一次将锁定"
    if state.tries_left is not None:
        return f"可试 {state.tries_left} 次"
    return "曾输错" if state.low else "正常"


def _say_pin_state(key: KeyInfo) -> None:
    """Before a PIN is asked for. Raises KnownError("token.pin_locked")."""
    if key.pin.locked:
        raise KnownError("token.pin_locked")
    print(f"秘钥盘 {key.serial}：{_pin(key.pin)}", file=sys.stderr)


def _print_problems(found: Inventory) -> None:
    for problem in found.problems:
        detail = problem.detail or problem.backend
        facts = dict.fromkeys(("path", "label", "reason", "module", "file"), detail)
        print(sentence(problem.code, **facts), file=sys.stderr)
