"""通讯录: a tree of regions and groups, the units in it, the card of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QStackedWidget

from gongwen_client.domain.contacts import AddressGroup, RegionNode, UnitCard
from gongwen_client.domain.pinyin import NameIndex
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.contacts.card import CardPanel, unit_state
from gongwen_client.ui.contacts.dialogs import ContactsDialog, GroupDialog, HistoryDialog, RenameDialog
from gongwen_client.ui.contacts.places import ALL, Place, PlaceTree, is_below
from gongwen_client.ui.lists.table import Column, RowModel, RowTable
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, holder, label, row, tool
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.page import Page
from gongwen_client.ui.widgets.search import SearchField
from gongwen_client.ui.widgets.states import EmptyState
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import Readiness, Unit, UnitReadiness

_SEARCH_MS = 120
_FRESH_MS = 60_000
_FORMATS = "Excel 工作簿 (*.xlsx);;CSV 文件 (*.csv);;PDF 文件（A4 横向） (*.pdf)"


class ContactsPage(Page):
    """Works from what was fetched last; how ready units are is asked for once the page comes into sight.
    ``exported`` tells of a finished file."""

    exported = Signal(object)

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("contacts")
        self._office = office
        self._units: tuple[Unit, ...] = ()
        self._groups: tuple[AddressGroup, ...] = ()
        self._index: NameIndex | None = None
        self._ready: dict[str, UnitReadiness] = {}
        self._plates: dict[str, str] = {}
        self._wanted: Place | None = None
        self._age = QElapsedTimer()
        self.dialog: GroupDialog | RenameDialog | ContactsDialog | HistoryDialog | None = None
        self.notice = Notice("contacts_notice")
        self.search = SearchField("search", "名称、编码或拼音首字母", "查找单位：名称、编码或拼音首字母")
        self.search.setFixedWidth(240)
        self.search.setToolTip("Ctrl+F")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_SEARCH_MS)
        self._typing.timeout.connect(self._show)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.tree = PlaceTree()
        self.table = RowTable(RowModel(self._columns(), lambda unit: unit.code), "contacts_table", "单位列表")
        self.card = CardPanel()
        self._caption = label("", "muted")
        self._lay_out()
        self._connect()
        self.card.clear()

    def _columns(self) -> Sequence[Column[Unit]]:
        return (
            Column("单位", self._name, tip=self._name),
            Column("编码", lambda unit: unit.code, 100, quiet=True),
            Column("状态", lambda unit: unit_state(unit).word, 92, state=unit_state),
            Column("最近人工查收", self._looked, 108, sort=self._looked_at, quiet=True),
        )

    def _name(self, unit: Unit) -> str:
        """The name; with the plate, where that is what was looked for."""
        plate = self._plates.get(unit.code, "")
        return f"{unit.name}（{plate}）" if plate and plate != unit.name else unit.name

    def _looked(self, unit: Unit) -> str:
        ready = self._ready.get(unit.code)
        return words.when(ready.last_check) if ready and ready.last_check else "—"

    def _looked_at(self, unit: Unit) -> float:
        ready = self._ready.get(unit.code)
        return ready.last_check.timestamp() if ready and ready.last_check else 0.0

    def _lay_out(self) -> None:
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.group_button = button("加入分组(&G)", self.open_group, picture="people", name="add_to_group")
        self.export_button = button("导出(&E)", self.choose_file, picture="save", name="export")
        head = row(gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.GROUP, 0))
        head.addWidget(label("通讯录", "title"))
        head.addWidget(self._caption)
        head.addStretch(1)
        head.addWidget(self.search)
        head.addWidget(tool("refresh", "刷新启用情况", self.ask_readiness, name="refresh"))
        head.addWidget(self.group_button)
        head.addWidget(self.export_button)
        top = holder(head)
        top.setFixedHeight(Size.HEAD)
        self.leave_group = button("移出本组(&X)", self.remove_from_group, name="remove_from_group")
        self.rename_button = button("改名(&H)", self.open_rename, name="rename")
        self.delete_button = button("删除分组(&D)", self.delete_group, name="delete_group")
        self.group_acts = holder(
            row(
                self.leave_group,
                self.rename_button,
                self.delete_button,
                None,
                margins=(Space.GROUP, Space.HAIR, Space.GROUP, Space.HAIR),
            )
        )
        self.group_acts.hide()
        nothing = EmptyState("search", "没有找到单位", "可以输入名称中的几个字、单位编码或拼音首字母。")
        self._empty = EmptyState(
            "people", "还没有通讯录", "登录并连接交换中心后自动取得，以后不联网也能查看。"
        )
        self._stack = QStackedWidget()
        for part in (self.table, nothing, self._empty):
            self._stack.addWidget(part)
        self._stack.setCurrentWidget(self._empty)
        middle = column(self.group_acts, self._stack, gap=0)
        middle.setStretch(1, 1)
        body = row(self.tree, gap=0)
        body.addLayout(middle, 1)
        body.addWidget(self.card)
        whole = column(top, gap=0)
        whole.addLayout(column(self.notice, margins=(Space.GROUP, 0, Space.GROUP, Space.INSIDE)))
        whole.addLayout(body, 1)
        self.setLayout(whole)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def _connect(self) -> None:
        self.tree.currentItemChanged.connect(lambda _now, _before: self._place_chosen())
        self.table.selectionModel().selectionChanged.connect(lambda _now, _before: self._chosen())
        self.card.change_wanted.connect(self.open_change)
        self.card.confirm_wanted.connect(self.confirm)
        self.card.history_wanted.connect(self.open_history)

    # -- loading ----------------------------------------------------------------------------------------

    def reload(self) -> None:
        contacts = self._office.contacts

        def look() -> tuple[
            tuple[Unit, ...], tuple[AddressGroup, ...], list[RegionNode], Readiness | None, bool
        ]:
            return (
                contacts.units(),
                contacts.groups(),
                contacts.tree(),
                contacts.kept_readiness(),
                contacts.is_confirmation_due(),
            )

        work(self, look).then(self._came).failed(self.notice.explain).start()
        if not self._age.isValid() or self._age.elapsed() > _FRESH_MS:
            self.ask_readiness(by_person=False)

    def ask_readiness(self, *, by_person: bool = True) -> None:
        """Ask the exchange how ready units are; without it what was kept stays, with its time."""
        asked = work(self, self._office.contacts.readiness).then(self._ready_came)
        asked.failed(self.notice.explain if by_person else lambda _error: None).start()

    def _came(
        self,
        found: tuple[tuple[Unit, ...], tuple[AddressGroup, ...], list[RegionNode], Readiness | None, bool],
    ) -> None:
        units, groups, tree, ready, due = found
        if units != self._units:
            self._units, self._index = units, None
            work(self, self._office.contacts.index).then(self._index_came).failed(self.notice.explain).start()
        self._groups = groups
        if ready is not None:
            self._ready = {one.unit_code: one for one in ready.units}
        wanted, self._wanted = self._wanted or self.tree.place, None
        self.tree.fill(len(units), tree, groups, wanted)
        self._show()
        self._remind(due=due)

    def _ready_came(self, answer: Readiness) -> None:
        self._age.start()
        self._ready = {one.unit_code: one for one in answer.units}
        self._show()

    def _index_came(self, index: NameIndex) -> None:
        self._index = index
        if self.search.text().strip():
            self._show()

    def _remind(self, *, due: bool) -> None:
        if not due:
            self.notice.clear()
            return
        may = self._office.contacts.may_change()
        self.notice.show_text(
            "本单位的联系岗位和电话超过一个季度没有核对。",
            "请在本单位名片中核对或修改。" if may else "请本单位系统管理员登录后核对或修改。",
            tone=Tone.WARNING,
        )

    def choose_place(self, kind: str, name: str) -> None:
        """Show a region ("region", its path), a group ("group", its name) or all units."""
        self.tree.choose((kind, name))

    def _place_chosen(self) -> None:
        self.search.clear()
        self._show()

    # -- showing ----------------------------------------------------------------------------------------

    @property
    def group(self) -> AddressGroup | None:
        """The group that is shown."""
        kind, name = self.tree.place
        return next((one for one in self._groups if kind == "group" and one.name == name), None)

    def _rows(self) -> list[Unit]:
        text = self.search.text().strip()
        self._plates = {}
        if text:
            if self._index is None:
                return [unit for unit in self._units if text in unit.name or text in unit.code]
            matches = self._index.find(text)
            self._plates = {match.unit.code: match.by for match in matches if match.by in match.unit.plates}
            return [match.unit for match in matches]
        kind, name = self.tree.place
        if kind == "group":
            return list(self.group.units) if self.group else []
        if kind == "region":
            return [unit for unit in self._units if is_below(unit.region, name)]
        return list(self._units)

    def _show(self) -> None:
        rows = self._rows()
        self.table.show_rows(rows)
        self._caption.setText(f"{len(rows)} 个单位" if rows else "")
        group = None if self.search.text().strip() else self.group
        self.group_acts.setVisible(group is not None and not group.shared)
        if rows:
            self._stack.setCurrentWidget(self.table)
        else:
            self._stack.setCurrentIndex(1 if self._units else 2)
        self.export_button.setEnabled(bool(rows))
        self._chosen()

    def chosen_units(self) -> list[Unit]:
        """The selected units, in the order of the list."""
        lines = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self.table.rows.rows[line] for line in lines]

    def _chosen(self) -> None:
        units = self.chosen_units()
        self.group_button.setEnabled(bool(units))
        self.leave_group.setEnabled(bool(units))
        unit = self.table.chosen() if units else None
        if not isinstance(unit, Unit):
            self.card.clear()
            return
        work(self, lambda: self._office.contacts.card(unit.code)).then(self._card_came).failed(
            lambda _error: self.card.clear()
        ).start()

    def _card_came(self, card: UnitCard) -> None:
        chosen = self.table.chosen()
        if isinstance(chosen, Unit) and chosen.code == card.unit.code:
            self.card.show_card(card, may_change=self._office.contacts.may_change())

    # -- groups -----------------------------------------------------------------------------------------

    def open_group(self) -> None:
        """加入分组."""
        units = self.chosen_units()
        if not units:
            return
        own = {
            group.name: [*(unit.code for unit in group.units), *group.gone]
            for group in self._groups
            if not group.shared
        }
        dialog = GroupDialog(self.window(), self._office, units, own)
        dialog.kept.connect(lambda name: self._changed(("group", name)))
        self._open(dialog)

    def open_rename(self) -> None:
        """改名."""
        if self.group is None:
            return
        dialog = RenameDialog(self.window(), self._office, self.group.name)
        dialog.kept.connect(lambda name: self._changed(("group", name)))
        self._open(dialog)

    def remove_from_group(self) -> None:
        """移出本组; the last one takes the group with it."""
        group, gone = self.group, {unit.code for unit in self.chosen_units()}
        if group is None or not gone:
            return
        left = tuple(unit.code for unit in group.units if unit.code not in gone)
        name, addressing = group.name, self._office.addressing
        act = (lambda: addressing.save_group(name, left)) if left else (lambda: addressing.delete_group(name))
        work(self, act).then(lambda _done: self.reload()).failed(self.notice.explain).start()

    def delete_group(self) -> None:
        """删除分组: the units in it stay what they are, and making it again takes one click more."""
        group = self.group
        if group is not None:
            work(self, lambda: self._office.addressing.delete_group(group.name)).then(
                lambda _done: self._changed(ALL)
            ).failed(self.notice.explain).start()

    def _changed(self, place: Place) -> None:
        self._wanted = place
        self.reload()

    # -- the own entry ----------------------------------------------------------------------------------

    def open_change(self) -> None:
        """修改联系岗位."""
        if self.card.card is not None:
            dialog = ContactsDialog(self.window(), self._office, self.card.card.unit)
            dialog.kept.connect(self.reload)
            self._open(dialog)

    def confirm(self) -> None:
        """核对无误."""
        work(self, self._office.contacts.confirm).then(lambda _unit: self.reload()).failed(
            self.notice.explain
        ).start()

    def open_history(self) -> None:
        """变更记录."""
        work(self, self._office.contacts.history).then(
            lambda found: self._open(HistoryDialog(self.window(), found))
        ).failed(self.notice.explain).start()

    def _open(self, dialog: GroupDialog | RenameDialog | ContactsDialog | HistoryDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._dialog_closed)
        dialog.open()

    def _dialog_closed(self) -> None:
        self.dialog = None

    # -- files ------------------------------------------------------------------------------------------

    def choose_file(self) -> None:
        """Ask where the book goes."""
        name, _ = QFileDialog.getSaveFileName(self, "导出通讯录", "单位通讯录.xlsx", _FORMATS)
        if name:
            self.export(Path(name))

    def export(self, target: Path) -> None:
        """Write the units in sight to a file; its suffix says how."""
        units = list(self.table.rows.rows)
        work(self, lambda: self._office.contacts.export(units, target)).then(
            lambda _done: self._exported(target)
        ).failed(self._not_exported).start()

    def _exported(self, target: Path) -> None:
        self.notice.show_text(f"已导出：{target.name}", tone=Tone.VALID)
        self.exported.emit(target)

    def _not_exported(self, error: GongwenError) -> None:
        self.notice.explain(error)

    # -- page -------------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        self.search.setFocus()

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def remember(self, settings: QSettings) -> None:
        settings.setValue("contacts/columns", self.table.horizontalHeader().saveState())

    def restore(self, settings: QSettings) -> None:
        state = settings.value("contacts/columns")
        if state is not None:
            self.table.horizontalHeader().restoreState(state)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return
        super().keyPressEvent(event)
