"""Diagnosis, reports, first steps, settings and unlocking: on a real exchange, and without any."""

from __future__ import annotations

import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.exchange import PASSWORD, RunningExchange
from fakes.units import UnitPc, populate
from gongwen_client.domain.checks import Check, CheckState
from gongwen_client.domain.preferences import Locks
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.probing import probe
from gongwen_client.host.places import Places
from gongwen_client.practice.cast import SENDER
from gongwen_client.services import first_run
from gongwen_client.services.diagnostics import DiagnosticsService, Parts
from gongwen_client.services.first_run import (
    FirstRunProgress,
    Step,
    StepState,
    introduce,
    tidy,
    write_settings,
)
from gongwen_client.services.preferences import PreferenceService
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.faults import FaultAnswer, FaultKind, FaultState
from gongwen_protocol.messages import Elements
from gongwen_server.services import faults
from gongwen_server.services.ledger import Ledger

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TITLE = "关于某同志任免事项的绝密通知"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path_factory.mktemp("town") / "exchange")
    populate(running)
    yield running
    running.stop()


@pytest.fixture
def pc(tmp_path: Path, town: RunningExchange) -> Iterator[UnitPc]:
    machine = UnitPc(tmp_path / "pc", SENDER, town.url)
    yield machine
    machine.stop()


def states(checks: list[Check]) -> dict[str, CheckState]:
    return {check.name: check.state for check in checks}


# -- the way to the exchange -------------------------------------------------------------------------------


def _closed_port() -> int:
    with socket.socket() as probe_:
        probe_.bind(("127.0.0.1", 0))
        return int(probe_.getsockname()[1])


@pytest.mark.parametrize(
    ("address", "broken"),
    [
        ("http://exchange.example:8000", "address"),  # not encrypted beyond this machine
        ("https://", "address"),
        ("https://no-such-host.invalid", "name"),
        ("http://127.0.0.1:{port}", "port"),
    ],
)
def test_the_place_where_the_way_breaks_off_is_named(address: str, broken: str) -> None:
    url = address.format(port=_closed_port())
    api = ExchangeApi(url)
    checks = list(probe(api, url))
    api.close()
    assert checks[-1].name == broken
    assert checks[-1].state is CheckState.FAILED
    assert checks[-1].do


