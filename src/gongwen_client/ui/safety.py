"""What is put around a main window: help, locking by itself, diagnosis, settings, the training stripe."""

from __future__ import annotations

from PySide6.QtCore import QDir, QObject, Signal

from gongwen_client.services.office import Office
from gongwen_client.services.training import TrainingTicket
from gongwen_client.ui.diagnostics.page import DiagnosticsPage
from gongwen_client.ui.first_run.window import FirstRunWindow
from gongwen_client.ui.help.desk import HelpDesk
from gongwen_client.ui.preferences.guard import LockGuard
from gongwen_client.ui.preferences.page import PreferencesPage
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.training.stripe import TITLE, TrainingStripe


class Safety(QObject):
    """Belongs to one main window and ends with it. ``training_wanted`` comes from the wizard."""

    training_wanted = Signal()

    def __init__(self, window: MainWindow, office: Office, training: TrainingTicket | None) -> None:
        super().__init__(window)
        self._window = window
        self._office = office
        self.help = HelpDesk(window, office.help)
        self.guard = LockGuard(window, office)
        self.wizard: FirstRunWindow | None = None
        window.pages.made.connect(self._furnish)
        if training is not None:
            window.setMenuWidget(TrainingStripe(training))
            window.setWindowTitle(f"{TITLE}{window.windowTitle()}")
            window.attendance.notifier.set_mark(TITLE)
            window.viewers.set_mark(TITLE)
        self._follow_preferences()

    def _furnish(self, page: object) -> None:
        if isinstance(page, PreferencesPage):
            page.wizard_wanted.connect(self.open_wizard)
            page.password_wanted.connect(self._window.banner.password_wanted)
            page.changed.connect(self._follow_preferences)
        elif isinstance(page, DiagnosticsPage):
            self._window.events.changed.connect(page.heard)

    def open_wizard(self) -> None:
        """The wizard once more, for what was put off."""
        if self.wizard is not None:
            self.wizard.raise_()
            self.wizard.activateWindow()
            return
        office = self._office
        self.wizard = FirstRunWindow(office.places.config, lambda _address: office, office)
        self.wizard.training_wanted.connect(self.training_wanted)
        self.wizard.closed.connect(self._wizard_closed)
        self.wizard.show()

    def _wizard_closed(self) -> None:
        if self.wizard is not None:
            self.wizard.deleteLater()
            self.wizard = None
        if self._window.page == "settings":
            self._window.pages["settings"].reload()

    def _follow_preferences(self) -> None:
        preferences = self._office.preferences.now
        self._window.attendance.notifier.sound = preferences.sound
        if preferences.save_folder and QDir(preferences.save_folder).exists():
            QDir.setCurrent(preferences.save_folder)  # file dialogs begin where a bare name would lie
