"""What the sending unit does with deliveries of its documents: chosen, then done where it fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import DocumentView
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.states import DeliveryEvent, DeliveryState, DocumentEvent, overall
from gongwen_protocol.transitions import DELIVERIES, DOCUMENTS
from gongwen_server.db.tables import DeliveryRow, DocumentRow, UnitRow
from gongwen_server.services.deliveries import Case
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import rules_of
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import document_views


@dataclass(frozen=True)
class OwnDocument:
    """A document of the calling unit with all its deliveries."""

    document: DocumentRow
    cases: Sequence[Case]
    profile: RegionProfile

    def require(self, event: DocumentEvent) -> None:
        """Raise RefusedError unless the document as a whole is in a state for ``event``."""
        DOCUMENTS.step(overall(case.state for case in self.cases), event, self.profile)

    def chosen(self, unit_codes: Sequence[str]) -> list[Case]:
        """The deliveries to these units, or all. Raises RefusedError("document.not_recipient")."""
        if not unit_codes:
            return list(self.cases)
        by_code = {case.delivery.unit_code: case for case in self.cases}
        for code in unit_codes:
            if code not in by_code:
                raise RefusedError("document.not_recipient", unit=code)
        return [by_code[code] for code in dict.fromkeys(unit_codes)]


def own_document(ledger: Ledger, caller: Caller, document_id: str) -> OwnDocument:
    """A document that the caller's unit sent. Raises RefusedError("document.unknown") for any other."""
    document = ledger.session.get(DocumentRow, document_id)
    if document is None or document.sender_code != caller.unit_code:
        raise RefusedError("document.unknown")
    profile = rules_of(ledger.exchange, ledger.session, document)
    rows = ledger.session.execute(
        select(DeliveryRow, UnitRow)
        .join(UnitRow, UnitRow.code == DeliveryRow.unit_code)
        .where(DeliveryRow.document_id == document_id)
        .order_by(DeliveryRow.position)
    )
    return OwnDocument(document, [Case(row, document, unit, profile) for row, unit in rows], profile)


def where_it_fits(
    cases: Sequence[Case], event: DeliveryEvent, act: Callable[[Case, DeliveryState], None]
) -> None:
    """Do ``act`` with every delivery whose state allows ``event``, giving it the next state; some units may
    have been quicker. ``act`` refuses by raising RefusedError before it changes anything. When none is left
    the first refusal is raised, that of a unit in question before that of one whose state is closed."""
    closed: list[RefusedError] = []
    against: list[RefusedError] = []
    done = 0
    for case in cases:
        try:
            state = DELIVERIES.step(case.state, event, case.profile)
        except RefusedError as error:
            closed.append(error)
            continue
        try:
            act(case, state)
            done += 1
        except RefusedError as error:
            against.append(error)
    if not done and (against or closed):
        raise (against or closed)[0]


def view_of(ledger: Ledger, caller: Caller, document_id: str) -> DocumentView:
    """The document as its sender sees it."""
    return document_views(ledger.session, caller.unit_code, [document_id])[0]
