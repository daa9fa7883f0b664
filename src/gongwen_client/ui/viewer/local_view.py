"""A file on this PC, shown and verified as a received document is, without the exchange."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from gongwen_client.services.exchange_bundles import BundleMade
from gongwen_client.services.incoming import Verification
from gongwen_client.services.local import LocalDocuments
from gongwen_client.services.unlocking import Locked
from gongwen_client.ui import words
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import report
from gongwen_client.ui.viewer.checked_page import CheckedPage
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.unlock import UnlockDialog
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

_LOCAL = StateWord("本机文件", "file", Tone.NEUTRAL)
_NOTE = "不经交换平台收发，只供查看"
_ENCRYPTED = StateWord("已加密", "lock", Tone.NEUTRAL)
_LOCKED = "ofd.document.encrypted"


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
        self.locked = False
        self.was_unlocked = False
        self.unlock_dialog: UnlockDialog | None = None
        self.title.setText(self._file_name)
        self.subtitle.setText(_NOTE)
        self._waiting = 2
        self.load()

    def load(self) -> None:
        """Open, draw, verify."""
        self.reader.pages.show_message("正在打开文件")
        self.reader.verdict.show_checking()
        self._waiting, self.locked = 2, False
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
        self.locked = error.code == _LOCKED
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
            if self.locked:
                self.ask_to_unlock()
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

    def ask_to_unlock(self) -> None:
        """The file is encrypted: ask for what opens it, once it is known what that is."""
        self.reader.verdict.show_state(_ENCRYPTED, sentence(_LOCKED).what, action="重试(&R)")
        unlocking, path = self._documents.unlocking, self.path
        work(self, lambda: unlocking.look(path)).then(self._show_unlock).failed(self._not_unlockable).start()

    def _show_unlock(self, found: Locked) -> None:
        if self.unlock_dialog is not None:
            return
        dialog = UnlockDialog(self, found, self._file_name)
        dialog.entered.connect(lambda secret: self._unlock(dialog, secret))
        dialog.finished.connect(self._unlock_closed)
        self.unlock_dialog = dialog
        dialog.open()

    def _unlock_closed(self) -> None:
        self.unlock_dialog = None

    def _unlock(self, dialog: UnlockDialog, secret: str) -> None:
        unlocking, path, fitting = self._documents.unlocking, self.path, dialog.fitting

        def unlock() -> None:
            if fitting is None:
                unlocking.with_password(path, secret)
            else:
                unlocking.with_key(path, fitting, secret)

        def opened(_nothing: None) -> None:
            dialog.accept()
            self.was_unlocked = True
            self.load()

        work(dialog, unlock).then(opened).failed(dialog.explain).start()

    def _not_unlockable(self, error: GongwenError) -> None:
        self.reader.pages.show_message(words.explained(error))

    def show_reasons(self) -> None:
        """The action in the bar: ask for what opens the file, or show the reasons."""
        self.ask_to_unlock() if self.locked else super().show_reasons()

    def verify_again(self) -> None:
        """An encrypted file is opened first."""
        self.ask_to_unlock() if self.locked else super().verify_again()
