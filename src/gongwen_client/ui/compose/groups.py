"""常用分组: groups made on this PC and those of the exchange's directory."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from gongwen_client.ui.theme import Size
from gongwen_client.ui.widgets.basics import button, column, label, row
from gongwen_client.ui.widgets.dialog import boxed
from gongwen_protocol.messages import UnitGroup

_GROUP = Qt.ItemDataRole.UserRole
_OWN = Qt.ItemDataRole.UserRole + 1


class GroupPicker(QWidget):
    """``chosen(group)`` puts its units into the choice; the others change own groups."""

    chosen = Signal(object)
    save_wanted = Signal(str)
    rename_wanted = Signal(str, str)
    delete_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.list = QListWidget()
        self.list.setObjectName("groups")
        self.list.setAccessibleName("常用分组")
        self.list.itemActivated.connect(lambda _item: self._choose())
        self.list.currentItemChanged.connect(lambda _now, _before: self._marked())
        self.empty = label("还没有分组。先在右侧选好单位，再存为分组，以后一次选定。", "muted", wrap=True)
        self.add_button = button("加入这组单位(&G)", self._choose, picture="plus", name="add_group")
        self.delete_button = button("删除分组", self._delete, kind="link", name="delete_group")
        self.name = QLineEdit()
        self.name.setObjectName("group_name")
        self.name.setAccessibleName("分组名称")
        self.name.setPlaceholderText("分组名称")
        self.name.setFixedHeight(Size.CONTROL)
        self.name.returnPressed.connect(self._save)
        self.save_button = button("把已选单位存为分组(&V)", self._save, name="save_group")
        self.rename_button = button("改名(&H)", self._rename, name="rename_group")
        naming = row(gap=8)
        naming.addWidget(self.name, 1)
        naming.addWidget(self.save_button)
        naming.addWidget(self.rename_button)
        layout = column(self.empty, boxed(self.list), row(self.add_button, None, self.delete_button), naming)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._marked()

    def show_groups(self, own: Sequence[UnitGroup], others: Sequence[UnitGroup]) -> None:
        """Own ones first."""
        kept, line = self._group(), self.list.currentRow()
        self.list.clear()
        for group, mine in (*((one, True) for one in own), *((one, False) for one in others)):
            source = "本机" if mine else "交换中心"
            item = QListWidgetItem(f"{group.name}　{len(group.unit_codes)} 个单位 · {source}")
            item.setSizeHint(QSize(0, Size.CONTROL))
            item.setData(_GROUP, group)
            item.setData(_OWN, mine)
            self.list.addItem(item)
            if kept is not None and group.name == kept.name:
                self.list.setCurrentItem(item)
        if kept is not None and self._group() is None:  # it has another name now
            self.list.setCurrentRow(min(line, self.list.count() - 1))
        self.empty.setVisible(not self.list.count())
        self._marked()

    def _group(self) -> UnitGroup | None:
        item = self.list.currentItem()
        return item.data(_GROUP) if item else None

    def _marked(self) -> None:
        item = self.list.currentItem()
        own = bool(item and item.data(_OWN))
        self.add_button.setEnabled(item is not None)
        self.delete_button.setEnabled(own)
        self.rename_button.setEnabled(own)
        self.delete_button.setToolTip("" if own or item is None else "交换中心的分组由平台管理员维护")

    def _choose(self) -> None:
        group = self._group()
        if group is not None:
            self.chosen.emit(group)

    def _save(self) -> None:
        self.save_wanted.emit(self.name.text())

    def _rename(self) -> None:
        group = self._group()
        if group is not None:
            self.rename_wanted.emit(group.name, self.name.text())

    def _delete(self) -> None:
        group = self._group()
        if group is not None:
            self.delete_wanted.emit(group.name)
