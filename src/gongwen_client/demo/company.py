"""The company that plays: two clerks at their PCs, and what every chapter of the story does with them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget

from gongwen_client.demo.letters import Letter
from gongwen_client.demo.player import Player
from gongwen_client.domain.lists import WAITING
from gongwen_client.domain.rows import IncomingRow
from gongwen_client.practice.cast import OTHERS, RECEIVER, SENDER
from gongwen_client.practice.material import Material
from gongwen_client.practice.stage import Desk, Stage
from gongwen_client.services.office import Office
from gongwen_client.ui.receive.incoming_view import IncomingView
from gongwen_client.ui.sending.sent_view import SentView
from gongwen_client.ui.shell.window import MainWindow
from gongwen_protocol.messages import Recipient, RecipientRole

View = TypeVar("View", bound=QWidget)


@dataclass(frozen=True)
class Clerk:
    """One unit's clerk with the program in front of them."""

    desk: Desk
    office: Office
    window: MainWindow


@dataclass
class Company:
    """``url`` is the exchange's address; ``printed`` the originals that came out of the printer. Whoever
    waits through it may meet KnownError("demo.stuck")."""

    stage: Stage
    url: str
    material: Material
    player: Player
    offices: list[Office] = field(default_factory=list)
    clerks: list[Clerk] = field(default_factory=list)
    inspection: MainWindow | None = None
    printed: list[Path] = field(default_factory=list)

    @property
    def windows(self) -> list[MainWindow]:
        """All that were opened so far."""
        watching = [] if self.inspection is None else [self.inspection]
        return [*(clerk.window for clerk in self.clerks), *watching]

    @property
    def sender(self) -> Clerk:
        """市府办."""
        return self.clerks[0]

    @property
    def receiver(self) -> Clerk:
        """市财政局."""
        return self.clerks[1]

    def shown(self, clerk: Clerk, kind: type[View]) -> View:
        """The view that is open in the clerk's window."""
        view = clerk.window.view
        assert isinstance(view, kind), f"{kind.__name__} is not open"
        return view

    # -- receiving --------------------------------------------------------------------------------------

    def undecided(self) -> list[IncomingRow]:
        """Documents that the receiving clerk has neither accepted nor returned."""
        return self.receiver.office.incoming.list(WAITING)

    def delivery_of(self, document: str) -> IncomingRow:
        """The receiver's row of a document, once it has come."""
        incoming = self.receiver.office.incoming

        def rows() -> list[IncomingRow]:
            return [row for row in incoming.list() if row.document_id == document]

        self.player.wait(lambda: bool(rows()), "公文到达收文单位")
        return rows()[0]

    def open_newest(self) -> IncomingView:
        """Open the newest document that waits, as far as the program can read it."""
        player, window = self.player, self.receiver.window
        player.turn_to(window)
        window.open_page("pending")
        page = window.list_page("pending")
        player.wait(lambda: bool(self.undecided()), "待收公文")
        newest = max(self.undecided(), key=lambda row: row.sent_at)
        player.wait(lambda: page.table.choose(newest.delivery_id), "待收列表")
        page.open_chosen()

        def is_open() -> bool:
            view = window.view
            return isinstance(view, IncomingView) and view.row.delivery_id == newest.delivery_id

        player.wait(is_open, "打开公文")
        view = self.shown(self.receiver, IncomingView)
        player.wait(lambda: view.verification is not None, "核验")
        player.wait(lambda: view.reader.pages.is_drawn and view.standing is not None, "画出公文")
        view.panel.show_tab(1)
        return view

    # -- sending ----------------------------------------------------------------------------------------

    def hand_in(self, letter: Letter, others: Collection[int] = ()) -> str:
        """Compose, seal and send a letter behind the scenes (the windows showed how); its document id.
        ``others``: further units by their place in the cast."""
        office = self.sender.office
        drafts, document = office.drafts, office.drafts.create().document_id
        draft = drafts.set_body(document, letter.write(self.stage.home / "letters"))
        drafts.set_elements(document, draft.elements.model_copy(update={"urgency": letter.urgency}))
        codes = (RECEIVER.code, *(OTHERS[place].code for place in others))
        to = tuple(Recipient(unit_code=code, role=RecipientRole.MAIN, copies=2) for code in codes)
        drafts.set_recipients(document, to)
        drafts.submit_for_seal(document)
        self.seal_and_send(document)
        return document

    def seal_and_send(self, document: str) -> None:
        """What the sealing and sending dialogs do."""
        office = self.sender.office
        key = office.sealing.keys()[0].key_id
        office.sealing.seal(document, key, SENDER.pin, office.sealing.suggest(document, key))
        office.sending.send(document)

    def is_sent(self, document: str) -> bool:
        """Whether the exchange has taken the document."""
        return any(row.document_id == document for row in self.sender.office.tracking.sent())

    def post(self, letter: Letter, others: Collection[int] = ()) -> str:
        """Hand a letter in and wait until the exchange has it."""
        document = self.hand_in(letter, others)
        self.player.wait(lambda: self.is_sent(document), "发送")
        return document

    def open_sent(self, document: str) -> SentView:
        """Open a sent document at its board (接收情况)."""
        player, window = self.player, self.sender.window
        player.turn_to(window)
        window.open_page("sent")
        page = window.list_page("sent")
        player.wait(lambda: page.table.choose(document), "已发列表")
        page.open_chosen()

        def is_open() -> bool:
            view = window.view
            return isinstance(view, SentView) and view.row.document_id == document

        player.wait(is_open, "打开已发公文")
        view = self.shown(self.sender, SentView)
        player.wait(lambda: view.followed is not None and view.reader.pages.is_drawn, "取得接收情况")
        view.show_board()
        return view

    def follow(self, view: SentView, happened: Callable[[], bool], what: str) -> None:
        """Wait for what changes a board, and until the open board shows it."""
        self.player.wait(happened, what)
        before = view.followed
        view.refresh()
        self.player.wait(lambda: view.followed is not before, what)


def report_of(view: IncomingView) -> dict[str, Any]:
    """The verification's report of an open document."""
    assert view.verification is not None, "it was opened by Company.open_newest"
    return view.verification.report
