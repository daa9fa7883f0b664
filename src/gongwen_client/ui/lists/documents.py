"""A list of documents as a page: search, conditions, chips, table, row menu, acts on several, export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QStackedWidget

from gongwen_client.domain.lists import Found, ListName, ListQuery
from gongwen_client.services.lists import PAGE, Row
from gongwen_client.services.office import Office
from gongwen_client.ui.lists.chosen import ChosenLine
from gongwen_client.ui.lists.conditions import (
    ConditionBar,
    ConditionChips,
    Conditions,
    moments,
    without,
)
from gongwen_client.ui.lists.exporting import FORMATS, Exporting
from gongwen_client.ui.lists.long_table import LongTable, Sight
from gongwen_client.ui.lists.model import LongModel
from gongwen_client.ui.lists.plan import ListPlan, RowAct
from gongwen_client.ui.lists.row_menu import RowMenu
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, holder, label, row, tool
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.search import SearchField
from gongwen_client.ui.widgets.states import EmptyState, Skeleton
from gongwen_client.ui.widgets.table_page import TablePage
from gongwen_crypto.errors import GongwenError

_AHEAD = 12
"""Rows read before the topmost one in sight."""
_NEWS_MS = 20_000


@dataclass(frozen=True)
class _Answer:
    query: ListQuery
    found: Found
    rows: dict[str, Row]
    by_body: frozenset[str] = field(default_factory=frozenset)


class DocumentList(TablePage):
    """Asks one question at a time, in the background; what is shown stays until the answer comes.

    ``opened`` with the row; ``act_wanted`` (name of the act, rows); ``exported`` with the file.
    """

    table: LongTable
    search: SearchField

    opened = Signal(object)
    act_wanted = Signal(str, object)
    shown_rows = Signal(int)
    exported = Signal(object)

    def __init__(self, office: Office, plan: ListPlan) -> None:
        super().__init__()
        self.setObjectName(plan.name.value)
        self.page_title = plan.title
        self.plan = plan
        self._office = office
        self.service = office.lists
        self._asking = False
        self._ask_again = False
        self._bringing = False
        self._reading_failed = False
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.setInterval(_NEWS_MS)
        self.notice = Notice("list_notice")
        self.model = LongModel(plan.columns, unread=plan.unread)
        self.table = LongTable(self.model, f"{plan.name.value}_table", f"{plan.title}列表")
        self.conditions = ConditionBar(plan.states, units=plan.units)
        self.chips = ConditionChips()
        self.chosen = ChosenLine(plan.acts)
        self._news.timeout.connect(self.notice.clear)
        self._exporting = Exporting(self)
        self._build()
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._skeleton.begin()

    # -- layout -----------------------------------------------------------------------------------------

    def _build(self) -> None:
        plan = self.plan
        self.search = SearchField("search", plan.hint, f"在{plan.title}中{plan.hint}")
        self.search.setFixedWidth(Size.PANEL - 40)
        self.search.setToolTip("Ctrl+F；用空格隔开的几个词都要出现")
        self._caption = label("", "muted")
        self.narrow_button = button(
            "筛选(&G)", name="narrow", picture="filter", tip="按时间、单位、文种、紧急程度和状态筛选"
        )
        self.narrow_button.setCheckable(True)
        self.export_button = button("导出(&E)", self.choose_file, picture="save", name="export")
        self.export_button.setToolTip("把列表中的公文导出为 Excel 或 CSV；选中几份时只导出选中的")
        self.acts = row(gap=Space.INSIDE)
        head = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        head.addWidget(label(plan.title, "title"))
        head.addWidget(self._caption)
        head.addStretch(1)
        head.addWidget(self.search)
        head.addWidget(self.narrow_button)
        head.addWidget(self.export_button)
        head.addWidget(tool("refresh", "刷新", self.reload, name="refresh", shortcut=""))
        head.addLayout(self.acts)
        self._skeleton = Skeleton()
        self._nothing = EmptyState(
            "search", "没有符合条件的公文", "请换一个词或取消筛选条件；按 Esc 全部取消。"
        )
        self._stack = QStackedWidget()
        for part in (self._skeleton, self.table, plan.empty, self._nothing):
            self._stack.addWidget(part)
        top = holder(head)
        top.setFixedHeight(Size.HEAD)
        whole = column(top, self.conditions, self.chips, self.chosen, gap=0)
        whole.addLayout(column(self.notice, margins=(Space.GROUP, 0, Space.GROUP, 0)))
        whole.addWidget(self._stack, 1)
        self.conditions.hide()
        self.setLayout(whole)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self.reload())
        self.narrow_button.toggled.connect(self._open_conditions)
        self.conditions.changed.connect(self._conditions_changed)
        self.chips.removed.connect(
            lambda name: self.conditions.show_conditions(without(self.conditions.conditions, name))
        )
        self.chips.cleared.connect(lambda: self.conditions.show_conditions(Conditions()))
        self.model.rows_wanted.connect(self._bring_rows)
        self.model.order_wanted.connect(self.reload)
        self.table.activated.connect(lambda _index: self.open_chosen())
        self.table.menu_wanted.connect(self._open_menu)
        self.table.choice_changed.connect(self._show_choice)
        self.chosen.act_wanted.connect(self.act)
        self.chosen.export_wanted.connect(self.choose_file)
        self.chosen.given_up.connect(self._choose_one)

    def add_action(self, act: QPushButton) -> None:
        """An action of the whole list, at the right of its head."""
        self.acts.addWidget(act)

    # -- asking -----------------------------------------------------------------------------------------

    @property
    def query(self) -> ListQuery:
        """What is asked now."""
        wanted = self.conditions.conditions
        since, until = moments(wanted, self._office.boards.now())
        order = self.model.order
        return ListQuery(
            self.plan.name,
            words=self.search.text().strip(),
            since=since,
            until=until,
            unit=wanted.unit,
            kind=wanted.kind,
            urgency=wanted.urgency,
            states=frozenset({wanted.state} - {""}),
            sort=order[0] if order else None,
            descending=bool(order and order[1]),
        )

    def reload(self) -> None:
        """Ask again. Asked while it is asking, it asks once more afterwards."""
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        query, sight = self.query, self.table.sight()
        work(self, lambda: self._look(query, sight)).always(self._answered).then(self._arrived).failed(
            self._failed
        ).start()

    def _look(self, query: ListQuery, sight: Sight) -> _Answer:
        """In the background: which rows, and those that will be in sight."""
        found = self.service.find(query)
        top = found.places.get(sight.top, 0) if sight.number else 0
        return self._read(query, found, found.ids[max(0, top - _AHEAD) : top + sight.count + _AHEAD])

    def _read(self, query: ListQuery, found: Found, ids: Sequence[str]) -> _Answer:
        rows = self.service.rows(query.name, ids)
        by_body = self.service.by_body(query, ids) if ids else frozenset()
        return _Answer(query, found, {_identity(row, query.name): row for row in rows}, by_body)

    def _answered(self) -> None:
        self._asking = False
        if self._ask_again:
            self._ask_again = False
            self.reload()

    def _arrived(self, answer: _Answer) -> None:
        if self._reading_failed:
            self._reading_failed = False
            self.notice.clear()
        sight = self.table.sight()
        self.model.forget()
        if self.model.show_found(answer.found, answer.rows, answer.by_body):
            self.table.come_back(sight)
        count = len(answer.found.ids)
        self._caption.setText(f"{count} 份" if count else "")
        self.export_button.setEnabled(count > 0)
        shown = self.table if count else self._nothing if answer.query.narrowed else self.plan.empty
        self._stack.setCurrentWidget(shown)
        self._show_choice()
        self.first_read()
        self.shown_rows.emit(count)

    def _bring_rows(self) -> None:
        """Rows came into sight that are not here."""
        if self._bringing:
            return
        first, count = self.table.visible_rows()
        ids = self.model.missing(first - _AHEAD, first + max(count, PAGE - _AHEAD))
        if not ids:
            return
        self._bringing = True
        query, found = self.query, self.model.found
        work(self, lambda: self._read(query, found, ids)).always(self._brought).then(self._rows_came).failed(
            self._failed
        ).start()

    def _brought(self) -> None:
        self._bringing = False

    def _rows_came(self, answer: _Answer) -> None:
        if answer.found is self.model.found:
            self.model.bring(answer.rows, answer.by_body)
        self.table.viewport().update()  # what is in sight now may be elsewhere: it asks for itself

    def say(self, what: str, do: str = "", small: str = "", tone: Tone = Tone.INFO) -> None:
        """Tell what became of an act; good news goes by itself."""
        self._reading_failed = False
        self.notice.show_text(what, do, small, tone)
        if tone in (Tone.VALID, Tone.INFO):
            self._news.start()

    def _failed(self, error: GongwenError) -> None:
        self._reading_failed = True
        self.notice.explain(error)
        if not self.has_read:
            self._stack.setCurrentWidget(self.plan.empty)

    # -- conditions -------------------------------------------------------------------------------------

    def show_only(self, state: str) -> None:
        """The rows in one state and nothing else, as the first page's tiles ask."""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.conditions.show_conditions(Conditions(state=state))

    def _open_conditions(self, shown: bool) -> None:
        self.conditions.setVisible(shown)
        if shown:
            if self.plan.units:
                work(self, lambda: self.service.units(self.plan.name)).then(
                    self.conditions.offer_units
                ).failed(self.notice.explain).start()
            self.conditions.period.setFocus()

    def _conditions_changed(self) -> None:
        wanted = self.conditions.conditions
        self.chips.show_conditions(wanted, self.conditions.word(wanted.state))
        self.reload()

    # -- acts -------------------------------------------------------------------------------------------

    def open_chosen(self) -> None:
        """As Enter on the current row."""
        chosen, identity = self.table.chosen(), self.table.chosen_id()
        if chosen is not None:
            self.opened.emit(chosen)
        elif identity:
            self.open_row(identity)

    def open_row(self, identity: str) -> None:
        """Open a row by its identity, wherever it is in the list."""
        name = self.plan.name
        work(self, lambda: list(self.service.rows(name, (identity,)))).then(self._open_first).failed(
            self._failed
        ).start()

    def _open_first(self, rows: Sequence[Row]) -> None:
        if rows:
            self.opened.emit(rows[0])

    def act(self, act: RowAct) -> None:
        """Carry an act out on what is chosen, as far as it fits."""
        ids, name = self.table.chosen_ids() or (self.table.chosen_id(),), self.plan.name
        if not act.many:
            ids = (self.table.chosen_id(),)
        work(self, lambda: [one for one in self.service.all_rows(name, ids) if act.fits(one)]).then(
            lambda rows: self.act_wanted.emit(act.name, rows) if rows else None
        ).failed(self._failed).start()

    def _show_choice(self) -> None:
        in_sight = self._stack.currentWidget() is self.table
        self.chosen.show_count(self.table.chosen_count() if in_sight else 0)

    def _choose_one(self) -> None:
        index = self.table.currentIndex()
        self.table.selectRow(max(0, index.row()))
        self.table.setFocus()

    def _open_menu(self, at: QPoint) -> None:
        if self.table.currentIndex().isValid():
            self.row_menu().popup(at)

    def row_menu(self) -> QMenu:
        """What can be done with what is chosen."""
        return RowMenu(self)

    # -- export -----------------------------------------------------------------------------------------

    def choose_file(self, chosen_only: bool = False) -> None:
        """Ask where the list goes: what is chosen when several are, else all."""
        ids = self.table.chosen_ids()
        if not chosen_only and len(ids) < 2:
            ids = self.model.found.ids
        name, _ = QFileDialog.getSaveFileName(
            self, f"导出{self.plan.title}", f"{self.plan.title}.xlsx", FORMATS
        )
        if name:
            self.export(Path(name), ids)

    def export(self, target: Path, ids: Sequence[str] | None = None) -> None:
        """Write these rows, or the whole list as it is narrowed, to a file; its suffix says how."""
        header = self.table.horizontalHeader()
        columns = [one for number, one in enumerate(self.plan.columns) if not header.isSectionHidden(number)]
        said = [chip.text() for chip in self.chips.chips.values()]
        if self.search.text().strip():
            said.append(f"查找“{self.search.text().strip()}”")
        self._exporting.begin(columns, self.model.found.ids if ids is None else ids, target, said)

    # -- Page -------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self._step_back():
            super().keyPressEvent(event)

    def _step_back(self) -> bool:
        """Esc: what runs, then the words, then the conditions; False when there was nothing to take back."""
        if self._exporting.cancel():
            pass
        elif self.search.text():
            self.search.clear()
            self.take_focus()
        elif self.conditions.conditions != Conditions():
            self.conditions.show_conditions(Conditions())
        elif self.table.chosen_count() > 1:
            self._choose_one()
        else:
            return False
        return True


def _identity(row: Row, name: ListName) -> str:
    if isinstance(row, tuple):
        return row[1].delivery_id
    return str(row.delivery_id if name.incoming else row.document_id)  # type: ignore[union-attr]
