"""Who may call what: every route of the application × every kind of caller, from the route table itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from fakes.exchange import Caller, RunningExchange
from gongwen_protocol.messages import LoginRequest, Problem, Role, SessionGrant
from gongwen_protocol.permissions import TABLE, Action
from gongwen_server.api.access import May
from gongwen_server.api.application import ROUTERS
from gongwen_server.services.directory import enable_unit

OPEN = {
    "GET /v1/server",
    "GET /v1/health",
    "POST /v1/session",
    "POST /v1/challenges",
    "POST /v1/devices",
    "GET /v1/notices",
}
ANY_SESSION = {
    "POST /v1/session/password",
    "GET /v1/session",
    "DELETE /v1/session",
    "DELETE /v1/sessions",
}
ACTIONS = {
    "GET /v1/directory": Action.LOOK_UP,
    "GET /v1/encryption": Action.LOOK_UP,
    "GET /v1/readiness": Action.LOOK_UP,
    "GET /v1/profile": Action.LOOK_UP,
    "GET /v1/profiles/{profile_id}/{version}": Action.LOOK_UP,
    "GET /v1/calendar": Action.LOOK_UP,
    "GET /v1/restorations": Action.LOOK_UP,
    "GET /v1/changes": Action.READ,
    "GET /v1/receipts/{sequence}/proof": Action.READ,
    "GET /v1/sync": Action.READ,
    "GET /v1/documents/{document_id}/receipts": Action.READ,
    "GET /v1/documents/{document_id}/envelope": Action.READ,
    "GET /v1/print-statements/{digest}": Action.READ,
    "GET /v1/time-stamps/{imprint}": Action.SEAL,
    "GET /v1/blobs/{digest}": Action.READ,
    "HEAD /v1/blobs/{digest}": Action.READ,
    "POST /v1/uploads": Action.SEND,
    "HEAD /v1/uploads/{upload_id}": Action.SEND,
    "PATCH /v1/uploads/{upload_id}": Action.SEND,
    "POST /v1/documents": Action.SEND,
    "POST /v1/deliveries/{delivery_id}/view": Action.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/accept": Action.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/return": Action.RECEIVE,
    "POST /v1/attended-checks": Action.RECEIVE,
    "POST /v1/documents/{document_id}/recall": Action.FOLLOW_UP,
    "POST /v1/documents/{document_id}/remind": Action.FOLLOW_UP,
    "POST /v1/documents/{document_id}/resend": Action.FOLLOW_UP,
    "POST /v1/documents/{document_id}/supplement": Action.FOLLOW_UP,
    "POST /v1/documents/{document_id}/paper": Action.FOLLOW_UP,
    "POST /v1/requests/{request_id}/grant": Action.FOLLOW_UP,
    "POST /v1/requests/{request_id}/refuse": Action.FOLLOW_UP,
    "POST /v1/requests/{request_id}/withdraw": Action.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/requests": Action.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/reply": Action.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/arrivals": Action.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/copies": Action.PRINT,
    "POST /v1/deliveries/{delivery_id}/tickets": Action.PRINT,
    "POST /v1/tickets/{ticket_id}/spool": Action.PRINT,
    "POST /v1/tickets/{ticket_id}/settle": Action.PRINT,
    "POST /v1/tickets/{ticket_id}/void": Action.PRINT,
    "GET /v1/board": Action.INSPECT,
    "GET /v1/statistics": Action.LOOK_UP,
    "GET /v1/statistics/duty": Action.LOOK_UP,
    "GET /v1/leaves": Action.LOOK_UP,
    "POST /v1/leaves": Action.ADMINISTER,
    "POST /v1/contacts": Action.ADMINISTER,
    "POST /v1/contacts/confirm": Action.ADMINISTER,
    "GET /v1/contacts/history": Action.ADMINISTER,
    "GET /v1/accounts": Action.ADMINISTER,
    "POST /v1/accounts": Action.ADMINISTER,
    "POST /v1/accounts/reset": Action.ADMINISTER,
    "POST /v1/accounts/roles": Action.ADMINISTER,
    "POST /v1/accounts/enabled": Action.ADMINISTER,
    "POST /v1/accounts/unlock": Action.ADMINISTER,
    "POST /v1/substitutions": Action.ADMINISTER,
    "POST /v1/substitutions/{substitution_id}/end": Action.ADMINISTER,
    "POST /v1/device-codes": Action.ADMINISTER,
    "GET /v1/devices": Action.ADMINISTER,
    "POST /v1/devices/{device_id}/revoke": Action.ADMINISTER,
}


@dataclass(frozen=True)
class People:
    """Callers by what they are."""

    nobody: Caller
    newcomer: Caller
    by_role: dict[Role, Caller]

    def all(self) -> list[Caller]:
        return [self.nobody, self.newcomer, *self.by_role.values()]


@pytest.fixture(scope="module")
def people(exchange: RunningExchange) -> Iterator[People]:
    by_role = {}
    for role in Role:
        exchange.add_account("001", f"only-{role.value}", roles=frozenset({role}))
        by_role[role] = exchange.log_in("001", f"only-{role.value}")
    exchange.add_account("001", "newcomer", initial_password="still the first")
    newcomer = Caller(exchange.url)
    login = LoginRequest(unit_code="001", account="newcomer", password="still the first")
    newcomer.use(SessionGrant.model_validate_json(newcomer.post("/v1/session", login).content))
    found = People(Caller(exchange.url), newcomer, by_role)
    yield found
    for caller in found.all():
        caller.close()


def routes() -> dict[str, APIRoute]:
    return {
        f"{method} {route.path}": route
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
    }


def status(caller: Caller, operation: str) -> tuple[int, str]:
    """Answer to a request that is right in nothing but its address."""
    method, path = operation.split(" ")
    for name, wrong in (
        ("{digest}", "a" * 64),
        ("{sequence}/proof", "999999/proof?size=1"),
        ("{version}", "999"),
    ):
        path = path.replace(name, wrong)
    answer = caller.call(method, re.sub(r"\{\w+\}", "b" * 32, path))
    code = (
        Problem.model_validate_json(answer.content).code
        if answer.status_code >= 400 and answer.content
        else ""
    )
    return answer.status_code, code


def test_the_table_knows_every_route() -> None:
    assert set(routes()) == OPEN | ANY_SESSION | set(ACTIONS)


def test_the_table_states_the_actions_of_the_code() -> None:
    for operation, route in routes().items():
        wanted = [need.call.action for need in dependants(route.dependant) if isinstance(need.call, May)]
        assert wanted == ([ACTIONS[operation]] if operation in ACTIONS else []), operation


def dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for need in dependant.dependencies:
        yield from dependants(need)


def test_without_a_session_only_the_open_doors(people: People) -> None:
    for operation in ANY_SESSION | set(ACTIONS):
        assert status(people.nobody, operation)[0] == 401, operation


def test_a_forged_token_is_no_session(exchange: RunningExchange, people: People) -> None:
    grant = people.newcomer.grant
    assert grant is not None
    forger = Caller(exchange.url)
    for token in ("", "x", grant.token[:-1], grant.token + "A", "\u00e9"):
        forger.use(grant.model_copy(update={"token": token.encode().decode("latin-1")}))
        assert forger.get("/v1/sync").status_code == 401, token
    forger.close()


def test_an_initial_password_opens_nothing(people: People) -> None:
    for operation in ACTIONS:
        expected = (403, "" if operation.startswith("HEAD") else "session.password_change_required")
        assert status(people.newcomer, operation) == expected, operation


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_own_doors(people: People, role: Role) -> None:
    caller = people.by_role[role]
    for operation, action in ACTIONS.items():
        answered, code = status(caller, operation)
        if role in TABLE[action]:
            assert answered in (200, 400, 404, 422), operation
        else:
            assert answered == 403, operation
            assert code in ("session.role_missing", ""), operation


def test_who_inspects_or_administers_reads_nothing() -> None:
    for role in (Role.INSPECT, Role.ADMIN):
        assert {action for action, roles in TABLE.items() if role in roles} <= {
            Action.LOOK_UP,
            Action.INSPECT,
            Action.ADMINISTER,
        }


def test_a_closed_unit_is_out_at_once(exchange: RunningExchange) -> None:
    exchange.add_unit("050", "市粮食局")
    exchange.add_account("050")
    caller = exchange.log_in("050")
    assert caller.get("/v1/sync").status_code == 200
    enable_unit(exchange.exchange, "050", enabled=False)
    assert caller.get("/v1/sync").status_code == 401
    caller.close()


def test_problems_are_words_with_a_reference(people: People) -> None:
    answer = people.by_role[Role.SEND].call(
        "POST", "/v1/documents", data=b"{", headers={"Idempotency-Key": "k" * 8}
    )
    problem = Problem.model_validate_json(answer.content)
    assert (answer.status_code, problem.code) == (422, "request.invalid")
    assert problem.reference == answer.headers["X-Reference"]
    assert people.nobody.get("/v1/nowhere").status_code == 404
    assert people.nobody.call("PUT", "/v1/server").status_code == 405


def test_the_description_is_served_without_foreign_scripts(people: People) -> None:
    description = people.nobody.get("/openapi.json").json()
    assert description["info"]["title"] == "公文交换"
    operations = [entry["operationId"] for path in description["paths"].values() for entry in path.values()]
    assert len(operations) == len(set(operations))
    assert people.nobody.get("/docs").status_code == 404
