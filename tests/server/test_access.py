"""Who may call what: every route of the application × every kind of caller × whose things they are, generated
from the route table itself (bar S4). A route that is not in ``fakes/doors.py`` fails here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
import requests
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from fakes.documents import OFD, new_key, send
from fakes.doors import DOORS, Asking, Door, Opening
from fakes.exchange import Caller, RunningExchange
from fakes.registered_pc import RegisteredPc
from fakes.world import ADMINISTERED, ALL_UNITS, PLATFORM, RECEIVER, SENDER, STRANGER, World
from gongwen_protocol.messages import Problem, Role
from gongwen_protocol.oa import OaScope
from gongwen_protocol.permissions import TABLE, Action
from gongwen_server.api.access import Demand
from gongwen_server.api.application import create_application
from gongwen_server.db.tables import AuditRow, LedgerRow, UploadRow
from gongwen_server.services import oa
from gongwen_server.services.directory import enable_unit

OF_SESSIONS = [name for name, door in DOORS.items() if isinstance(door.opens, Action)]
OF_OFFICES = [
    name for name, door in DOORS.items() if isinstance(door.opens, OaScope) or door.opens is Opening.OFFICE
]
ANY_SESSION = [name for name, door in DOORS.items() if door.opens is Opening.SESSION]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = World(tmp_path_factory.mktemp("world") / "home")
    yield found
    found.close()


@pytest.fixture(scope="module")
def exchange(world: World) -> RunningExchange:
    return world.exchange


def ask(caller: Caller, operation: str, asking: Asking) -> tuple[int, str]:
    """Status and code of the answer."""
    answer = asking.by(caller, operation.split(" ")[0])
    return answer.status_code, code_of(answer)


def code_of(answer: requests.Response) -> str:
    if answer.status_code < 400 or not answer.content:
        return ""
    return Problem.model_validate_json(answer.content).code


def blind(operation: str) -> Asking:
    """A request that is right in nothing but its address."""
    path = operation.split(" ")[1]
    for name in ("document_id", "delivery_id", "request_id", "ticket_id", "upload_id", "device_id"):
        path = path.replace(f"{{{name}}}", "b" * 32)
    for name in ("digest", "imprint"):
        path = path.replace(f"{{{name}}}", "a" * 64)
    path = path.replace("{substitution_id}", "b" * 32).replace("{profile_id}", "none")
    return Asking(path.replace("{version}", "999").replace("{sequence}/proof", "999999/proof?size=1"))


def standing(world: World) -> tuple[object, ...]:
    """Everything that an effect would move."""
    with world.exchange.exchange.reading() as session:
        row = session.query(LedgerRow).one()
        audits, uploads = session.query(AuditRow).count(), session.query(UploadRow).count()
        return row.change_sequence, row.tree_size, audits, uploads


# -- the table and the code --------------------------------------------------------------------------------


def routes(world: World) -> dict[str, Route]:
    return {
        f"{method} {route.path}": route
        for route in every_route(create_application(world.exchange.exchange).routes)
        for method in sorted(route.methods or ())
        if method != "HEAD" or route.methods == {"HEAD"}
    }


def every_route(found: Iterable[BaseRoute]) -> Iterator[Route]:
    """Also those of routers that the framework keeps as they were included."""
    for route in found:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from every_route(inner.routes)
        else:
            assert isinstance(route, Route), f"{route} is of a kind that this test does not know"
            yield route


def test_the_table_knows_every_route(world: World) -> None:
    assert set(routes(world)) == set(DOORS)


def test_the_table_states_the_actions_of_the_code(world: World) -> None:
    for operation, route in routes(world).items():
        if not isinstance(route, APIRoute):
            continue
        wanted = [need.call.action for need in dependants(route.dependant) if isinstance(need.call, Demand)]
        opens = DOORS[operation].opens
        assert wanted == ([opens] if isinstance(opens, Action) else []), operation


def dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for need in dependant.dependencies:
        yield from dependants(need)


def test_every_thing_has_an_owner() -> None:
    """A route that names a thing says whose it is and what others are told, or that it is everybody's."""
    common = {
        "GET /v1/profiles/{profile_id}/{version}",
        "GET /v1/time-stamps/{imprint}",
        "GET /v1/copy-marks/{mark}",
    }
    for operation, door in DOORS.items():
        if isinstance(door.opens, Opening) and door.opens is not Opening.OFFICE:
            continue
        assert door.ask is not None, operation
        if "{" in operation and operation not in common:
            assert door.owners < ALL_UNITS | {PLATFORM}, operation
            assert door.hidden, operation


