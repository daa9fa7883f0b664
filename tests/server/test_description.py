"""The exchange's own description against the exchange: whatever fits it or not, no answer is a fault (bar
S4).

Schemathesis makes the cases. The quick lane takes a few of each operation; the long one more than 20,000 in
all: ``pytest tests/server/test_description.py -m long``.
"""

from __future__ import annotations

import base64
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from fakes.exchange import ALL_ROLES, Caller, RunningExchange
from gongwen_protocol.messages import Problem, Role
from gongwen_protocol.oa import OaScope
from gongwen_server.api.application import create_application
from gongwen_server.services import oa

QUICK, LONG = 14, 250  # cases of an operation; there are more than ninety operations
ANSWERED = {200, 201, 204, 206, 400, 401, 403, 404, 405, 409, 410, 413, 416, 422, 429}
ENDS_THE_SESSION = ("log_out", "change_password")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    exchange = RunningExchange(tmp_path_factory.mktemp("described") / "home")
    exchange.populate()
    exchange.add_account("001", "everything", roles=ALL_ROLES | {Role.ADMIN, Role.INSPECT, Role.ARCHIVE})
    yield exchange
    exchange.stop()


@pytest.fixture(scope="module")
def caller(running: RunningExchange) -> Iterator[Caller]:
    found = running.log_in("001", "everything")
    yield found
    found.close()


@pytest.fixture(scope="module")
def office(running: RunningExchange) -> str:
    """The credentials of an office system that may do all, as often as it likes."""
    pair = oa.register(running.exchange, "001", "协同办公", OaScope, per_minute=1 << 30)
    return f"Basic {base64.b64encode(':'.join(pair).encode()).decode()}"


def ask_all(running: RunningExchange, caller: Caller, office: str, each: int) -> Counter[int]:
    """Answers to ``each`` cases of each operation, by status."""
    description = create_application(running.exchange).openapi()
    schema = schemathesis.openapi.from_dict(description)
    answers: Counter[int] = Counter()
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            credentials = office if operation.path.startswith("/oa/") else _session(operation, caller)
            _ask(operation, mode, running, credentials, each // 2, answers)
    return answers


def _session(operation: schemathesis.schemas.APIOperation, caller: Caller) -> str:  # type: ignore[type-arg,name-defined]
    """None for calls that would end it."""
    ends = operation.definition.raw.get("operationId", "").startswith(ENDS_THE_SESSION)
    return "" if ends or caller.grant is None else f"Bearer {caller.grant.token}"


def _ask(
    operation: schemathesis.schemas.APIOperation,  # type: ignore[type-arg,name-defined]
    mode: GenerationMode,
    running: RunningExchange,
    credentials: str,
    number: int,
    answers: Counter[int],
) -> None:
    headers = {"Authorization": credentials} if credentials else {}

    @seed(20261122)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        if isinstance(case.query.get("wait"), int | float):  # waiting for news is not what is tried here
            case.query["wait"] = min(case.query["wait"], 0.01)
        answer = case.call(base_url=running.url, headers=headers, timeout=60)
        answers[answer.status_code] += 1
        assert answer.status_code in ANSWERED, (case.method, case.formatted_path, answer.text)
        if answer.status_code >= 400 and answer.content:
            Problem.model_validate_json(answer.content)

    with suppress(Unsatisfiable):  # an operation without anything to get wrong
        ask()


@pytest.mark.parametrize(
    "each", [QUICK, pytest.param(LONG, marks=[pytest.mark.long, pytest.mark.timeout(3600)])]
)
def test_no_case_of_the_description_is_a_fault(
    running: RunningExchange, caller: Caller, office: str, each: int
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the generator's own remarks about what it cannot make
        answers = ask_all(running, caller, office, each)
    print(f"{answers.total()} cases: {dict(sorted(answers.items()))}")  # noqa: T201 - the figure of bar S4
    assert answers.total() >= (20_000 if each == LONG else 400)
