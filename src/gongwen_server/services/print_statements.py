"""The statement of the 验证印章 that goes with originals that were printed (Jiangmen art. 18 and 34).

Checked, kept for good, and bound into the receipt by its digest. Its certificate names the unit and is kept
beside it for whoever judges the issuer.
"""

from __future__ import annotations

import base64
import binascii

from sqlalchemy.orm import Session

from gongwen_crypto import algorithms
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.keys import KeyKind
from gongwen_protocol.canonical import canonical_bytes, canonical_digest
from gongwen_protocol.messages import PrintStatement, TicketSettle
from gongwen_server.db.tables import DeliveryRow, DocumentRow, PrintStatementRow, TicketRow
from gongwen_server.services.deliveries import Case
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.sessions import Caller
from gongwen_server.services.views import encoded

_ALGORITHMS = {
    KeyKind.SM2: algorithms.SM2_WITH_SM3,
    KeyKind.P256: algorithms.ECDSA_WITH_SHA256,
    KeyKind.P384: algorithms.ECDSA_WITH_SHA384,
    KeyKind.RSA: algorithms.SHA256_WITH_RSA,
}


def keep(
    ledger: Ledger, caller: Caller, case: Case, ticket: TicketRow, settled: TicketSettle
) -> PrintStatement | None:
    """Check the statement for one of its copies and keep it once; None where none came and none is due.

    Raises RefusedError: print.statement_missing, print.statement_wrong.
    """
    statement = settled.statement
    if statement is None:
        if case.profile.original_print_needs_verifying_seal.value:
            article = case.profile.article_of("original_print_needs_verifying_seal")
            raise RefusedError("print.statement_missing", article=article)
        return None
    certificate, signature = _decoded(settled)
    _require_about(statement, case, ticket)
    _require_signed(statement, certificate, signature, caller.unit_name)
    digest = canonical_digest(statement)
    if ledger.session.get(PrintStatementRow, digest) is None:
        ledger.session.add(
            PrintStatementRow(
                digest=digest,
                delivery_id=ticket.delivery_id,
                statement=canonical_bytes(statement),
                certificate=certificate.der,
                signature=signature,
                received_at=ledger.now,
            )
        )
    ticket.statement_digest = digest
    return statement


def read(exchange: Exchange, caller: Caller, digest: str) -> TicketSettle:
    """A kept statement, for sender and receiver of its document. Raises RefusedError:
    print.statement_unknown."""
    with exchange.reading() as session:
        row = session.get(PrintStatementRow, digest)
        if row is None or caller.unit_code not in _parties(session, row):
            raise RefusedError("print.statement_unknown")
        return TicketSettle(
            statement=PrintStatement.model_validate_json(row.statement),
            certificate=encoded(row.certificate),
            signature=encoded(row.signature),
        )


def _parties(session: Session, row: PrintStatementRow) -> tuple[str, str]:
    delivery = session.get_one(DeliveryRow, row.delivery_id)
    return session.get_one(DocumentRow, delivery.document_id).sender_code, delivery.unit_code


def _decoded(settled: TicketSettle) -> tuple[Certificate, bytes]:
    try:
        certificate = Certificate.load(base64.b64decode(settled.certificate, validate=True))
        return certificate, base64.b64decode(settled.signature, validate=True)
    except (binascii.Error, ValueError, KnownError) as error:
        raise RefusedError("print.statement_wrong", why="证书或签名无法读取") from error


def _require_about(statement: PrintStatement, case: Case, ticket: TicketRow) -> None:
    """The statement names this copy of this document, each of its copies once."""
    named = dict(zip(statement.tickets, statement.copy_numbers, strict=False))
    same_document = (
        statement.delivery_id == ticket.delivery_id
        and statement.document_id == case.document.document_id
        and statement.document_digest == case.document.body_digest
    )
    if not same_document:
        raise RefusedError("print.statement_wrong", why="不是这份公文")
    paired = len(statement.tickets) == len(statement.copy_numbers) == len(named)
    if not paired or named.get(ticket.ticket_id) != ticket.copy_number:
        raise RefusedError("print.statement_wrong", why="没有写明这一份")


def _require_signed(statement: PrintStatement, certificate: Certificate, signature: bytes, unit: str) -> None:
    if unit not in (certificate.organization, certificate.common_name):
        raise RefusedError("print.statement_wrong", why="不是本单位的验证印章")
    key = certificate.public_key
    good = verify_signature(key, _ALGORITHMS[key.kind], canonical_bytes(statement), signature)
    if not (good and certificate.may_seal and certificate.valid_at(statement.at)):
        raise RefusedError("print.statement_wrong", why="签名不成立，或证书已过期")