# -- without the right credentials -------------------------------------------------------------------------


def test_without_a_session_only_the_open_doors(world: World) -> None:
    outsiders = {"nobody": world.nobody(), "expired": world.expired, "ended": world.ended}
    outsiders |= {"closed unit": world.closed, "office system": world.offices[STRANGER, OaScope.RECEIVE]}
    for label, caller in outsiders.items():
        for operation in (*OF_SESSIONS, *ANY_SESSION):
            expected = (401, "" if operation.startswith("HEAD") else "session.required")
            assert ask(caller, operation, blind(operation)) == expected, (label, operation)


def test_open_doors_are_open(world: World) -> None:
    nobody = world.nobody()
    for operation, door in DOORS.items():
        if door.opens is Opening.ANYONE:
            assert ask(nobody, operation, blind(operation))[0] in (200, 422), operation
        elif door.opens is Opening.TOKEN:
            assert ask(nobody, operation, blind(operation)) == (404, "request.not_found")


def test_a_forged_token_is_no_session(world: World) -> None:
    grant = world.newcomer.grant
    assert grant is not None
    forger = world.nobody()
    for token in ("", "x", grant.token[:-1], grant.token + "A", "\u00e9"):
        forger.use(grant.model_copy(update={"token": token.encode().decode("latin-1")}))
        assert forger.get("/v1/sync").status_code == 401, token
    for operation in (*OF_SESSIONS, *ANY_SESSION):
        assert ask(forger, operation, blind(operation))[0] == 401, operation


def test_an_initial_password_opens_nothing(world: World) -> None:
    for operation in OF_SESSIONS:
        expected = (403, "" if operation.startswith("HEAD") else "session.password_change_required")
        assert ask(world.newcomer, operation, blind(operation)) == expected, operation


@pytest.mark.parametrize("operation", ANY_SESSION)
def test_every_session_may_end_itself(world: World, operation: str) -> None:
    for role in Role:
        newcomer = world.initial(STRANGER, frozenset({role}))
        assert ask(newcomer, operation, blind(operation))[0] in (200, 204, 422), role


def test_a_session_of_a_registered_pc_is_nothing_elsewhere(world: World) -> None:
    pc, other = world.pcs.values()
    assert pc.grant is not None
    assert other.grant is not None
    stolen = world.nobody()
    stolen.use(pc.grant)
    foreign = RegisteredPc(world.exchange.url, world.clock)  # a registered PC with another's session
    foreign.signer, foreign.device_id = other.signer, other.device_id
    foreign.use(pc.grant)
    for operation in (*OF_SESSIONS, *ANY_SESSION):
        silent = operation.startswith("HEAD")
        missing, wrong = ask(stolen, operation, blind(operation)), ask(foreign, operation, blind(operation))
        assert missing == (401, "" if silent else "device.proof_missing"), operation
        assert wrong == (401, "" if silent else "device.proof_wrong"), operation
        if operation in OF_SESSIONS:
            assert ask(pc, operation, blind(operation))[0] in (200, 201, 204, 400, 403, 404, 422), operation
    foreign.close()


def test_the_way_of_office_systems_is_theirs_only(world: World) -> None:
    client_id, secret = oa.register(world.exchange.exchange, STRANGER, "旧系统", OaScope)
    wrong = world.office_with(client_id, "wrong")
    disabled = world.office_with(client_id, secret)
    oa.disable(world.exchange.exchange, client_id)
    outsiders = {"nobody": world.nobody(), "wrong secret": wrong, "disabled": disabled}
    outsiders |= {"person": world.clerks[RECEIVER], "closed": world.closed}
    for label, caller in outsiders.items():
        for operation in OF_OFFICES:
            assert ask(caller, operation, blind(operation)) == (401, "oa.wrong_credentials"), (
                label,
                operation,
            )


