"""PCs of units: registered with a code, proven at each request, revoked, replaced; a token alone is worth
nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest
import requests

from fakes.clock import FakeClock
from fakes.exchange import INITIAL_PASSWORD, PASSWORD, Caller, RunningExchange
from fakes.registered_pc import RegisteredPc, new_code, registered
from gongwen_protocol.access import (
    Challenge,
    KeyAnswer,
    LoginStatement,
)
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import LoginRequest, Problem, SessionGrant
from gongwen_protocol.proofs import PROOF_HEADER
from gongwen_server.services import devices
from gongwen_server.services.sweeping import sweep

_units = count(100)


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory, clock: FakeClock) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path_factory.mktemp("devices") / "home", clock=clock)
    yield running
    running.stop()


@pytest.fixture
def unit(exchange: RunningExchange) -> str:
    """A fresh unit with a clerk."""
    code = str(next(_units))
    exchange.add_unit(code, f"第{code}局")
    exchange.add_account(code)
    return code


@pytest.fixture
def pc(exchange: RunningExchange, clock: FakeClock, unit: str) -> Iterator[RegisteredPc]:
    """The unit's registered PC, logged in with an own password."""
    machine = registered(exchange, clock, unit)
    yield machine
    machine.close()


def code_of(answer: requests.Response) -> str:
    return Problem.model_validate_json(answer.content).code


def test_a_registered_pc_works(pc: RegisteredPc, unit: str) -> None:
    assert pc.get("/v1/sync?cursor=0&tree=0").status_code == 200
    grant = SessionGrant.model_validate_json(pc.get("/v1/session").content)
    assert (grant.device_id, grant.unit_code) == (pc.device_id, unit)
    assert grant.password_expires_at is not None


def test_a_stolen_token_is_worth_nothing(
    exchange: RunningExchange, clock: FakeClock, pc: RegisteredPc
) -> None:
    assert pc.grant is not None
    thief = Caller(exchange.url)
    thief.use(pc.grant)
    assert code_of(thief.get("/v1/sync")) == "device.proof_missing"
    thief.close()
    other = RegisteredPc(exchange.url, clock)
    other.device_id = pc.device_id  # knows everything but the key
    other.use(pc.grant)
    assert code_of(other.get("/v1/sync")) == "device.proof_wrong"
    other.close()


def test_a_recorded_request_is_worth_nothing(clock: FakeClock, pc: RegisteredPc) -> None:
    assert pc.get("/v1/sync").status_code == 200
    assert code_of(pc.again()) == "device.proof_replayed"
    assert code_of(pc.again(url=f"{pc.url}/v1/directory")) == "device.proof_wrong"
    assert code_of(pc.again(url=f"{pc.url}/v1/sync?cursor=1")) == "device.proof_wrong"
    assert code_of(pc.again(body="x")) == "device.proof_wrong"
    clock.advance(minutes=3)
    assert code_of(pc.again()) == "device.proof_stale"


@pytest.mark.parametrize("minutes", [-3, 3])
def test_a_wrong_clock_is_told_the_right_time(clock: FakeClock, pc: RegisteredPc, minutes: int) -> None:
    wrong = FakeClock(clock.now() + timedelta(minutes=minutes))
    pc.clock = wrong
    answer = pc.get("/v1/sync")
    assert code_of(answer) == "device.proof_stale"
    told = Problem.model_validate_json(answer.content).facts["server_time"]
    wrong.set_wall(datetime.fromisoformat(str(told)))
    assert pc.get("/v1/sync").status_code == 200


@pytest.mark.parametrize("header", ["", "x", "e30=", "\u00e9", "A" * 1000, "bnVsbA=="])
def test_a_broken_proof_is_refused(pc: RegisteredPc, header: str) -> None:
    pc.get("/v1/sync")
    assert pc.sent is not None
    pc.sent.headers[PROOF_HEADER] = header.encode("latin-1")  # type: ignore[assignment]
    assert pc.again().status_code == 401


def test_without_its_pc_an_account_stays_outside(
    exchange: RunningExchange, pc: RegisteredPc, unit: str
) -> None:
    stranger = Caller(exchange.url)
    answer = stranger.post("/v1/session", LoginRequest(unit_code=unit, account="clerk", password=PASSWORD))
    problem = Problem.model_validate_json(answer.content)
    assert (answer.status_code, problem.code) == (403, "device.required")
    assert "管理办法第七条" in problem.sentence
    stranger.close()


def test_a_pc_is_its_own_units(exchange: RunningExchange, pc: RegisteredPc) -> None:
    other = str(next(_units))
    exchange.add_unit(other, f"第{other}局")
    exchange.add_account(other)
    assert pc.log_in(other, INITIAL_PASSWORD).status_code == 403


