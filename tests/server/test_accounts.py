"""Logging in: forced first change, lock-out, expiry; nothing secret is kept in the clear."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from fakes.clock import FakeClock
from fakes.exchange import INITIAL_PASSWORD, PASSWORD, Caller, RunningExchange
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import LoginRequest, PasswordChange, Problem, SessionGrant
from gongwen_server.services import administration

_numbers = count()


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory, clock: FakeClock) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path_factory.mktemp("accounts") / "home", clock=clock)
    running.add_unit("001", "东胜区人民政府办公室")
    yield running
    running.stop()


@pytest.fixture
def account(exchange: RunningExchange) -> str:
    """A fresh account of unit 001 with its initial password."""
    name = f"clerk{next(_numbers)}"
    exchange.add_account("001", name)
    return name


@pytest.fixture
def caller(exchange: RunningExchange) -> Iterator[Caller]:
    """Nobody yet."""
    caller = Caller(exchange.url)
    yield caller
    caller.close()


def log_in(caller: Caller, account: str, password: str) -> SessionGrant | Problem:
    answer = caller.post("/v1/session", LoginRequest(unit_code="001", account=account, password=password))
    if answer.status_code == 200:
        grant = SessionGrant.model_validate_json(answer.content)
        caller.use(grant)
        return grant
    return Problem.model_validate_json(answer.content)


def code_of(result: SessionGrant | Problem) -> str:
    assert isinstance(result, Problem)
    return result.code


def test_the_initial_password_opens_nothing_but_its_change(caller: Caller, account: str) -> None:
    grant = log_in(caller, account, INITIAL_PASSWORD)
    assert isinstance(grant, SessionGrant)
    assert grant.must_change_password
    refused = caller.get("/v1/sync")
    assert refused.status_code == 403
    problem = Problem.model_validate_json(refused.content)
    assert problem.code == "session.password_change_required"
    assert "管理办法第二十条" in problem.sentence
    change = PasswordChange(old_password=INITIAL_PASSWORD, new_password=PASSWORD)
    fresh = SessionGrant.model_validate_json(caller.post("/v1/session/password", change).content)
    assert not fresh.must_change_password
    assert caller.get("/v1/sync").status_code == 401, "the old session ended with the old password"
    caller.use(fresh)
    assert caller.get("/v1/sync").status_code == 200
    assert code_of(log_in(caller, account, INITIAL_PASSWORD)) == "session.wrong_credentials"


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (INITIAL_PASSWORD, "password.unchanged"),
        ("东胜区人民政府办公室", "password.is_a_name"),
        ("12345678", "password.too_common"),
        ("PassW0rd", "password.too_common"),
        ("abababab", "password.too_common"),
        ("1234567", "request.invalid"),
    ],
)
def test_new_passwords_have_rules(caller: Caller, account: str, new: str, code: str) -> None:
    log_in(caller, account, INITIAL_PASSWORD)
    body = {"old_password": INITIAL_PASSWORD, "new_password": new}
    answer = caller.call("POST", "/v1/session/password", json=body)
    assert Problem.model_validate_json(answer.content).code == code
    assert new not in answer.text


def test_looking_for_an_acceptable_password_costs_no_try(caller: Caller, account: str) -> None:
    log_in(caller, account, INITIAL_PASSWORD)
    poor = PasswordChange(old_password=INITIAL_PASSWORD, new_password="12345678")
    for _ in range(6):
        answer = caller.post("/v1/session/password", poor)
        assert Problem.model_validate_json(answer.content).code == "password.too_common"
    good = PasswordChange(old_password=INITIAL_PASSWORD, new_password=PASSWORD)
    assert caller.post("/v1/session/password", good).status_code == 200


def test_wrong_units_accounts_and_passwords_look_alike(caller: Caller, account: str) -> None:
    answers = [
        caller.post("/v1/session", LoginRequest(unit_code=unit, account=name, password="not this one"))
        for unit, name in (("001", account), ("001", "nobody"), ("999", account))
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({Problem.model_validate_json(answer.content).sentence for answer in answers}) == 1


def test_five_failures_lock_the_account_from_this_source(
    exchange: RunningExchange, clock: FakeClock, caller: Caller, account: str
) -> None:
    exchange.add_account("001", f"{account}-other")
    for facts in (*({"tries_left": left} for left in (4, 3, 2, 1)), {"minutes": 1}):
        problem = log_in(caller, account, "not this one")
        assert isinstance(problem, Problem)
        assert problem.facts == facts
    locked = caller.post(
        "/v1/session", LoginRequest(unit_code="001", account=account, password=INITIAL_PASSWORD)
    )
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "60")
    assert isinstance(log_in(caller, f"{account}-other", INITIAL_PASSWORD), SessionGrant)
    clock.advance(minutes=1)
    doubled = log_in(caller, account, "not this one")
    assert isinstance(doubled, Problem)
    assert doubled.facts == {"minutes": 2}
    assert code_of(log_in(caller, account, INITIAL_PASSWORD)) == "session.locked"
    administration.unlock_account(exchange.exchange, "001", account)
    assert isinstance(log_in(caller, account, INITIAL_PASSWORD), SessionGrant)


def test_success_forgives_failures(caller: Caller, account: str) -> None:
    for _ in range(2):
        for _ in range(4):
            assert code_of(log_in(caller, account, "not this one")) == "session.wrong_credentials"
        assert isinstance(log_in(caller, account, INITIAL_PASSWORD), SessionGrant)


def test_guesses_at_once_are_guesses_in_turn(exchange: RunningExchange, account: str) -> None:
    def guess(_: int) -> str:
        caller = Caller(exchange.url)
        try:
            return code_of(log_in(caller, account, "not this one"))
        finally:
            caller.close()

    with ThreadPoolExecutor(12) as pool:
        codes = list(pool.map(guess, range(12)))
    assert codes.count("session.wrong_credentials") == 4
    assert codes.count("session.locked") == 8


def test_sessions_end(clock: FakeClock, caller: Caller, account: str) -> None:
    log_in(caller, account, INITIAL_PASSWORD)
    assert caller.call("DELETE", "/v1/session").status_code == 204
    assert caller.call("DELETE", "/v1/session").status_code == 401
    log_in(caller, account, INITIAL_PASSWORD)
    clock.advance(hours=12)
    answer = caller.call("DELETE", "/v1/session")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_old_passwords_have_to_be_changed(exchange: RunningExchange, clock: FakeClock, account: str) -> None:
    exchange.log_in("001", account).close()
    clock.advance(days=180)
    caller = Caller(exchange.url)
    grant = log_in(caller, account, PASSWORD)
    caller.close()
    assert isinstance(grant, SessionGrant)
    assert grant.must_change_password


def test_no_password_and_no_token_is_stored(exchange: RunningExchange, caller: Caller, account: str) -> None:
    grant = log_in(caller, account, INITIAL_PASSWORD)
    assert isinstance(grant, SessionGrant)
    for path in exchange.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert grant.token.encode() not in content, path.name
            assert INITIAL_PASSWORD.encode() not in content, path.name


def test_accounts_and_units_are_entered_once(exchange: RunningExchange, account: str) -> None:
    with pytest.raises(RefusedError, match=r"account\.exists"):
        exchange.add_account("001", account)
    with pytest.raises(RefusedError, match=r"directory\.unknown_unit"):
        exchange.add_account("999", account)
    with pytest.raises(RefusedError, match=r"directory\.unit_exists"):
        exchange.add_unit("001", "另一个单位")
    with pytest.raises(RefusedError, match=r"directory\.unit_exists"):
        exchange.add_unit("777", "东胜区人民政府办公室")
    with pytest.raises(RefusedError, match=r"account\.unknown"):
        administration.unlock_account(exchange.exchange, "001", "nobody")
