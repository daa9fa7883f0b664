"""Drivers that hang, crash and talk too much: the client goes on, and no PIN leaks or is tried twice."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from fakes.token import KEY_ID, PIN
from gongwen_client.token.broker import Broker
from gongwen_client.token.broker_process import COMMAND
from gongwen_client.token.keyfile_backend import KeyFileBackend
from gongwen_client.token.proxy import Timeouts, TokenBroker, TokenSigner
from gongwen_client.token.wire import BrokerConfig, Frame, encode
from gongwen_crypto.errors import GongwenError, KnownError

TESTS = Path(__file__).resolve().parents[2]
SHORT = Timeouts(start=30, look=30, sign=0.5, poll_every=0.02)


class Script:
    """What the scripted token shall do, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.play()

    def play(self, **acts: str) -> None:
        temporary = self.folder / "script.new"
        temporary.write_text(json.dumps(acts))
        temporary.replace(self.folder / "script.json")

    def count(self, call: str) -> int:
        return (self.folder / "calls").read_text().splitlines().count(call)


@pytest.fixture
def script(tmp_path: Path) -> Script:
    return Script(tmp_path)


@pytest.fixture
def broker(
    script: Script, open_broker: Callable[..., TokenBroker], monkeypatch: pytest.MonkeyPatch
) -> TokenBroker:
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    command = (sys.executable, "-P", "-m", "fakes.token", str(script.folder))
    made = open_broker(BrokerConfig(), timeouts=SHORT, command=command)
    made.list_keys()
    return made


@pytest.mark.parametrize(("act", "code"), [("hang", "token.timeout"), ("crash", "token.broker_died")])
def test_a_driver_that_hangs_or_crashes_is_replaced(
    broker: TokenBroker, script: Script, act: str, code: str
) -> None:
    script.play(sign=act)
    before = broker.pid
    with pytest.raises(KnownError) as caught:
        broker.sign(KEY_ID, PIN, b"m")
    assert caught.value.code == code
    assert script.count("sign") == 1, "a PIN is never tried again by itself"
    script.play()
    assert broker.sign(KEY_ID, PIN, b"m", timeout=30)
    assert broker.pid != before


def test_a_broker_that_talks_nonsense_is_replaced(broker: TokenBroker, script: Script) -> None:
    script.play(sign="garbage")
    with pytest.raises(KnownError, match=r"token\.(broker_died|timeout)"):
        broker.sign(KEY_ID, PIN, b"m")
    script.play()
    assert broker.sign(KEY_ID, PIN, b"m", timeout=30)


def test_a_killed_broker_is_replaced(broker: TokenBroker) -> None:
    pid = broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with suppress(KnownError):  # the death may be seen by this call or before it
        broker.list_keys()
    assert broker.list_keys()
    assert broker.pid not in (None, pid)


def test_a_stopped_broker_times_out_and_is_replaced(broker: TokenBroker) -> None:
    pid = broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(KnownError, match=r"token\.timeout"):
        broker.sign(KEY_ID, PIN, b"m")
    assert broker.list_keys()


@pytest.mark.parametrize("call", ["survey", "sign", "change_pin"])
@pytest.mark.parametrize("code", ["token.removed", "token.busy", "token.pin_locked", "token.driver_failed"])
def test_each_error_comes_through_and_the_next_call_works(
    broker: TokenBroker, script: Script, call: str, code: str
) -> None:
    script.play(**{call: code})
    if call == "survey":
        assert [problem.code for problem in broker.survey().problems] == [code]
    else:
        with pytest.raises(KnownError) as caught:
            broker.sign(KEY_ID, PIN, b"m") if call == "sign" else broker.change_pin(KEY_ID, PIN, "Neu-48213")
        assert caught.value.code == code
    script.play()
    assert broker.sign(KEY_ID, PIN, b"m", timeout=30)


