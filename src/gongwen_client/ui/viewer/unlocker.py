"""A page whose file is encrypted (GM/T 0099): asks for what opens it, forgets that when the page is left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gongwen_client.services.local import LocalDocuments
from gongwen_client.services.unlocking import Locked
from gongwen_client.services.verification import ENCRYPTED
from gongwen_client.ui.tasks import work
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.document_page import DocumentPage
from gongwen_client.ui.viewer.unlock import UnlockDialog
from gongwen_client.ui.words import StateWord
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.sentences import sentence

_ENCRYPTED = StateWord("已加密", "lock", Tone.NEUTRAL)


class Unlocker(QObject):
    """``locked`` while the page's file has not been opened; ``dialog`` while it asks."""

    opened = Signal()
    """The file can be read now: draw and verify it."""

    def __init__(self, page: DocumentPage, documents: LocalDocuments) -> None:
        super().__init__(page)
        self._page = page
        self._documents = documents
        self._opened: Path | None = None
        self.locked = False
        self.dialog: UnlockDialog | None = None

    def looks_locked(self, error: GongwenError) -> bool:
        """Whether this is why the file could not be drawn."""
        self.locked = error.code == ENCRYPTED
        return self.locked

    def say(self) -> None:
        """No verdict: the file is encrypted."""
        self._page.reader.verdict.show_state(_ENCRYPTED, sentence(ENCRYPTED).what, action="重试(&R)")

    def ask(self, path: Path, title: str) -> None:
        """Say so and ask for what opens the file, once it is known what that is."""
        self.say()
        unlocking = self._documents.unlocking
        work(self._page, lambda: unlocking.look(path)).then(
            lambda found: self._show(found, path, title)
        ).failed(self._stuck).start()

    def forget(self, owner: QObject) -> None:
        """What opened the file is not kept longer than the page; ``owner`` outlives it."""
        path, self._opened = self._opened, None
        if path is not None:
            render = self._documents.render
            work(owner, lambda: render.lock(path)).failed(lambda _error: None).start()

    def _show(self, found: Locked, path: Path, title: str) -> None:
        if self.dialog is not None:
            return
        dialog = UnlockDialog(self._page, found, title)
        dialog.entered.connect(lambda secret: self._unlock(dialog, path, secret))
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        dialog.open()

    def _closed(self) -> None:
        self.dialog = None

    def _unlock(self, dialog: UnlockDialog, path: Path, secret: str) -> None:
        unlocking, fitting = self._documents.unlocking, dialog.fitting

        def unlock() -> None:
            if fitting is None:
                unlocking.with_password(path, secret)
            else:
                unlocking.with_key(path, fitting, secret)

        def opened(_nothing: None) -> None:
            dialog.accept()
            self.locked, self._opened = False, path
            self.opened.emit()

        work(dialog, unlock).then(opened).failed(dialog.explain).start()

    def _stuck(self, error: GongwenError) -> None:
        said = sentence(error)
        self._page.reader.pages.show_message(f"{said.what}\n{said.do}")
