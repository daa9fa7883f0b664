"""Dialogs of the address book: groups, the own unit's posts, their history."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size
from gongwen_client.ui.viewer.panel import FactList, Section
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_protocol.contacts import ContactsHistory, UnitContact
from gongwen_protocol.messages import Unit

_HEADS = ("岗位（不写人名）", "电话", "备注")
_LEAST_ROWS = 4


class GroupDialog(Sheet):
    """加入分组: into an existing group, or a new one by typing its name. ``kept`` names the group."""

    kept = Signal(str)

    def __init__(
        self, parent: QWidget, office: Office, units: Sequence[Unit], groups: dict[str, list[str]]
    ) -> None:
        count = f"「{units[0].name}」" if len(units) == 1 else f"选中的 {len(units)} 个单位"
        super().__init__(parent, "group_dialog", "加入常用分组", f"把{count}加入分组。", picture="people")
        self._office = office
        self._units = units
        self._groups = groups
        self.name = QComboBox()
        self.name.setObjectName("group_name")
        self.name.setEditable(True)
        self.name.addItems(list(groups))
        self.name.setCurrentText(next(iter(groups), ""))
        self.name.setAccessibleName("分组名称")
        hint = label(
            "选择已有的分组，或输入新分组的名称。分组只保存在本机，发文选择单位时同样可用。",
            "muted",
            wrap=True,
        )
        caption = label("分组名称", "small")
        caption.setBuddy(self.name)
        self.body.addLayout(column(caption, self.name, hint))
        self.add_safe("取消(&C)")
        self.add_action("加入分组(&Y)", self.save, name="save_group")
        self.compact(440)

    def save(self) -> None:
        """Keep it."""
        name = self.name.currentText().strip()
        codes = tuple(dict.fromkeys([*self._groups.get(name, []), *(unit.code for unit in self._units)]))
        save = self._office.addressing.save_group
        work(self, lambda: save(name, codes)).then(lambda _done: self._saved(name)).failed(
            self.explain
        ).start()

    def _saved(self, name: str) -> None:
        self.kept.emit(name)
        self.accept()


class RenameDialog(Sheet):
    """改名."""

    kept = Signal(str)

    def __init__(self, parent: QWidget, office: Office, name: str) -> None:
        super().__init__(
            parent, "rename_dialog", "分组改名", f"给分组「{name}」换一个名称。", picture="people"
        )
        self._office = office
        self._old = name
        self.name = QLineEdit(name)
        self.name.setObjectName("group_name")
        self.name.setAccessibleName("新的分组名称")
        self.body.addLayout(column(label("新名称", "small"), self.name))
        self.add_safe("取消(&C)")
        self.add_action("改名(&Y)", self.save, name="rename_group")
        self.compact(400)
        self.name.setFocus()
        self.name.selectAll()

    def save(self) -> None:
        """Keep it."""
        new, old, rename = self.name.text(), self._old, self._office.addressing.rename_group
        work(self, lambda: rename(old, new)).then(lambda _done: self._saved(new)).failed(self.explain).start()

    def _saved(self, name: str) -> None:
        self.kept.emit(name)
        self.accept()


class ContactsDialog(Sheet):
    """修改本单位联系方式: posts and telephones, with the reason of the change."""

    kept = Signal()

    def __init__(self, parent: QWidget, office: Office, unit: Unit) -> None:
        super().__init__(
            parent,
            "contacts_dialog",
            "修改联系岗位",
            "修改后全部单位立即看到新的岗位和电话，修改人、时间和原因记录在案。",
            picture="phone",
        )
        self._office = office
        self.resize(640, 460)
        self.table = QTableWidget(0, len(_HEADS))
        self.table.setObjectName("contacts_table")
        self.table.setAccessibleName("联系岗位")
        self.table.setHorizontalHeaderLabels(list(_HEADS))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(Size.ROW)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.table.horizontalHeader().setDefaultAlignment(left)
        for number in range(len(_HEADS)):
            self.table.horizontalHeader().setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        for contact in unit.contacts or _proposed(unit):
            self._add((contact.post, contact.phone, contact.note))
        while self.table.rowCount() < _LEAST_ROWS:
            self._add(("", "", ""))
        self.reason = QLineEdit()
        self.reason.setObjectName("reason")
        self.reason.setAccessibleName("修改原因")
        self.reason.setPlaceholderText("如：岗位调整、电话变更")
        boxed = QFrame()
        boxed.setProperty("role", "boxed")
        boxed.setLayout(column(self.table, margins=(1, 1, 1, 1)))
        more = button("增加一行(&A)", lambda: self._add(("", "", "")), picture="plus", name="add_row")
        less = button("删除所在行(&D)", self._remove, picture="minus", name="remove_row")
        self.body.addWidget(boxed, 1)
        self.body.addLayout(row(more, less, None))
        self.body.addLayout(column(label("修改原因", "small"), self.reason))
        self.add_safe("取消(&C)")
        self.add_action("保存联系岗位(&S)", self.save, name="save_contacts")

    def entries(self) -> list[tuple[str, str, str]]:
        """The lines that are not empty."""
        found = []
        for line in range(self.table.rowCount()):
            post, phone, note = (self._text(line, place) for place in range(len(_HEADS)))
            if post or phone or note:
                found.append((post, phone, note))
        return found

    def fill(self, entries: Sequence[tuple[str, str, str]], reason: str) -> None:
        """Type all lines."""
        self.table.setRowCount(0)
        for entry in entries:
            self._add(entry)
        self.reason.setText(reason)

    def save(self) -> None:
        """Tell the exchange."""
        entries, reason, change = self.entries(), self.reason.text(), self._office.contacts.change
        work(self, lambda: change(entries, reason)).then(lambda _unit: self._saved()).failed(
            self.explain
        ).start()

    def _saved(self) -> None:
        self.kept.emit()
        self.accept()

    def _add(self, entry: tuple[str, str, str]) -> None:
        line = self.table.rowCount()
        self.table.insertRow(line)
        for place, text in enumerate(entry):
            self.table.setItem(line, place, QTableWidgetItem(text))

    def _remove(self) -> None:
        line = self.table.currentRow()
        if line >= 0:
            self.table.removeRow(line)

    def _text(self, line: int, place: int) -> str:
        item = self.table.item(line, place)
        return item.text().strip() if item is not None else ""


class HistoryDialog(Sheet):
    """变更记录 of the own unit's posts."""

    def __init__(self, parent: QWidget, found: ContactsHistory) -> None:
        super().__init__(
            parent, "history_dialog", "联系岗位变更记录", "每次修改和核对都留有记录。", picture="clock"
        )
        self.resize(520, 520)
        parts: list[QWidget] = []
        for record in found.records:
            act = "核对" if record.confirmed else "修改"
            facts = FactList((("岗位", record.by_post), ("账号", record.by_account), ("原因", record.reason)))
            if not record.confirmed:
                for contact in record.contacts:
                    facts.add(contact.post, " ".join(filter(None, (contact.phone, contact.note))))
            parts.append(Section(f"{words.stamp(record.at)}　{act}", facts))
        if not parts:
            parts.append(label("还没有记录。", "muted"))
        self.body.addWidget(Scrolled(holder(column(*parts, None, gap=Size.RADIUS * 3))), 1)
        self.add_safe("关闭(&C)")


def _proposed(unit: Unit) -> tuple[UnitContact, ...]:
    """A first line to begin with."""
    return (UnitContact.model_construct(post="收发员", phone=unit.contact, note=""),)
