"""By when a delivery is to be received: fixed when it is delivered, so that a later calendar moves
nothing."""

from __future__ import annotations

from datetime import datetime

from gongwen_protocol.messages import Elements
from gongwen_protocol.statistics import receive_by
from gongwen_server.db.tables import DocumentRow
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import rules_of, work_calendar


def deadline(ledger: Ledger, document: DocumentRow) -> datetime | None:
    """For what is delivered now, by the rules that the document was sent under; None where they state
    none."""
    profile = rules_of(ledger.exchange, ledger.session, document)
    urgency = Elements.model_validate_json(document.elements).urgency
    return receive_by(profile, work_calendar(ledger.exchange), ledger.now, urgency)
