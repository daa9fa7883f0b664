"""From nothing to windows: the wizard where there are no settings yet, the rehearsal where it is wanted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gongwen_client.host.places import Places
from gongwen_client.services.first_run import FirstRunProgress, write_settings
from gongwen_client.services.office import Office
from gongwen_client.services.training import Training, TrainingTicket
from gongwen_client.ui.first_run.window import FirstRunWindow
from gongwen_client.ui.program import Program
from gongwen_client.ui.settings import ClientSettings, read_settings
from gongwen_client.ui.training.launch import train
from gongwen_client.ui.training.preparing import PreparingWindow


class Starting(QObject):
    """Opens the office as soon as it can be opened, and shows its windows. ``settings`` is None where
    client.toml is still to be written. ``stop`` ends what was opened."""

    def __init__(self, places: Places, settings: ClientSettings | None, home: Path | None = None) -> None:
        super().__init__()
        self._places = places
        self._settings = settings
        self._home = home
        self.office: Office | None = None
        self.program: Program | None = None
        self.wizard: FirstRunWindow | None = None

    def begin(self) -> None:
        """The wizard, where it was not run to its end; else the log-in."""
        settings = self._settings
        if settings is not None:
            self.office = Office(self._places, settings.office)
            self.office.start()
            progress = FirstRunProgress(self._places.config)
            if not progress.begun or progress.next is None:
                self._show_program()
                return
        self._show_wizard()

    def stop(self) -> None:
        """End the office."""
        if self.office is not None:
            self.office.stop()

    def _show_wizard(self) -> None:
        address = self._settings.office.server_url if self._settings is not None else ""
        self.wizard = FirstRunWindow(self._places.config, self._open_office, self.office, address)
        self.wizard.office_opened.connect(self._opened)
        self.wizard.training_wanted.connect(lambda: train(self._home))
        self.wizard.closed.connect(self._wizard_closed)
        self.wizard.show()

    def _open_office(self, address: str) -> Office:
        """In the background: the settings file, and the office that it describes."""
        write_settings(self._places, address)
        self._settings = read_settings(self._places)
        office = Office(self._places, self._settings.office)
        office.start()
        return office

    def _opened(self, office: Office) -> None:
        self.office = office

    def _wizard_closed(self) -> None:
        if self.office is not None:
            self._show_program()
        else:
            quit_application()

    def _show_program(self) -> None:
        assert self.office is not None, "windows need an office"
        known = self._settings
        unit, account = (known.unit_code, known.account) if known is not None else ("", "")
        self.program = Program(self.office, unit, account, home=self._home)
        self.program.show()


class TrainingStart(QObject):
    """The rehearsal: the training exchange first, then the same windows under their stripe."""

    def __init__(self, places: Places) -> None:
        super().__init__()
        self._training = Training(places)
        self.office: Office | None = None
        self.program: Program | None = None
        self.preparing = PreparingWindow(self._training)
        self.preparing.ready.connect(self._ready)
        self.preparing.closed.connect(quit_application)

    def begin(self) -> None:
        """Make the exchange ready."""
        self.preparing.show()
        self.preparing.begin()

    def stop(self) -> None:
        """End office and exchange."""
        if self.office is not None:
            self.office.stop()
        self._training.stop()

    def _ready(self, office: Office, ticket: TrainingTicket) -> None:
        self.office = office
        office.start()
        self.program = Program(office, ticket.unit_code, ticket.account, training=ticket)
        self.program.show()
        self.preparing.blockSignals(True)
        self.preparing.close()


def quit_application() -> None:
    """The end of the program."""
    app = QApplication.instance()
    if app is not None:
        app.quit()
