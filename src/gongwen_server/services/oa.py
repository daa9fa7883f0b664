"""Office systems: their credentials, and receiving in one step once they have stored a document.

A delivery is received once, whichever way: both ways take the same states, so the second is refused.
"""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Iterable

from sqlalchemy import select

from gongwen_crypto import sm3
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import AcceptRequest, DeliveryView, DocumentView, Role
from gongwen_protocol.oa import OaConfirmation, OaInbox, OaLog, OaScope
from gongwen_protocol.states import DeliveryState
from gongwen_protocol.transitions import acceptance_event
from gongwen_server.db.tables import DeliveryRow, DocumentRow, FileRow, OaClientRow, UnitRow
from gongwen_server.services import deliveries
from gongwen_server.services.deliveries import own_case
from gongwen_server.services.directory import is_open_now
from gongwen_server.services.evidence import growth, latest_checkpoint
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import SYSTEM
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import delivery_view, document_views

OA_READ = "oa_read"  # the receipt by first use (Jiangmen art. 36)
PAGE = 100
PER_MINUTE = 600
_ROLES = {OaScope.RECEIVE: Role.RECEIVE, OaScope.SEND: Role.SEND}
_OPEN = tuple(
    state.value for state in (DeliveryState.DELIVERED, DeliveryState.VIEWED, DeliveryState.VERIFIED)
)


def register(
    exchange: Exchange, unit_code: str, name: str, scopes: Iterable[OaScope], per_minute: int = PER_MINUTE
) -> tuple[str, str]:
    """Open the interface for a unit's office system; its id and its secret, which is shown this once.

    Raises RefusedError: directory.unknown_unit, oa.not_here (the region has no such interface).
    """
    rule = exchange.profile.oa_interface
    if not rule.value:
        raise RefusedError("oa.not_here", article=exchange.profile.cite(rule.article))
    client_id, secret = uuid.uuid4().hex, secrets.token_urlsafe(32)
    with exchange.writing() as session:
        if session.get(UnitRow, unit_code) is None:
            raise RefusedError("directory.unknown_unit", unit=unit_code)
        ledger = Ledger(exchange, session)
        session.add(
            OaClientRow(
                client_id=client_id,
                unit_code=unit_code,
                name=name,
                scopes=" ".join(sorted(scope.value for scope in scopes)),
                secret_digest=_digest(secret),
                per_minute=per_minute,
                enabled=True,
                created_at=ledger.now,
            )
        )
        ledger.note(SYSTEM, "oa.add", client_id, unit=unit_code, name=name)
        ledger.close()
    return client_id, secret


def disable(exchange: Exchange, client_id: str) -> None:
    """Close the interface for an office system at once. Raises RefusedError("oa.unknown")."""
    with exchange.writing() as session:
        row = session.get(OaClientRow, client_id)
        if row is None:
            raise RefusedError("oa.unknown", client=client_id)
        ledger = Ledger(exchange, session)
        row.enabled = False
        ledger.note(SYSTEM, "oa.disable", client_id)
        ledger.close()


def identify(exchange: Exchange, client_id: str, secret: str) -> tuple[Caller, int]:
    """The office system as a caller of its unit, and its calls per minute. Raises
    RefusedError("oa.wrong_credentials"), the same whatever is wrong."""
    with exchange.reading() as session:
        found = session.execute(
            select(OaClientRow, UnitRow)
            .join(UnitRow, UnitRow.code == OaClientRow.unit_code)
            .where(OaClientRow.client_id == client_id)
        ).one_or_none()
    stored = found[0].secret_digest if found else ""
    if not hmac.compare_digest(stored, _digest(secret)) or found is None:
        raise RefusedError("oa.wrong_credentials")
    row, unit = found
    if not (row.enabled and is_open_now(exchange, unit)):
        raise RefusedError("oa.wrong_credentials")
    caller = Caller(
        account_id=row.client_id,
        unit_code=unit.code,
        unit_name=unit.name,
        account=row.client_id,
        post=f"OA系统（{row.name}）",
        roles=frozenset(_ROLES[OaScope(scope)] for scope in row.scopes.split()),
        platform=False,
        must_change_password=False,
        token_digest="",
        device_id=None,
    )
    return caller, row.per_minute


def inbox(exchange: Exchange, caller: Caller) -> OaInbox:
    """What waits for the unit. Pulling changes nothing: it may be repeated as often as it fails."""
    with exchange.reading() as session:
        waiting = session.scalars(
            select(DeliveryRow.document_id)
            .where(DeliveryRow.unit_code == caller.unit_code, DeliveryRow.state.in_(_OPEN))
            .order_by(DeliveryRow.delivered_at, DeliveryRow.delivery_id)
            .limit(PAGE + 1)
        ).all()
        found = document_views(session, caller.unit_code, waiting[:PAGE]) if waiting else ()
        return OaInbox(documents=found, more=len(waiting) > PAGE)


def log(exchange: Exchange, tree: int) -> OaLog:
    """Who the exchange is and what it commits to. Raises RefusedError("sync.cursor_ahead") when the office
    system has seen more of the log than there is."""
    info = exchange.info()
    with exchange.reading() as session:
        checkpoint = latest_checkpoint(session)
        return OaLog(
            exchange=info.name,
            certificate=info.certificate,
            handovers=info.handovers,
            checkpoint=checkpoint,
            consistency=growth(session, tree, checkpoint.checkpoint.size) if checkpoint else (),
        )


def document(exchange: Exchange, caller: Caller, document_id: str) -> DocumentView:
    """A document of which the unit is a party; for its sender the board of all deliveries. Raises
    RefusedError("document.unknown")."""
    with exchange.reading() as session:
        own = session.scalar(
            select(DeliveryRow.delivery_id).where(
                DeliveryRow.document_id == document_id, DeliveryRow.unit_code == caller.unit_code
            )
        )
        row = session.get(DocumentRow, document_id)
        if row is None or (row.sender_code != caller.unit_code and own is None):
            raise RefusedError("document.unknown")
        return document_views(session, caller.unit_code, [document_id])[0]


def confirm(ledger: Ledger, caller: Caller, delivery_id: str, request: OaConfirmation) -> DeliveryView:
    """The office system has stored every file: the receipt, by acceptance or by first use.

    Raises RefusedError: oa.not_stored (a file is missing among those that were stored), accept.*, delivery.*.
    """
    case = own_case(ledger, caller, delivery_id)
    files = ledger.session.scalars(
        select(FileRow).where(FileRow.document_id == case.document.document_id).order_by(FileRow.position)
    )
    for file in files:
        if file.digest not in request.stored:
            raise RefusedError("oa.not_stored", name=file.name)
    if case.state is not DeliveryState.VERIFIED:
        deliveries.accept(ledger, caller, delivery_id, AcceptRequest(checks=request.checks))
    if acceptance_event(case.profile).value != "accept":
        deliveries.use(ledger, caller, case, OA_READ)
    return delivery_view(ledger.session, case.delivery)


def _digest(secret: str) -> str:
    return sm3.digest(secret.encode()).hex()
