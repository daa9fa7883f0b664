"""Rows as the services hand them out, for widgets that need no office."""

from __future__ import annotations

from datetime import UTC, datetime

from gongwen_client.domain.drafts import Draft, LocalFile
from gongwen_client.domain.rows import IncomingRow, IncomingState
from gongwen_client.services.incoming import Verification
from gongwen_protocol.messages import CheckResult, Elements, Finding, Recipient, RecipientRole
from gongwen_protocol.states import DocumentState

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
TITLE = "关于做好防汛工作的通知"


def incoming(**changes: object) -> IncomingRow:
    """A document that waits for a person."""
    values: dict[str, object] = {
        "delivery_id": "d1",
        "document_id": "a" * 32,
        "state": IncomingState.TO_VERIFY,
        "elements": Elements(title=TITLE, doc_number="示府办发〔2026〕12号"),
        "sender_name": "示范市人民政府办公室",
        "sent_at": NOON,
        "received_at": None,
        "returned_at": None,
        "return_reason": "",
        "size": 403_000,
        "role": RecipientRole.MAIN,
        "copies": 5,
        "printed": 0,
        "unread": True,
    }
    return IncomingRow(**{**values, **changes})  # type: ignore[arg-type]


def verification(verdict: str = "valid", seal: Finding = Finding.OK) -> Verification:
    """A verification whose verdict and seal check are as wished."""
    checks = CheckResult(
        body=Finding.OK, attachments=Finding.OK, seal=seal, layout=Finding.OK, body_digest="0" * 64
    )
    signature = {"verdict": verdict, "seal": {"name": "示范市人民政府办公室"}, "steps": [], "stamps": []}
    report: dict[str, object] = {
        "verdict": verdict,
        "signatures": [] if verdict == "unsigned" else [signature],
        "steps": [],
        "changed": [{"kind": "page", "page": 3, "name": "", "path": "x"}] if verdict == "invalid" else [],
        "uncovered": [],
    }
    return Verification(report, checks, ())


def draft(tmp_file: LocalFile | None = None, recipients: int = 0) -> Draft:
    """A draft with so many recipients."""
    return Draft(
        "b" * 32,
        DocumentState.READY,
        Elements(title=TITLE),
        tmp_file,
        (),
        tuple(Recipient(unit_code=str(n), role=RecipientRole.MAIN, copies=2) for n in range(recipients)),
        (),
        NOON,
    )
