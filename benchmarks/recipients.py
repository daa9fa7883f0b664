"""Choosing among many units: how long the window is busy for each act.

    python benchmarks/recipients.py [--units 2000]

Processor time of the GUI thread in ms: opening the window, a key stroke of the search, ticking a region,
giving all a role, comparing with a text, filling copies. Prints a table.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gongwen_client.domain.addressees import AddressBook
from gongwen_client.domain.comparison import compare
from gongwen_client.domain.pinyin import NameIndex
from gongwen_client.services.addressing import Addressing
from gongwen_client.ui import program
from gongwen_client.ui.compose.copies_dialog import CopiesDialog
from gongwen_client.ui.compose.recipients_dialog import RecipientsDialog
from gongwen_protocol.messages import Unit

_KINDS = ("教育局", "水利局", "财政局", "卫生健康委员会", "人民政府办公室")


def units(count: int) -> list[Unit]:
    """Units of forty counties."""
    return [
        Unit(
            code=f"15{number:07}",
            name=f"示范市第{number // 5}区{_KINDS[number % 5]}",
            short_name=f"{number // 5}区{_KINDS[number % 5]}",
            region=f"示范市/第{number % 40}片区",
        )
        for number in range(count)
    ]


def busy(act: Callable[[], object], times: int = 5) -> float:
    """Median of the processor time of this thread, ms, with what the act leaves to be shown."""
    taken = []
    for _ in range(times):
        begin = time.thread_time()
        act()
        QApplication.processEvents()
        taken.append((time.thread_time() - begin) * 1000)
    return sorted(taken)[times // 2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--units", type=int, default=2000)
    count = parser.parse_args().units
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    program.application()
    rows: list[tuple[str, float]] = []
    all_units = units(count)
    rows.append(("index of names (background)", busy(lambda: NameIndex(all_units), 1)))
    book = AddressBook(all_units)
    addressing = Addressing(book, NameIndex(book.units), {}, (), (), "")
    dialogs: list[RecipientsDialog] = []

    def open_dialog() -> None:
        dialogs.append(RecipientsDialog(None, None, addressing, ()))  # type: ignore[arg-type]
        dialogs[-1].show()

    rows.append(("open the window", busy(open_dialog, 3)))
    dialog = dialogs[-1]
    typed = iter(("s", "sf", "sfs", "shifan", "水利", "jyj", "1500001"))

    def search() -> None:
        dialog.search.setText(next(typed))
        dialog._filter()

    rows.append(("a key stroke of the search", busy(search, 7)))
    dialog.search.clear()
    dialog._filter()
    dialog.picked.add(unit.code for unit in all_units)
    model = dialog.tree.model()
    region = model.index(0, 0, model.index(0, 0))
    rows.append(
        (
            "tick a region while all are chosen",
            busy(lambda: model.setData(region, None, Qt.ItemDataRole.CheckStateRole)),
        )
    )
    dialog.picked.table.selectAll()
    rows.append(("give all another role", busy(dialog.picked.toggle)))
    recipients = dialog.recipients()
    text = "各区人民政府，" + "、".join(unit.name for unit in all_units[:200])
    rows.append(("compare with the text (background)", busy(lambda: compare(book, text, "", recipients))))
    grid = CopiesDialog(None, recipients, book.by_code)
    grid.show()
    numbers = iter(range(2, 99))

    def fill() -> None:
        grid.count.setValue(next(numbers))
        grid.fill()

    rows.append(("fill all copies", busy(fill)))
    sys.stdout.write(f"{count} units\n")
    for name, taken in rows:
        sys.stdout.write(f"{name:40} {taken:8.1f} ms\n")
    for one in (*dialogs, grid):
        one.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
