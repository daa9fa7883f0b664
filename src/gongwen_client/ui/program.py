"""Starting the client: one instance, its look, log-in, main window, and an orderly end."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTranslator
from PySide6.QtWidgets import QApplication, QWidget

from gongwen_client.domain.preferences import Locks
from gongwen_client.host.instance import SingleInstance
from gongwen_client.host.journal import SafeFormatter
from gongwen_client.host.places import Places
from gongwen_client.services.diagnostics import DiagnosticsService, Parts
from gongwen_client.services.office import Office
from gongwen_client.services.preferences import PreferenceService
from gongwen_client.services.training import TrainingTicket
from gongwen_client.ui import crash, theme
from gongwen_client.ui.diagnostics.view import DiagnosticsWindow
from gongwen_client.ui.first_run.window import FirstRunWindow
from gongwen_client.ui.help.panel import HelpWindow
from gongwen_client.ui.login.window import LoginWindow
from gongwen_client.ui.safety import Safety
from gongwen_client.ui.settings import ClientSettings, read_settings
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background, work
from gongwen_client.ui.theme import Tone, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.training.launch import train
from gongwen_client.ui.training.stripe import TITLE, TrainingStripe
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_protocol.messages import SessionGrant
from gongwen_protocol.sentences import sentence

_LAYOUT_FILE = "window.ini"
_MOST_LOG = 2_000_000


def application(argv: Sequence[str] = ()) -> QApplication:
    """The QApplication with the product's look and Chinese texts; an existing one is used again."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(list(argv) or ["gongwen"])
    app.setApplicationName("公文交换")
    app.setQuitOnLastWindowClosed(False)
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    translator = QTranslator(app)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
    theme.apply(app)
    app.setWindowIcon(icon("brand", colour("brand").name()))
    return app


class Program(QObject):
    """The windows of one office: log-in first, then the main window, and back after logging out."""

    def __init__(
        self,
        office: Office,
        unit_code: str = "",
        account: str = "",
        *,
        training: TrainingTicket | None = None,
        home: Path | None = None,
    ) -> None:
        super().__init__()
        self.office = office
        self._training = training
        self._home = home
        self.beside: dict[str, QWidget] = {}
        self.safety: Safety | None = None
        self._unit_code = unit_code
        self._account = account
        self.login: LoginWindow | None = None
        self.window: MainWindow | None = None

    def show(self) -> None:
        """Log-in, or the main window when a session is there."""
        session = self.office.login.session
        if session is not None and not session.must_change_password:
            self._open_main()
        else:
            self._open_login()

    def _open_login(self) -> None:
        self.login = LoginWindow(self.office, self._unit_code, self._account)
        self.login.logged_in.connect(self._logged_in)
        self.login.closed.connect(self._end)
        self.login.diagnostics_wanted.connect(self.open_diagnostics)
        self.login.training_wanted.connect(self.train)
        self.login.wizard_wanted.connect(self.open_wizard)
        self.login.help_wanted.connect(self.open_help)
        if self._training is not None:
            self.login.rehearse(TrainingStripe(self._training, narrow=True), self._training.password)
            self.login.setWindowTitle(f"{TITLE}{self.login.windowTitle()}")
        self.login.show()
        self.login.resume()

    def _logged_in(self, grant: SessionGrant) -> None:
        """In, unless the region keeps a PC out that is in this state (Ordos art. 21)."""
        self._unit_code, self._account = grant.unit_code, grant.account
        office = self.office
        work(self, lambda: office.terminal.require(office.help.region())).then(
            lambda _passed: self._enter()
        ).failed(self._keep_out).start()

    def _enter(self) -> None:
        self._open_main()
        if self.login is not None:
            _dismiss(self.login)
            self.login = None

    def _keep_out(self, error: GongwenError) -> None:
        work(self, self.office.login.log_out).failed(lambda _error: None).start()
        if self.login is not None:
            self.login.explain(error)

    def _open_main(self) -> None:
        self.window = MainWindow(self.office, self.office.places.config / _LAYOUT_FILE)
        self.window.logged_out.connect(self._logged_out)
        self.window.closed.connect(self._end)
        self.safety = Safety(self.window, self.office, self._training)
        self.safety.training_wanted.connect(self.train)
        self.window.show()

    def _logged_out(self) -> None:
        window, self.window = self.window, None
        self._open_login()
        if window is not None:
            _dismiss(window)

    # -- beside the log-in ------------------------------------------------------------------------------

    def open_diagnostics(self) -> None:
        """诊断 before log-in."""
        window = self.beside.get("diagnostics")
        if not isinstance(window, DiagnosticsWindow):
            window = DiagnosticsWindow(self.office.diagnostics, self.office)
            self.beside["diagnostics"] = window
        window.present()

    def open_help(self) -> None:
        """The help of the log-in window."""
        window = self.beside.get("help")
        if not isinstance(window, HelpWindow):
            window = HelpWindow(self.office.help)
            self.beside["help"] = window
        window.panel.show_place("login_window")
        window.show()
        window.raise_()

    def open_wizard(self) -> None:
        """The wizard once more."""
        earlier = self.beside.pop("wizard", None)
        if earlier is not None:
            _dismiss(earlier)
        wizard = FirstRunWindow(self.office.places.config, lambda _address: self.office, self.office)
        wizard.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        wizard.training_wanted.connect(self.train)
        self.beside["wizard"] = wizard
        wizard.show()

    def train(self) -> None:
        """The rehearsal, in a program of its own."""
        train(self._home)

    def _end(self) -> None:
        for window in self.beside.values():
            window.close()
        app = QApplication.instance()
        if app is not None:
            app.quit()


