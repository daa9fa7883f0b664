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
from gongwen_server.api.access import Requires
from gongwen_server.api.application import ROUTERS
from gongwen_server.services.directory import enable_unit

OPEN = {"GET /v1/server", "GET /v1/health", "POST /v1/session"}
ANY_SESSION = {"POST /v1/session/password", "DELETE /v1/session"}
ANY_ROLE = {
    "GET /v1/directory",
    "GET /v1/readiness",
    "GET /v1/profile",
    "GET /v1/profiles/{profile_id}/{version}",
    "GET /v1/calendar",
    "GET /v1/restorations",
    "GET /v1/changes",
    "GET /v1/receipts/{sequence}/proof",
    "GET /v1/sync",
    "GET /v1/documents/{document_id}/receipts",
    "GET /v1/blobs/{digest}",
    "HEAD /v1/blobs/{digest}",
}
ONE_ROLE = {
    "POST /v1/uploads": Role.SEND,
    "HEAD /v1/uploads/{upload_id}": Role.SEND,
    "PATCH /v1/uploads/{upload_id}": Role.SEND,
    "POST /v1/documents": Role.SEND,
    "POST /v1/deliveries/{delivery_id}/view": Role.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/accept": Role.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/return": Role.RECEIVE,
    "POST /v1/attended-checks": Role.RECEIVE,
    "POST /v1/documents/{document_id}/recall": Role.SEND,
    "POST /v1/documents/{document_id}/remind": Role.SEND,
    "POST /v1/documents/{document_id}/resend": Role.SEND,
    "POST /v1/documents/{document_id}/supplement": Role.SEND,
    "POST /v1/documents/{document_id}/paper": Role.SEND,
    "POST /v1/requests/{request_id}/grant": Role.SEND,
    "POST /v1/requests/{request_id}/refuse": Role.SEND,
    "POST /v1/requests/{request_id}/withdraw": Role.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/requests": Role.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/reply": Role.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/arrivals": Role.RECEIVE,
    "POST /v1/deliveries/{delivery_id}/copies": Role.PRINT,
    "POST /v1/deliveries/{delivery_id}/tickets": Role.PRINT,
    "POST /v1/tickets/{ticket_id}/spool": Role.PRINT,
    "POST /v1/tickets/{ticket_id}/settle": Role.PRINT,
    "POST /v1/tickets/{ticket_id}/void": Role.PRINT,
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
    assert set(routes()) == OPEN | ANY_SESSION | ANY_ROLE | set(ONE_ROLE)


def test_the_table_states_the_roles_of_the_code() -> None:
    for operation, route in routes().items():
        required = [
            need.call.roles for need in dependants(route.dependant) if isinstance(need.call, Requires)
        ]
        if operation in ONE_ROLE:
            assert required == [(ONE_ROLE[operation],)], operation
        else:
            assert required == ([()] if operation in ANY_ROLE else []), operation


def dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for need in dependant.dependencies:
        yield from dependants(need)


def test_without_a_session_only_the_open_doors(people: People) -> None:
    for operation in ANY_SESSION | ANY_ROLE | set(ONE_ROLE):
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
    for operation in ANY_ROLE | set(ONE_ROLE):
        expected = (403, "" if operation.startswith("HEAD") else "session.password_change_required")
        assert status(people.newcomer, operation) == expected, operation


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_own_doors(people: People, role: Role) -> None:
    caller = people.by_role[role]
    for operation, needed in ONE_ROLE.items():
        answered, code = status(caller, operation)
        if needed is role:
            assert answered in (400, 404, 422), operation
        else:
            assert answered == 403, operation
            assert code in ("session.role_missing", ""), operation
    for operation in ANY_ROLE:
        assert status(caller, operation)[0] in (200, 404), operation


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