def test_a_code_serves_once(exchange: RunningExchange, clock: FakeClock, unit: str) -> None:
    code = new_code(exchange, unit).code
    first, second = RegisteredPc(exchange.url, clock), RegisteredPc(exchange.url, clock)
    view = first.register(code)
    device_id, first.device_id = first.device_id, ""
    assert first.register(code).content == view.content  # a lost answer asked for again
    assert first.device_id == device_id
    assert code_of(second.register(code)) == "device.code_wrong"
    assert code_of(second.register(code[:-1] + ("A" if code[-1] != "A" else "B"))) == "device.code_wrong"
    late = new_code(exchange, unit).code
    clock.advance(days=3)
    assert code_of(second.register(late)) == "device.code_wrong"
    for machine in (first, second):
        machine.close()


def test_a_lost_pc_is_out_at_once(exchange: RunningExchange, pc: RegisteredPc, unit: str) -> None:
    devices.revoke(exchange.exchange, pc.device_id, unit, "遗失", "交换中心")
    assert code_of(pc.get("/v1/sync")) == "session.required"
    answer = pc.log_in(unit, PASSWORD)
    problem = Problem.model_validate_json(answer.content)
    assert (problem.code, "遗失" in problem.sentence) == ("device.revoked", True)


def test_a_new_pc_takes_the_place_of_the_old(
    exchange: RunningExchange, clock: FakeClock, pc: RegisteredPc, unit: str
) -> None:
    successor = RegisteredPc(exchange.url, clock)
    assert successor.register(new_code(exchange, unit, pc.device_id).code).status_code == 201
    assert pc.get("/v1/sync").status_code == 401
    assert successor.log_in(unit, PASSWORD).status_code == 200
    listed = devices.listed(exchange.exchange, unit).devices
    assert [(one.device_id, one.revoked_at is None) for one in listed if one.device_id == pc.device_id] == [
        (pc.device_id, False)
    ]
    successor.close()


def test_the_key_answers_a_challenge_once(pc: RegisteredPc, unit: str) -> None:
    assert code_of(pc.log_in(unit, PASSWORD, answer=None)) == "login.key_required"
    assert pc.log_in(unit, PASSWORD).status_code == 200
    assert pc.sent is not None
    used = LoginRequest.model_validate_json(
        bytes(pc.sent.body or b"", "utf-8") if isinstance(pc.sent.body, str) else pc.sent.body or b""
    )
    assert code_of(pc.log_in(unit, PASSWORD, answer=used.answer)) == "login.challenge_expired"
    assert used.answer is not None
    forged = used.answer.model_copy(update={"nonce": used.answer.nonce[:-2] + "AA"})
    assert code_of(pc.log_in(unit, PASSWORD, answer=forged)) == "login.challenge_expired"
    challenge = Challenge.model_validate_json(pc.post("/v1/challenges").content)
    other = KeyAnswer(nonce=challenge.nonce, signature=used.answer.signature)
    assert code_of(pc.log_in(unit, PASSWORD, answer=other)) == "login.key_wrong"


def test_an_old_challenge_is_none(clock: FakeClock, pc: RegisteredPc, unit: str) -> None:
    challenge = Challenge.model_validate_json(pc.post("/v1/challenges").content)
    statement = LoginStatement(
        nonce=challenge.nonce, exchange=challenge.exchange, unit_code=unit, account="clerk"
    )
    clock.advance(minutes=2)
    signature = base64.b64encode(pc.signer.sign(canonical_bytes(statement))).decode()
    late = KeyAnswer(nonce=challenge.nonce, signature=signature)
    assert code_of(pc.log_in(unit, PASSWORD, answer=late)) == "login.challenge_expired"


def test_a_silent_session_ends(exchange: RunningExchange, clock: FakeClock, pc: RegisteredPc) -> None:
    for _ in range(3):
        clock.advance(minutes=100)
        assert pc.get("/v1/sync").status_code == 200
    clock.advance(hours=2)
    assert code_of(pc.get("/v1/sync")) == "session.required"
    sweep(exchange.exchange)


def test_logging_out_everywhere(
    exchange: RunningExchange, clock: FakeClock, pc: RegisteredPc, unit: str
) -> None:
    second = RegisteredPc(exchange.url, clock)
    assert second.register(new_code(exchange, unit).code).status_code == 201
    assert second.log_in(unit, PASSWORD).status_code == 200
    assert second.grant is not None
    assert second.grant.elsewhere == 1
    assert second.call("DELETE", "/v1/sessions").status_code == 204
    assert [machine.get("/v1/sync").status_code for machine in (pc, second)] == [401, 401]
    second.close()
