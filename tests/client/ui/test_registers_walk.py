"""登记簿, 归档 and 交接: the whole walk through the real windows on a real exchange."""

from __future__ import annotations

import csv
import io
import zipfile

from PySide6.QtWidgets import QWidget

from client.ui.audit import clipped, nameless
from client.ui.chapters import registers as chapter
from client.ui.story import Story
from client.ui.town import Town


def test_the_walk(own_town: Town) -> None:
    """All of the chapter, each picture without nameless controls and clipped texts; then what it left."""
    troubles: list[str] = []

    def look(widget: QWidget, name: str) -> None:
        troubles.extend(f"{name}: {trouble}" for trouble in (*nameless(widget), *clipped(widget)))

    chapter.tell(Story(own_town, look, (1366, 768)))
    assert not troubles
    table = (own_town.home / "收文登记簿.csv").read_text("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(table)))
    assert [line["收文号"] for line in lines] == ["1", "2", "3", "4", "5", "6"]
    assert lines[0]["接收方式"] == "纸质"
    assert lines[4]["份数"] == "3"
    assert "原“2”" in lines[4]["更正记录"]
    with zipfile.ZipFile(own_town.home / "收文登记簿.xlsx") as book:
        assert "𠅤𠮷镇" in book.read("xl/sharedStrings.xml").decode()
    keeper = next(office for office in own_town.offices if office.login.session.unit_code == chapter.KEEPER)  # type: ignore[union-attr]
    (handover,) = keeper.handover.all()
    assert (handover.from_account, handover.to_account, handover.to_post) == ("clerk", "successor", "文书")
    assert keeper.login.session is not None
    assert keeper.login.session.account == "clerk", "confirming changes nobody's session"
    archived, total = keeper.archive.archived()
    assert total == 2
    entry = archived[0]
    assert entry.text("file_number") == entry.file_code
    again = keeper.archive.archive([entry.entry_id], "永久", own_town.home / "再次")
    assert again[0].code == entry.file_code, "its number and period stay"
    assert len(keeper.archive.exports(entry.entry_id)) == 2
    assert [report.findings for report in keeper.archive.check(own_town.home / "再次")] == [()]