def test_tries_count_down_and_are_told(broker: TokenBroker, script: Script) -> None:
    told = []
    for _ in range(6):
        with pytest.raises(KnownError) as caught:
            broker.sign(KEY_ID, "00000000", b"m", timeout=30)
        told.append((caught.value.code, caught.value.facts.get("tries_left")))
    assert told[0] == ("token.pin_wrong", 5)
    assert told[4:] == [("token.pin_wrong_final", 1), ("token.pin_locked", None)]
    assert script.count("sign") == 6


def test_no_pin_in_error_log_or_representation(
    broker: TokenBroker, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    script.play(sign="blurt")
    key = broker.list_keys()[0]
    with pytest.raises(GongwenError) as caught:
        TokenSigner(broker, key, PIN).sign(b"m")
    assert caught.value.code == "token.driver_failed"
    said = (str(caught.getrepr()), caplog.text, repr(TokenSigner(broker, key, PIN)), repr(broker))
    written = [path.read_text() for path in script.folder.iterdir()]
    assert all("Kanarie" not in text for text in (*said, *written))


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs /proc")
def test_no_pin_in_arguments_or_environment(broker: TokenBroker) -> None:
    broker.sign(KEY_ID, PIN, b"m", timeout=30)
    place = Path("/proc") / str(broker.pid)
    assert b"Kanarie" not in (place / "cmdline").read_bytes()
    try:
        environment = (place / "environ").read_bytes()
    except PermissionError:
        return  # as it should be: the broker forbids its own user to look into it
    assert b"Kanarie" not in environment


def test_pins_are_wiped_after_each_answer(tmp_path: Path) -> None:
    broker = Broker(lambda config: [KeyFileBackend([tmp_path])])
    broker.answer(Frame({"call": "configure", "config": BrokerConfig().to_json()}))
    for call in ("sign", "change_pin", "nonsense"):
        secrets = (bytearray(b"Kanarie-7391"), bytearray(b"Neu-48213"))
        body = {"call": call, "key_id": "keyfile:x:y", "message": encode(b"m")}
        assert "error" in broker.answer(Frame(body, secrets))
        assert not any(secrets[0])
        assert not any(secrets[1])


def test_the_broker_ends_when_its_client_does() -> None:
    environment = os.environ | {"PYTHONPATH": str(TESTS.parent / "src")}
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    assert process.communicate(timeout=60) == (b"", None)
    assert process.returncode == 0


def test_a_second_caller_is_told_that_the_key_is_busy(broker: TokenBroker, script: Script) -> None:
    script.play(survey="hang")
    codes: list[str] = []

    def look() -> None:
        try:
            broker.list_keys()
        except KnownError as error:
            codes.append(error.code)

    thread = threading.Thread(target=look)
    thread.start()
    while script.count("survey") < 2:
        pass
    with pytest.raises(KnownError, match=r"token\.busy"):
        broker.sign(KEY_ID, PIN, b"m")
    pid = broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    thread.join(30)
    assert codes == ["token.broker_died"]


def test_stop_does_not_wait_for_a_hung_driver(broker: TokenBroker, script: Script) -> None:
    others = set(threading.enumerate())  # of brokers that other tests still have
    script.play(poll="hang")
    broker.watch(lambda event: None)
    while script.count("poll") < 1:
        pass
    broker.stop()
    own = set(threading.enumerate()) - others
    assert not [thread for thread in own if thread.name.startswith("token-")]


def test_nothing_works_after_stop(broker: TokenBroker) -> None:
    broker.watch(lambda event: None)
    broker.stop()
    assert broker.pid is None
    with pytest.raises(KnownError, match=r"token\.stopped"):
        broker.list_keys()


def test_a_program_that_is_not_there_is_a_known_error(open_broker: Callable[..., TokenBroker]) -> None:
    broker = open_broker(BrokerConfig(), command=("/nonexistent/broker",))
    with pytest.raises(KnownError, match=r"token\.broker_died"):
        broker.list_keys()
