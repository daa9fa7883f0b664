"""Commands about who may come in: codes for PCs, forgotten passwords, a new receipt key."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from gongwen_protocol.access import DeviceCodeRequest
from gongwen_server.services import account_admin, administration, devices
from gongwen_server.services.rules import SYSTEM

Add = Callable[[str, Callable[[argparse.Namespace], None], str], argparse.ArgumentParser]


def add_commands(add: Add) -> None:
    """``add(name, run, help)`` makes a command with its --home."""
    code = add("device-code", _device_code, "a one-time code that registers a PC of a unit")
    code.add_argument("--unit", required=True)
    code.add_argument("--replaces", help="number of the PC whose place the new one takes")
    listed = add("device-list", _device_list, "the PCs of a unit, or of all")
    listed.add_argument("--unit")
    revoke = add("device-revoke", _device_revoke, "shut a lost PC out at once")
    revoke.add_argument("device")
    revoke.add_argument("--reason", required=True)
    reset = add("account-reset", _account_reset, "a one-time password for a forgotten one")
    reset.add_argument("--unit", required=True)
    reset.add_argument("--account", required=True)
    add("renew-key", _renew_key, "a new receipt key that clients follow; the exchange must be stopped")


def _device_code(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        request = DeviceCodeRequest(unit_code=options.unit, replaces=options.replaces)
        code = devices.give_code(exchange, request, SYSTEM)
    print(f"{code.code}（{code.expires_at:%Y-%m-%d %H:%M} UTC 前有效，只能使用一次）")


def _device_list(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        found = devices.listed(exchange, options.unit).devices
    for device in found:
        state = f"已注销：{device.revoked_because}" if device.revoked_at else "已登记"
        print(f"{device.device_id}  {device.unit_code}  {device.name}  {state}")


def _device_revoke(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        device = devices.revoke(exchange, options.device, None, options.reason, SYSTEM)
    print(f"已注销：{device.unit_name} {device.name}")


def _account_reset(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        given = account_admin.reset_account(exchange, options.unit, options.account, SYSTEM)
    print(f"一次性密码：{given.password}（{given.expires_at:%Y-%m-%d %H:%M} UTC 前有效）")


def _renew_key(options: argparse.Namespace) -> None:
    administration.renew_key(Path(options.home))
    print("已换发回执密钥，客户端会自动跟随")
