"""Resumable uploads (design decision 7): announce, append, complete. What an offset states is on disk."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.decisions import may_have_size
from gongwen_protocol.messages import UploadRequest, UploadState
from gongwen_server.db.tables import UploadRow
from gongwen_server.services.accounts import Caller
from gongwen_server.services.exchange import Exchange

OPEN, COMPLETE = "open", "complete"


def create(exchange: Exchange, caller: Caller, request: UploadRequest) -> UploadState:
    """Announce a file. Announcing the same file again finds the upload that is there, with its offset:
    a repeat after a lost answer re-sends nothing. Raises RefusedError("send.too_large")."""
    may_have_size(exchange.profile, request.length).require()
    with exchange.database.reading() as session:
        known = session.scalars(
            select(UploadRow).where(
                UploadRow.unit_code == caller.unit_code,
                UploadRow.digest == request.digest,
                UploadRow.length == request.length,
            )
        ).first()
    if known is not None:
        return _state(exchange, known)
    row = UploadRow(
        upload_id=uuid.uuid4().hex,
        unit_code=caller.unit_code,
        length=request.length,
        digest=request.digest,
        state=OPEN,
        created_at=exchange.clock.now(),
    )
    exchange.blobs.begin(row.upload_id)
    with exchange.writing() as session:
        session.add(row)
    return complete(exchange, row) if row.length == 0 else _state(exchange, row)


def find(exchange: Exchange, caller: Caller, upload_id: str) -> UploadRow:
    """The caller's upload. Raises RefusedError("upload.gone") also for another unit's."""
    with exchange.database.reading() as session:
        row = session.get(UploadRow, upload_id)
    if row is None or row.unit_code != caller.unit_code:
        raise RefusedError("upload.gone")
    return row


def state(exchange: Exchange, caller: Caller, upload_id: str) -> UploadState:
    """How far an upload is."""
    return _state(exchange, find(exchange, caller, upload_id))


def append(exchange: Exchange, upload: UploadRow, at: int, data: bytes) -> None:
    """Write a piece; see ``LocalBlobs.append`` for what is refused."""
    if upload.state == COMPLETE:
        raise RefusedError("upload.offset_conflict", offset=upload.length)
    exchange.blobs.append(upload.upload_id, at, data, upload.length)


def settle(exchange: Exchange, upload: UploadRow) -> UploadState:
    """Make what arrived durable; check and keep the file when it is whole.

    Raises RefusedError("upload.digest_wrong"): the upload is gone then, the file has to be announced anew.
    """
    now = _state(exchange, upload)
    if now.complete or now.offset < now.length:
        return now
    return complete(exchange, upload)


def complete(exchange: Exchange, upload: UploadRow) -> UploadState:
    """Check the digest of the whole file and make it a blob."""
    good = exchange.blobs.finish(upload.upload_id, upload.digest)
    with exchange.writing() as session:
        row = session.get(UploadRow, upload.upload_id)
        if row is not None and good:
            row.state = COMPLETE
        elif row is not None:
            session.delete(row)
    if not good:
        raise RefusedError("upload.digest_wrong")
    return UploadState(upload_id=upload.upload_id, offset=upload.length, length=upload.length, complete=True)


def _state(exchange: Exchange, upload: UploadRow) -> UploadState:
    done = upload.state == COMPLETE
    offset = upload.length if done else exchange.blobs.offset(upload.upload_id)
    return UploadState(upload_id=upload.upload_id, offset=offset, length=upload.length, complete=done)
