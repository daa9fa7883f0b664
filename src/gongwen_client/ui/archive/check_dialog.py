"""核对归档包: each package with what is wrong about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QProgressBar, QWidget

from gongwen_client.services.office import Office
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme import Size, Space
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.panel import step_line
from gongwen_client.ui.widgets.basics import column, holder
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_client.ui.widgets.scrolled import Scrolled
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_docs.archive import PackageReport
from gongwen_protocol.sentences import sentence

_GOOD = StateWord("完好", "valid", Tone.VALID)
_BAD = StateWord("有问题", "invalid", Tone.INVALID)
_MOST_SHOWN = 300


class CheckDialog(Sheet):
    """Checks when it is opened; ``reports`` come when it is through."""

    def __init__(self, parent: QWidget | None, office: Office, folder: Path) -> None:
        super().__init__(
            parent,
            "check_archive_dialog",
            "核对归档包",
            f"正在核对“{folder.name}”：文件是否齐全、未改动、不含技术保护措施，版面是否与验真包中的原件一致。",
            picture="check",
        )
        self.resize(Size.PANEL * 2, 520)
        self.reports: Sequence[PackageReport] | None = None
        self.busy = QProgressBar()
        self.busy.setAccessibleName("正在核对")
        self.busy.setMaximum(0)
        self._results = column(gap=Space.INSIDE)
        self.body.addWidget(self.busy)
        self.body.addWidget(Scrolled(holder(column(self._results, None))), 1)
        self.add_safe("关闭(&C)")
        work(self, lambda: office.archive.check(folder)).always(self.busy.hide).then(self._show).failed(
            self._failed
        ).start()

    def _show(self, reports: Sequence[PackageReport]) -> None:
        self.reports = reports
        wrong = [one for one in reports if one.findings]
        right = [one for one in reports if not one.findings]
        self.headline.setText(
            f"核对了 {len(reports)} 个归档信息包：" + (f"{len(wrong)} 个有问题。" if wrong else "全部完好。")
        )
        for report in (*wrong, *right)[:_MOST_SHOWN]:
            said = [
                str(sentence(KnownError(one.code, file=one.file, detail=one.detail, page=one.detail)))
                for one in report.findings
            ]
            state = _BAD if said else _GOOD
            note = "\n".join(said) or f"{report.files} 个文件，与验真包中的原件一致"
            self._results.addWidget(step_line(state, f"{report.code}　{report.title}", note))

    def _failed(self, error: GongwenError) -> None:
        self.headline.setText("没有核对。")
        self.explain(error)
