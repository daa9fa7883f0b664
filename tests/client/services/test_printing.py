"""Originals under quota: whatever the printer or the network does, no copy is lost or counted twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.printer import FakePrinter, Fault
from fakes.proxy import FaultProxy
from fakes.units import UnitPc
from gongwen_client.domain.rows import TicketRow
from gongwen_client.host.printing import PrintOutcome, Sides
from gongwen_client.practice.cast import RECEIVER
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.states import TicketState

COPIES = 3
Accepted = tuple[UnitPc, str]


@pytest.fixture
def accepted(sender: UnitPc, receiver: UnitPc) -> Accepted:
    """The receiver's PC and a delivery of three copies that it accepted."""
    row = receiver.wait_for(sender.send(sender.seal(sender.compose(to=RECEIVER, copies=COPIES))))
    incoming = receiver.office.incoming
    incoming.accept(row.delivery_id, incoming.verify(row.delivery_id).checks)
    receiver.wait_until(lambda: not incoming.get(row.delivery_id).pending)
    return receiver, row.delivery_id


def states(pc: UnitPc, delivery_id: str) -> list[tuple[int, int, str]]:
    rows: list[TicketRow] = pc.office.printing.tickets(delivery_id)
    return [(row.copy_number, row.attempt, row.state.value) for row in rows]


def settled(pc: UnitPc) -> None:
    """Wait until the exchange knows of everything."""
    pc.wait_until(lambda: pc.office.duty.waiting() == 0)


def test_not_before_acceptance_and_not_beyond_the_quota(
    sender: UnitPc, receiver: UnitPc, printer: FakePrinter
) -> None:
    row = receiver.wait_for(sender.send(sender.seal(sender.compose(to=RECEIVER, copies=1))))
    printing, incoming = receiver.office.printing, receiver.office.incoming
    with pytest.raises(RefusedError, match=r"print\.not_received"):
        printing.print_original(row.delivery_id, 1, printer.NAME)
    incoming.accept(row.delivery_id, incoming.verify(row.delivery_id).checks)
    receiver.wait_until(lambda: not incoming.get(row.delivery_id).pending)
    with pytest.raises(RefusedError, match=r"print\.quota_exceeded"):
        printing.print_original(row.delivery_id, 2, printer.NAME)
    with pytest.raises(KnownError, match=r"host\.no_printer"):
        printing.print_original(row.delivery_id, 1, "no such printer")
    assert printer.paper == []
    assert printing.print_original(row.delivery_id, 1, printer.NAME)[0].printed
    assert printing.remaining(row.delivery_id) == 0
    receiver.wait_until(lambda: receiver.office.duty.waiting() == 0)
    assert incoming.get(row.delivery_id).printed == 1, "lists count it without waiting for the next poll"


@pytest.mark.parametrize("fault", [Fault.NO_PAPER, Fault.REFUSES])
def test_a_copy_that_did_not_come_out_is_given_back_and_printed_later(
    accepted: Accepted, printer: FakePrinter, fault: Fault
) -> None:
    pc, delivery = accepted
    printer.fault = fault
    outcomes = pc.office.printing.print_original(delivery, 2, printer.NAME)
    assert [one.printed for one in outcomes] == [False, False], "after a failure no more are tried"
    assert all(one.problem for one in outcomes)
    settled(pc)
    assert states(pc, delivery) == [(1, 1, "void"), (2, 1, "void")]
    assert pc.office.printing.remaining(delivery) == COPIES
    printer.fault = Fault.NONE
    assert pc.office.printing.print_original(delivery, 1, printer.NAME)[0].copy_number == 1
    settled(pc)
    assert states(pc, delivery)[:2] == [(1, 1, "void"), (1, 2, "printed")]


@pytest.mark.parametrize(("printed", "state", "left"), [(True, "printed", 2), (False, "void", 3)])
def test_a_copy_in_doubt_waits_for_a_persons_word(
    accepted: Accepted, printer: FakePrinter, printed: bool, state: str, left: int
) -> None:
    pc, delivery = accepted
    printer.fault = Fault.JAM
    outcome = pc.office.printing.print_original(delivery, 1, printer.NAME)[0]
    assert not outcome.printed
    assert states(pc, delivery) == [(1, 1, "spooled")]
    assert pc.office.printing.remaining(delivery) == 2, "a copy in doubt is not free"
    pc.office.printing.resolve(outcome.ticket_id, printed)
    settled(pc)
    assert states(pc, delivery) == [(1, 1, state)]
    assert pc.office.printing.remaining(delivery) == left
    with pytest.raises(RefusedError, match=r"print\.not_allowed"):
        pc.office.printing.resolve(outcome.ticket_id, printed)


