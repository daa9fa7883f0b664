"""A running exchange with three units, a bad network in front of it, and PCs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.desk import DeskPc
from fakes.exchange import RunningExchange
from fakes.proxy import FaultProxy


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path / "exchange")
    running.populate()
    yield running
    running.stop()


@pytest.fixture
def network(exchange: RunningExchange) -> Iterator[FaultProxy]:
    proxy = FaultProxy(exchange.url)
    yield proxy
    proxy.stop()


@pytest.fixture
def pc(tmp_path: Path, network: FaultProxy) -> Iterator[Callable[..., DeskPc]]:
    """``pc("001")`` starts a PC of a unit and logs it in; behind the bad network unless a URL is given."""
    running: list[DeskPc] = []

    def start(unit_code: str, *, url: str = "", log_in: bool = True, **options: float) -> DeskPc:
        one = DeskPc(tmp_path / f"pc-{unit_code}", url or network.url, **options)
        running.append(one)
        one.start()
        if log_in:
            one.log_in(unit_code)
        return one

    yield start
    for one in running:
        one.stop()
