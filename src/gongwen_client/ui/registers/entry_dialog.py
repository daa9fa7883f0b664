"""One line of a register: everything it says, what the clerk writes as work goes on, and every correction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from gongwen_client.domain.registers import (
    DATE_NAMES,
    FIELD_NAMES,
    HANDLING,
    NUMBER_NAMES,
    Book,
    Change,
    RegisterEntry,
)
from gongwen_client.services.office import Office
from gongwen_client.services.register_book import change_words, shown_changes
from gongwen_client.ui.registers.columns import filing_state
from gongwen_client.ui.registers.fields import ColumnForm
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList, Section
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.chip import Chip
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_crypto.errors import GongwenError

_WHICH = 132
_NO_CHANGE = "（不更正）"


class EntryDialog(Sheet):
    """``changed`` tells that something was written."""

    changed = Signal()

    def __init__(self, parent: QWidget | None, office: Office, entry: RegisterEntry) -> None:
        super().__init__(
            parent, "entry_dialog", f"登记 {entry.label}", f"《{entry.text('title')}》", picture="register"
        )
        self._office = office
        self.entry = entry
        self.resize(Size.PANEL * 2 + 40, 640)
        self._chip = Chip(filing_state(entry))
        self.form = ColumnForm(entry.book, HANDLING[entry.book])
        self.which = QComboBox()
        self.which.setObjectName("which")
        self.which.setAccessibleName("要更正的栏目")
        self.which.setFixedHeight(Size.CONTROL)
        self.which.setMinimumWidth(_WHICH)
        self.new_text = _line("new_text", "更正为", "")
        self.reason = _line("reason", "更正原因", "例如“笔误”；原内容保留备查")
        self._facts = column()
        self._history = column(gap=Space.HAIR)
        self._partner: RegisterEntry | None = None
        self._joining = label("", wrap=True)
        self.join_button = button("合并为一条(&J)", self._join, name="join")
        self._paper = holder(row(self._joining, self.join_button, gap=Space.ROW))
        self._paper.hide()
        self._lay_out()
        self.add_safe("关闭(&C)")
        self.cancel_button = self.add_action("注销(&X)", self._cancel, kind="danger", name="cancel_entry")
        self.save_button = self.add_action("保存(&S)", self.save, picture="save", name="save_entry")
        self._show_entry(entry)
        self._ask_changes()
        self._look_for_partner()

    def _lay_out(self) -> None:
        entry = self.entry
        shown = [key for key in FIELD_NAMES[entry.book] if key not in HANDLING[entry.book]]
        for key in shown:
            self.which.addItem(FIELD_NAMES[entry.book][key], key)
        self.which.insertItem(0, _NO_CHANGE, "")
        self.which.setCurrentIndex(0)
        self.which.activated.connect(lambda _number: self._chosen())
        self.new_text.setEnabled(False)
        line = row(_captioned("要更正的栏目", self.which), gap=Space.INSIDE)
        line.addWidget(_captioned("更正为", self.new_text), 1)
        correction = column(gap=Space.INSIDE)
        correction.addLayout(line)
        correction.addWidget(_captioned("更正或注销的原因", self.reason))
        history = holder(self._history)
        sections = (
            Section("登记内容", holder(self._facts)),
            Section("办理情况", self.form),
            Section("更正", holder(correction)),
            Section("更正记录", history),
        )
        head = row(self._chip, None)
        inside = column(head, *sections, None, gap=Space.GROUP)
        self.body.addWidget(self._paper)
        self.body.addWidget(Scrolled(holder(inside)), 1)

    def _show_entry(self, entry: RegisterEntry) -> None:
        self.entry = entry
        self._chip.show_state(filing_state(entry))
        _emptied(self._facts).addWidget(FactList(_facts(entry)))
        for key in HANDLING[entry.book]:
            self.form.fill(key, entry.text(key))
        alive = not entry.cancelled
        for part in (self.form, self.which, self.reason, self.save_button):
            part.setEnabled(alive)
        self.cancel_button.setVisible(alive and not entry.subject)
        if entry.cancelled:
            self.problem.show_text(f"已注销：{entry.cancelled}", "编号保留，不再使用。", "", Tone.NEUTRAL)

    def _chosen(self) -> None:
        key = self.which.currentData()
        self.new_text.setEnabled(bool(key))
        self.new_text.setText(self.entry.text(key) if key else "")
        if key:
            self.new_text.setFocus()
            self.new_text.selectAll()

    # -- acts -------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write what was typed; corrections with their reason."""
        values = self.form.values
        key = self.which.currentData()
        if key:
            values[key] = self.new_text.text()
        entry_id, reason, registers = self.entry.entry_id, self.reason.text(), self._office.registers
        self._run(lambda: registers.write(entry_id, values, reason), "已保存。")

    def _cancel(self) -> None:
        entry_id, reason, registers = self.entry.entry_id, self.reason.text(), self._office.registers
        self._run(lambda: registers.cancel(entry_id, reason), "已注销，编号保留。")

    def _join(self) -> None:
        partner = self._partner
        if partner is None:
            return
        mine, other, registers = self.entry.entry_id, partner.entry_id, self._office.registers
        self._paper.hide()
        self._run(lambda: registers.join(mine, other), "已合并为一条。")

    def _run(self, act: Callable[[], RegisterEntry], done: str) -> None:
        self.save_button.setEnabled(False)
        work(self, act).always(lambda: self.save_button.setEnabled(True)).then(
            lambda entry: self._written(entry, done)
        ).failed(self.explain).start()

    def _written(self, entry: RegisterEntry, done: str) -> None:
        self.reason.clear()
        self.which.setCurrentIndex(0)
        self._chosen()
        self.problem.show_text(done, "", "", Tone.VALID)
        self._show_entry(entry)
        self._ask_changes()
        self.changed.emit()

    # -- corrections and the other track ----------------------------------------------------------------

    def _ask_changes(self) -> None:
        entry_id, registers = self.entry.entry_id, self._office.registers
        work(self, lambda: registers.changes(entry_id)).then(self._show_changes).failed(self.explain).start()

    def _show_changes(self, changes: Sequence[Change]) -> None:
        _emptied(self._history)
        shown = shown_changes(changes)
        for change in shown:
            self._history.addWidget(label(change_words(change, self.entry.book), wrap=True))
        if not shown:
            self._history.addWidget(label("没有更正", "muted"))

    def _look_for_partner(self) -> None:
        """The other track of the same document, when both were entered (管理办法 art. 14)."""
        entry = self.entry
        if entry.cancelled or entry.book is not Book.RECEIVED:
            return
        registers = self._office.registers
        number, title = entry.text("doc_number"), entry.text("title")

        def found(others: Sequence[RegisterEntry]) -> None:
            self._partner = next((one for one in others if bool(one.subject) != bool(entry.subject)), None)
            if self._partner is not None:
                what = "平台来文" if self._partner.subject else "纸质来文"
                self._joining.setText(f"{self._partner.label} 号是同一份公文的{what}，可以并为一条登记。")
                self._paper.show()

        work(self, lambda: registers.like(Book.RECEIVED, number, title)).then(found).failed(_ignore).start()


def _captioned(caption: str, field: QWidget) -> QWidget:
    head = label(caption, "small")
    head.setBuddy(field)
    return holder(column(head, field, gap=2))


def _facts(entry: RegisterEntry) -> list[tuple[str, str]]:
    """Everything but what the form has."""
    facts = [
        (NUMBER_NAMES[entry.book], entry.label),
        (DATE_NAMES[entry.book], entry.entered_on.isoformat()),
    ]
    names = FIELD_NAMES[entry.book].items()
    return facts + [(name, entry.text(key)) for key, name in names if key not in HANDLING[entry.book]]


def _emptied(layout: QVBoxLayout) -> QVBoxLayout:
    while (item := layout.takeAt(0)) is not None:
        old = item.widget()
        if old is not None:
            old.hide()
            old.deleteLater()
    return layout


def _ignore(_error: GongwenError) -> None:
    """What was only to be offered is not missed."""


def _line(name: str, spoken: str, hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setPlaceholderText(hint)
    field.setFixedHeight(Size.CONTROL)
    return field
