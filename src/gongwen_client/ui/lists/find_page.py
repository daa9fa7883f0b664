"""查找: one question to all lists and books, for who does not know where a document is by now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QTimer

from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.registers import BOOK_NAMES, Book, RegisterEntry
from gongwen_client.domain.rows import IncomingRow, SentRow
from gongwen_client.services.finding import Hit, Hits
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.lists import cells
from gongwen_client.ui.lists.page import ListPage
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.registers.columns import filing_state
from gongwen_client.ui.registers.entry_dialog import EntryDialog
from gongwen_client.ui.shell.navigation import GROUPS
from gongwen_client.ui.tasks import work
from gongwen_client.ui.widgets.basics import button
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_client.ui.words import StateWord

_TYPING_MS = 250
_LIST_NAMES = {entry.page: entry.title for _group, entries in GROUPS for entry in entries}


class FindPage(ListPage):
    """``opened`` carries a Hit; it goes to its list (``row_wanted``) or shows its line of the book."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._hits = Hits((), 0)
        self.dialog: EntryDialog | None = None
        super().__init__(
            "find",
            "查找",
            RowTable(RowModel(_COLUMNS, identity), "find_table", "查找结果"),
            EmptyState(
                "search",
                "在全部公文中查找",
                "输入标题、文号、单位或正文中的词，几个词用空格隔开；收文、发文、草稿和纸质登记都会查到。",
            ),
            list,
            lambda _hit, _text: False,
            self._find,
        )
        self.search.setPlaceholderText("标题、文号、单位、正文")
        self.search.setAccessibleName("在全部公文和登记簿中查找标题、文号、单位或正文")
        self.search.setFixedWidth(360)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._ask)
        self.go_button = button("打开(&O)", self.open_chosen, picture="eye", name="open_found")
        self.add_action(self.go_button)
        self.opened.connect(self._go)

    def _search(self) -> None:
        """Once the typing rests: everything is asked."""
        self._typing.start()

    def _ask(self) -> None:
        """What was found last stays in sight until the answer comes."""
        text = self.search.text().strip()
        if not text:
            self._show()
            return
        work(self, lambda: self._find(text)).then(lambda hits: self._found_rows(text, hits)).failed(
            self._failed
        ).start()

    def reload(self) -> None:
        super().reload()
        self._typing.start()

    def _find(self, text: str) -> Sequence[Hit]:
        self._hits = self._office.finding.find(text)
        return self._hits.hits

    def _show(self) -> None:
        super()._show()
        shown, total = self.table.model().rowCount(), self._hits.total
        self.go_button.setEnabled(bool(shown))
        if shown and total > shown:
            self._caption.setText(f"{total} 份，每处先列 {shown} 份中的一部分，其余请到所在列表查找")

    def _go(self, hit: Hit) -> None:
        if isinstance(hit.found, RegisterEntry):
            self.dialog = EntryDialog(self.window(), self._office, hit.found)
            self.dialog.finished.connect(self._dialog_closed)
            self.dialog.open()
        else:
            self.row_wanted.emit(hit.place.value, identity(hit)[1])

    def _dialog_closed(self) -> None:
        self.dialog = None

    def take_focus(self) -> None:
        self.focus_search()


def identity(hit: Hit) -> tuple[str, str]:
    """(place, identity of the row in it)."""
    found = hit.found
    if isinstance(found, RegisterEntry):
        return hit.place.value, str(found.entry_id)
    assert not isinstance(found, tuple), "returned documents are found among the sent ones"
    return hit.place.value, found.delivery_id if isinstance(found, IncomingRow) else found.document_id


def _text(hit: Hit, name: str) -> str:
    found = hit.found
    if isinstance(found, RegisterEntry):
        return found.text(name)
    assert not isinstance(found, tuple)
    return str(getattr(found.elements, name))


def _unit(hit: Hit) -> str:
    """Who sent it, or whom it goes to."""
    found = hit.found
    if isinstance(found, RegisterEntry):
        return found.text("unit")
    if isinstance(found, IncomingRow):
        return found.sender_name
    if isinstance(found, SentRow):
        return cells.units(found)
    return f"{len(found.recipients)} 个单位" if isinstance(found, Draft) and found.recipients else ""


def _at(hit: Hit) -> datetime | None:
    found = hit.found
    if isinstance(found, (IncomingRow, SentRow)):
        return found.sent_at
    return found.updated_at if isinstance(found, Draft) else None


def _when(hit: Hit) -> str:
    if isinstance(hit.found, RegisterEntry):
        return hit.found.entered_on.isoformat()
    return words.when(_at(hit))


def _state(hit: Hit) -> StateWord:
    found = hit.found
    if isinstance(found, RegisterEntry):
        return filing_state(found)
    if isinstance(found, IncomingRow):
        return cells.incoming_state(found)
    if isinstance(found, SentRow):
        return cells.sent_state(found)
    assert isinstance(found, Draft)
    return cells.draft_state(found)


def _place(hit: Hit) -> str:
    if isinstance(hit.place, Book):
        return f"{BOOK_NAMES[hit.place]}（纸质）"
    return _LIST_NAMES[hit.place.value]


_COLUMNS: Sequence[Column[Hit]] = (
    Column("标题", lambda hit: _text(hit, "title") or "（未填标题）"),
    Column("文号", lambda hit: _text(hit, "doc_number"), 178),
    Column("来文或发往单位", _unit, 180, most=300),
    Column(
        "时间",
        _when,
        104,
        sort=lambda hit: at.timestamp() if (at := _at(hit)) else 0.0,
        tip=lambda hit: words.stamp(at) if (at := _at(hit)) else _when(hit),
    ),
    Column("所在", _place, 152, quiet=True),
    Column("状态", lambda hit: _state(hit).word, 128, state=_state),
)
