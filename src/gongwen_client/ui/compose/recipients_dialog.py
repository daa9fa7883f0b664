"""选择主送、抄送单位: directory, groups and pasted lists at the left, the chosen units at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from gongwen_client.services.addressing import Addressing
from gongwen_client.services.office import Office
from gongwen_client.ui.compose.chosen_units import ChosenUnits
from gongwen_client.ui.compose.groups import GroupPicker
from gongwen_client.ui.compose.paste_names import PasteNames
from gongwen_client.ui.compose.unit_tree import UnitTree, UnitTreeModel
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.dialog import Sheet, boxed
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.search import SearchField
from gongwen_protocol.messages import Recipient, RecipientRole, UnitGroup
from gongwen_protocol.sentences import sentence

_SEARCH_AFTER_MS = 120
_MOST_FOUND = 500


class Way(IntEnum):
    """The tabs at the left."""

    DIRECTORY = 0
    GROUPS = 1
    PASTE = 2


class RecipientsDialog(Sheet):
    """Answers with ``chosen(tuple of Recipient)``: main recipients first, each in the chosen order."""

    chosen = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        office: Office,
        addressing: Addressing,
        recipients: Sequence[Recipient],
    ) -> None:
        super().__init__(
            parent,
            "recipients_dialog",
            "选择主送、抄送单位",
            "在左侧勾选单位，在右侧区分主送和抄送。标明原因的单位不能联网接收，请用其他途径送达。",
            picture="people",
            tone="action",
        )
        self.resize(1040, 660)
        self._office = office
        self._addressing = addressing
        self._model = UnitTreeModel(addressing)
        self.tree = UnitTree(self._model)
        self.search = SearchField("unit_search", "名称、简称、编码或拼音首字母，例如 slj", "查找单位")
        self.obstacle = Notice("obstacle")
        self.successor_button = button("改选承接单位(&J)", self._pick_successor, name="pick_successor")
        self.obstacle.add_act(self.successor_button)
        self.groups = GroupPicker()
        self.paste = PasteNames()
        self.picked = ChosenUnits(addressing.book.by_code, recipients)
        self.tabs = QTabBar()
        self._pages = QStackedWidget()
        self._found = label("", "small")
        self._found.hide()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SEARCH_AFTER_MS)
        self._timer.timeout.connect(self._filter)
        self._connect()
        self.groups.show_groups(addressing.own_groups, addressing.groups)
        self.paste.open(addressing)
        self._show_choice()
        self.search.setFocus()

    def _lay_out(self) -> None:
        self.tabs.setObjectName("ways")
        self.tabs.setAccessibleName("选择方式")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in ("通讯录", "常用分组", "粘贴名单"):
            self.tabs.addTab(title)
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        directory = column(self.search, boxed(self.tree), self.obstacle, self._found)
        directory.setStretch(1, 1)
        for page in (holder(directory), self.groups, self.paste):
            self._pages.addWidget(page)
        left: QVBoxLayout = column(self.tabs, self._pages)
        left.setStretch(1, 1)
        both = row(gap=Space.GROUP)
        both.addLayout(left, 1)
        both.addWidget(self.picked, 1)
        self.body.addLayout(both, 1)
        self.add_safe("取消(&C)")
        self.take_button = self.add_action("选定单位(&Y)", self._take, name="take")

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._timer.start())
        self.search.returnPressed.connect(self._pick_first)
        self._model.ticked.connect(self._tick)
        self.tree.selectionModel().currentChanged.connect(lambda now, _before: self._explain(now))
        self.picked.changed.connect(self._show_choice)
        self.groups.chosen.connect(self._add_group)
        self.groups.save_wanted.connect(self._save_group)
        self.groups.rename_wanted.connect(self._rename_group)
        self.groups.delete_wanted.connect(self._delete_group)
        self.paste.wanted.connect(self.picked.add)

    # -- the directory ----------------------------------------------------------------------------------

    def _filter(self) -> None:
        typed = self.search.text().strip()
        self.obstacle.clear()
        if typed:
            matches = self._addressing.index.find(typed, _MOST_FOUND)
            self._model.show_found([match.unit for match in matches])
            more = "，请再输入几个字" if len(matches) == _MOST_FOUND else ""
            self._found.setText(
                f"找到 {len(matches)} 个单位{more}" if matches else "没有找到，请核对名称或编码"
            )
        else:
            self._model.show_tree()
            self.tree.open_regions()
            self._found.setText("")
        self._found.setVisible(bool(typed))

    def _pick_first(self) -> None:
        """Enter takes the best match; the next word can be typed at once."""
        self._timer.stop()
        self._filter()
        unit = self._model.unit(self._model.index(0, 0)) if self.search.text().strip() else None
        if unit is None:
            return
        if self._addressing.obstacle(unit):
            self.tree.setCurrentIndex(self._model.index(0, 0))
            self._explain(self._model.index(0, 0))
            return
        self.picked.add((unit.code,))
        self.search.selectAll()

    def _tick(self, codes: tuple[str, ...], wanted: bool) -> None:
        if wanted:
            self.picked.add(codes)
        else:
            self.picked.remove(codes)

    def _explain(self, index: QModelIndex) -> None:
        unit = self._model.unit(index)
        code = self._addressing.obstacle(unit) if unit is not None else ""
        if not code or unit is None:
            self.obstacle.clear()
            return
        said = sentence(code)
        rules = {
            "directory.unit_outside": self._addressing.article,
            "directory.unit_superseded": self._addressing.changes_article,
        }
        following = self._addressing.in_place_of(unit)
        offered = following is not unit and not self._addressing.obstacle(following)
        self.successor_button.setVisible(offered)
        self.obstacle.show_text(
            f"{unit.name}：{said.what}",
            f"自 {unit.successor_since} 起请发给“{following.name}”。" if offered else said.do,
            " · ".join(filter(None, (rules.get(code, said.rule), code))),
            Tone.WARNING,
        )

    def _pick_successor(self) -> None:
        """Take the unit that follows the one in question."""
        unit = self._model.unit(self.tree.currentIndex())
        if unit is not None:
            self.choose(self._addressing.in_place_of(unit).code)
            self.obstacle.clear()

    def choose(self, code: str, role: RecipientRole = RecipientRole.MAIN) -> None:
        """Choose a unit as a person would, and set its role; one that cannot be reached is not chosen."""
        unit = self._addressing.book.by_code.get(code)
        if unit is not None and not self._addressing.obstacle(unit):
            self.picked.add((code,), role)
            self.picked.give_role(code, role)

    # -- groups -----------------------------------------------------------------------------------------

    def _add_group(self, group: UnitGroup) -> None:
        units = [self._addressing.in_place_of(unit) for unit in self._addressing.book.members(group)]
        reached = [unit.code for unit in units if not self._addressing.obstacle(unit)]
        self.picked.add(tuple(dict.fromkeys(reached)))
        left = len(group.unit_codes) - len(reached)
        if left:
            self.problem.show_text(
                f"分组“{group.name}”中有 {left} 个单位没有加入。",
                "它们未启用、不在交换范围或已不在通讯录中，请用其他途径送达。",
                tone=Tone.WARNING,
            )
        else:
            self.problem.clear()

    def _save_group(self, name: str) -> None:
        codes = tuple(one.unit_code for one in self.picked.recipients())
        self._change_groups(lambda: self._office.addressing.save_group(name, codes))

    def _rename_group(self, old: str, new: str) -> None:
        self._change_groups(lambda: self._office.addressing.rename_group(old, new))

    def _delete_group(self, name: str) -> None:
        self._change_groups(lambda: self._office.addressing.delete_group(name))

    def _change_groups(self, change: Callable[[], None]) -> None:
        def run() -> Addressing:
            change()
            return self._office.addressing.open()

        work(self, run).then(self._groups_came).failed(self.explain).start()

    def _groups_came(self, addressing: Addressing) -> None:
        self.problem.clear()
        self.groups.name.clear()
        self.groups.show_groups(addressing.own_groups, addressing.groups)

    # -- the choice -------------------------------------------------------------------------------------

    def recipients(self) -> tuple[Recipient, ...]:
        """What is chosen now."""
        return self.picked.recipients()

    def _show_choice(self) -> None:
        self._model.show_picked(self.picked.codes)
        self.take_button.setEnabled(bool(self.picked.codes))

    def _take(self) -> None:
        self.chosen.emit(self.recipients())
        self.accept()
