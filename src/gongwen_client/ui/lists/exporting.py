"""A list as a file: the columns of the table with their full texts, for spreadsheets."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from gongwen_client.domain.lists import ListName
from gongwen_client.services.lists import ListService, write_spreadsheet
from gongwen_client.ui import words
from gongwen_client.ui.lists.table import Column
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_crypto.errors import GongwenError
from gongwen_docs.register import RegisterColumn, RegisterTable

if TYPE_CHECKING:
    from gongwen_client.ui.lists.documents import DocumentList

FORMATS = "Excel 工作簿 (*.xlsx);;CSV 文件 (*.csv)"
_TITLE_WIDTH = 340
_TOLD_EVERY = 500


class Export(QObject):
    """Writes a list in the background. ``progressed`` (rows, of) while it reads, ``finished`` with the file,
    None when it was cancelled."""

    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(object)

    def __init__(
        self, owner: QObject, service: ListService, name: ListName, title: str, columns: Sequence[Column[Any]]
    ) -> None:
        super().__init__(owner)
        self._service = service
        self._name = name
        self._title = title
        self._columns = tuple(columns)
        self._cancelled = threading.Event()

    def write(self, ids: Sequence[str], target: Path, conditions: str) -> None:
        """Begin. ``conditions`` in words stand below the title."""

        def job() -> Path | None:
            rows: list[list[str]] = []
            for row in self._service.all_rows(self._name, ids):
                if self._cancelled.is_set():
                    return None
                rows.append([(column.full or column.text)(row) for column in self._columns])
                if len(rows) % _TOLD_EVERY == 0:
                    self.progressed.emit(len(rows), len(ids))
            return write_spreadsheet(self._table(rows, conditions), target)

        work(self, job).then(self.finished.emit).failed(self._failed).start()

    def cancel(self) -> None:
        """Stop reading; no file is written."""
        self._cancelled.set()

    def _failed(self, error: GongwenError) -> None:
        self.failed.emit(error)

    def _table(self, rows: list[list[str]], conditions: str) -> RegisterTable:
        now = words.stamp(datetime.now().astimezone())
        parts = (conditions, f"共 {len(rows)} 份", f"{now} 导出")
        return RegisterTable(
            title=self._title,
            subtitle="　　".join(filter(None, parts)),
            columns=[RegisterColumn(one.title, float(one.width or _TITLE_WIDTH)) for one in self._columns],
            rows=rows,
        )


class Exporting(QObject):
    """Exports one list at a time and tells about it above the list; Esc cancels."""

    def __init__(self, page: DocumentList) -> None:
        super().__init__(page)
        self._page = page
        self._run: Export | None = None

    def begin(
        self, columns: Sequence[Column[Any]], ids: Sequence[str], target: Path, conditions: Sequence[str]
    ) -> None:
        """Write these rows; while it writes, another wish is not heard."""
        if self._run is not None:
            return
        page = self._page
        run = Export(page, page.service, page.plan.name, page.plan.title, columns)
        self._run = run
        run.progressed.connect(
            lambda done, of: page.notice.show_text(f"正在导出，已读 {done} / {of} 份。按 Esc 取消。")
        )
        run.finished.connect(self._done)
        run.failed.connect(self._failed)
        run.write(ids, target, f"条件：{'、'.join(conditions)}" if conditions else "")

    def cancel(self) -> bool:
        """Stop what runs; False when nothing does."""
        if self._run is None:
            return False
        self._run.cancel()
        return True

    def _done(self, target: Path | None) -> None:
        self._run = None
        if target is None:
            self._page.say("导出已取消，没有写入文件。")
            return
        self._page.say(f"已导出到 {target.name}。", f"位置：{target.parent}", tone=Tone.VALID)
        self._page.exported.emit(target)

    def _failed(self, error: GongwenError) -> None:
        self._run = None
        self._page.notice.explain(error)
