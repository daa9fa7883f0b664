"""打印原件 and 下载副本 of the document that is open: what the dialogs ask, and what the services answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gongwen_client.domain.rows import PrintOutcome
from gongwen_client.host.printing import Sides
from gongwen_client.services.copying import CopyPart
from gongwen_client.services.office import Office
from gongwen_client.ui.copying.download import PREVIEW, CopyDialog
from gongwen_client.ui.receive.print_original import PrintChance, PrintDialog
from gongwen_client.ui.receive.tickets import PrintHistory, TicketsTab
from gongwen_client.ui.tasks import work
from gongwen_docs.copies.orders import CopyFormat
from gongwen_protocol.messages import PrintTicket
from gongwen_protocol.profile import CopySeal

if TYPE_CHECKING:
    from gongwen_client.ui.receive.incoming_view import IncomingView

_PREVIEW_DPI = 56.0
_SEALS = {CopySeal.GREY: "印章变为灰色", CopySeal.REMOVED: "印章去除"}


class _Telegraph(QObject):
    """Carries each step of printing from the thread that prints to the window, if it is still there."""

    step = Signal(object, object)


class PaperDesk(QObject):
    """Belongs to the view of an incoming document. ``more_copies_wanted``: a person wants to ask the sender
    for further copies."""

    more_copies_wanted = Signal()

    def __init__(self, view: IncomingView, office: Office, tickets: TicketsTab) -> None:
        super().__init__(view)
        self._view = view
        self._office = office
        self._tickets = tickets
        tickets.resolved.connect(self._resolve)
        tickets.more_copies_wanted.connect(self.more_copies_wanted)

    @property
    def _delivery(self) -> str:
        return self._view.row.delivery_id

    def load(self) -> None:
        """Show quota and history again."""
        delivery, printing = self._delivery, self._office.printing

        def look() -> tuple[PrintHistory, bool]:
            history = PrintHistory(
                printing.quota(delivery),
                printing.tickets(delivery),
                printing.copies_taken(delivery),
                self._office.incoming.details(delivery).requests,
            )
            return history, printing.rules(delivery).extra_copies.value

        work(self, look).then(self._loaded).failed(self._view.not_done).start()

    def _loaded(self, found: tuple[PrintHistory, bool]) -> None:
        history, more_allowed = found
        self._tickets.show_history(history)
        if not more_allowed:
            self._tickets.forbid_more()

    # -- 打印原件 -------------------------------------------------------------------------------------------

    def open_print(self) -> None:
        """Ask what is left, which printers there are and how they are, then open the dialog."""
        button = self._view.print_button
        if not button.isVisible() or not button.isEnabled():
            return
        delivery, printing = self._delivery, self._office.printing

        def look() -> PrintChance:
            rules = printing.rules(delivery)
            return PrintChance(
                printing.quota(delivery),
                printing.choices(),
                self._office.keys.verifying() if printing.witness.needed() else None,
                rules.marks_copies,
                rules.extra_copies.value,
                Sides.BOTH if self._office.preferences.now.both_sides else Sides.ONE,
            )

        button.setEnabled(False)  # asking the printers takes a moment
        work(self, look).always(lambda: button.setEnabled(not self._view.row.pending)).then(
            self._open_print
        ).failed(self._view.not_done).start()

    def _open_print(self, chance: PrintChance) -> None:
        dialog = PrintDialog(self._view, self._view.row, chance)
        printing = self._office.printing
        dialog.print_wanted.connect(lambda count, name, sides: self._print(dialog, count, name, sides))
        dialog.resolved.connect(lambda ticket, printed, why: self._resolve(ticket, printed, why, dialog))
        dialog.printers_wanted.connect(
            lambda: work(dialog, printing.choices).then(dialog.show_printers).failed(dialog.explain).start()
        )
        dialog.trial_wanted.connect(
            lambda name: (
                work(dialog, lambda: printing.test_page(name, Sides.BOTH))
                .then(dialog.show_trial)
                .failed(dialog.explain)
                .start()
            )
        )
        dialog.more_copies_wanted.connect(self.more_copies_wanted)
        self._view.show_dialog(dialog)

    def _print(self, dialog: PrintDialog, count: int, printer: str, sides: Sides) -> None:
        delivery, verifier = self._delivery, dialog.take_verifier()
        telegraph = _Telegraph()
        telegraph.step.connect(dialog.show_step)

        def tell(ticket: PrintTicket, outcome: PrintOutcome | None) -> None:
            telegraph.step.emit(ticket, outcome)

        def done(outcomes: list[PrintOutcome]) -> None:
            dialog.show_outcomes(outcomes)
            self._view.refresh()
            self._view.printed.emit(outcomes)

        printing = self._office.printing
        work(
            dialog,
            lambda: printing.print_original(delivery, count, printer, verifier, sides=sides, watch=tell),
        ).then(done).failed(dialog.explain).start()

    def _resolve(
        self, ticket_id: str, printed: bool, reason: str = "", dialog: PrintDialog | None = None
    ) -> None:
        asked = work(self, lambda: self._office.printing.resolve(ticket_id, printed, reason))
        asked.then(lambda _nothing: self._view.refresh())
        asked.failed(self._view.not_done if dialog is None else dialog.explain).start()

    # -- 下载副本 -------------------------------------------------------------------------------------------

    def open_copy(self) -> None:
        """Look which files there are, then open the dialog."""
        button = self._view.copy_button
        if not button.isVisible() or not button.isEnabled():
            return
        delivery = self._delivery
        copying, printing = self._office.copying, self._office.printing
        work(self, lambda: (copying.parts(delivery), _SEALS[printing.rules(delivery).seal_on_copies])).then(
            lambda found: self._open_copy(*found)
        ).failed(self._view.not_done).start()

    def _open_copy(self, parts: tuple[CopyPart, ...], seal: str) -> None:
        dialog = CopyDialog(self._view, self._view.row, parts, seal)
        delivery, copying = self._delivery, self._office.copying
        dpi = _PREVIEW_DPI * dialog.devicePixelRatioF() * PREVIEW.height() / 300

        def preview(purpose: str) -> None:
            work(dialog, lambda: copying.preview(delivery, purpose, dpi)).then(
                lambda page: dialog.show_preview(page.pixels)
            ).failed(lambda _error: dialog.no_preview()).start()

        dialog.preview_wanted.connect(preview)
        dialog.copy_wanted.connect(
            lambda chosen, form, purpose, folder: self._save(dialog, chosen, form, purpose, folder)
        )
        self._view.show_dialog(dialog)

    def _save(
        self, dialog: CopyDialog, parts: list[CopyPart], form: CopyFormat, purpose: str, folder: Path
    ) -> None:
        delivery, copying = self._delivery, self._office.copying

        def done(files: list[Path]) -> None:
            dialog.show_saved(files)
            self._view.refresh()

        work(dialog, lambda: copying.take(delivery, parts, form, purpose, folder)).then(done).failed(
            dialog.explain
        ).start()
