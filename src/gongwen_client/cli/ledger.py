"""``gongwen ledger``: check and export the ledger of seal uses (用印台账), without any window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from gongwen_client.domain.seal_ledger import LedgerStep, SealUse
from gongwen_client.host.clock import SystemClock
from gongwen_client.host.places import Places
from gongwen_client.render import RenderPool
from gongwen_client.services.ledger_book import RESULTS, break_sentences, export_ledger
from gongwen_client.services.office import device_secrets
from gongwen_client.services.seal_ledger import SealLedgerService
from gongwen_client.store import Store

EXIT_BROKEN = 1


def register(commands: Any) -> None:
    """Add the commands of this module."""
    ledger = commands.add_parser("ledger", help="用印台账：核对、导出")
    actions = ledger.add_subparsers(dest="action", required=True, metavar="操作")
    verify = actions.add_parser("verify", help="核对台账是否完整、未被改动")
    verify.set_defaults(run=_verify)
    export = actions.add_parser("export", help="导出为 CSV、Excel 或 PDF（按文件名后缀）")
    export.add_argument("--out", type=Path, required=True, metavar="PATH")
    export.add_argument("--year", type=int, help="年度（默认全部）")
    export.add_argument("--word", default="", help="只导出含有这个词的记录")
    export.set_defaults(run=_export)
    for command in (verify, export):
        command.add_argument("--ledger", type=Path, metavar="DIR", help="台账所在的文件夹（默认本机）")


def places_of(folder: Path | None) -> Places:
    """The client's own places, or those below ``folder``."""
    return Places.of_user() if folder is None else Places.below(folder)


def open_store(folder: Path | None) -> Store:
    """The store that holds the ledger."""
    places = places_of(folder)
    places.prepare()
    return Store(places.data / "gongwen.db", places.data / "drafts")


def ledger_of(store: Store, folder: Path | None) -> SealLedgerService:
    """The ledger in a store."""
    return SealLedgerService(store, SystemClock(), device_secrets(places_of(folder)))


class Recorded:
    """A line of the ledger around one use at the command line."""

    def __init__(self, ledger: SealLedgerService, facts: Mapping[str, object]) -> None:
        self._ledger = ledger
        self._facts = facts
        self._use_id = ""
        self._digest = ""

    def __enter__(self) -> Recorded:
        self._use_id = self._ledger.begin(self._facts)
        return self

    def sealed(self, digest: str) -> None:
        """The seal is on, in a file of this digest."""
        self._digest = digest

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._ledger.end(self._use_id, LedgerStep.SEALED, sealed_digest=self._digest)
            return
        self._ledger.end_with(self._use_id, error)


def _verify(arguments: argparse.Namespace) -> int:
    store = open_store(arguments.ledger)
    try:
        state = ledger_of(store, arguments.ledger).state()
    finally:
        store.close()
    for words in break_sentences(state):
        print(words, file=sys.stderr)
    counts = {step: sum(use.result is step for use in state.uses) for step in LedgerStep}
    told = "，".join(f"{RESULTS[step]} {count}" for step, count in counts.items() if count)
    print(f"用印 {len(state.uses)} 次（{told or '无'}），记录 {state.head.sequence} 条。")
    print(f"台账末端摘要：{state.head.digest}")
    print("台账完整，未发现改动。" if state.whole else "台账不完整或被改动。")
    return 0 if state.whole else EXIT_BROKEN


def _export(arguments: argparse.Namespace) -> int:
    store = open_store(arguments.ledger)
    render = RenderPool()
    try:
        state = ledger_of(store, arguments.ledger).state()
        uses = [use for use in state.uses if _wanted(use, arguments.year, arguments.word)]
        export_ledger(uses, arguments.out, render, year=arguments.year, whole=state.whole)
    finally:
        render.stop()
        store.close()
    print(f"已导出 {len(uses)} 条用印记录：{arguments.out}")
    return 0


def _wanted(use: SealUse, year: int | None, word: str) -> bool:
    return (year is None or use.year == year) and use.matches(word)