def test_a_server_that_is_no_exchange_is_told() -> None:
    """It answers, but nothing that an exchange would say; what it says is repeated nowhere."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)

        def answer() -> None:
            for _ in range(2):
                connection, _address = listener.accept()
                with connection:
                    if connection.recv(4096):
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nSECRET")

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        api = ExchangeApi(url)
        last = list(probe(api, url))[-1]
        api.close()
        thread.join()
    assert (last.name, last.state) == ("exchange", CheckState.FAILED)
    assert "network.not_exchange" in last.said
    assert "SECRET" not in last.said


def test_a_false_exchange_is_told(pc: UnitPc, town: RunningExchange, tmp_path: Path) -> None:
    other = RunningExchange(tmp_path / "other")
    pc.log_in()
    pinned = pc.office.first_run.pinned()
    api, false = ExchangeApi(town.url), ExchangeApi(other.url)
    assert states(list(probe(api, town.url, pinned)))["certificate"] is CheckState.OK
    assert states(list(probe(false, other.url, pinned)))["certificate"] is CheckState.FAILED
    for one in (api, false):
        one.close()
    other.stop()


# -- diagnosis ---------------------------------------------------------------------------------------------


def test_all_is_checked_before_log_in(pc: UnitPc) -> None:
    found = {group.name: group.run() for group in pc.office.diagnostics.groups()}
    assert set(found) == {"network", "storage", "documents", "keys", "printers", "terminal"}
    checks = [check for group in found.values() for check in group]
    assert all(check.said for check in checks)
    assert all(check.do for check in checks if check.state is CheckState.FAILED)
    for wanted in ("exchange", "store", "worker", "roots", "drivers", "keys"):
        assert states(checks)[wanted] is CheckState.OK, wanted
    assert states(checks)["certificate"] is CheckState.UNKNOWN  # nothing was pinned yet


def test_a_pc_without_an_office_is_checked_as_far_as_it_goes(tmp_path: Path) -> None:
    places = Places.below(tmp_path)
    places.prepare()
    service = DiagnosticsService(Parts(places))
    checks = [check for group in service.groups() for check in group.run()]
    assert states(checks) == {"space": CheckState.OK, "store": CheckState.UNKNOWN}
    target = tmp_path / "bundle.zip"
    service.save(service.bundle(checks, {}), target)
    assert zipfile.ZipFile(target).testzip() is None


def test_damage_and_full_logs_are_found(pc: UnitPc) -> None:
    """A check that breaks is itself a finding, never an error."""
    pc.office._store.close()
    pc.office._store._database.path.write_bytes(b"no database" * 200)
    storage = next(group for group in pc.office.diagnostics.groups() if group.name == "storage")
    assert any(not check.good for check in storage.run())


SECRETS = {
    "pin": SENDER.pin,
    "password": "yinhua-zhuomo-38",
    "token": "tok3n-Abcdefghijklmnopqrstuvwxyz0123456789",
    "title": TITLE,
    "file": "拟提拔人员名单.ofd",
    "content": "拟任命张某为局长",
}


def test_no_secret_gets_into_the_bundle(pc: UnitPc, tmp_path: Path) -> None:
    """Planted wherever the client keeps or sees something; then every byte of the bundle is searched."""
    office = pc.office
    pc.log_in()
    draft = office.drafts.create()
    office.drafts.set_elements(draft.document_id, Elements(title=SECRETS["title"]))
    office.drafts.add_attachment(draft.document_id, pc.write(SECRETS["file"], SECRETS["content"].encode()))
    office._store.notes.set(Notes.OWNER_NAME, SECRETS["title"])
    logs = office.places.log
    everything = " ".join(SECRETS.values())
    (logs / "client.log").write_text(
        "\n".join(
            (
                f"2026-11-22 09:00:00,000 ERROR gongwen_client.ui.tasks {everything}",
                f"2026-11-22 09:00:00,000 ERROR {everything} token.pin_wrong",
                everything,
                f"  {SECRETS['file']}:12 run",
            )
        ),
        "utf-8",
    )
    (logs / "crash-20261122T090000.txt").write_text(f"kind {everything}\n  tasks.py:1 _run\n", "utf-8")
    (logs / "client.log.1").write_bytes(b"\xff\xfe" + everything.encode("utf-16"))
    checks = [check for group in office.diagnostics.groups() for check in group.run()]
    files = office.diagnostics.bundle(checks, {"qt": "6"})
    target = tmp_path / "bundle.zip"
    office.diagnostics.save(files, target)
    with zipfile.ZipFile(io.BytesIO(target.read_bytes())) as container:
        texts = {name: container.read(name).decode() for name in container.namelist()}
    assert "〔正常〕本地数据库" in texts["检查结果.txt"]
    assert "token.pin_wrong" in texts["client.log"]
    assert "tasks.py:1 _run" in texts["crash-20261122T090000.txt"]
    words = {
        *SECRETS.values(),
        *(part for one in SECRETS.values() for part in one.split("-") if len(part) > 5),
    }
    session = office.login.session
    assert session is not None
    for name, text in texts.items():
        for secret in (*words, PASSWORD, session.token, str(pc.places.data)):
            assert secret not in text, f"{name} has {secret}"


# -- reports -----------------------------------------------------------------------------------------------


def test_a_report_written_before_log_in_arrives_later(pc: UnitPc, town: RunningExchange) -> None:
    service = pc.office.faults
    checks = [Check("x", "公文字体", CheckState.NOTICE, "没有小标宋")]
    report = service.write(FaultKind.LOG_IN, " 不能登录，提示时间不对。 ", NOON, "收发室 8123456", checks)
    service.hand_in(report)
    service.hand_in(report)
    (case,) = service.cases()
    assert case.waits
    pc.log_in()
    pc.wait_until(lambda: not service.cases()[0].waits)
    view = service.cases()[0].view
    assert view is not None
    assert (view.said, view.facts[0].result) == ("不能登录，提示时间不对。", "提醒")
    exchange = town.exchange
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        faults.answer(
            ledger, "平台管理员", None, view.ticket_id, FaultAnswer(answer="请校正时间", closed=True)
        )
        ledger.close()
    assert service.refresh()
    assert not service.refresh()
    answered = service.cases()[0].view
    assert answered is not None
    assert (answered.state, answered.answer) == (FaultState.CLOSED, "请校正时间")
    assert len(faults.of_unit(exchange, SENDER.code).faults) == 1


def test_a_report_says_something(pc: UnitPc) -> None:
    with pytest.raises(KnownError, match=r"fault\.nothing_said"):
        pc.office.faults.write(FaultKind.OTHER, "  \n", NOON, "", ())


@pytest.mark.parametrize("suffix", [".txt", ".pdf", ".ofd"])
def test_a_report_goes_to_a_file_without_a_network(pc: UnitPc, tmp_path: Path, suffix: str) -> None:
    service = pc.office.faults
    service.hand_in(service.write(FaultKind.SEAL, "印章空白𠮷", NOON, "", ()))
    target = tmp_path / f"报告{suffix}"
    service.save(service.cases()[0], target)
    content = target.read_bytes()
    assert content
    if suffix == ".txt":
        assert "印章空白𠮷" in content.decode("utf-8-sig")
    with pytest.raises(KnownError, match=r"export\.format_unknown"):
        service.save(service.cases()[0], tmp_path / "x.doc")


def test_a_report_is_printed(pc: UnitPc) -> None:
    service = pc.office.faults
    service.hand_in(service.write(FaultKind.OTHER, "打印机不工作", NOON, "", ()))
    name = pc.office.printing.printers()[-1]
    assert service.print(service.cases()[0], name).file is not None


# -- first steps -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" gongwen.example.gov.cn/ ", "https://gongwen.example.gov.cn"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://10.1.2.3:8443", "https://10.1.2.3:8443"),
    ],
)
def test_an_address_is_tidied(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


@pytest.mark.parametrize("typed", ["", "ftp://x", "https://a/b", "https://user:pw@host", 'x"y'])
def test_a_wrong_address_is_refused(typed: str) -> None:
    with pytest.raises(KnownError, match=r"first_run\.address"):
        tidy(typed)


def test_the_exchange_that_was_compared_is_held_to(pc: UnitPc, town: RunningExchange, tmp_path: Path) -> None:
    shown = introduce(town.url)
    assert shown.info is not None
    pc.office.first_run.hold_to(shown)
    assert pc.office.first_run.fingerprint() == shown.fingerprint
    other = RunningExchange(tmp_path / "other")
    with pytest.raises(KnownError, match=r"exchange\.certificate_changed"):
        pc.office.first_run.hold_to(introduce(other.url))
    other.stop()


def test_the_steps_are_left_and_taken_up_again(tmp_path: Path) -> None:
    progress = FirstRunProgress(tmp_path)
    assert not progress.begun
    progress.note(Step.EXCHANGE, StepState.DONE)
    progress.note(Step.DEVICE, StepState.LATER)
    progress.note(Step.EXCHANGE, StepState.LATER)  # what is done stays done
    again = FirstRunProgress(tmp_path)
    assert again.begun
    assert again.state(Step.EXCHANGE) is StepState.DONE
    assert again.next is Step.KEY
    assert Step.DEVICE in again.undone
    (tmp_path / first_run.FILE_NAME).write_text("{damaged")
    assert FirstRunProgress(tmp_path).next is Step.EXCHANGE


def test_the_wizards_file_is_rewritten_and_an_administrators_is_not(tmp_path: Path) -> None:
    places = Places.below(tmp_path)
    places.prepare()
    path = places.config / first_run.SETTINGS_NAME
    write_settings(places, "https://a.example")
    write_settings(places, "https://b.example")
    assert "b.example" in path.read_text("utf-8")
    path.write_text('server_url = "https://admin.example"\n')
    write_settings(places, "https://c.example")
    assert "admin.example" in path.read_text("utf-8")


def test_without_log_in_there_is_no_contact(pc: UnitPc) -> None:
    with pytest.raises(KnownError, match=r"session\.none"):
        pc.office.first_run.own_contact()
    assert pc.office.first_run.may_skip(Step.KEY)
    assert not pc.office.first_run.may_skip(Step.EXCHANGE)


# -- settings and unlocking --------------------------------------------------------------------------------


def test_preferences_are_kept_below_what_is_fixed(tmp_path: Path) -> None:
    service = PreferenceService(tmp_path)
    service.change(sound=False, scale=130)
    fixed = PreferenceService(tmp_path, Locks({"idle_minutes": 3, "scale": 100}, "统一要求"))
    assert (fixed.now.sound, fixed.now.idle_minutes, fixed.now.scale) == (False, 3, 100)
    with pytest.raises(RefusedError, match=r"settings\.locked"):
        fixed.change(idle_minutes=60)
    fixed.change(sound=True)
    assert PreferenceService(tmp_path).now.idle_minutes == 10  # the fixed value was not written down
    (tmp_path / "preferences.json").write_text('{"sound": 7, "scale": "x", "nothing": 1')
    assert PreferenceService(tmp_path).now.sound is True


def test_a_locked_window_opens_without_a_network(pc: UnitPc, town: RunningExchange) -> None:
    pc.log_in()
    login = pc.office.login
    town.stop()
    assert login.unlock(SENDER.code, "clerk", PASSWORD) is login.session
    with pytest.raises(KnownError, match=r"login\.unlock_wrong"):
        login.unlock(SENDER.code, "clerk", "a wrong one")
    town.start()
    with pytest.raises(RefusedError, match=r"session\.wrong_credentials"):
        login.unlock(SENDER.code, "clerk", "a wrong one")
    assert PASSWORD not in repr(vars(login))
