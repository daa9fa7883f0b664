"""``gongwen typeset``: a circular written as text or TOML becomes an OFD after GB/T 9704."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gongwen_client.durable import write_atomically
from gongwen_docs.typeset import read_circular, typeset, typeset_attachment


def register(commands: Any) -> None:
    """Add the command of this module."""
    command = commands.add_parser("typeset", help="按 GB/T 9704 把文本排成公文（OFD）")
    command.add_argument("file", type=Path, help="公文文本（.txt 或 .toml）")
    command.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="OFD文件；附件放在同一文件夹"
    )
    command.set_defaults(run=_typeset)


def _typeset(arguments: argparse.Namespace) -> int:
    circular = read_circular(arguments.file)
    data, facts = typeset(circular)
    write_atomically(arguments.out, data)
    print(f"{arguments.out}：{facts.page_count} 页")
    for attachment in circular.attachments:
        place = arguments.out.parent / attachment.file
        write_atomically(place, typeset_attachment(circular, attachment.annex))
        print(f"附件：{place}")
    return 0
