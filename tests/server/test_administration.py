"""Administrators over the API: within their unit, on record, by the region's rules; substitutes with
dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
import requests

from fakes.clock import FakeClock
from fakes.exchange import INITIAL_PASSWORD, PASSWORD, Caller, RunningExchange
from gongwen_protocol.access import (
    AccountList,
    AccountName,
    Board,
    DeviceCodeRequest,
    Enabling,
    InitialPassword,
    NewAccountRequest,
    RoleChange,
    StandIns,
    SubstitutionRequest,
)
from gongwen_protocol.messages import LoginRequest, PasswordChange, Problem, Role
from gongwen_server.db.tables import AuditRow
from gongwen_server.services import account_admin

_names = count()


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory, clock: FakeClock) -> Iterator[RunningExchange]:
    running = RunningExchange(
        tmp_path_factory.mktemp("admin") / "home", profile_id="jiangmen-2008", clock=clock
    )
    running.populate()
    running.add_account("001", "admin", roles=frozenset({Role.ADMIN}))
    running.add_account("003", "inspector", roles=frozenset({Role.INSPECT}))
    yield running
    running.stop()


@pytest.fixture
def admin(exchange: RunningExchange) -> Iterator[Caller]:
    """The administrator of unit 001."""
    caller = exchange.log_in("001", "admin")
    yield caller
    caller.close()


@pytest.fixture
def clerk(exchange: RunningExchange, clock: FakeClock) -> str:
    """A fresh account of unit 001 that receives only, with its own password."""
    name = f"receiver{next(_names)}"
    exchange.add_account("001", name, roles=frozenset({Role.RECEIVE}))
    clock.advance(minutes=1)
    exchange.log_in("001", name).close()
    return name


def code_of(answer: requests.Response) -> str:
    return Problem.model_validate_json(answer.content).code


def audit(exchange: RunningExchange) -> list[str]:
    with exchange.exchange.reading() as session:
        return [row.statement.decode() for row in session.query(AuditRow).order_by(AuditRow.sequence)]


def test_an_account_is_opened_and_its_password_handed_over_once(
    exchange: RunningExchange, clock: FakeClock, admin: Caller
) -> None:
    name = f"new{next(_names)}"
    request = NewAccountRequest(unit_code="001", account=name, post="收发员", roles=(Role.SEND,))
    answer = admin.post("/v1/accounts", request)
    assert answer.status_code == 201
    given = InitialPassword.model_validate_json(answer.content)
    assert code_of(admin.post("/v1/accounts", request)) == "account.exists"
    newcomer = Caller(exchange.url)
    login = LoginRequest(unit_code="001", account=name, password=given.password)
    granted = newcomer.post("/v1/session", login)
    assert granted.json()["must_change_password"] is True
    assert given.password not in "".join(audit(exchange))
    clock.advance(days=7)
    assert code_of(newcomer.post("/v1/session", login)) == "session.initial_expired"
    newcomer.close()


def test_a_forgotten_password_is_reset_by_the_units_administrator(
    exchange: RunningExchange, admin: Caller, clerk: str
) -> None:
    before = exchange.log_in("001", clerk)
    answer = admin.post("/v1/accounts/reset", AccountName(unit_code="001", account=clerk))
    given = InitialPassword.model_validate_json(answer.content)
    assert before.get("/v1/sync").status_code == 401  # its sessions ended
    login = LoginRequest(unit_code="001", account=clerk, password=PASSWORD)
    assert before.post("/v1/session", login).status_code == 401
    login = LoginRequest(unit_code="001", account=clerk, password=given.password)
    assert before.post("/v1/session", login).status_code == 200
    assert any('"account.reset"' in entry and clerk in entry for entry in audit(exchange))
    before.close()


def test_where_the_region_wants_the_platform_a_unit_does_not_reset(exchange: RunningExchange) -> None:
    from gongwen_crypto.errors import RefusedError
    from gongwen_protocol.profile import load_profile
    from gongwen_server.services.sessions import Caller as Known

    ordos = replace(exchange.exchange, profile=load_profile("ordos-2018"))
    admin = Known(
        *("id", "001", "东胜区", "admin", "管理员"),
        frozenset({Role.ADMIN}),
        platform=False,
        must_change_password=False,
        token_digest="",
        device_id=None,
    )
    with pytest.raises(RefusedError, match=r"account\.reset_elsewhere") as refused:
        account_admin.reset(ordos, admin, AccountName(unit_code="001", account="clerk"))
    assert refused.value.facts["article"] == "管理办法第六条"


@pytest.mark.parametrize(
    ("path", "request_"),
    [
        ("/v1/accounts", NewAccountRequest(unit_code="002", account="x", post="x", roles=(Role.SEND,))),
        ("/v1/accounts/reset", AccountName(unit_code="002", account="clerk")),
        ("/v1/accounts/unlock", AccountName(unit_code="002", account="clerk")),
        (
            "/v1/accounts/roles",
            RoleChange(unit_code="002", account="clerk", roles=(Role.SEND,), reason="x"),
        ),
        ("/v1/accounts/enabled", Enabling(unit_code="002", account="clerk", enabled=False, reason="x")),
        ("/v1/device-codes", DeviceCodeRequest(unit_code="002")),
    ],
)
def test_another_units_accounts_and_pcs_are_not_its_own(admin: Caller, path: str, request_: object) -> None:
    assert code_of(admin.post(path, request_)) == "session.other_unit"


def test_an_administrator_sees_its_unit_only(exchange: RunningExchange, admin: Caller) -> None:
    listed = AccountList.model_validate_json(admin.get("/v1/accounts").content)
    assert {one.unit_code for one in listed.accounts} == {"001"}
    exchange_wide = account_admin.listed(exchange.exchange, None)
    assert {one.unit_code for one in exchange_wide.accounts} == {"001", "002", "003"}


def test_roles_change_at_once_and_on_record(exchange: RunningExchange, admin: Caller, clerk: str) -> None:
    caller = exchange.log_in("001", clerk)
    assert code_of(caller.post("/v1/uploads")) == "session.role_missing"
    change = RoleChange(unit_code="001", account=clerk, roles=(Role.SEND,), reason="岗位调整")
    assert admin.post("/v1/accounts/roles", change).status_code == 200
    assert caller.post("/v1/uploads").status_code == 422
    assert any('"account.roles"' in entry and "岗位调整" in entry for entry in audit(exchange))
    caller.close()


def test_the_last_administrator_stays(admin: Caller) -> None:
    change = RoleChange(unit_code="001", account="admin", roles=(), reason="x")
    assert code_of(admin.post("/v1/accounts/roles", change)) == "account.last_admin"
    close = Enabling(unit_code="001", account="admin", enabled=False, reason="x")
    assert code_of(admin.post("/v1/accounts/enabled", close)) == "account.last_admin"


def test_a_closed_account_is_out_at_once(exchange: RunningExchange, admin: Caller, clerk: str) -> None:
    caller = exchange.log_in("001", clerk)
    close = Enabling(unit_code="001", account=clerk, enabled=False, reason="调离")
    assert admin.post("/v1/accounts/enabled", close).status_code == 200
    assert caller.get("/v1/sync").status_code == 401
    caller.close()


def test_a_substitute_acts_between_its_dates(
    exchange: RunningExchange, clock: FakeClock, admin: Caller, clerk: str
) -> None:
    caller = exchange.log_in("001", clerk)
    since = clock.now() + timedelta(hours=1)
    wanted = SubstitutionRequest(
        unit_code="001",
        account="clerk",
        substitute=clerk,
        since=since,
        until=since + timedelta(hours=2),
        consent="办公室主任 批〔2026〕3号",
    )
    answer = admin.post("/v1/substitutions", wanted)
    assert answer.status_code == 201
    assert caller.post("/v1/uploads").status_code == 403
    clock.advance(hours=1)
    assert caller.post("/v1/uploads").status_code == 422  # may send now
    clock.advance(hours=2)
    assert caller.post("/v1/uploads").status_code == 403
    backwards = wanted.model_copy(update={"until": since})
    assert code_of(admin.post("/v1/substitutions", backwards)) == "substitution.dates_wrong"
    of_admin = wanted.model_copy(update={"account": "admin"})
    assert code_of(admin.post("/v1/substitutions", of_admin)) == "substitution.of_admin"
    path = f"/v1/substitutions/{answer.json()['substitution_id']}/end"
    assert admin.post(path).json()["ended_at"] is not None
    caller.close()


def test_everybody_of_the_unit_sees_who_stands_in_by_post(
    exchange: RunningExchange, clock: FakeClock, admin: Caller, clerk: str
) -> None:
    caller, stranger = exchange.log_in("001", clerk), exchange.log_in("002", "clerk")
    wanted = SubstitutionRequest(
        unit_code="001",
        account="clerk",
        substitute=clerk,
        since=clock.now() + timedelta(hours=1),
        until=clock.now() + timedelta(hours=5),
        consent="办公室主任",
    )
    answer = admin.post("/v1/substitutions", wanted)

    def seen(who: Caller) -> list[tuple[str, str, bool]]:
        listed = StandIns.model_validate_json(who.get("/v1/stand-ins").content).stand_ins
        return [(one.post, one.substitute_post, one.concerns_caller) for one in listed]

    assert seen(caller) == [("收发员", "收发员", True)]
    assert clerk not in caller.get("/v1/stand-ins").text, "posts, no accounts"
    assert [one[2] for one in seen(admin)] == [False]
    assert seen(stranger) == []
    admin.post(f"/v1/substitutions/{answer.json()['substitution_id']}/end")
    assert seen(caller) == []
    for one in (caller, stranger):
        one.close()


def test_used_passwords_are_not_taken_again(exchange: RunningExchange, clock: FakeClock, clerk: str) -> None:
    caller = exchange.log_in("001", clerk)

    def change(old: str, new: str) -> requests.Response:
        clock.advance(minutes=1)
        answer = caller.post("/v1/session/password", PasswordChange(old_password=old, new_password=new))
        if answer.status_code == 200:
            caller._http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return answer

    assert change(PASSWORD, "third secret 3").status_code == 200
    assert code_of(change("third secret 3", PASSWORD)) == "password.used_before"
    assert code_of(change("third secret 3", INITIAL_PASSWORD)) == "password.used_before"
    old = "third secret 3"
    for number in range(4, 9):
        assert change(old, f"secret number {number}").status_code == 200
        old = f"secret number {number}"
    assert change(old, PASSWORD).status_code == 200
    caller.close()


def test_an_inspector_sees_figures_and_nothing_else(exchange: RunningExchange) -> None:
    inspector = exchange.log_in("003", "inspector")
    board = Board.model_validate_json(inspector.get("/v1/board").content)
    assert [unit.unit_code for unit in board.units] == ["003"]
    for path in ("/v1/sync", "/v1/changes", f"/v1/blobs/{'a' * 64}"):
        assert inspector.get(path).status_code == 403, path
    assert "title" not in inspector.get("/v1/board").text
    inspector.close()


def test_failures_are_on_record_once_they_block(exchange: RunningExchange, clerk: str) -> None:
    guesser = Caller(exchange.url)
    for _ in range(5):
        guesser.post("/v1/session", LoginRequest(unit_code="001", account=clerk, password="not this"))
    assert any('"session.blocked"' in entry and clerk in entry for entry in audit(exchange))
    for _ in range(5):
        guesser.post("/v1/session", LoginRequest(unit_code="001", account="nobody", password="not this"))
    assert not any("nobody" in entry for entry in audit(exchange))
    guesser.close()
