"""``gongwen encryption-key``: the unit's encryption keys on this PC, and taking one in on a new PC."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from gongwen_client.host.places import Places
from gongwen_client.host.secrets import open_secret_store
from gongwen_client.host.unit_keys import UnitKeys


def register(commands: Any) -> None:
    """Add the command of this module."""
    keys = commands.add_parser("encryption-key", help="本单位加密密钥：列出、导入")
    actions = keys.add_subparsers(dest="action", required=True, metavar="操作")
    listing = actions.add_parser("list", help="列出本机的加密密钥")
    listing.set_defaults(run=_list)
    taking = actions.add_parser("import", help="导入发证机构交付或恢复的加密密钥（.gwenc）")
    taking.add_argument("file", type=Path)
    taking.add_argument("--password-stdin", action="store_true", help="从标准输入读文件口令")
    taking.set_defaults(run=_import)


def _keys() -> tuple[UnitKeys, str]:
    places = Places.of_user()
    places.prepare()
    secrets = open_secret_store(places.config)
    return UnitKeys(places.data / "encryption", secrets), secrets.weakness


def _list(_options: argparse.Namespace) -> int:
    keys, _ = _keys()
    for certificate in keys.certificates():
        print(f"{certificate.fingerprint[:16]}  {certificate.subject}  至 {certificate.not_after:%Y-%m-%d}")
    return 0


def _import(options: argparse.Namespace) -> int:
    read = sys.stdin.readline if options.password_stdin else lambda: getpass.getpass("文件口令：")
    keys, weakness = _keys()
    certificate = keys.keep(options.file, read().rstrip("\r\n"))
    print(f"已导入：{certificate.subject}")
    if weakness:
        print(weakness, file=sys.stderr)
    return 0
