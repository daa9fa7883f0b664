"""Starting: what is loaded, what the settings file may say, what a crash leaves behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from client.ui.driving import settle, until
from client.ui.town import UNITS, Town
from fakes.exchange import INITIAL_PASSWORD, PASSWORD
from gongwen_client.host.places import Places
from gongwen_client.ui import crash, program
from gongwen_client.ui.settings import FILE_NAME, read_settings
from gongwen_crypto.errors import KnownError

ROOT = Path(__file__).resolve().parents[3]


def test_the_window_loads_no_engine_that_belongs_to_workers() -> None:
    """Documents come from outside: MuPDF lives in the render workers only (and a start stays quick)."""
    code = (
        "import sys, gongwen_client.ui.program;"
        "print([name for name in ('pymupdf', 'fontTools', 'PyKCS11', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "src", capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def _written(tmp_path: Path, text: str) -> Places:
    places = Places.below(tmp_path)
    places.prepare()
    (places.config / FILE_NAME).write_text(text, "utf-8")
    return places


def test_settings_are_read_and_relative_folders_start_at_the_file(tmp_path: Path) -> None:
    places = _written(
        tmp_path, 'server_url = "https://exchange.example"\nunit_code = "001"\npoll_seconds = 10\n'
    )
    settings = read_settings(places)
    assert settings.office.server_url == "https://exchange.example"
    assert settings.office.trust_dir == places.config / "trust"
    assert settings.office.poll_seconds == 10
    assert settings.unit_code == "001"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('server_url = "ftp://x"', "server_url"),
        ('server_url = "https://x"\npol_seconds = 3', "pol_seconds"),
        ('server_url = "https://x"\npoll_seconds = 0', "poll_seconds"),
        ("server_url = ", ""),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(KnownError) as caught:
        read_settings(_written(tmp_path, text))
    assert caught.value.code == "ui.bad_settings"
    assert caught.value.facts["place"] == place


def test_missing_settings_are_explained(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as caught:
        read_settings(Places.below(tmp_path))
    assert caught.value.code == "ui.no_settings"


def test_a_crash_report_says_where_and_never_what(tmp_path: Path) -> None:
    pin = "135790-secret"

    def fails(secret: str) -> None:
        raise ValueError(f"cannot use {secret}")

    try:
        fails(pin)
    except ValueError as error:
        path = crash.write_report(tmp_path, error)
    text = path.read_text("utf-8")
    assert "test_program.py" in text
    assert "ValueError" in text
    assert pin not in text


def test_log_in_work_and_log_out(town: Town, qtbot: QtBot) -> None:
    """The program's own chain of windows, and the layout it remembers."""
    code = UNITS[10][0]
    office = town.office(code, key=False)
    started = program.build(office, code, "clerk")
    started.show()
    login = started.login
    assert login is not None
    assert login.unit_code.text() == code
    login.fill(code, "clerk", INITIAL_PASSWORD)
    login.log_in()
    until(lambda: login.password_form.isVisible())
    login.password_form.fill(PASSWORD)
    login.password_form.change()
    until(lambda: started.window is not None and started.window.isVisible())
    window = started.window
    assert window is not None
    window.pages["sent"].table.horizontalHeader().resizeSection(1, 211)
    window.remember()
    window.log_out()
    until(lambda: started.login is not None and started.login.isVisible())
    again = started.login
    assert again is not None
    again.fill(code, "clerk", PASSWORD)
    again.log_in()
    until(lambda: started.window is not None and started.window is not window)
    assert started.window is not None
    assert started.window.pages["sent"].table.columnWidth(1) == 211
    settle()
    started.window.blockSignals(True)  # closing the last window would end the test's application
    started.window.close()
