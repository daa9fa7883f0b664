"""归档: for how long, where to; then package by package what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QProgressBar, QWidget

from gongwen_client.domain.registers import RegisterEntry
from gongwen_client.services.archive import Archived, ArchiveSettings
from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import step_line
from gongwen_client.ui.widgets.basics import button, column, holder, label, row
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.profile import Archiving

_GOOD = StateWord("已归档", "check", Tone.VALID)
_BAD = StateWord("未归档", "invalid", Tone.INVALID)
_MOST_SHOWN = 200
_PERIOD = 140


class ArchiveDialog(Sheet):
    """``done_with`` tells that packages were made (or not) and the list changed."""

    done_with = Signal()
    _progressed = Signal(int, int)

    def __init__(
        self, parent: QWidget | None, office: Office, entries: Sequence[RegisterEntry], *, again: bool
    ) -> None:
        what = f"《{entries[0].text('title')}》" if len(entries) == 1 else f" {len(entries)} 件公文"
        verb = "重新导出" if again else "归档"
        super().__init__(
            parent,
            "archive_dialog",
            verb,
            f"{verb}{what}：正文和附件去掉加密、签名、印章结构和时间戳，版面不变；原件存入旁边的验真包。",
            picture="folder",
        )
        self.resize(Size.PANEL * 2, 420)
        self._office = office
        self._entries = list(entries)
        self.outcomes: Sequence[Archived] = ()
        self.period = QComboBox()
        self.period.setObjectName("period")
        self.period.setAccessibleName("保管期限")
        self.period.setMinimumWidth(_PERIOD)
        self.period.setEnabled(not again)
        self.fonds = _line("fonds", "全宗号", "由档案馆编给，没有可不填")
        self.fonds.setEnabled(not again)
        self.folder = _line("folder", "归档文件夹", "信息包和验真包都放在这里")
        self.choose_button = button("选择(&B)", self._choose, picture="folder", name="choose_folder")
        self._form = holder(
            column(
                row(_field("保管期限", self.period), _field("全宗号", self.fonds), gap=Space.ROW),
                row(_field("归档文件夹", self.folder), column(None, self.choose_button), gap=Space.INSIDE),
                label(
                    "编号按年度和保管期限连续给出，给出后不再改变；归卷日期和归入卷号随即记入登记簿。",
                    "small",
                    wrap=True,
                ),
                None,
                gap=Space.ROW,
            )
        )
        self.progress = QProgressBar()
        self.progress.setAccessibleName("归档进度")
        self.progress.setMaximum(len(self._entries))
        self.progress.hide()
        self._results = column(gap=Space.INSIDE)
        self._list = Scrolled(holder(column(self._results, None)))
        self._list.hide()
        self.body.addWidget(self._form)
        self.body.addWidget(self.progress)
        self.body.addWidget(self._list, 1)
        self.body.addStretch(0)
        self.add_safe("关闭(&C)")
        self.archive_button = self.add_action(f"{verb}(&A)", self.start, picture="folder", name="archive_now")
        self._progressed.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        self.folder.textChanged.connect(lambda _text: self._follow())
        self._follow()
        archive = office.archive
        work(self, lambda: (archive.rules(), archive.settings())).then(
            lambda known: self._propose(*known)
        ).failed(self.explain).start()

    def _propose(self, rules: Archiving, settings: ArchiveSettings) -> None:
        """What was written last; nothing that was typed meanwhile is lost."""
        self.period.addItems(list(rules.periods))
        for field, text in ((self.fonds, settings.fonds), (self.folder, settings.folder)):
            if not field.text():
                field.setText(text)
        self._follow()

    def _follow(self) -> None:
        self.archive_button.setEnabled(bool(self.folder.text().strip() and self.period.count()))

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "选择归档文件夹", self.folder.text())
        if folder:
            self.folder.setText(folder)

    def start(self) -> None:
        """Make the packages; the window stays usable meanwhile."""
        archive, entries = self._office.archive, [entry.entry_id for entry in self._entries]
        period, target, fonds = self.period.currentText(), Path(self.folder.text().strip()), self.fonds.text()
        self._form.setEnabled(False)
        self.archive_button.setEnabled(False)
        self.progress.show()

        def make() -> list[Archived]:
            archive.set_fonds(fonds)
            return archive.archive(entries, period, target, self._progressed.emit)

        work(self, make).then(self._done).failed(self._failed).start()

    def _show_progress(self, done: int, _of: int) -> None:
        self.progress.setValue(done)

    def _done(self, outcomes: Sequence[Archived]) -> None:
        self.outcomes = outcomes
        self._form.hide()
        self.progress.hide()
        self.archive_button.hide()
        good = sum(one.problem is None for one in outcomes)
        failed = [one for one in outcomes if one.problem is not None]
        self.headline.setText(f"已归档 {good} 件" + (f"，{len(failed)} 件未归档" if failed else "") + "。")
        for one in (*failed, *(one for one in outcomes if one.problem is None))[:_MOST_SHOWN]:
            title = f"{one.code or one.entry.label}　{one.entry.text('title')}"
            self._results.addWidget(step_line(_BAD if one.problem else _GOOD, title, str(one.problem or "")))
        self._list.show()
        if good:
            self.problem.show_text(
                f"已存入 {self.folder.text()}", "", "归档目录.csv 列有全部信息包", Tone.VALID
            )
        self.done_with.emit()

    def _failed(self, error: GongwenError) -> None:
        self._form.setEnabled(True)
        self.progress.hide()
        self._follow()
        self.explain(error)


def _line(name: str, spoken: str, hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(spoken)
    field.setPlaceholderText(hint)
    return field


def _field(caption: str, field: QComboBox | QLineEdit) -> QWidget:
    field.setFixedHeight(Size.CONTROL)
    head = label(caption, "small")
    head.setBuddy(field)
    return holder(column(head, field, gap=2))
