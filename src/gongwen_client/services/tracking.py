"""Following sent documents (已发公文、退文、回执)."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.domain.drafts import LocalFile
from gongwen_client.domain.rows import DeliveryRow, IncomingFiles, ReceiptRow, SentRow
from gongwen_client.exchange.files import digest_file
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.exchange_bundles import BundleMade, make_exchange_bundle, witnessed_at
from gongwen_client.services.verification import Verification, judge
from gongwen_client.services.verification_report import export_report
from gongwen_crypto.errors import KnownError


class TrackingService:
    """The sender's view."""

    def __init__(self, desk: Desk, render: RenderPool) -> None:
        self._desk = desk
        self._render = render

    def sent(self) -> list[SentRow]:
        """Newest first."""
        return self._desk.store.rows.sent()

    def sent_one(self, document_id: str) -> SentRow:
        """One of them. Raises KnownError("document.not_found")."""
        return self._desk.store.rows.sent_one(document_id)

    def returned(self) -> list[tuple[SentRow, DeliveryRow]]:
        """Deliveries that came back, newest first."""
        return self._desk.store.rows.returned()

    def board(self, document_id: str) -> list[DeliveryRow]:
        """Status per unit, main recipients first."""
        return self._desk.store.rows.board(document_id)

    def receipts(self, document_id: str) -> list[ReceiptRow]:
        """Signed receipts with this client's own check of them, in the order of their events. A receipt
        that names another body than the document's proves nothing about it."""
        body = self._desk.store.documents.get(document_id).body.digest
        return [
            row
            if row.problem or row.receipt.receipt.body_digest == body
            else ReceiptRow(row.receipt, False, "receipt.other_body")
            for row in self._desk.store.receipts.of_document(document_id)
        ]

    def sent_files(self, document_id: str) -> IncomingFiles:
        """Slow. The files as sent: this PC's own where they are still what was sent, else the exchange's."""
        document = self._desk.store.documents.get(document_id)
        draft = self._desk.store.drafts.find(document_id)
        own = () if draft is None or draft.body is None else (draft.body, *draft.attachments)
        here = {file.digest: file for file in own}
        files = [here[one.digest] for one in document.files if _is_whole(here.get(one.digest))]
        if len(files) < len(document.files):
            files = self._desk.cabinet.fetch_document(document)
        return IncomingFiles(files[0], tuple(files[1:]))

    def verify(self, document_id: str) -> Verification:
        """Slow. As the recipients verify it, with the exchange's receipt as witness of the time."""
        document = self._desk.store.documents.get(document_id)
        return judge(
            self._render,
            self.sent_files(document_id),
            document,
            trust_dir=self._desk.trust_dir,
            now=self._desk.clock.now(),
            witnessed_at=witnessed_at(self._desk, document),
        )

    def make_bundle(self, document_id: str, target: Path) -> BundleMade:
        """Slow. Write an evidence bundle of what was sent. Raises as ``make_exchange_bundle``."""
        document = self._desk.store.documents.get(document_id)
        return make_exchange_bundle(self._desk, document, self.sent_files(document_id), target)

    def export_report(self, document_id: str, verification: Verification, target: Path) -> None:
        """Slow. The report as JSON, OFD or PDF. Raises as ``verification_report.export_report``."""
        document = self._desk.store.documents.get(document_id)
        path = self.sent_files(document_id).body.path
        at = verification.checked_at or self._desk.clock.now()
        export_report(self._render, verification.report, path, document.body.name, at, target)


def _is_whole(file: LocalFile | None) -> bool:
    try:
        return file is not None and digest_file(file.path) == file.digest
    except KnownError:
        return False
