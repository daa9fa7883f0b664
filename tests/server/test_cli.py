"""The command line: set up, enter, serve in a process of its own, stop."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import gongwen_server
from fakes.exchange import Caller
from gongwen_protocol.messages import LoginRequest, SessionGrant
from gongwen_server.cli import main
from gongwen_server.services import administration
from gongwen_server.services.directory import directory

PASSWORD = "first pass word"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exchange with one unit and one account."""
    folder = tmp_path_factory.mktemp("cli")
    home = folder / "home"
    secret = folder / "secret"
    secret.write_text(PASSWORD + "\n", "utf-8")
    commands = [
        ["init", "--home", str(home), "--name", "某市电子公文交换中心"],
        ["unit", "add", "--home", str(home), "001", "东胜区人民政府办公室", "--contact", "0477-0000000"],
        [
            *("account", "add", "--home", str(home), "001", "clerk", "--post", "收发员"),
            *("--roles", "发送,receive", "--initial-password-file", str(secret)),
        ],
    ]
    for command in commands:
        assert main(command) == 0
    return home


def test_a_served_exchange_stops_cleanly(home: Path) -> None:
    source = str(Path(gongwen_server.__file__).parent.parent)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gongwen_server.cli", "serve", "--home", str(home)),
            *("--port", "0", "--port-file", str(home / "port")),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": source, "PYTHONUTF8": "1"},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    url = line.strip().partition("：")[2]
    assert url.endswith((home / "port").read_text("utf-8"))
    caller = Caller(url)
    login = LoginRequest(unit_code="001", account="clerk", password=PASSWORD)
    grant = SessionGrant.model_validate_json(caller.post("/v1/session", login).content)
    assert grant.must_change_password
    assert [role.value for role in grant.roles] == ["receive", "send"]
    caller.close()
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM)
    assert '"route": "/v1/session"' in log
    assert PASSWORD not in log
    assert grant.token not in log


def test_private_files_are_private(home: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no permission bits")
    assert home.stat().st_mode & 0o077 == 0
    for name in ("exchange.toml", "receipt-key.p8", "receipt-key.password"):
        assert (home / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["init", "--home", "{home}", "--name", "另一个"], "exchange.already_set_up"),
        (["unit", "add", "--home", "{home}", "001", "另一个"], "directory.unit_exists"),
        (["unit", "add", "--home", "{home}/nothing", "001", "另一个"], "exchange.not_set_up"),
        (["account", "unlock", "--home", "{home}", "001", "nobody"], "account.unknown"),
        (["serve", "--home", "{home}", "--host", "0.0.0.0"], "exchange.tls_required"),  # noqa: S104
        (["serve", "--home", "{home}", "--tls-cert", "x.pem"], "exchange.tls_required"),
        (["serve", "--home", "{home}", "--key-password-file", "{home}/none"], "exchange.key_unreadable"),
        (["init", "--home", "{home}/new", "--name", "x", "--profile", "none"], "profile.unknown"),
    ],
)
def test_refusals_are_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: str
) -> None:
    assert main([argument.format(home=home) for argument in arguments]) == 2
    message = capsys.readouterr().err
    assert code in message
    assert message.count("\n") == 1


def test_initial_passwords_come_from_standard_input(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ["account", "add", "--home", str(home), "001", "second", "--post", "印章管理员"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert main([*add, "--roles", "盖章"]) == 2
    assert "password.too_short" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    assert main([*add, "--roles", "飞行"]) == 2
    assert "account.unknown_role" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    assert main([*add, "--roles", "盖章"]) == 0


def test_many_units_are_entered_from_one_file(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster = tmp_path / "roster.toml"
    entries = [f'[[unit]]\ncode = "9{number:02d}"\nname = "第{number}个单位"\n' for number in range(93)]
    person = '[[account]]\nunit_code = "900"\naccount = "clerk"\npost = "收发员"\nroles = ["发送"]\n'
    roster.write_text("".join(entries) + person + f'initial_password = "{PASSWORD}"\n', "utf-8")
    assert main(["import", "--home", str(home), str(roster)]) == 0
    assert "93" in capsys.readouterr().out
    more = '[[unit]]\ncode = "700"\nname = "又一个单位"\n'
    roster.write_text(more + person.replace("clerk", "new") + 'initial_password = "short"\n', "utf-8")
    assert main(["import", "--home", str(home), str(roster)]) == 2
    assert "password.too_short" in capsys.readouterr().err
    with administration.opened(home) as exchange:
        assert "700" not in {unit.code for unit in directory(exchange).units}, "all or none"
    roster.write_text('[[unit]]\nmisspelt = "x"\n', "utf-8")
    assert main(["import", "--home", str(home), str(roster)]) == 2
    assert "exchange.roster_unreadable" in capsys.readouterr().err


def test_a_unit_is_closed_and_opened_again(home: Path) -> None:
    assert main(["unit", "add", "--home", str(home), "002", "东胜区档案馆", "--not-enabled"]) == 0
    for word, enabled in (("enable", True), ("disable", False)):
        assert main(["unit", word, "--home", str(home), "002"]) == 0
        with administration.opened(home) as exchange:
            units = {unit.code: unit for unit in directory(exchange).units}
        assert units["002"].enabled is enabled


def test_setting_up_may_be_tried_again_when_the_database_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init = ["init", "--home", str(tmp_path / "home"), "--name", "某市电子公文交换中心"]
    for url, code in (("oracle://nowhere", "database_unsupported"), (away(tmp_path), "exchange.unavailable")):
        assert main([*init, "--database", url]) == 2
        assert code in capsys.readouterr().err
    assert main(init) == 0


def away(folder: Path) -> str:
    """URL of a database whose folder is missing."""
    return f"sqlite:///{(folder / 'missing' / 'exchange.db').as_posix()}"


def test_the_log_is_computed_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    assert main(["init", "--home", str(home), "--name", "测试交换中心"]) == 0
    assert main(["unit", "add", "--home", str(home), "001", "市水利局"]) == 0
    assert main(["check-log", "--home", str(home)]) == 0
    assert "完整" in capsys.readouterr().out
    database = sqlite3.connect(home / "exchange.db")
    database.execute("DROP TRIGGER audit_no_update")
    database.execute("UPDATE audit SET statement = x'7b7d' WHERE sequence = 2")
    database.commit()
    database.close()
    assert main(["check-log", "--home", str(home)]) == 2
    assert "第 1 项" in capsys.readouterr().err
