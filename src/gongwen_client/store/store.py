"""All tables of the client's database under one roof."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongwen_client.store.archive import ArchiveTable
from gongwen_client.store.bulletin import NoticeTable
from gongwen_client.store.calls import CallTable, KeptWords
from gongwen_client.store.database import Database
from gongwen_client.store.documents import DocumentTable
from gongwen_client.store.drafts import DraftTable
from gongwen_client.store.encryption import EncryptionTable
from gongwen_client.store.evidence import EvidenceTable
from gongwen_client.store.faults import FaultTable
from gongwen_client.store.handovers import HandoverTable
from gongwen_client.store.ledger import SealLedger
from gongwen_client.store.lists import ListQueries
from gongwen_client.store.notes import AttendedChecks, Notes, OwnGroups, UnitTable
from gongwen_client.store.outbox import Outbox
from gongwen_client.store.paper_track import PaperTrack
from gongwen_client.store.receipts import ReceiptTable
from gongwen_client.store.registers import RegisterTable
from gongwen_client.store.returns import ReturnNotes
from gongwen_client.store.rows import RowQueries
from gongwen_client.store.rules import RulesTable
from gongwen_client.store.search import BodyTexts
from gongwen_client.store.tickets import TicketTable


class Store:
    """Thread-safe. ``draft_folder`` is where the drafts' files are. Errors: see ``Database``."""

    def __init__(self, path: Path, draft_folder: Path) -> None:
        self._database = Database(path)
        self.notes = Notes(self._database)
        self.units = UnitTable(self._database)
        self.own_groups = OwnGroups(self._database)
        self.outbox = Outbox(self._database)
        self.drafts = DraftTable(self._database, draft_folder)
        self.seal_uses = SealLedger(self._database)
        self.registers = RegisterTable(self._database)
        self.archive = ArchiveTable(self._database)
        self.handovers = HandoverTable(self._database)
        self.documents = DocumentTable(self._database, self.registers)
        self.rows = RowQueries(self._database)
        self.lists = ListQueries(self._database, self.drafts)
        self.paper_track = PaperTrack(self._database)
        self.return_notes = ReturnNotes(self._database)
        self.texts = BodyTexts(self._database)
        self.tickets = TicketTable(self._database)
        self.receipts = ReceiptTable(self._database)
        self.calls = CallTable(self._database)
        self.kept_words = KeptWords(self._database)
        self.attended = AttendedChecks(self._database)
        self.evidence = EvidenceTable(self._database)
        self.rules = RulesTable(self._database)
        self.notices = NoticeTable(self._database)
        self.encryption = EncryptionTable(self._database)
        self.faults = FaultTable(self._database)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are one commit, or none of them happened."""
        with self._database.transaction():
            yield

    def damages(self) -> list[str]:
        """Slow. What SQLite finds wrong in the whole file; empty when nothing. Raises as ``Database``."""
        return self._database.damages()

    def close(self) -> None:
        """Close all connections."""
        self._database.close()
