"""交接清单: everything that is handed over, then the two confirmations and what is left to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from gongwen_client.domain.handover import HandedItem, HandedSection, Handover, HandoverList
from gongwen_client.services.office import Office
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import FactList, Section
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_crypto.errors import GongwenError

GIVE, TAKE, AFTER = 0, 1, 2
_FORMATS = "PDF 文件（A4 横向） (*.pdf);;OFD 文件 (*.ofd);;Excel 工作簿 (*.xlsx)"
_HEADLINES = (
    "第一步：移交人逐项核对后，输入自己的密码确认。确认后清单不能再改。",
    "第二步：接收人逐项核对后，用自己的账号和密码确认接收。值守责任自此由接收人承担。",
    "第三步：请单位系统管理员停用移交人的账号，并把清单打印存档。",
)


class HandoverDialog(Sheet):
    """Either a list that is not given yet (``handed``) or a handover to go on with. ``changed`` tells of each
    confirmation, ``exported`` of a file."""

    changed = Signal()
    exported = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        office: Office,
        *,
        handed: HandoverList | None = None,
        handover: Handover | None = None,
    ) -> None:
        super().__init__(parent, "handover_dialog", "交接清单", "", picture="people")
        self.resize(Size.PANEL * 2 + 120, 660)
        self._office = office
        self.handed = handover.list if handover is not None else handed
        self.handover = handover
        assert self.handed is not None, "there is something to hand over"
        self._list = column(gap=Space.GROUP)
        self.body.addWidget(Scrolled(holder(column(self._list, None))), 1)
        self.remark = _line("remark", "备注", "例如“监交人：办公室主任”")
        self.from_password = _line("from_password", "移交人密码", "", secret=True)
        self.account = _line("to_account", "接收人账号", "")
        self.to_password = _line("to_password", "接收人密码", "", secret=True)
        self._after = column(gap=Space.INSIDE)
        self._steps = (self._give_form(), self._take_form(), holder(self._after))
        for step in self._steps:
            self.body.addWidget(step)
        self.export_button = button("导出清单(&E)", self.choose_file, picture="save", name="export")
        self.buttons.insertWidget(0, self.export_button)
        self.add_safe("关闭(&C)")
        self.act = self.add_action("确认移交(&G)", self._act, picture="check", name="confirm")
        for field in (self.from_password, self.to_password, self.account):
            field.textChanged.connect(lambda _text: self._follow())
            field.returnPressed.connect(self._act)
        for section in self.handed.sections:
            if section.total:
                self._list.addWidget(_section(section))
        nothing = "、".join(section.title for section in self.handed.sections if not section.total)
        if nothing:
            self._list.addWidget(Section("没有未了事项", label(nothing, "muted", wrap=True)))
        self._show_step()

    # -- forms ------------------------------------------------------------------------------------------

    def _give_form(self) -> QWidget:
        assert self.handed is not None
        who = f"移交人：{self.handed.from_post}（账号 {self.handed.from_account}）"
        return holder(
            column(
                label(who, "strong"),
                row(_field("密码", self.from_password), _field("备注（可不填）", self.remark), gap=Space.ROW),
            )
        )

    def _take_form(self) -> QWidget:
        return holder(
            column(
                label("接收人", "strong"),
                row(_field("账号", self.account), _field("密码", self.to_password), gap=Space.ROW),
            )
        )

    @property
    def step(self) -> int:
        """GIVE, TAKE or AFTER."""
        if self.handover is None:
            return GIVE
        return AFTER if self.handover.complete else TAKE

    def _show_step(self) -> None:
        step = self.step
        self.headline.setText(_HEADLINES[step])
        for number, form in enumerate(self._steps):
            form.setVisible(number == step)
        text = ("确认移交(&G)", "确认接收(&T)", "原账号已停用(&D)")[step]
        self.act.setText(text)
        self.act.setAccessibleName(text.split("(")[0])
        self.export_button.setVisible(self.handover is not None)
        if step == AFTER:
            self._show_after()
        self._follow()

    def _show_after(self) -> None:
        handover = self.handover
        assert handover is not None
        while (item := self._after.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        facts = [
            ("移交人", f"{handover.from_post}（{handover.from_account}）{words.stamp(handover.from_at)}"),
            ("接收人", f"{handover.to_post}（{handover.to_account}）{words.stamp(handover.to_at)}"),
            ("清单摘要", handover.digest),
        ]
        self._after.addWidget(FactList(facts))
        if handover.disabled_at is None:
            told = (
                f"请单位系统管理员在交换平台的“账号管理”中停用账号 {handover.from_account}；"
                "接收人重新登录后更换秘钥盘口令、登记新的保管岗位。停用后按“原账号已停用”。"
            )
        else:
            told = f"原账号已于 {words.stamp(handover.disabled_at)} 停用，交接完成。"
            self.headline.setText("交接已完成。")
        self._after.addWidget(label(told, wrap=True))

    def _follow(self) -> None:
        ready = (
            bool(self.from_password.text()),
            bool(self.account.text().strip() and self.to_password.text()),
            self.handover is not None and self.handover.disabled_at is None,
        )
        self.act.setEnabled(ready[self.step])
        self.act.setVisible(self.step != AFTER or ready[AFTER])

    # -- acts -------------------------------------------------------------------------------------------

    def _act(self) -> None:
        if self.act.isEnabled():
            (self.give, self.take, self.note_disabled)[self.step]()

    def give(self) -> None:
        """The handing-over clerk confirms."""
        assert self.handed is not None
        handed = self.handed.model_copy(update={"remark": self.remark.text().strip()})
        password, service = self.from_password.text(), self._office.handover
        self._run(lambda: service.give(handed, password))

    def take(self) -> None:
        """The new clerk confirms."""
        assert self.handover is not None
        number, account, password = self.handover.handover_id, self.account.text(), self.to_password.text()
        service = self._office.handover
        self._run(lambda: service.take(number, account, password))

    def note_disabled(self) -> None:
        """The old account is stopped."""
        assert self.handover is not None
        number, service = self.handover.handover_id, self._office.handover
        self._run(lambda: service.note_disabled(number))

    def _run(self, act: Callable[[], Handover]) -> None:
        self.act.setEnabled(False)
        self.problem.clear()
        work(self, act).then(self._confirmed).failed(self._failed).start()

    def _confirmed(self, handover: Handover) -> None:
        self.handover, self.handed = handover, handover.list
        self.from_password.clear()
        self.to_password.clear()
        self._show_step()
        self.changed.emit()

    def _failed(self, error: GongwenError) -> None:
        for field in (self.from_password, self.to_password):
            field.clear()
        self._follow()
        self.explain(error)

    def choose_file(self) -> None:
        """Ask where the list goes."""
        name, _ = QFileDialog.getSaveFileName(self, "导出交接清单", "交接清单.pdf", _FORMATS)
        if name:
            self.export(Path(name))

    def export(self, target: Path) -> None:
        """Write the list to a file."""
        handover, service = self.handover, self._office.handover
        if handover is None:
            return
        work(self, lambda: service.export(handover, target)).then(lambda _none: self._written(target)).failed(
            self.explain
        ).start()

    def _written(self, target: Path) -> None:
        self.problem.show_text(f"已存为 {target.name}。", "打印后由双方签字存档。", "", Tone.VALID)
        self.exported.emit(target)


def _section(section: HandedSection) -> QWidget:
    parts: list[QWidget] = [_item(item) for item in section.items]
    rest = section.total - len(section.items)
    if rest > 0:
        parts.append(label(f"其余 {rest} 项见本机列表", "muted"))
    if section.note:
        parts.append(label(section.note, "small", wrap=True))
    return Section(f"{section.title}（{section.total}）", *parts)


def _item(item: HandedItem) -> QWidget:
    name = label(item.name, wrap=True)
    return holder(row(name, label(item.detail, "muted", wrap=True), gap=Space.ROW))


def _line(name: str, spoken: str, hint: str, *, secret: bool = False) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setPlaceholderText(hint)
    field.setFixedHeight(Size.CONTROL)
    if secret:
        field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def _field(caption: str, field: QLineEdit) -> QWidget:
    head = label(caption, "small")
    head.setBuddy(field)
    return holder(column(head, field, gap=2))
