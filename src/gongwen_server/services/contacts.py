"""Contacts of units: changed and confirmed by the unit's administrator, every version kept."""

from __future__ import annotations

from sqlalchemy import func, select

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.contacts import (
    ContactsChange,
    ContactsConfirmation,
    ContactsHistory,
    ContactsRecord,
    UnitContact,
)
from gongwen_protocol.messages import Unit
from gongwen_server.db.tables import ContactRecordRow, UnitRow
from gongwen_server.services.account_admin import require_scope
from gongwen_server.services.directory import is_open_now
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import CONTACTS, unit_view

HISTORY = 200


def change(exchange: Exchange, caller: Caller, request: ContactsChange) -> Unit:
    """The unit's contacts from now on; they count as confirmed. Raises RefusedError: session.other_unit,
    directory.unknown_unit, contacts.twice."""
    posts = [contact.post for contact in request.contacts]
    if len(set(posts)) < len(posts):
        raise RefusedError("contacts.twice")
    return _record(exchange, caller, request.unit_code, request.reason, request.contacts)


def confirm(exchange: Exchange, caller: Caller, request: ContactsConfirmation) -> Unit:
    """They are right as they stand. Raises RefusedError: session.other_unit, directory.unknown_unit,
    contacts.none."""
    return _record(exchange, caller, request.unit_code, "核对无误", None)


def history(exchange: Exchange, caller: Caller, unit_code: str) -> ContactsHistory:
    """The newest entries. Raises RefusedError("session.other_unit")."""
    require_scope(caller, unit_code)
    with exchange.reading() as session:
        rows = session.scalars(
            select(ContactRecordRow)
            .where(ContactRecordRow.unit_code == unit_code)
            .order_by(ContactRecordRow.number.desc())
            .limit(HISTORY)
        )
        return ContactsHistory(
            unit_code=unit_code,
            records=tuple(
                ContactsRecord(
                    at=row.at,
                    by_account=row.by_account,
                    by_post=row.by_post,
                    reason=row.reason,
                    confirmed=row.confirmed,
                    contacts=CONTACTS.validate_json(row.contacts),
                )
                for row in rows
            ),
        )


def _record(
    exchange: Exchange,
    caller: Caller,
    unit_code: str,
    reason: str,
    contacts: tuple[UnitContact, ...] | None,
) -> Unit:
    require_scope(caller, unit_code)
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        unit = session.get(UnitRow, unit_code)
        if unit is None:
            raise RefusedError("directory.unknown_unit", unit=unit_code)
        if contacts is not None:
            unit.contacts = CONTACTS.dump_json(contacts).decode()
        elif not CONTACTS.validate_json(unit.contacts):
            raise RefusedError("contacts.none")
        unit.contacts_confirmed_at = ledger.now
        session.add(
            ContactRecordRow(
                number=(session.scalar(select(func.max(ContactRecordRow.number))) or 0) + 1,
                unit_code=unit_code,
                at=ledger.now,
                by_account=caller.name,
                by_post=caller.post,
                reason=reason,
                confirmed=contacts is None,
                contacts=unit.contacts,
            )
        )
        act = "unit.contacts_confirmed" if contacts is None else "unit.contacts"
        ledger.note(caller.name, act, unit_code, reason=reason)
        ledger.close()
        return unit_view(unit, enabled=is_open_now(exchange, unit))
