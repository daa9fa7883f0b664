"""``gongwen register`` and ``gongwen archive``: register books and archive packages, without any window."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongwen_client.cli.ledger import EXIT_BROKEN, ledger_of, open_store
from gongwen_client.domain.registers import BOOK_NAMES, Book, RegisterQuery, local_day
from gongwen_client.render import RenderPool
from gongwen_client.services.archive import check_folder
from gongwen_client.services.ledger_book import export_ledger
from gongwen_client.services.register_book import register_table, write_table
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError
from gongwen_protocol.sentences import sentence

_SEALS = "seals"
_KINDS = (*(book.value for book in Book), _SEALS)


def register(commands: Any) -> None:
    """Add the commands of this module."""
    books = commands.add_parser("register", help="登记簿：收文、发文、用印，导出为 CSV、Excel、PDF 或 OFD")
    books.add_argument(
        "--kind", choices=_KINDS, required=True, help="received 收文登记簿，sent 发文登记簿，seals 用印台账"
    )
    books.add_argument("--year", type=int, help="年度（默认今年）")
    books.add_argument(
        "--month", type=int, default=0, choices=range(1, 13), metavar="1-12", help="只要这个月"
    )
    books.add_argument("--word", default="", help="只要含有这些词的登记")
    books.add_argument("--out", type=Path, required=True, metavar="PATH", help="按后缀决定格式")
    books.add_argument("--data", type=Path, metavar="DIR", help="登记簿所在的文件夹（默认本机）")
    books.set_defaults(run=_register)
    archive = commands.add_parser("archive", help="归档信息包：核对")
    actions = archive.add_subparsers(dest="action", required=True, metavar="操作")
    check = actions.add_parser("check", help="核对归档信息包是否齐全、未改动、不含技术保护措施")
    check.add_argument("folder", type=Path, metavar="DIR", help="归档文件夹，或其中一个信息包")
    check.set_defaults(run=_check)


def _register(arguments: argparse.Namespace) -> int:
    year = arguments.year or local_day(datetime.now(UTC)).year
    store = open_store(arguments.data)
    render = RenderPool()
    try:
        if arguments.kind == _SEALS:
            state = ledger_of(store, arguments.data).state()
            uses = [use for use in state.uses if use.year == year and use.matches(arguments.word)]
            export_ledger(uses, arguments.out, render, year=year, whole=state.whole)
            count, name = len(uses), "用印台账"
        else:
            query = RegisterQuery(Book(arguments.kind), year, arguments.month, words=arguments.word)
            unit = store.notes.get(Notes.OWNER_NAME) or ""
            table = register_table(store.registers, query, unit)
            write_table(table, arguments.out, render)
            count, name = len(table.rows), BOOK_NAMES[query.book]
    finally:
        render.stop()
        store.close()
    print(f"{year} 年{name}：已导出 {count} 条到 {arguments.out}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    render = RenderPool()
    wrong = count = 0
    try:
        for report in check_folder(arguments.folder, render):
            count += 1
            wrong += bool(report.findings)
            print(f"{report.code}　{'有问题' if report.findings else '完好'}　{report.title}")
            for one in report.findings:
                error = KnownError(one.code, file=one.file, detail=one.detail, page=one.detail)
                print(f"  {sentence(error)}", file=sys.stderr)
    finally:
        render.stop()
    print(f"核对了 {count} 个归档信息包，{wrong} 个有问题。")
    return EXIT_BROKEN if wrong else 0
