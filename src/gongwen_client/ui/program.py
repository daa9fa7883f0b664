"""Starting the client: one instance, its look, log-in, main window, and an orderly end."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication, QWidget

from gongwen_client.host.instance import SingleInstance
from gongwen_client.host.places import Places
from gongwen_client.services.office import Office
from gongwen_client.ui import crash, theme
from gongwen_client.ui.login.window import LoginWindow
from gongwen_client.ui.settings import read_settings
from gongwen_client.ui.shell.window import MainWindow
from gongwen_client.ui.tasks import background
from gongwen_client.ui.theme import Tone, colour
from gongwen_client.ui.theme.icons import icon
from gongwen_client.ui.widgets.dialog import Sheet
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import SessionGrant
from gongwen_protocol.sentences import sentence

_LAYOUT_FILE = "window.ini"


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

    def __init__(self, office: Office, unit_code: str = "", account: str = "") -> None:
        super().__init__()
        self.office = office
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
        self.login.show()
        self.login.resume()

    def _logged_in(self, grant: SessionGrant) -> None:
        self._unit_code, self._account = grant.unit_code, grant.account
        self._open_main()
        if self.login is not None:
            _dismiss(self.login)
            self.login = None

    def _open_main(self) -> None:
        self.window = MainWindow(self.office, self.office.places.config / _LAYOUT_FILE)
        self.window.logged_out.connect(self._logged_out)
        self.window.closed.connect(self._end)
        self.window.show()

    def _logged_out(self) -> None:
        window, self.window = self.window, None
        self._open_login()
        if window is not None:
            _dismiss(window)

    def _end(self) -> None:
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
    arguments = parser.parse_args(argv)
    places = Places.below(arguments.home.resolve()) if arguments.home else Places.of_user()
    app = application(sys.argv[:1])
    try:
        places.prepare()
        _log_to(places.log)
        settings = read_settings(places)
        with SingleInstance(places.data):
            office = Office(places, settings.office)
            try:
                return _run(app, office, places, settings.unit_code, settings.account)
            finally:
                background.stop()
                office.stop()
    except GongwenError as error:
        return _say_why(app, error)


def _run(app: QApplication, office: Office, places: Places, unit_code: str, account: str) -> int:
    office.start()
    program = build(office, unit_code, account)
    crash.install(places.log, lambda path: _tell_crash(program, path))
    program.show()
    return app.exec()


def _tell_crash(program: Program, path: Path | None) -> None:
    words = sentence("ui.crash", path=str(path) if path else "")
    if program.window is not None:
        program.window.toast.show_text(f"{words.what}{words.do}", tone=Tone.INVALID)


def _say_why(app: QApplication, error: GongwenError) -> int:
    """The program cannot start: one sentence, then the end."""
    dialog = Sheet(None, "start_dialog", "公文交换", "程序未能启动。", picture="invalid", tone="invalid")
    dialog.explain(error)
    dialog.compact(460)
    dialog.add_safe("关闭(&C)")
    dialog.finished.connect(app.quit)
    dialog.open()
    app.exec()
    return 1


def _log_to(folder: Path) -> None:
    logging.basicConfig(
        filename=folder / "client.log",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        encoding="utf-8",
    )


if __name__ == "__main__":
    raise SystemExit(main())