def _dismiss(window: QWidget) -> None:
    window.blockSignals(True)
    window.close()
    window.deleteLater()


def build(office: Office, unit_code: str = "", account: str = "") -> Program:
    """The windows of ``office``, not yet shown; the application must exist."""
    return Program(office, unit_code, account)


def main(argv: Sequence[str] | None = None) -> int:
    """Start the client. ``--home DIR`` keeps everything below one folder."""
    parser = argparse.ArgumentParser(prog="gongwen-client", description="公文交换客户端")
    parser.add_argument("--home", type=Path, help="一切文件放在此目录下（便携、演示、测试）")
    parser.add_argument("--training", action="store_true", help="练习模式：示例数据，不连接真正的交换中心")
    arguments = parser.parse_args(argv)
    home = arguments.home.resolve() if arguments.home else None
    places = Places.below(home) if home else Places.of_user()
    if arguments.training:  # a client of its own: its lock, its log and all it keeps lie in its own folder
        places = Places.below(places.data / "training")
    _scale(places)
    app = application(sys.argv[:1])
    try:
        places.prepare()
        _log_to(places.log)
        with SingleInstance(places.data):
            return _run(app, places, home, training=arguments.training)
    except GongwenError as error:
        return _say_why(app, error, places)


def _run(app: QApplication, places: Places, home: Path | None, *, training: bool) -> int:
    from gongwen_client.ui.starting import Starting, TrainingStart

    starting = TrainingStart(places) if training else Starting(places, _settings_or_none(places), home)
    crash.install(places.log, lambda path: _tell_crash(starting.program, path))
    try:
        starting.begin()
        return app.exec()
    finally:
        background.stop()
        starting.stop()


def _settings_or_none(places: Places) -> ClientSettings | None:
    """None where the wizard has still to write them. Raises KnownError("ui.bad_settings")."""
    try:
        return read_settings(places)
    except KnownError as error:
        if error.code == "ui.no_settings":
            return None
        raise


def _scale(places: Places) -> None:
    """The size of text and controls has to be known before the application is made."""
    try:
        locks = read_settings(places).office.locks
    except KnownError:
        locks = Locks()
    scale = PreferenceService(places.config, locks).now.scale
    if scale != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{scale / 100:g}")


def _tell_crash(program: Program | None, path: Path | None) -> None:
    words = sentence("ui.crash", path=str(path) if path else "")
    if program is not None and program.window is not None:
        program.window.toast.show_text(f"{words.what}{words.do}", tone=Tone.INVALID)


def _say_why(app: QApplication, error: GongwenError, places: Places) -> int:
    """The program cannot start: one sentence, a way to the diagnosis, then the end."""
    diagnosis = DiagnosticsWindow(DiagnosticsService(Parts(places)))
    dialog = Sheet(None, "start_dialog", "公文交换", "程序未能启动。", picture="invalid", tone="invalid")
    dialog.explain(error)
    dialog.compact(460)
    dialog.add_action("诊断(&D)", diagnosis.present, kind="", picture="diagnostics", name="open_diagnostics")
    dialog.add_safe("关闭(&C)")
    dialog.setWindowModality(Qt.WindowModality.NonModal)
    dialog.finished.connect(app.quit)
    dialog.open()
    app.exec()
    return 1


def _log_to(folder: Path) -> None:
    """What happened, never what was in it; a few megabytes at most."""
    handler = RotatingFileHandler(
        folder / "client.log", maxBytes=_MOST_LOG, backupCount=2, encoding="utf-8", delay=True
    )
    handler.setFormatter(SafeFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


if __name__ == "__main__":
    raise SystemExit(main())
