"""A file on this PC, shown and verified as a received document is, without the exchange."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from gongwen_client.services.exchange_bundles import BundleMade
from gongwen_client.services.incoming import Verification
from gongwen_client.services.local import LocalDocuments
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import report
from gongwen_client.ui.viewer.checked_page import CheckedPage
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.unlocker import Unlocker
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError

_LOCAL = StateWord("本机文件", "file", Tone.NEUTRAL)
_NOTE = "不经交换平台收发，只供查看"


class LocalView(CheckedPage):
    """``name`` is what the file is called where its own name says nothing. ``loaded`` follows when verdict
    and pages have come or failed."""

    loaded = Signal()

    def __init__(
        self, documents: LocalDocuments, path: Path, name: str = "", state: StateWord = _LOCAL
    ) -> None:
        super().__init__("local_view", state)
        self._documents = documents
        self.path = path
        self._file_name = name or path.name
        self._note = _NOTE
        self.add_check_tab()
        self.panel.show_tab(self.add_info_tab())
        self.unlocker = Unlocker(self, documents)
        self.unlocker.opened.connect(self.load)
        self.title.setText(self._file_name)
        self.subtitle.setText(_NOTE)
        self._waiting = 2
        self.load()

    def load(self) -> None:
        """Open, draw, verify."""
        self.reader.pages.show_message("正在打开文件")
        self.reader.verdict.show_checking()
        self._waiting = 2
        self.unlocker.locked = False
        self._draw(self.path)
        work(self, self.verify_now).then(self._verified).failed(self._not_verified).start()

    def _draw(self, path: Path) -> None:
        documents = self._documents
        work(self, lambda: open_drawing(documents, path, all_sizes=False)).then(self._drawn).failed(
            self._not_drawn
        ).start()

    def _drawn(self, drawing: Drawing) -> None:
        title = " ".join(drawing.facts.title.split())
        if title:
            self.title.setText(title)
            self.subtitle.setText(f"{self._file_name} · {self._note}")
        self.show_drawing(drawing)
        self._one_came()

    def _not_drawn(self, error: GongwenError) -> None:
        self.unlocker.looks_locked(error)
        self.reader.pages.show_message(words.explained(error))
        self._one_came()

    def _verified(self, verification: Verification) -> None:
        self.show_verification(verification)
        if report.verdict_of(verification) not in ("valid", "unsigned") and verification.report.get("opened"):
            self.show_check()
        self._one_came()

    def show_verification(self, verification: Verification) -> None:
        super().show_verification(verification)
        self._look_at_layout(self.path, verification)

    def _look_at_layout(self, path: Path, verification: Verification) -> None:
        documents = self._documents
        if verification.layout_pending:
            work(self, lambda: documents.verify_layout(path, verification)).then(self._layout_known).failed(
                lambda _error: None  # it stays unknown
            ).start()

    def _layout_known(self, verification: Verification) -> None:
        self.verification = verification
        self.check.show_layout(verification)

    def _not_verified(self, error: GongwenError) -> None:
        self.show_unverified(error)
        self._one_came()

    def _one_came(self) -> None:
        self._waiting -= 1
        if not self._waiting:
            if self.unlocker.locked:
                self._ask_to_unlock()
            self.loaded.emit()

    # -- acts -------------------------------------------------------------------------------------------

    @property
    def file_name(self) -> str:
        return self._file_name

    def verify_now(self) -> Verification:
        return self._documents.verify(self.path)

    def export_report(self, verification: Verification, target: Path) -> None:
        self._documents.export_report(self.path, self._file_name, verification, target)

    def make_bundle(self, target: Path) -> BundleMade:
        return self._documents.make_bundle(self.path, self._file_name, target)

    # -- encrypted files --------------------------------------------------------------------------------

    def _ask_to_unlock(self) -> None:
        self.unlocker.ask(self.path, self._file_name)

    def show_reasons(self) -> None:
        """The action in the bar: ask for what opens the file, or show the reasons."""
        self._ask_to_unlock() if self.unlocker.locked else super().show_reasons()

    def verify_again(self) -> None:
        """An encrypted file is opened first."""
        self._ask_to_unlock() if self.unlocker.locked else super().verify_again()
