"""Envelopes of encrypted documents: complete when a document is accepted, withheld when it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from gongwen_crypto import stream
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import FileReference, SendRequest
from gongwen_protocol.profile import EndToEnd, RegionProfile
from gongwen_protocol.secrecy import ESCROW, Envelope
from gongwen_protocol.states import DeliveryEvent, DeliveryState
from gongwen_protocol.transitions import DELIVERIES
from gongwen_server.db.tables import DeliveryRow, DocumentRow, EnvelopeRow, UnitRow
from gongwen_server.services.deliveries import Case
from gongwen_server.services.encryption import decoded, readers
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import rules_of
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import encoded

_LARGEST = 1 << 20


def require_protection(exchange: Exchange, request: SendRequest) -> None:
    """As the region demands, and all of it or none. Raises RefusedError: secrecy.required, secrecy.off,
    secrecy.incomplete."""
    rule = exchange.profile.end_to_end
    article = exchange.profile.article_of("end_to_end")
    if rule.value is EndToEnd.REQUIRED and not request.end_to_end:
        raise RefusedError("secrecy.required", article=article)
    if rule.value is EndToEnd.OFF and request.end_to_end:
        raise RefusedError("secrecy.off", article=article)
    files = (request.body, *request.attachments)
    if any((file.cipher is not None) is not request.end_to_end for file in files):
        raise RefusedError("secrecy.incomplete")
    if request.envelopes and not request.end_to_end:
        raise RefusedError("secrecy.incomplete")
    for file in files:
        if file.cipher is not None:
            _require_cipher(exchange, file)


def _require_cipher(exchange: Exchange, file: FileReference) -> None:
    stored = file.stored
    start = exchange.blobs.head(stored.digest, stream.HEADER_LENGTH)
    if stored.size != stream.encrypted_size(file.size) or not stream.looks_encrypted(start):
        raise RefusedError("secrecy.incomplete")


def require_envelopes(
    ledger: Ledger,
    profile: RegionProfile,
    envelopes: Sequence[Envelope],
    units: Iterable[UnitRow],
    *,
    escrow: bool = True,
) -> None:
    """One envelope for each of ``units``, and (with ``escrow``, where the region wants one) for the escrow
    key, each for the certificate that reads now.

    Raises RefusedError: secrecy.no_certificate (naming the units), secrecy.no_escrow,
    secrecy.certificate_stale, secrecy.incomplete.
    """
    names = {unit.code: unit.name for unit in units}
    wanted = [*names, ESCROW] if escrow and profile.escrow.value else list(names)
    current = readers(ledger.session, wanted, ledger.now)
    if ESCROW in wanted and ESCROW not in current:
        raise RefusedError("secrecy.no_escrow", article=profile.article_of("escrow"))
    missing = [names[code] for code in wanted if code not in current]
    if missing:
        raise RefusedError(
            "secrecy.no_certificate", article=profile.article_of("end_to_end"), units="、".join(missing)
        )
    given = {envelope.unit_code: envelope.certificate for envelope in envelopes}
    if len(given) != len(envelopes) or set(given) != set(wanted):
        raise RefusedError("secrecy.incomplete")
    stale = [names.get(code, code) for code in wanted if given[code] != current[code]]
    if stale:
        raise RefusedError("secrecy.certificate_stale", units="、".join(stale))


def enter_envelopes(session: Session, document_id: str, envelopes: Sequence[Envelope]) -> None:
    """Keep envelopes that were required to be right. Raises RefusedError("secrecy.incomplete")."""
    rows = []
    for envelope in envelopes:
        try:
            sealed = decoded(envelope.sealed)
        except ValueError as error:
            raise RefusedError("secrecy.incomplete") from error
        if not 0 < len(sealed) <= _LARGEST:
            raise RefusedError("secrecy.incomplete")
        rows.append(
            {
                "document_id": document_id,
                "unit_code": envelope.unit_code,
                "certificate_digest": envelope.certificate,
                "sealed": sealed,
            }
        )
    if rows:
        session.execute(insert(EnvelopeRow), rows)


def renew_envelopes(
    ledger: Ledger, document: DocumentRow, cases: Sequence[Case], envelopes: Sequence[Envelope]
) -> None:
    """Before a document is delivered again: who has another certificate by now gets an envelope for it, in
    place of one that nobody opens any more.

    Raises RefusedError: secrecy.certificate_stale (naming units whose envelope is for an older certificate),
    secrecy.incomplete (an envelope for a unit that is not meant).
    """
    session = ledger.session
    names = {case.delivery.unit_code: case.delivery.unit_name for case in cases}
    current = readers(session, names, ledger.now)
    given = {envelope.unit_code: envelope for envelope in envelopes}
    if len(given) != len(envelopes) or not set(given) <= set(names):
        raise RefusedError("secrecy.incomplete")
    stale, renewed = [], []
    for code, name in names.items():
        row = session.get_one(EnvelopeRow, (document.document_id, code))
        known = given[code].certificate if code in given else row.certificate_digest
        if current.get(code, known) != known:
            stale.append(name)
        elif known != row.certificate_digest:
            session.delete(row)
            renewed.append(given[code])
    if stale:
        raise RefusedError("secrecy.certificate_stale", units="、".join(stale))
    session.flush()
    enter_envelopes(session, document.document_id, renewed)


def envelope_for(exchange: Exchange, caller: Caller, document_id: str) -> Envelope:
    """The caller's unit's envelope of a document that it sent, or may fetch.

    Raises RefusedError: document.unknown, secrecy.no_envelope (it is not encrypted), delivery.recalled and
    the like where the sender took it back.
    """
    with exchange.reading() as session:
        document = session.get(DocumentRow, document_id)
        if document is None:
            raise RefusedError("document.unknown")
        if document.sender_code != caller.unit_code:
            _require_delivery(exchange, session, caller, document)
        row = session.get(EnvelopeRow, (document_id, caller.unit_code))
        if row is None:
            raise RefusedError("secrecy.no_envelope")
        return envelope_view(row)


def envelope_view(row: EnvelopeRow) -> Envelope:
    """The message."""
    return Envelope(unit_code=row.unit_code, certificate=row.certificate_digest, sealed=encoded(row.sealed))


def _require_delivery(exchange: Exchange, session: Session, caller: Caller, document: DocumentRow) -> None:
    delivery = session.scalar(
        select(DeliveryRow).where(
            DeliveryRow.document_id == document.document_id, DeliveryRow.unit_code == caller.unit_code
        )
    )
    if delivery is None:
        raise RefusedError("document.unknown")
    profile = rules_of(exchange, session, document)
    DELIVERIES.step(DeliveryState(delivery.state), DeliveryEvent.FETCH, profile)
