"""Printing originals under the exchange's ledger of numbered copies (打印原件).

reserve → spool → settle, or void with a reason. What the printer did is written down here before the
exchange is told, so that a crash or a lost connection loses no copy and counts none twice; a copy of which
nobody knows whether it came out stays *in doubt* (state spooled) until a person resolves it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongwen_client.domain.intents import IntentKind, new_key
from gongwen_client.domain.rows import PrintOutcome, TicketRow, TrialPrint
from gongwen_client.exchange.actions import give_back
from gongwen_client.exchange.api import in_foreground
from gongwen_client.exchange.files import disk_errors
from gongwen_client.exchange.words import in_words
from gongwen_client.host.printing import Printer, PrinterPort, PrintResult, Sides
from gongwen_client.host.printing import PrintOutcome as PortOutcome
from gongwen_client.render import RenderPool
from gongwen_client.render.paper import PaperWork
from gongwen_client.services.desk import Desk
from gongwen_client.services.incoming import IncomingService
from gongwen_client.services.keys import KeyCard
from gongwen_client.services.print_witness import PrintWitness, Verifier
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_docs.copies.test_sheet import SheetFacts
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import PrintTicket, TicketRequest
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DeliveryEvent, TicketState
from gongwen_protocol.transitions import DELIVERIES

NOT_CONTINUED = "前一份未打印成功，未继续打印"
NOT_SPOOLED = "未能送打印机"
NOT_WITNESSED = "验证印章未签名，没有打印"
PERSON_SAYS_VOID = "经人工确认未打印成功"


class PrintService:
    """One PDF is made of the original; each numbered copy of it is its own job."""

    def __init__(
        self,
        desk: Desk,
        incoming: IncomingService,
        render: RenderPool,
        printer: PrinterPort,
        folder: Path,
        witness: PrintWitness,
    ) -> None:
        self._desk = desk
        self._incoming = incoming
        self._render = render
        self._printer = printer
        self._folder = folder
        self.witness = witness

    def printers(self) -> list[str]:
        """Names of the printers of this PC; printing to PDF is always the last."""
        return [printer.name for printer in self._printer.printers()]

    def choices(self) -> tuple[Printer, ...]:
        """Slow. The same with what each says of itself now."""
        return self._printer.printers()

    def test_page(self, printer: str, sides: Sides = Sides.BOTH) -> TrialPrint:
        """Slow. Print the test sheet (rulers of 100 mm, colours, margins, both sides); needs no log-in and
        no ticket. Raises KnownError: host.no_printer, host.printer_*, host.disk_full, write.no_font.
        """
        self._require_ready(printer)
        with self._page() as pdf:
            grant = self._desk.session.grant
            at = f"{self._desk.clock.now().astimezone():%Y-%m-%d %H:%M}"
            PaperWork(self._render).write_test_sheet(
                pdf, SheetFacts(grant.unit_name if grant else "", printer, at)
            )
            outcome = self._printer.print_pdf(pdf, printer, sides=sides, job_name="打印测试页")
        return TrialPrint(
            outcome.result is PrintResult.PRINTED,
            outcome.result is PrintResult.IN_DOUBT,
            _problem(outcome),
            outcome.file,
        )

    def remaining(self, delivery_id: str) -> int:
        """Copies that may still be printed; those in doubt are not among them."""
        row = self._desk.store.rows.incoming_one(delivery_id)
        return max(0, row.copies - max(row.printed, self._desk.store.tickets.taken(delivery_id)))

    def numbers(self, delivery_id: str) -> list[int]:
        """The copy numbers (份号) of a delivery, in order; within a document each is given once."""
        ranges = self._desk.store.documents.delivery(delivery_id).ranges
        return [number for one in ranges for number in one.numbers]

    def tickets(self, delivery_id: str) -> list[TicketRow]:
        """All numbered copies, with their state; spooled ones that nothing is printing are in doubt."""
        return self._desk.store.tickets.of_delivery(delivery_id)

    def print_original(
        self, delivery_id: str, count: int, printer: str, verifier: Verifier | None = None
    ) -> list[PrintOutcome]:
        """Slow. Print the next ``count`` copies, one after the other; after one that fails no more.
        ``verifier`` is the 验证印章 key, where the region wants one.

        Raises RefusedError: print.not_received, print.quota_exceeded, print.verifying_seal_needed and kin;
        KnownError: print.accept_pending, host.no_printer, network.*, token.*, and what drawing the document
        raises. Nothing was printed then.
        """
        self._require_right(delivery_id, count, printer)
        card = self.witness.require_key(verifier)
        with self._pdf(delivery_id) as pdf:
            tickets = self._reserve(delivery_id, count, printer)
            if card is not None and verifier is not None:
                self._bear_witness(card, verifier, tickets, printer)
            outcomes: list[PrintOutcome] = []
            try:
                for ticket in tickets:
                    if outcomes and not outcomes[-1].printed:
                        outcomes.append(self._give_back(ticket, NOT_CONTINUED))
                    else:
                        outcomes.append(self._print(ticket, pdf, printer))
            finally:
                self._desk.engine.nudge()
                self._desk.announcer.tell("incoming")
        return outcomes

    def resolve(self, ticket_id: str, printed: bool) -> None:
        """A person says what became of a copy in doubt: it came out (settled) or not (void).

        Raises RefusedError("print.not_allowed") for a copy that is not in doubt.
        """
        ticket = self._desk.store.tickets.get(ticket_id)
        if ticket.state is not TicketState.SPOOLED:
            article = self._desk.profile().article_of("print_quota_required")
            raise RefusedError("print.not_allowed", article=article, state=ticket.state.value)
        if printed:
            self._settle(ticket_id, "")
        else:
            give_back(self._desk.store, ticket_id, PERSON_SAYS_VOID, self._desk.clock)
        self._desk.engine.nudge()
        self._desk.announcer.tell("incoming")

    # -- steps ----------------------------------------------------------------------------------------------

    def _require_right(self, delivery_id: str, count: int, printer: str) -> None:
        self._desk.grant()
        row = self._desk.store.rows.incoming_one(delivery_id)
        if row.pending:
            raise KnownError("print.accept_pending")
        state = self._desk.store.documents.delivery_state(delivery_id)
        profile = self._desk.profile_of(self._desk.store.documents.of_delivery(delivery_id))
        DELIVERIES.step(state, DeliveryEvent.PRINT, profile)
        left = self.remaining(delivery_id)
        if not 1 <= count <= left:
            article = profile.article_of("print_quota_required")
            raise RefusedError("print.quota_exceeded", article=article, copies=row.copies, left=left)
        self._require_ready(printer)

    def _require_ready(self, printer: str) -> None:
        """What is known not to print gets no copy: one that waits in its queue would come out by surprise."""
        found = next((known for known in self._printer.printers() if known.name == printer), None)
        if found is None:
            raise KnownError("host.no_printer", printer=printer)
        if not found.ready:
            raise KnownError("host.printer_not_ready", printer=printer, state=found.state.in_words)

    @contextmanager
    def _page(self) -> Iterator[Path]:
        """A place for what goes to the printer, gone afterwards."""
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        pdf = self._folder / f"{uuid.uuid4().hex}.pdf"
        try:
            yield pdf
        finally:
            pdf.unlink(missing_ok=True)

    @contextmanager
    def _pdf(self, delivery_id: str) -> Iterator[Path]:
        files = self._incoming.checked_files(delivery_id)
        with self._page() as pdf:
            self._render.export_pdf(files.body.path, pdf)
            yield pdf

    def _reserve(self, delivery_id: str, count: int, printer: str) -> tuple[PrintTicket, ...]:
        desk = self._desk
        payload = canonical_bytes(TicketRequest(count=count, printer=printer)).decode()
        intent = desk.store.outbox.add_held(IntentKind.RESERVE, delivery_id, payload, desk.clock.now())
        actions = desk.engine.small_actions
        try:
            return in_foreground(lambda: actions.reserve(intent, abandoned=False)).tickets
        except RefusedError as error:
            desk.store.outbox.refuse(intent, in_words(error), desk.clock.now())
            raise
        except GongwenError:
            desk.store.outbox.hand_over(intent)
            raise

    def _bear_witness(
        self, card: KeyCard, verifier: Verifier, tickets: tuple[PrintTicket, ...], printer: str
    ) -> None:
        """The signed statement lies on the disk before the first copy is spooled; without it all copies are
        given back."""
        digest = self._incoming.checked_files(tickets[0].delivery_id).body.digest
        try:
            signed = self.witness.sign(card, verifier, digest, tickets, printer)
        except GongwenError:
            for ticket in tickets:
                self._give_back(ticket, NOT_WITNESSED)
            self._desk.engine.nudge()
            raise
        self.witness.keep(tickets, signed)

    def _print(self, ticket: PrintTicket, pdf: Path, printer: str) -> PrintOutcome:
        store = self._desk.store
        key = new_key()
        path = f"/v1/tickets/{ticket.ticket_id}/spool"
        try:
            spooled = in_foreground(lambda: self._desk.api.post(path, None, PrintTicket, key))
        except GongwenError as error:
            return self._give_back(ticket, NOT_SPOOLED, in_words(error))
        with store.transaction():
            store.tickets.apply(spooled)
            # From this commit on the copy is in doubt until the printer's word is written down.
            store.tickets.note_job(ticket.ticket_id, "spooling")
        try:
            outcome = self._printer.print_pdf(pdf, printer, job_name=f"公文 第{ticket.copy_number}份")
        except KnownError as error:
            return self._give_back(ticket, NOT_SPOOLED, in_words(error))
        if outcome.result is PrintResult.PRINTED:
            self._settle(ticket.ticket_id, str(outcome.file or ""))
            return _outcome(ticket, printed=True, place=outcome.file)
        problem = _problem(outcome)
        if outcome.result is PrintResult.NOT_PRINTED:
            return self._give_back(ticket, outcome.reason or NOT_SPOOLED, problem)
        return _outcome(ticket, problem=problem)

    def _settle(self, ticket_id: str, place: str) -> None:
        store = self._desk.store
        with store.transaction():
            store.tickets.note_job(ticket_id, "finished", place)
            payload = self.witness.payload(ticket_id)
            store.outbox.add(IntentKind.SETTLE, ticket_id, payload, self._desk.clock.now())

    def _give_back(self, ticket: PrintTicket, reason: str, problem: str = "") -> PrintOutcome:
        give_back(self._desk.store, ticket.ticket_id, reason[:200], self._desk.clock)
        return _outcome(ticket, problem=problem or reason)


def _problem(outcome: PortOutcome) -> str:
    """What to tell about a job that did not surely print; empty for one that did."""
    if outcome.result is PrintResult.PRINTED:
        return ""
    facts = {"reason": outcome.reason, "state": outcome.reason, "printer": outcome.printer}
    return str(sentence(outcome.code or "print.in_doubt", **facts))


def _outcome(
    ticket: PrintTicket, *, printed: bool = False, problem: str = "", place: Path | None = None
) -> PrintOutcome:
    return PrintOutcome(ticket.ticket_id, ticket.copy_number, ticket.copies, printed, problem, place)
