"""Receiving documents: read, verify, accept, return (接收、退文)."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from gongwen_client.domain.intents import IntentKind
from gongwen_client.domain.rows import IncomingFiles, IncomingRow, IncomingState
from gongwen_client.exchange.files import digest_file
from gongwen_client.exchange.opening import ContentKeys
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.exchange_bundles import BundleMade, make_exchange_bundle, witnessed_at
from gongwen_client.services.rules import remove_file
from gongwen_client.services.verification import Verification, judge, judge_layout
from gongwen_client.services.verification_report import export_report
from gongwen_client.store.rows import LIST_LIMIT
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.decisions import may_accept, may_return
from gongwen_protocol.messages import (
    AcceptRequest,
    CheckResult,
    DeliveryView,
    Message,
    ReturnReason,
    ReturnRequest,
)
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.states import DeliveryEvent, DeliveryState
from gongwen_protocol.transitions import DELIVERIES, acceptance_event

Rows = list[IncomingRow]

__all__ = ["IncomingService", "Verification"]


class IncomingService:
    """Deliveries to this unit."""

    def __init__(self, desk: Desk, render: RenderPool) -> None:
        self._desk = desk
        self._render = render

    def list(self, states: Collection[IncomingState] | None = None, *, limit: int = LIST_LIMIT) -> Rows:
        """Newest first; what is older than the newest ``limit`` is found by ``search``."""
        return self._desk.store.rows.incoming(states, limit=limit)

    def get(self, delivery_id: str) -> IncomingRow:
        """Raises KnownError("delivery.not_found")."""
        return self._desk.store.rows.incoming_one(delivery_id)

    def of_document(self, document_id: str) -> IncomingRow:
        """This unit's delivery of a document. Raises KnownError("delivery.not_found")."""
        return self._desk.store.rows.incoming_of(document_id)

    def search(self, text: str) -> Rows:
        """The newest ones by title, number or sender; all words must occur."""
        return self._desk.store.rows.search_incoming(text)

    def files(self, delivery_id: str, content_keys: ContentKeys | None = None) -> IncomingFiles:
        """Slow. Download what is missing; digests were checked before a file got its name. Encrypted content
        is opened with the keys of this PC, or with ``content_keys``.

        Raises KnownError: network.*, download.damaged, host.disk_full, secrecy.*; RefusedError:
        delivery.recalled and the like for what the sender took back, secrecy.*.
        """
        document = self._desk.store.documents.of_delivery(delivery_id)
        state = self._desk.store.documents.delivery_state(delivery_id)
        DELIVERIES.step(state, DeliveryEvent.FETCH, self._desk.profile_of(document))
        files = self._desk.cabinet.fetch_document(document, content_keys=content_keys)
        if not document.fetched:
            self._desk.store.documents.note_fetch(document.document_id, 2)
            self._desk.announcer.tell("incoming")
        return IncomingFiles(files[0], tuple(files[1:]))

    def checked_files(self, delivery_id: str) -> IncomingFiles:
        """Slow. As ``files``, with digests computed again now: what was altered on this disk meanwhile is
        fetched anew."""
        document = self._desk.store.documents.of_delivery(delivery_id)
        for reference in document.files:
            file = self._desk.cabinet.place(reference)
            if file.path.is_file() and digest_file(file.path) != file.digest:
                remove_file(self._render, file.path)
        return self.files(delivery_id)

    def open(self, delivery_id: str) -> IncomingFiles:
        """Slow. As ``files``, and note that a person viewed the document."""
        files = self.files(delivery_id)
        with self._desk.store.transaction():
            state = self._desk.store.documents.delivery_state(delivery_id)
            first = self._desk.store.documents.note_opened(delivery_id)
            if first and state is DeliveryState.DELIVERED:
                self._desk.store.outbox.add(IntentKind.VIEW, delivery_id, "{}", self._desk.clock.now())
        if first:
            self._desk.engine.nudge()
            self._desk.announcer.tell("incoming")
        return files

    def verify(self, delivery_id: str) -> Verification:
        """Slow. Body, attachments, seals and layout (Ordos art. 10). The exchange's signed receipt witnesses
        the time; seals that its metadata promise and the body lacks are reported as removed. The layout of a
        very long document is left pending, see :meth:`verify_layout`."""
        document = self._desk.store.documents.of_delivery(delivery_id)
        files = self.checked_files(delivery_id)
        return judge(
            self._render,
            files,
            document,
            trust_dir=self._desk.trust_dir,
            now=self._desk.clock.now(),
            witnessed_at=witnessed_at(self._desk, document),
        )

    def verify_layout(self, delivery_id: str, verification: Verification) -> Verification:
        """Slow. The same with a layout judged that was left pending."""
        return judge_layout(self._render, self.files(delivery_id).body.path, verification)

    def make_bundle(self, delivery_id: str, target: Path) -> BundleMade:
        """Slow. Write an evidence bundle: body, attachments, certificates, lists, the exchange's receipts.

        Raises KnownError ``bundle.*``, ``log.not_included`` and what ``files`` raises.
        """
        document = self._desk.store.documents.of_delivery(delivery_id)
        return make_exchange_bundle(self._desk, document, self.checked_files(delivery_id), target)

    def export_report(self, delivery_id: str, verification: Verification, target: Path) -> None:
        """Slow. The report as JSON, OFD or PDF. Raises as ``verification_report.export_report``."""
        document = self._desk.store.documents.of_delivery(delivery_id)
        path = self.files(delivery_id).body.path
        at = verification.checked_at or self._desk.clock.now()
        export_report(self._render, verification.report, path, document.body.name, at, target)

    def accept(self, delivery_id: str, checks: CheckResult) -> IncomingRow:
        """Accept (接收): one intent; the row shows it at once.

        Raises RefusedError: accept.check_failed, accept.other_document, delivery.not_allowed.
        """
        body = self._desk.store.documents.of_delivery(delivery_id).body
        may_accept(self._rules(delivery_id), checks, body.digest).require()
        return self._decide(delivery_id, IntentKind.ACCEPT, AcceptRequest(checks=checks))

    def return_document(
        self, delivery_id: str, reason: ReturnReason, note: str, checks: CheckResult | None
    ) -> IncomingRow:
        """Return (退文); ``note`` is required with OTHER.

        Raises RefusedError: return.note_required, delivery.not_allowed.
        """
        request = ReturnRequest(reason=reason, note=note, checks=checks)
        may_return(self._rules(delivery_id), request).require()
        return self._decide(delivery_id, IntentKind.RETURN, request)

    def _decide(self, delivery_id: str, kind: IntentKind, message: Message) -> IncomingRow:
        desk = self._desk
        desk.grant()
        profile = self._rules(delivery_id)
        event = acceptance_event(profile) if kind is IntentKind.ACCEPT else DeliveryEvent.RETURN
        with desk.store.transaction():
            row = desk.store.rows.incoming_one(delivery_id)
            if row.pending == kind.value:
                return row
            if row.pending:
                article = profile.article_of("checks_before_acceptance")
                raise RefusedError(
                    "delivery.not_allowed", article=article, state=row.state.value, event=event.value
                )
            DELIVERIES.step(desk.store.documents.delivery_state(delivery_id), event, profile)
            desk.store.outbox.add(kind, delivery_id, canonical_bytes(message).decode(), desk.clock.now())
            row = desk.store.rows.incoming_one(delivery_id)
        desk.engine.nudge()
        desk.announcer.tell("incoming")
        return row

    def details(self, delivery_id: str) -> DeliveryView:
        """Reminders, requests, copy numbers, arrivals and reply. Raises KnownError("delivery.not_found")."""
        return self._desk.store.documents.delivery(delivery_id)

    def _rules(self, delivery_id: str) -> RegionProfile:
        return self._desk.profile_of(self._desk.store.documents.of_delivery(delivery_id))
