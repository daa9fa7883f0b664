"""Resumable uploads (ADR 0013): announce, append, complete. What an offset states is on disk."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from gongwen_crypto import stream
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.decisions import may_have_size
from gongwen_protocol.messages import UploadRequest, UploadState
from gongwen_server.db.tables import UploadRow
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.sessions import Caller

OPEN, COMPLETE = "open", "complete"


@dataclass(frozen=True)
class Upload:
    """An announced file of a unit."""

    upload_id: str
    unit_code: str
    length: int
    digest: str
    complete: bool

    def at(self, offset: int) -> UploadState:
        """The message for this upload with ``offset`` bytes on disk."""
        return UploadState(
            upload_id=self.upload_id, offset=offset, length=self.length, complete=self.complete
        )


def create(exchange: Exchange, caller: Caller, request: UploadRequest) -> UploadState:
    """Announce a file. Announcing the same file again finds the upload that is there, with its offset:
    a repeat after a lost answer re-sends nothing. Raises RefusedError("send.too_large")."""
    may_have_size(exchange.profile, stream.plain_size(request.length)).require()
    known = _announced(exchange, caller, request)
    if known is not None:
        return settle(exchange, known)
    row = UploadRow(
        upload_id=uuid.uuid4().hex,
        unit_code=caller.unit_code,
        length=request.length,
        digest=request.digest,
        state=OPEN,
        created_at=exchange.clock.now(),
    )
    upload = _upload(row)
    exchange.blobs.begin(upload.upload_id)
    with exchange.writing() as session:
        session.add(row)
    return settle(exchange, upload)


def _announced(exchange: Exchange, caller: Caller, request: UploadRequest) -> Upload | None:
    """The caller's upload of the same file, if its bytes are still there."""
    with exchange.reading() as session:
        row = session.scalars(
            select(UploadRow).where(
                UploadRow.unit_code == caller.unit_code,
                UploadRow.digest == request.digest,
                UploadRow.length == request.length,
            )
        ).first()
    if row is None:
        return None
    if row.state == OPEN and not exchange.blobs.began(row.upload_id, row.digest):
        _forget(exchange, row.upload_id)  # the server was killed while it threw away wrong bytes
        return None
    return _upload(row)


def find(exchange: Exchange, caller: Caller, upload_id: str) -> Upload:
    """The caller's upload. Raises RefusedError("upload.gone") also for another unit's."""
    with exchange.reading() as session:
        row = session.get(UploadRow, upload_id)
    if row is None or row.unit_code != caller.unit_code:
        raise RefusedError("upload.gone")
    return _upload(row)


def state(exchange: Exchange, caller: Caller, upload_id: str) -> UploadState:
    """How far an upload is."""
    return settle(exchange, find(exchange, caller, upload_id))


def append(exchange: Exchange, upload: Upload, at: int, data: bytes) -> None:
    """Write a piece; see ``LocalBlobs.append`` for what is refused."""
    try:
        exchange.blobs.append(upload.upload_id, at, data, upload.length)
    except RefusedError:
        if _offset(exchange, upload) == upload.length:  # another connection was quicker
            raise RefusedError("upload.offset_conflict", offset=upload.length) from None
        raise


def settle(exchange: Exchange, upload: Upload) -> UploadState:
    """Make what arrived durable. When the file is whole, check its digest and keep it as a blob.

    A server killed between the last byte and the check does the check when it is next asked. Raises
    RefusedError("upload.digest_wrong"): the upload is gone then, the file has to be announced anew.
    """
    if upload.complete:
        return upload.at(upload.length)
    offset = _offset(exchange, upload)
    if offset < upload.length:
        return upload.at(offset)
    if not exchange.blobs.finish(upload.upload_id, upload.digest):
        _forget(exchange, upload.upload_id)
        raise RefusedError("upload.digest_wrong")
    with exchange.writing() as session:
        session.execute(
            update(UploadRow).where(UploadRow.upload_id == upload.upload_id).values(state=COMPLETE)
        )
    return UploadState(upload_id=upload.upload_id, offset=offset, length=upload.length, complete=True)


def _offset(exchange: Exchange, upload: Upload) -> int:
    """Bytes on disk, also when another connection has just made the blob of them."""
    try:
        return exchange.blobs.offset(upload.upload_id)
    except RefusedError:
        if exchange.blobs.finished(upload.upload_id, upload.digest):
            return upload.length
        raise


def _forget(exchange: Exchange, upload_id: str) -> None:
    with exchange.writing() as session:
        session.execute(delete(UploadRow).where(UploadRow.upload_id == upload_id))


def _upload(row: UploadRow) -> Upload:
    return Upload(row.upload_id, row.unit_code, row.length, row.digest, row.state == COMPLETE)
