"""归档: the reminder list and what went to the archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QStackedWidget, QTabBar

from gongwen_client.domain.archive import SOON_DAYS, ArchiveCounts, ArchiveDue, ArchiveRow
from gongwen_client.domain.registers import Book, RegisterEntry
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.archive.check_dialog import CheckDialog
from gongwen_client.ui.archive.dialog import ArchiveDialog
from gongwen_client.ui.archive.leave_out import LeaveOutDialog
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, label, row, tool
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.page import Page
from gongwen_client.ui.widgets.states import EmptyState, Skeleton
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError

PART = 100
WAITING, ARCHIVED = 0, 1
_BOOKS = {Book.RECEIVED: "收文", Book.SENT: "发文"}


def due_state(item: ArchiveRow) -> StateWord:
    """How near the day is."""
    if item.days_left < 0:
        return StateWord(f"超期 {-item.days_left} 天", "warning", Tone.INVALID)
    if item.days_left <= SOON_DAYS:
        return StateWord(f"还有 {item.days_left} 天", "clock", Tone.WARNING)
    return StateWord("未到期", "circle", Tone.NEUTRAL)


_WAITING_COLUMNS: Sequence[Column[ArchiveRow]] = (
    Column("登记号", lambda one: f"{_BOOKS[one.entry.book]} {one.entry.label}", 146),
    Column("文件标题", lambda one: one.entry.text("title")),
    Column("字号", lambda one: one.entry.text("doc_number"), 164),
    Column("机关", lambda one: one.entry.text("unit"), 172, most=260),
    Column("办结日期", lambda one: one.entry.completed_on.isoformat(), 108),
    Column("最迟归档", lambda one: one.due_on.isoformat(), 108),
    Column("期限", lambda one: due_state(one).word, 116, state=due_state),
)
_ARCHIVED_COLUMNS: Sequence[Column[RegisterEntry]] = (
    Column("档号", lambda entry: entry.file_code, 208),
    Column("文件标题", lambda entry: entry.text("title")),
    Column("字号", lambda entry: entry.text("doc_number"), 164),
    Column("登记号", lambda entry: f"{_BOOKS[entry.book]} {entry.label}", 146),
    Column(
        "归档时间",
        lambda entry: words.when(entry.archived_at),
        118,
        tip=lambda entry: words.stamp(entry.archived_at),
    ),
)


class ArchivePage(Page):
    """Chosen lines become packages; ``shown`` tells that a part is in sight."""

    shown = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("archive")
        self._office = office
        self.dialog: Sheet | None = None
        self._first = 0
        self._asked = 0
        self._total = 0
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("归档情况")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("待归档")
        self.tabs.addTab("已归档")
        self.tabs.currentChanged.connect(lambda _tab: self._from_start())
        self.notice = Notice("list_notice")
        self._counts = label("", "muted")
        self._place = label("", "muted")
        self.waiting = _table(_WAITING_COLUMNS, "archive_waiting", "待归档公文列表")
        self.archived = _table(_ARCHIVED_COLUMNS, "archive_done", "已归档公文列表")
        self.archive_button = button(
            "归档所选(&A)", self.archive_chosen, kind="primary", picture="folder", name="archive_chosen"
        )
        self.leave_button = button("不归档(&X)", self.leave_out, name="leave_out")
        self.check_button = button(
            "核对归档包(&K)", self.choose_folder, picture="check", name="check_archive"
        )
        self.earlier = button("上一页(&U)", lambda: self._turn(-PART), name="earlier")
        self.later = button("下一页(&D)", lambda: self._turn(PART), name="later")
        self._lay_out()

    def _lay_out(self) -> None:
        self._skeleton = Skeleton()
        self._empty = EmptyState(
            "folder", "没有待归档的公文", "接收或发出的公文会列在这里，最迟归档日期近的在前。"
        )
        self._none = EmptyState("folder", "还没有归档", "在“待归档”中选择公文，按“归档所选”。")
        self._stack = QStackedWidget()
        for part in (self._skeleton, self.waiting, self.archived, self._empty, self._none):
            self._stack.addWidget(part)
        head = row(
            self.tabs,
            None,
            self.check_button,
            self.leave_button,
            self.archive_button,
            margins=(Space.GROUP, Space.INSIDE, Space.GROUP, Space.INSIDE),
        )
        below = row(
            self._counts,
            tool("refresh", "刷新", self.reload, name="refresh"),
            None,
            self._place,
            self.earlier,
            self.later,
            margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE),
        )
        notice = column(self.notice, margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE))
        whole = column(head, below, notice, gap=0)
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)
        for table in (self.waiting, self.archived):
            table.selectionModel().selectionChanged.connect(lambda _new, _old: self._choose())
        self._skeleton.begin()
        self._choose()

    # -- what is shown ----------------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask for the part in sight."""
        self._asked += 1
        asked, first, archive = self._asked, self._first, self._office.archive
        if self.tabs.currentIndex() == WAITING:
            work(self, lambda: archive.due(datetime.now(UTC), first, PART)).then(
                lambda due: self._show_due(asked, due)
            ).failed(self._failed).start()
        else:
            work(self, lambda: archive.archived(first, PART)).then(
                lambda found: self._show_archived(asked, *found)
            ).failed(self._failed).start()

    def _show_due(self, asked: int, due: ArchiveDue) -> None:
        if asked != self._asked:
            return
        self.waiting.show_rows(due.rows)
        self._show_counts(due.counts, due.within_months)
        self._show_part(len(due.rows), due.counts.waiting, self.waiting, self._empty)

    def _show_archived(self, asked: int, entries: Sequence[RegisterEntry], total: int) -> None:
        if asked != self._asked:
            return
        self.archived.show_rows(entries)
        self._counts.setText(f"共 {total:,} 件")
        self._show_part(len(entries), total, self.archived, self._none)

    def _show_counts(self, counts: ArchiveCounts, months: int) -> None:
        told = [f"待归档 {counts.waiting:,} 件", f"{SOON_DAYS} 天内到期 {counts.soon:,} 件"]
        if counts.overdue:
            told.append(f"已超期 {counts.overdue:,} 件")
        self._counts.setText("，".join(told) + f"（办结后 {months} 个月内归档）")

    def _show_part(self, count: int, total: int, table: RowTable, empty: EmptyState) -> None:
        self._total = total
        self.notice.read()
        if not count and total and self._first:
            self._from_start()
            return
        last = self._first + count
        self._place.setText(f"第 {self._first + 1}—{last} 件" if total > PART else "")
        self.earlier.setEnabled(self._first > 0)
        self.later.setEnabled(last < total)
        for turn in (self.earlier, self.later):
            turn.setVisible(total > PART)
        self._stack.setCurrentWidget(table if total else empty)
        self._choose()
        self.shown.emit()

    def _failed(self, error: GongwenError) -> None:
        self.notice.not_read(error)

    def _from_start(self) -> None:
        self._first = 0
        self.notice.clear()
        self.reload()

    def _turn(self, by: int) -> None:
        self._first = max(0, self._first + by)
        self.reload()

    def _choose(self) -> None:
        """What the buttons do follows the tab and the chosen lines."""
        again = self.tabs.currentIndex() == ARCHIVED
        chosen = len(self.chosen())
        verb, letter = ("重新导出", "R") if again else ("归档所选", "A")
        self.archive_button.setText(f"{verb}(&{letter})" if chosen < 2 else f"{verb} {chosen} 件(&{letter})")
        self.archive_button.setAccessibleName(verb)
        self.archive_button.setEnabled(bool(chosen))
        self.leave_button.setVisible(not again)
        self.leave_button.setEnabled(chosen == 1)

    def chosen(self) -> list[RegisterEntry]:
        """The entries of the chosen lines."""
        table = self.archived if self.tabs.currentIndex() == ARCHIVED else self.waiting
        lines = [table.rows.rows[index.row()] for index in table.selectionModel().selectedRows()]
        return [line.entry if isinstance(line, ArchiveRow) else line for line in lines]

    # -- acts -------------------------------------------------------------------------------------------

    def archive_chosen(self) -> None:
        """归档 or 重新导出 the chosen lines."""
        entries = self.chosen()
        if not entries:
            return
        again = self.tabs.currentIndex() == ARCHIVED
        dialog = ArchiveDialog(self.window(), self._office, entries, again=again)
        dialog.done_with.connect(self.reload)
        self._show(dialog)

    def leave_out(self) -> None:
        """不归档 the chosen line, with its reason."""
        entries = self.chosen()
        if len(entries) == 1:
            dialog = LeaveOutDialog(self.window(), self._office, entries[0])
            dialog.left_out.connect(self.reload)
            self._show(dialog)

    def choose_folder(self) -> None:
        """Ask which packages to check."""
        start = self._office.archive.settings().folder
        folder = QFileDialog.getExistingDirectory(self, "选择要核对的归档文件夹", start)
        if folder:
            self.check(Path(folder))

    def check(self, folder: Path) -> None:
        """Check all packages of a folder."""
        self._show(CheckDialog(self.window(), self._office, folder))

    def _show(self, dialog: Sheet) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        self.dialog = None

    def take_focus(self) -> None:
        """The table in sight."""
        table = self.archived if self.tabs.currentIndex() == ARCHIVED else self.waiting
        (table if table.isVisibleTo(self) else self).setFocus()


def _table(
    columns: Sequence[Column[ArchiveRow]] | Sequence[Column[RegisterEntry]], name: str, spoken: str
) -> RowTable:
    def identity(line: ArchiveRow | RegisterEntry) -> int:
        return line.entry.entry_id if isinstance(line, ArchiveRow) else line.entry_id

    table = RowTable(RowModel(columns, identity), name, spoken)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setSortingEnabled(False)
    return table
