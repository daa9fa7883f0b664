"""A file on this PC, shown and verified as a received document is, without the exchange."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from gongwen_client.services.incoming import Verification
from gongwen_client.services.local import LocalDocuments
from gongwen_client.services.unlocking import Locked
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer import report
from gongwen_client.ui.viewer.document_page import DocumentPage
from gongwen_client.ui.viewer.drawing import Drawing, open_drawing
from gongwen_client.ui.viewer.unlock import UnlockDialog
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

_LOCAL = StateWord("本机文件", "file", Tone.NEUTRAL)
_NOT_READ = StateWord("未能读取", "invalid", Tone.INVALID)
_ENCRYPTED = StateWord("已加密", "lock", Tone.NEUTRAL)
_LOCKED = "ofd.document.encrypted"


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
        self.reader.verdict.reasons_wanted.connect(self._act)
        self.locked = False
        self.was_unlocked = False
        self.unlock_dialog: UnlockDialog | None = None
        self.title.setText(self._file_name)
        self.subtitle.setText("不经交换平台收发，只供查看")
        self.load()

    def load(self) -> None:
        """Open, draw, verify."""
        self.reader.pages.show_message("正在打开文件")
        self.reader.verdict.show_checking()
        self._waiting, self.locked = 2, False
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
        self.locked = error.code == _LOCKED
        self.reader.pages.show_message(f"{said.what}\n{said.do}")
        self._one_came()

    def _verified(self, verification: Verification) -> None:
        self.verification = verification
        verdict = report.verdict_of(verification)
        self.reader.verdict.show_verdict(verdict, report.headline(verification))
        self.panel.fill(self._check_tab, report.sections(verification))
        documents, path = self._documents, self.path
        if verification.report.get("opened"):
            work(self, lambda: documents.verify_layout(path, verification)).then(self._layout_known).failed(
                lambda _error: None  # it stays unknown
            ).start()
        if verdict not in ("valid", "unsigned") and verification.report.get("opened"):
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
            if self.locked:
                self.ask_to_unlock()
            self.loaded.emit()

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
        said = sentence(error)
        self.reader.pages.show_message(f"{said.what}\n{said.do}")

    def _act(self) -> None:
        """The action in the bar: try again, or show the reasons."""
        self.ask_to_unlock() if self.locked else self.show_reasons()

    def show_reasons(self) -> None:
        """The steps of the check, and the first page that was changed after sealing."""
        self.panel.show_tab(self._check_tab)
        page = report.first_changed_page(self.verification) if self.verification else None
        if page is not None:
            self.reader.pages.go_to(page)
