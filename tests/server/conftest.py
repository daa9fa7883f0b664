"""A running exchange with three units, and callers of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.exchange import Caller, RunningExchange


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[RunningExchange]:
    """Units 001 to 003, each with an account ``clerk``."""
    running = RunningExchange(tmp_path / "home")
    running.populate()
    yield running
    running.stop()


@pytest.fixture
def sender(exchange: RunningExchange) -> Iterator[Caller]:
    """The clerk of unit 001."""
    caller = exchange.log_in("001")
    yield caller
    caller.close()


@pytest.fixture
def receiver(exchange: RunningExchange) -> Iterator[Caller]:
    """The clerk of unit 002."""
    caller = exchange.log_in("002")
    yield caller
    caller.close()


@pytest.fixture
def stranger(exchange: RunningExchange) -> Iterator[Caller]:
    """The clerk of unit 003, no party to what 001 sends to 002."""
    caller = exchange.log_in("003")
    yield caller
    caller.close()
