"""``gongwen restoration``: go on with an exchange that was restored from a backup."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gongwen_client.host.places import Places
from gongwen_client.store import Store
from gongwen_crypto.errors import KnownError


def register(commands: Any) -> None:
    """Add the command of this module."""
    agree = commands.add_parser("restoration", help="交换中心从备份恢复后，经核实同意继续使用")
    agree.add_argument("--home", type=Path, metavar="DIR", help="客户端数据文件夹（默认为本用户的）")
    agree.add_argument("--agree", action="store_true", required=True, help="已向平台管理员核实")
    agree.set_defaults(run=_agree)


def _agree(arguments: argparse.Namespace) -> int:
    places = Places.of_user() if arguments.home is None else Places.below(arguments.home)
    store = Store(places.data / "gongwen.db", places.data / "drafts")
    try:
        said = store.evidence.agree()
    finally:
        store.close()
    if said is None:
        raise KnownError("log.no_restoration")
    print(f"已同意：交换中心于{said.at:%Y-%m-%d %H:%M}（UTC）从备份恢复，理由：{said.reason}")
    print(f"请核对{said.backup_at:%Y-%m-%d %H:%M}（UTC）以后收发的公文，缺失的重新发送。")
    return 0
