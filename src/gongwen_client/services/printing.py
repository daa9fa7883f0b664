"""打印原件: the clerk's side of the ledger of numbered copies; see ``print_run`` for a single copy."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gongwen_client.domain.rows import CopyTaken, PrintOutcome, PrintQuota, TicketRow, TrialPrint
from gongwen_client.exchange.files import disk_errors
from gongwen_client.host.printing import Printer, PrinterPort, PrintResult, Sides
from gongwen_client.render import RenderPool
from gongwen_client.render.paper import PaperWork
from gongwen_client.services.desk import Desk
from gongwen_client.services.incoming import IncomingService
from gongwen_client.services.keys import KeyCard
from gongwen_client.services.print_run import NOT_CONTINUED, CopyPrinter, Sheet, problem_of
from gongwen_client.services.print_witness import PrintWitness, Verifier
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_docs.copies.orders import SheetFacts
from gongwen_protocol.messages import PrintTicket, ReceiptEvent
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.states import DeliveryEvent, TicketState
from gongwen_protocol.transitions import DELIVERIES

NOT_WITNESSED = "验证印章未签名，没有打印"
PERSON_SAYS_VOID = "经人工确认未打印成功"

Watch = Callable[[PrintTicket, PrintOutcome | None], None]
"""Hears of each copy when it goes to the printer (None) and of what became of it; on the caller's thread."""


class PrintService:
    """Each numbered copy is its own job."""

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
        self._paper = PaperWork(render)
        self._printer = printer
        self._folder = folder
        self.witness = witness
        self._copies = CopyPrinter(desk, self._paper, printer, witness)

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
            unit = grant.unit_name if grant else ""
            self._paper.write_test_sheet(pdf, SheetFacts(unit, printer, at))
            outcome = self._printer.print_pdf(pdf, printer, sides=sides, job_name="打印测试页")
        return TrialPrint(
            outcome.result is PrintResult.PRINTED,
            outcome.result is PrintResult.IN_DOUBT,
            problem_of(outcome),
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

    def rules(self, delivery_id: str) -> RegionProfile:
        """The rules under which the document was sent."""
        return self._desk.profile_of(self._desk.store.documents.of_delivery(delivery_id))

    def tickets(self, delivery_id: str) -> list[TicketRow]:
        """All numbered copies, with their state; spooled ones that nothing is printing are in doubt."""
        return self._desk.store.tickets.of_delivery(delivery_id)

    def quota(self, delivery_id: str) -> PrintQuota:
        """What is left, what is in doubt, which number comes next."""
        tickets = self.tickets(delivery_id)
        taken = {ticket.copy_number for ticket in tickets if ticket.state is not TicketState.VOID}
        free = tuple(number for number in self.numbers(delivery_id) if number not in taken)
        left = self.remaining(delivery_id)
        in_doubt = sum(ticket.state is TicketState.SPOOLED for ticket in tickets)
        return PrintQuota(
            copies=self._desk.store.rows.incoming_one(delivery_id).copies,
            left=left,
            in_doubt=in_doubt,
            next_numbers=free[:left],
        )

    def copies_taken(self, delivery_id: str) -> list[CopyTaken]:
        """Downloads of copies (副本) as the exchange's receipts state them, in their order."""
        document_id = self._desk.store.documents.of_delivery(delivery_id).document_id
        receipts = (row.receipt.receipt for row in self._desk.store.receipts.of_document(document_id))
        return [
            CopyTaken(receipt.at, receipt.by_post, receipt.reason or "")
            for receipt in receipts
            if receipt.event is ReceiptEvent.COPIED and receipt.delivery_id == delivery_id
        ]

    def print_original(
        self,
        delivery_id: str,
        count: int,
        printer: str,
        verifier: Verifier | None = None,
        *,
        sides: Sides = Sides.BOTH,
        watch: Watch = lambda _ticket, _outcome: None,
    ) -> list[PrintOutcome]:
        """Slow. Print the next ``count`` copies, one after the other; after one that fails no more.
        ``verifier`` is the 验证印章 key, where the region wants one.

        Raises RefusedError: print.not_received, print.quota_exceeded, print.attempts_used_up,
        print.verifying_seal_needed and kin; KnownError: print.accept_pending, host.no_printer,
        host.printer_not_ready, network.*, token.*, and what drawing the document raises. Nothing was printed
        then.
        """
        self._require_right(delivery_id, count, printer)
        card = self.witness.require_key(verifier)
        document = self._incoming.checked_files(delivery_id).body
        with self._page() as pdf:
            self._paper.write_original(document.path, pdf, None)
            sheet = Sheet(document.path, pdf, printer, sides)
            tickets = self._copies.reserve(delivery_id, count, printer)
            if card is not None and verifier is not None:
                self._bear_witness(card, verifier, document.digest, tickets, printer)
            try:
                return self._print_all(tickets, sheet, watch)
            finally:
                self._desk.engine.nudge()
                self._desk.announcer.tell("incoming")

    def _print_all(self, tickets: tuple[PrintTicket, ...], sheet: Sheet, watch: Watch) -> list[PrintOutcome]:
        outcomes: list[PrintOutcome] = []
        for ticket in tickets:
            watch(ticket, None)
            if outcomes and not outcomes[-1].printed:
                outcome = self._copies.give_back(ticket, NOT_CONTINUED)
            else:
                outcome = self._copies.print(ticket, sheet)
            outcomes.append(outcome)
            watch(ticket, outcome)
        return outcomes

    def resolve(self, ticket_id: str, printed: bool, reason: str = "") -> None:
        """Slow. A person says what became of a copy in doubt: it came out (settled) or not (void, with
        ``reason``); a void number can be printed again at once when the exchange answers.

        Raises RefusedError("print.not_allowed") for a copy that is not in doubt.
        """
        ticket = self._desk.store.tickets.get(ticket_id)
        if ticket.state is not TicketState.SPOOLED:
            article = self._desk.profile().article_of("print_quota_required")
            raise RefusedError("print.not_allowed", article=article, state=ticket.state.value)
        if printed:
            self._copies.settle(ticket_id, "")
        else:
            self._copies.void(ticket_id, reason.strip() or PERSON_SAYS_VOID)
        self._desk.engine.nudge()
        self._desk.announcer.tell("incoming")

    # -- steps ----------------------------------------------------------------------------------------------

    def _require_right(self, delivery_id: str, count: int, printer: str) -> None:
        self._desk.grant()
        row = self._desk.store.rows.incoming_one(delivery_id)
        if row.pending:
            raise KnownError("print.accept_pending")
        state = self._desk.store.documents.delivery_state(delivery_id)
        profile = self.rules(delivery_id)
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

    def _bear_witness(
        self,
        card: KeyCard,
        verifier: Verifier,
        digest: str,
        tickets: tuple[PrintTicket, ...],
        printer: str,
    ) -> None:
        """The signed statement lies on the disk before the first copy is spooled; without it all copies are
        given back."""
        try:
            signed = self.witness.sign(card, verifier, digest, tickets, printer)
        except GongwenError:
            for ticket in tickets:
                self._copies.give_back(ticket, NOT_WITNESSED)
            self._desk.engine.nudge()
            raise
        self.witness.keep(tickets, signed)