@pytest.mark.parametrize("lost", ["tickets", "spool", "settle"])
def test_a_lost_answer_neither_loses_nor_doubles_a_copy(
    accepted: Accepted, printer: FakePrinter, network: FaultProxy, lost: str
) -> None:
    pc, delivery = accepted
    lost_before = network.lost
    beginning = f"POST /v1/deliveries/{delivery}/tickets" if lost == "tickets" else "POST /v1/tickets/"
    if lost == "settle":
        # The first request about a ticket is the spool; once the copy is out, the next is the settlement.
        printer.on_paper = lambda: network.faults.lose_answers_to.append(beginning.encode())
    else:
        network.faults.lose_answers_to.append(beginning.encode())
    assert pc.office.printing.print_original(delivery, 1, printer.NAME)[0].printed
    settled(pc)
    assert network.lost == lost_before + 1
    assert len(printer.paper) == 1
    assert states(pc, delivery) == [(1, 1, "printed")]


class DyingPrinter(FakePrinter):
    """The program dies while the printer has the copy."""

    def print_pdf(self, pdf: Path, printer: str, **_: object) -> PrintOutcome:  # type: ignore[override]
        self.paper.append(pdf.read_bytes())
        raise SystemExit


def test_a_crash_while_printing_leaves_the_copy_in_doubt(
    sender: UnitPc, new_pc: Callable[..., UnitPc]
) -> None:
    first = new_pc(RECEIVER, printer=DyingPrinter())
    row = first.wait_for(sender.send(sender.seal(sender.compose(to=RECEIVER, copies=COPIES))))
    incoming = first.office.incoming
    incoming.accept(row.delivery_id, incoming.verify(row.delivery_id).checks)
    first.wait_until(lambda: not incoming.get(row.delivery_id).pending)
    with pytest.raises(SystemExit):
        first.office.printing.print_original(row.delivery_id, 2, FakePrinter.NAME)
    first.stop()
    second = new_pc(RECEIVER, printer=FakePrinter())
    settled(second)
    # The first may be on paper, the second surely is not: its number is free again.
    assert states(second, row.delivery_id) == [(1, 1, "spooled"), (2, 1, "void")]
    assert second.office.printing.remaining(row.delivery_id) == 2
    ticket = second.office.printing.tickets(row.delivery_id)[0]
    second.office.printing.resolve(ticket.ticket_id, True)
    settled(second)
    assert second.office.printing.tickets(row.delivery_id)[0].state is TicketState.PRINTED


def test_without_the_exchange_nothing_is_printed_and_no_copy_is_lost(
    accepted: Accepted, printer: FakePrinter, network: FaultProxy
) -> None:
    pc, delivery = accepted
    network.faults.down = True
    try:
        with pytest.raises(KnownError, match=r"network\."):
            pc.office.printing.print_original(delivery, 1, printer.NAME)
    finally:
        network.faults.down = False
    assert printer.paper == []
    assert not list((pc.places.cache / "print").iterdir())
    pc.office.duty.poll_now()
    settled(pc)
    assert {state for _, _, state in states(pc, delivery)} <= {"void"}
    assert pc.office.printing.print_original(delivery, 1, printer.NAME)[0].copy_number == 1


def test_the_test_sheet_takes_no_copy(receiver: UnitPc, printer: FakePrinter, tmp_path: Path) -> None:
    printing = receiver.office.printing
    trial = printing.test_page(printer.NAME, Sides.ONE)
    assert (trial.printed, trial.in_doubt, trial.problem) == (True, False, "")
    assert printer.paper[0].startswith(b"%PDF")
    assert printer.sides == [Sides.ONE]
    printer.fault = Fault.NO_PAPER
    assert "缺纸" in printing.test_page(printer.NAME).problem
    printer.fault = Fault.JAM
    assert printing.test_page(printer.NAME).in_doubt
    printer.fault = Fault.OFFLINE
    with pytest.raises(KnownError, match=r"host\.printer_not_ready"):
        printing.test_page(printer.NAME)
