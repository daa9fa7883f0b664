"""One act of printing: numbered copies taken from the exchange's ledger, sent to the printer one by one.

reserve → spool → settle, or void with a reason. What the printer did is written down here before the
exchange is told, so that a crash or a lost connection loses no copy and counts none twice; a copy of which
nobody knows whether it came out stays *in doubt* (state spooled) until a person resolves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gongwen_client.domain.intents import IntentKind, new_key
from gongwen_client.domain.rows import PrintOutcome
from gongwen_client.exchange.api import in_foreground
from gongwen_client.exchange.words import in_words
from gongwen_client.host.printing import PrinterPort, PrintResult, Sides
from gongwen_client.host.printing import PrintOutcome as PortOutcome
from gongwen_client.render.paper import PaperWork
from gongwen_client.services.desk import Desk
from gongwen_client.services.print_witness import PrintWitness
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_docs.copies.orders import MarkOfCopy
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import PrintTicket, TicketGrant, TicketRequest, TicketVoid
from gongwen_protocol.sentences import sentence

NOT_CONTINUED = "前一份未打印成功，未继续打印"
NOT_SPOOLED = "未能送打印机"


@dataclass(frozen=True)
class Sheet:
    """What is printed: the document, the file that a copy becomes, the printer and how."""

    document: Path
    pdf: Path
    printer: str
    sides: Sides


class CopyPrinter:
    """Takes, prints, settles and gives back single copies."""

    def __init__(self, desk: Desk, paper: PaperWork, printer: PrinterPort, witness: PrintWitness) -> None:
        self._desk = desk
        self._paper = paper
        self._printer = printer
        self._witness = witness

    def reserve(self, delivery_id: str, count: int, printer: str) -> tuple[PrintTicket, ...]:
        """Take the next copies, all or none. Raises RefusedError: print.*, delivery.*; KnownError:
        network.*; what became of a wish without an answer the engine finds out, and gives the copies back."""
        desk = self._desk
        payload = canonical_bytes(TicketRequest(count=count, printer=printer)).decode()
        intent = desk.store.outbox.add_held(IntentKind.RESERVE, delivery_id, payload, desk.clock.now())
        actions = desk.engine.small_actions
        try:
            granted: TicketGrant = in_foreground(lambda: actions.reserve(intent, abandoned=False))
        except RefusedError as error:
            desk.store.outbox.refuse(intent, in_words(error), desk.clock.now())
            raise
        except GongwenError:
            desk.store.outbox.hand_over(intent)
            raise
        return granted.tickets

    def print(self, ticket: PrintTicket, sheet: Sheet) -> PrintOutcome:
        """Send one copy to the printer and write down what became of it."""
        store = self._desk.store
        key = new_key()
        path = f"/v1/tickets/{ticket.ticket_id}/spool"
        try:
            spooled = in_foreground(lambda: self._desk.api.post(path, None, PrintTicket, key))
            unmarked = self._mark(spooled, sheet) if spooled.mark else 0
        except GongwenError as error:
            return self.give_back(ticket, NOT_SPOOLED, in_words(error))
        with store.transaction():
            store.tickets.apply(spooled)
            # From this commit on the copy is in doubt until the printer's word is written down.
            store.tickets.note_job(ticket.ticket_id, "spooling")
        job_name = f"公文 第{ticket.copy_number}份"
        try:
            outcome = self._printer.print_pdf(sheet.pdf, sheet.printer, sides=sheet.sides, job_name=job_name)
        except KnownError as error:
            return self.give_back(ticket, NOT_SPOOLED, in_words(error))
        if outcome.result is PrintResult.PRINTED:
            self.settle(ticket.ticket_id, str(outcome.file or ""))
            return _outcome(ticket, printed=True, place=outcome.file, unmarked=unmarked)
        if outcome.result is PrintResult.NOT_PRINTED:
            return self.give_back(ticket, outcome.reason or NOT_SPOOLED, problem_of(outcome))
        return _outcome(ticket, problem=problem_of(outcome), in_doubt=True)

    def _mark(self, ticket: PrintTicket, sheet: Sheet) -> int:
        """Put this copy's mark on its pages; how many had no room for it."""
        mark = MarkOfCopy(ticket.mark, ticket.copy_number, ticket.copies)
        return self._paper.write_original(sheet.document, sheet.pdf, mark)

    def settle(self, ticket_id: str, place: str) -> None:
        """The copy came out; the exchange hears of it as soon as it answers."""
        store = self._desk.store
        with store.transaction():
            store.tickets.note_job(ticket_id, "finished", place)
            payload = self._witness.payload(ticket_id)
            store.outbox.add(IntentKind.SETTLE, ticket_id, payload, self._desk.clock.now())

    def give_back(self, ticket: PrintTicket, reason: str, problem: str = "") -> PrintOutcome:
        """The copy did not come out; its number is free again."""
        self.void(ticket.ticket_id, reason)
        return _outcome(ticket, problem=problem or reason)

    def void(self, ticket_id: str, reason: str) -> None:
        """Tell the exchange at once, so that the number can be printed again now; where it does not answer
        the engine tells it later."""
        desk = self._desk
        payload = TicketVoid(reason=reason[:200]).model_dump_json()
        with desk.store.transaction():
            desk.store.tickets.note_job(ticket_id, "finished")
            intent = desk.store.outbox.add_held(IntentKind.VOID, ticket_id, payload, desk.clock.now())
        try:
            in_foreground(lambda: desk.engine.small_actions.perform(intent))
        except RefusedError as error:
            desk.store.outbox.refuse(intent, in_words(error), desk.clock.now())
        except GongwenError:
            desk.store.outbox.hand_over(intent)


def problem_of(outcome: PortOutcome) -> str:
    """What to tell about a job that did not surely print; empty for one that did."""
    if outcome.result is PrintResult.PRINTED:
        return ""
    facts = {"reason": outcome.reason, "state": outcome.reason, "printer": outcome.printer}
    return str(sentence(outcome.code or "print.in_doubt", **facts))


def _outcome(
    ticket: PrintTicket,
    *,
    printed: bool = False,
    problem: str = "",
    place: Path | None = None,
    in_doubt: bool = False,
    unmarked: int = 0,
) -> PrintOutcome:
    return PrintOutcome(
        ticket.ticket_id, ticket.copy_number, ticket.copies, printed, problem, place, in_doubt, unmarked
    )
