"""设置: kept the moment something is changed; there is nothing to save and nothing to forget."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QWidget

from gongwen_client.domain.attention import pace
from gongwen_client.domain.preferences import IDLE_MINUTES, SCALES
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.preferences.about import AboutCard
from gongwen_client.ui.preferences.computer import ComputerCard
from gongwen_client.ui.preferences.fields import SettingsCard
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.widgets.basics import ElidedLabel, button, column, holder, label, row
from gongwen_client.ui.widgets.notice import Notice
from gongwen_client.ui.widgets.page import Page
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_protocol.profile import RegionProfile

_LAST = "由系统决定"
_WIDTH = 900
_TITLES = {
    "sound": "新公文声音",
    "earlier_notice": "加强提醒",
    "idle_minutes": "离开多久锁定",
    "lock_on_key_removal": "拔出秘钥盘时锁定",
    "scale": "文字和界面大小",
    "printer": "默认打印机",
    "both_sides": "原件双面打印",
    "save_folder": "保存位置",
}


class PreferencesPage(Page):
    """``wizard_wanted`` and ``password_wanted`` lead to what has windows of its own; ``changed`` tells of a
    changed preference."""

    wizard_wanted = Signal()
    password_wanted = Signal()
    changed = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.setObjectName("settings")
        self._office = office
        self._service = office.preferences
        self.fields: dict[str, QWidget] = {}
        self.notice = Notice("settings_notice")
        self.computer = ComputerCard(office)
        self.computer.wizard_wanted.connect(self.wizard_wanted)
        self.computer.password_wanted.connect(self.password_wanted)
        self.about = AboutCard()
        self.folder = ElidedLabel("")
        self.folder.setMinimumWidth(150)
        cards = (self._notices(), self._locking(), self._looks(), self._paper(), self.computer, self.about)
        inside = holder(column(*cards, None, gap=Space.ROW, margins=(0, 0, Space.ROW, Space.GROUP)))
        inside.setMaximumWidth(_WIDTH)
        head = row(label("设置", "title"), None, margins=(Space.GROUP, 0, Space.GROUP, 0))
        top = holder(head)
        top.setFixedHeight(Size.HEAD)
        self.area = Scrolled(inside)
        self.area.setAccessibleName("设置")
        body = column(self.notice, gap=Space.INSIDE, margins=(Space.GROUP, 0, Space.INSIDE, 0))
        body.addWidget(self.area, 1)
        whole = column(top, gap=0)
        whole.addLayout(body, 1)
        self.setLayout(whole)

    # -- the cards --------------------------------------------------------------------------------------

    def _notices(self) -> SettingsCard:
        card = SettingsCard("提醒")
        self._switch(card, "sound", "响一声", "收到新公文时发出声音。")
        self._switch(card, "earlier_notice", "提前一倍", _steps(self._region()))
        return card

    def _locking(self) -> SettingsCard:
        card = SettingsCard("锁定")
        limit = _limit(self._region())
        minutes = {one: f"{one} 分钟" for one in IDLE_MINUTES if limit is None or one <= limit}
        hint = "离开座位后自动锁定，没写完的内容都在。"
        if limit is not None:
            hint = f"{hint}本地区规定最长 {limit} 分钟。"
        self._choice(card, "idle_minutes", minutes, hint)
        self._switch(card, "lock_on_key_removal", "锁定", "拔出秘钥盘即视为离开。")
        return card

    def _looks(self) -> SettingsCard:
        card = SettingsCard("显示")
        sizes = {scale: "标准" if scale == 100 else f"放大到 {scale} %" for scale in SCALES}
        self._choice(card, "scale", sizes, "重新启动程序后生效。")
        return card

    def _paper(self) -> SettingsCard:
        card = SettingsCard("打印与文件")
        self._choice(card, "printer", {"": _LAST}, "打印窗口里先选中它，仍可临时改。")
        self._switch(card, "both_sides", "双面", "打印原件时先选中双面（沿长边翻转），仍可临时改。")
        if self._service.locks.fixes("save_folder"):
            card.add_locked(_TITLES["save_folder"], self._service.now.save_folder, self._service.locks)
        else:
            choose = button("选择(&D)", self.choose_folder, name="choose_folder")
            hint = "导出和下载副本时先打开的文件夹。"
            card.add(_TITLES["save_folder"], holder(row(self.folder, choose)), hint)
            self.folder.setText(self._service.now.save_folder or _LAST)
        return card

    def _switch(self, card: SettingsCard, name: str, text: str, hint: str) -> None:
        value = bool(getattr(self._service.now, name))
        if self._service.locks.fixes(name):
            card.add_locked(_TITLES[name], "开" if value else "关", self._service.locks)
            return
        box = QCheckBox(text)
        box.setObjectName(name)
        box.setAccessibleName(f"{_TITLES[name]}：{text}")
        box.setChecked(value)
        box.toggled.connect(lambda on: self.change(name, on))
        self.fields[name] = box
        card.add(_TITLES[name], box, hint)

    def _choice(self, card: SettingsCard, name: str, choices: dict[Any, str], hint: str) -> None:
        value = getattr(self._service.now, name)
        if self._service.locks.fixes(name):
            shown = choices.get(value, f"{value} 分钟" if name.endswith("minutes") else str(value))
            card.add_locked(_TITLES[name], shown, self._service.locks)
            return
        box = QComboBox()
        box.setObjectName(name)
        box.setAccessibleName(_TITLES[name])
        for one, text in choices.items():
            box.addItem(text, one)
        number = box.findData(value)
        if number < 0:
            number = box.count() - 1
        box.setCurrentIndex(number)
        box.setMinimumWidth(160)
        box.activated.connect(lambda _number: self.change(name, box.currentData()))
        self.fields[name] = box
        card.add(_TITLES[name], box, hint)

    # -- acts -------------------------------------------------------------------------------------------

    def reload(self) -> None:
        self.computer.reload()
        self.about.show_region(self._region(), self._office.first_run.known())
        if "printer" in self.fields:
            work(self, self._office.printing.printers).then(self._printers_came).failed(
                lambda _error: None
            ).start()

    def take_focus(self) -> None:
        next(iter(self.fields.values()), self).setFocus()

    def change(self, name: str, value: object) -> None:
        """Keep one preference."""
        work(self, lambda: self._service.change(**{name: value})).then(lambda _now: self._kept(name)).failed(
            self.notice.explain
        ).start()

    def _kept(self, name: str) -> None:
        if name == "scale":
            self.notice.show_text("已保存。", "重新启动程序后，文字和界面按新的大小显示。", "", Tone.VALID)
        else:
            self.notice.clear()
        self.changed.emit()

    def choose_folder(self) -> None:
        """Ask for the folder that file dialogs begin with."""
        name = QFileDialog.getExistingDirectory(self, "选择保存位置", self._service.now.save_folder)
        if name:
            self.use_folder(Path(name))

    def use_folder(self, folder: Path) -> None:
        """Begin file dialogs there from now on."""
        self.folder.setText(str(folder))
        self.change("save_folder", str(folder))

    def _printers_came(self, names: list[str]) -> None:
        box = self.fields["printer"]
        assert isinstance(box, QComboBox)
        value = self._service.now.printer
        box.clear()
        box.addItem(_LAST, "")
        for name in names:
            box.addItem(words.printer(name), name)
        if value and value not in names:
            box.addItem(f"{value}（现在没有）", value)
        box.setCurrentIndex(max(0, box.findData(value)))

    def _region(self) -> RegionProfile:
        return self._office.help.region()


def _limit(region: RegionProfile) -> int | None:
    """The longest time without a key that the region allows."""
    return region.idle_lock_minutes.value if region.idle_lock_minutes else None


def _steps(region: RegionProfile) -> str:
    """When what nobody opened is told again and when the banner rises, in minutes of office time."""
    told = []
    urgencies = {"", *map(str, region.urgency_allowed.value)}
    for urgency in sorted(urgencies, key=lambda one: pace(region, one).again):
        found = pace(region, urgency)
        again, banner = (round(span.total_seconds() / 60) for span in (found.again, found.urgent))
        told.append(f"{urgency or '平件'} {again}、{banner} 分钟")
    return f"没有人打开的公文，工作时间内再次提醒和横幅提醒：{'；'.join(told)}。"
