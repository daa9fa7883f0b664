"""A running exchange, a bad network, and the PCs of sender and receiver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.exchange import RunningExchange
from fakes.printer import FakePrinter
from fakes.proxy import FaultProxy
from fakes.units import UnitPc, populate
from gongwen_client.demo.cast import RECEIVER, SENDER, DemoUnit


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path / "exchange")
    populate(running)
    yield running
    running.stop()


@pytest.fixture
def network(exchange: RunningExchange) -> Iterator[FaultProxy]:
    proxy = FaultProxy(exchange.url)
    yield proxy
    proxy.stop()


@pytest.fixture
def new_pc(tmp_path: Path, network: FaultProxy) -> Iterator[Callable[..., UnitPc]]:
    """``new_pc(SENDER)``: a PC that is logged in."""
    running: list[UnitPc] = []

    def start(unit: DemoUnit, *, log_in: bool = True, **options: Any) -> UnitPc:
        pc = UnitPc(tmp_path / f"pc-{unit.short_name}", unit, network.url, **options)
        running.append(pc)
        if log_in:
            pc.log_in()
        return pc

    yield start
    for pc in running:
        pc.stop()


@pytest.fixture
def printer() -> FakePrinter:
    return FakePrinter()


@pytest.fixture
def sender(new_pc: Callable[..., UnitPc]) -> UnitPc:
    return new_pc(SENDER)


@pytest.fixture
def receiver(new_pc: Callable[..., UnitPc], printer: FakePrinter) -> UnitPc:
    return new_pc(RECEIVER, printer=printer)
