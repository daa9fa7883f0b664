"""A running exchange with three units, and callers of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.exchange import Caller, RunningExchange


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    """Units 001 to 003, each with an account ``clerk``; shared by the tests of a module."""
    running = RunningExchange(tmp_path_factory.mktemp("exchange") / "home")
    running.populate()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def sender(exchange: RunningExchange) -> Iterator[Caller]:
    """The clerk of unit 001."""
    caller = exchange.log_in("001")
    yield caller
    caller.close()


@pytest.fixture(scope="module")
def receiver(exchange: RunningExchange) -> Iterator[Caller]:
    """The clerk of unit 002."""
    caller = exchange.log_in("002")
    yield caller
    caller.close()


@pytest.fixture(scope="module")
def stranger(exchange: RunningExchange) -> Iterator[Caller]:
    """The clerk of unit 003, no party to what 001 sends to 002."""
    caller = exchange.log_in("003")
    yield caller
    caller.close()
