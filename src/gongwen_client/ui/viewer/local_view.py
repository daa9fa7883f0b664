"""A file on this PC, shown and verified as a received document is, without the exchange."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from gongwen_client.services.incoming import Verification
from gongwen_client.services.local import LocalDocuments
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import report
from gongwen_client.ui.viewer.document_page import DocumentPage
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

_LOCAL = StateWord("本机文件", "file", Tone.NEUTRAL)
_NOT_READ = StateWord("未能读取", "invalid", Tone.INVALID)


class LocalView(DocumentPage):
    """``name`` is what the file is called where its own name says nothing. ``loaded`` follows when verdict
    and pages have come or failed."""

    loaded = Signal()

    def __init__(self, documents: LocalDocuments, path: Path, name: str = "") -> None:
        super().__init__("local_view", _LOCAL)
        self._documents = documents
        self.path = path
        self.verification: Verification | None = None
        self._file_name = name or path.name
        self._check_tab = self.panel.add_tab("核验")
        self.panel.show_tab(self.add_info_tab())
        self.reader.verdict.reasons_wanted.connect(self.show_reasons)
        self.title.setText(self._file_name)
        self.subtitle.setText("不经交换平台收发，只供查看")
        self._waiting = 2
        self.load()

    def load(self) -> None:
        """Open, draw, verify."""
        self.reader.pages.show_message("正在打开文件")
        self.reader.verdict.show_checking()
        documents, path = self._documents, self.path
        work(self, lambda: open_drawing(documents, path, all_sizes=False)).then(self._drawn).failed(
            self._not_drawn
        ).start()
        work(self, lambda: documents.verify(path)).then(self._verified).failed(self._not_verified).start()

    def _drawn(self, drawing: Drawing) -> None:
        title = " ".join(drawing.facts.title.split())
        if title:
            self.title.setText(title)
            self.subtitle.setText(f"{self._file_name} · 不经交换平台收发，只供查看")
        self.show_drawing(drawing)
        self._one_came()

    def _not_drawn(self, error: GongwenError) -> None:
        said = sentence(error)
        self.reader.pages.show_message(f"{said.what}\n{said.do}")
        self._one_came()

    def _verified(self, verification: Verification) -> None:
        self.verification = verification
        verdict = report.verdict_of(verification)
        self.reader.verdict.show_verdict(verdict, report.headline(verification))
        self.panel.fill(self._check_tab, report.sections(verification))
        documents, path = self._documents, self.path
        if verification.layout_pending:
            work(self, lambda: documents.verify_layout(path, verification)).then(self._layout_known).failed(
                lambda _error: None  # it stays unknown
            ).start()
        if verdict not in ("valid", "unsigned"):
            self.panel.show_tab(self._check_tab)
        self._one_came()

    def _layout_known(self, verification: Verification) -> None:
        self.verification = verification
        self.panel.fill(self._check_tab, report.sections(verification))

    def _not_verified(self, error: GongwenError) -> None:
        said = sentence(error)
        self.reader.verdict.show_state(_NOT_READ, f"{said.what}{said.do}")
        self._one_came()

    def _one_came(self) -> None:
        self._waiting -= 1
        if not self._waiting:
            self.loaded.emit()

    def show_reasons(self) -> None:
        """The steps of the check, and the first page that was changed after sealing."""
        self.panel.show_tab(self._check_tab)
        page = report.first_changed_page(self.verification) if self.verification else None
        if page is not None:
            self.reader.pages.go_to(page)
