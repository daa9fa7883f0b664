"""``gongwen restoration``: go on with an exchange that was restored from a backup; ``gongwen accusation``:
what proves that its log contradicts itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gongwen_client.durable import write_atomically
from gongwen_client.host.places import Places
from gongwen_client.store import Store
from gongwen_client.store.evidence import EvidenceTable
from gongwen_crypto.errors import KnownError


def register(commands: Any) -> None:
    """Add the command of this module."""
    agree = commands.add_parser("restoration", help="交换中心从备份恢复后，经核实同意继续使用")
    agree.add_argument("--home", type=Path, metavar="DIR", help="客户端数据文件夹（默认为本用户的）")
    agree.add_argument("--agree", action="store_true", required=True, help="已向平台管理员核实")
    agree.set_defaults(run=_agree)
    accusation = commands.add_parser("accusation", help="导出交换中心存证日志自相矛盾的证据")
    accusation.add_argument("--home", type=Path, metavar="DIR", help="客户端数据文件夹（默认为本用户的）")
    accusation.add_argument("--out", type=Path, required=True, metavar="FILE", help="写到这个文件（JSON）")
    accusation.set_defaults(run=_export)


@contextmanager
def _evidence(arguments: argparse.Namespace) -> Iterator[EvidenceTable]:
    places = Places.of_user() if arguments.home is None else Places.below(arguments.home)
    store = Store(places.data / "gongwen.db", places.data / "drafts")
    try:
        yield store.evidence
    finally:
        store.close()


def _export(arguments: argparse.Namespace) -> int:
    with _evidence(arguments) as evidence:
        found = evidence.accusation()
    if found is None:
        raise KnownError("log.no_accusation")
    write_atomically(arguments.out, found.model_dump_json(indent=2, exclude_defaults=True).encode())
    for whose, signed in (("本机认定的", found.ours), ("与它矛盾的", found.theirs)):
        if signed is not None:
            said = signed.checkpoint
            print(f"{whose}检查点：{said.size} 项，{said.at:%Y-%m-%d %H:%M}（UTC），根 {said.root[:16]}…")
    print(f"证据已写入 {arguments.out}，两个检查点都有交换中心的签名。请交平台管理员核对。")
    return 0


def _agree(arguments: argparse.Namespace) -> int:
    with _evidence(arguments) as evidence:
        said = evidence.agree()
    if said is None:
        raise KnownError("log.no_restoration")
    print(f"已同意：交换中心于{said.at:%Y-%m-%d %H:%M}（UTC）从备份恢复，理由：{said.reason}")
    print(f"请核对{said.backup_at:%Y-%m-%d %H:%M}（UTC）以后收发的公文，缺失的重新发送。")
    return 0
