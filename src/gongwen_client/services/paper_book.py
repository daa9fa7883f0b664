"""送文登记簿: paper that goes out, by year, with what the receivers said of its arrival."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gongwen_client.domain.paper_track import PaperLine, PaperWords
from gongwen_client.domain.registers import local_day
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.register_book import write_table
from gongwen_client.services.registers import LONGEST
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError
from gongwen_docs.register import Align, RegisterColumn, RegisterTable
from gongwen_protocol.permissions import Action

_COLUMNS = (
    RegisterColumn("日期", 2.4, Align.CENTER),
    RegisterColumn("封号", 2.2, Align.CENTER),
    RegisterColumn("发往机关", 4.6),
    RegisterColumn("内容", 6.4),
    RegisterColumn("份数", 1.2, Align.CENTER),
    RegisterColumn("发送方式", 2.6, Align.CENTER),
    RegisterColumn("签收时间", 2.6, Align.CENTER),
    RegisterColumn("签收人", 2.0, Align.CENTER),
    RegisterColumn("备注", 3.4),
)


class PaperBookService:
    """Lines follow from what was sent and from what the receivers ticked; only 封号 and 备注 are written."""

    def __init__(self, desk: Desk, render: RenderPool) -> None:
        self._desk = desk
        self._render = render

    def lines(self) -> list[PaperLine]:
        """Slow. Everything, newest first."""
        return list(reversed(self._desk.store.paper_track.lines()))

    def write(self, key: str, envelope: str, remark: str) -> None:
        """Write 封号 and 备注. Raises KnownError: register.too_long; RefusedError: session.role_missing."""
        self._desk.grant()
        self._desk.require(Action.SEND)
        words = PaperWords(envelope.strip(), remark.strip())
        for field, text in (("封号", words.envelope), ("备注", words.remark)):
            if len(text) > LONGEST:
                raise KnownError("register.too_long", field=field, most=LONGEST)
        self._desk.store.paper_track.write(key, words)
        self._desk.announcer.tell("registers")

    def export(self, lines: Sequence[PaperLine], period: str, target: Path) -> None:
        """Slow. These lines as Excel, CSV, OFD or PDF (A4 landscape). Raises as ``write_table``."""
        unit = self._desk.store.notes.get(Notes.OWNER_NAME) or ""
        table = RegisterTable(
            title="送文登记簿",
            subtitle="　　".join(filter(None, (unit, period, f"共 {len(lines)} 件"))),
            columns=_COLUMNS,
            rows=[_row(line) for line in sorted(lines, key=lambda line: line.day)],
        )
        write_table(table, target, self._render)


def content(line: PaperLine) -> str:
    """What it is: the part, of which document."""
    number = f"（{line.doc_number}）" if line.doc_number else ""
    return f"{line.name}：{line.title}{number}"


def _row(line: PaperLine) -> tuple[str, ...]:
    return (
        line.day.isoformat(),
        line.words.envelope,
        line.unit,
        content(line),
        str(line.copies),
        line.way,
        local_day(line.arrived_at).isoformat() if line.arrived_at else "",
        line.arrived_by,
        line.words.remark,
    )
