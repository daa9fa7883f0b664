"""A running exchange, a bad network, and the PCs of sender and receiver; shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.desk import DeskPc
from fakes.exchange import RunningExchange
from fakes.printer import FakePrinter
from fakes.proxy import FaultProxy
from fakes.units import UnitPc, populate
from gongwen_client.practice.cast import RECEIVER, SENDER, DemoUnit


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path_factory.mktemp("exchange") / "home")
    populate(running)
    yield running
    running.stop()


@pytest.fixture
def own_exchange(tmp_path: Path) -> Iterator[RunningExchange]:
    """One for one test: what is on paper is counted."""
    running = RunningExchange(tmp_path / "exchange")
    populate(running)
    yield running
    running.stop()


@pytest.fixture
def counterpart(tmp_path: Path, own_exchange: RunningExchange) -> Iterator[DeskPc]:
    """The other unit's PC, which nothing happens to."""
    pc = DeskPc(tmp_path / "counterpart", own_exchange.url, poll_seconds=0.5)
    pc.start()
    pc.log_in(RECEIVER.code)
    yield pc
    pc.stop()


@pytest.fixture(scope="module")
def network(exchange: RunningExchange) -> Iterator[FaultProxy]:
    proxy = FaultProxy(exchange.url)
    yield proxy
    proxy.stop()


@pytest.fixture(scope="module")
def shared_pc(
    tmp_path_factory: pytest.TempPathFactory, network: FaultProxy
) -> Iterator[Callable[..., UnitPc]]:
    """``shared_pc(SENDER)``: a PC that is logged in and lives as long as the module's tests."""
    yield from _pcs(tmp_path_factory.mktemp("shared"), network.url)


@pytest.fixture
def new_pc(tmp_path: Path, network: FaultProxy) -> Iterator[Callable[..., UnitPc]]:
    """As ``shared_pc`` for one test; a second PC of the same unit is the first after a restart."""
    yield from _pcs(tmp_path, network.url)


def _pcs(folder: Path, url: str) -> Iterator[Callable[..., UnitPc]]:
    running: list[UnitPc] = []

    def start(unit: DemoUnit, **options: Any) -> UnitPc:
        pc = UnitPc(folder / f"pc-{unit.short_name}", unit, url, **options)
        running.append(pc)
        pc.log_in()
        return pc

    yield start
    for pc in running:
        pc.stop()


@pytest.fixture(scope="module")
def _printer() -> FakePrinter:
    return FakePrinter()


@pytest.fixture
def printer(_printer: FakePrinter) -> FakePrinter:
    """The receiver's printer, in order and without paper in its tray."""
    _printer.reset()
    return _printer


@pytest.fixture(scope="module")
def sender(shared_pc: Callable[..., UnitPc]) -> UnitPc:
    return shared_pc(SENDER)


@pytest.fixture(scope="module")
def receiver(shared_pc: Callable[..., UnitPc], _printer: FakePrinter) -> UnitPc:
    return shared_pc(RECEIVER, printer=_printer)