# -- roles and owners --------------------------------------------------------------------------------------


def people(world: World, door: Door) -> Iterator[tuple[str, str, Caller, bool]]:
    """(unit, what they are, the caller, whether that opens the door)."""
    if isinstance(door.opens, Action):
        for (unit, role), caller in world.by_role.items():
            yield unit, role.value, caller, role in TABLE[door.opens]
        yield PLATFORM, "admin", world.platform, Role.ADMIN in TABLE[door.opens]
    else:
        for (unit, scope), caller in world.offices.items():
            yield unit, scope.value, caller, door.opens is scope or door.opens is Opening.OFFICE


@pytest.mark.parametrize("operation", [*OF_SESSIONS, *OF_OFFICES])
def test_each_role_opens_its_own_doors_to_its_own_things(world: World, operation: str) -> None:
    """The refused ones first, on one and the same thing: nothing must have moved. Then each one who may."""
    door = DOORS[operation]
    assert door.ask is not None
    silent = operation.startswith("HEAD")
    asking = door.ask(world)
    before = standing(world)
    allowed = []
    for unit, what, caller, opens in people(world, door):
        cell = (operation, unit, what)
        if not opens:
            expected = (403, "" if silent else "session.role_missing")
            assert ask(caller, operation, asking) == expected, cell
        elif unit in door.owners or (unit == PLATFORM and door.owners == ALL_UNITS):
            allowed.append((cell, caller))
        else:
            status, code = ask(caller, operation, asking)
            assert status in (403, 404, 409), cell
            assert silent or code in door.hidden, cell
    assert standing(world) == before, "a refused call had an effect"
    assert allowed, operation
    for cell, caller in allowed:
        status, code = ask(caller, operation, door.ask(world))
        assert status in (200, 201, 204), (*cell, code)


@pytest.mark.parametrize(
    "operation", ["GET /v1/sync", "GET /v1/accounts", "GET /v1/devices", "GET /v1/board", "GET /oa/v1/inbox"]
)
def test_lists_hold_the_units_own_things(world: World, operation: str) -> None:
    """What a list of one unit says of another."""
    title_of = send(world.clerks[SENDER], (RECEIVER, 1), data=OFD + new_key().encode())
    foreign = {title_of.document_id, title_of.body.digest, *(one.delivery_id for one in title_of.deliveries)}
    foreign |= {world.pcs[ADMINISTERED].device_id, f'"unit_code":"{RECEIVER}"', f'"unit_code":"{SENDER}"'}
    door = DOORS[operation]
    readers = [caller for unit, _, caller, opens in people(world, door) if opens and unit == STRANGER]
    assert readers, operation
    for caller in readers:
        text = blind(operation).by(caller, "GET").text
        assert not [one for one in foreign if one in text], operation


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


def test_problems_are_words_with_a_reference(world: World) -> None:
    answer = world.clerks[SENDER].call(
        "POST", "/v1/documents", data=b"{", headers={"Idempotency-Key": "k" * 8}
    )
    problem = Problem.model_validate_json(answer.content)
    assert (answer.status_code, problem.code) == (422, "request.invalid")
    assert problem.reference == answer.headers["X-Reference"]
    assert world.nobody().get("/v1/nowhere").status_code == 404
    assert world.nobody().call("PUT", "/v1/server").status_code == 405


def test_the_description_is_served_without_foreign_scripts(world: World) -> None:
    description = world.nobody().get("/openapi.json").json()
    assert description["info"]["title"] == "公文交换"
    operations = [entry["operationId"] for path in description["paths"].values() for entry in path.values()]
    assert len(operations) == len(set(operations))
    assert world.nobody().get("/docs").status_code == 404
