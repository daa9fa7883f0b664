"""What need not be kept: uploads that nobody goes on with, sessions that ended, answered challenges, codes
out of date, old failures of log-in, contents whose time is over. Evidence, answers to idempotency keys and
the log are kept for ever."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Delete, and_, delete, func, not_, or_, select

from gongwen_crypto.errors import GongwenError
from gongwen_protocol.profiles import ProfileStatement
from gongwen_protocol.states import OPEN_DELIVERIES
from gongwen_server.db.tables import (
    DeliveryRow,
    DeviceCodeRow,
    DocumentRow,
    FailedLoginRow,
    FileRow,
    ProfileRow,
    RequestPictureRow,
    RequestRow,
    SessionRow,
    UploadRow,
    UsedNonceRow,
)
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import SYSTEM
from gongwen_server.services.sessions import ended
from gongwen_server.services.uploads import OPEN

SWEEP_SECONDS = 600.0
_UNDECIDED = tuple(state.value for state in OPEN_DELIVERIES)
_Key = tuple[str, int]
"""A version of the region's rules."""
_log = logging.getLogger("gongwen.server")


@dataclass(frozen=True)
class Swept:
    """How much went."""

    uploads: int = 0
    sessions: int = 0
    blocks: int = 0
    contents: int = 0


def sweep(exchange: Exchange, contents_after: timedelta | None = None) -> Swept:
    """Remove what is over by the region's rules: the bytes of a document by those that it was sent under.
    ``contents_after``: they go that long after every unit has decided, whatever the rules. Several processes
    may do it at once."""
    now, keeps = exchange.clock.now(), exchange.profile.keeps
    uploads = _sweep_uploads(exchange, now - timedelta(days=keeps.unfinished_uploads))
    with exchange.writing() as session:

        def gone(statement: Delete) -> int:
            result: CursorResult[Any] = session.execute(statement)  # type: ignore[assignment]
            return result.rowcount

        sessions = gone(delete(SessionRow).where(ended(now)))
        gone(delete(UsedNonceRow).where(UsedNonceRow.expires_at <= now))
        gone(delete(DeviceCodeRow).where(DeviceCodeRow.expires_at <= now))
        # A day at least, well over the longest block: guesses must not be forgotten by waiting a little.
        forgotten = now - timedelta(days=keeps.failed_logins)
        blocks = gone(delete(FailedLoginRow).where(FailedLoginRow.last_at <= forgotten))
    before = _contents_before(exchange, now, contents_after)
    contents = _sweep_contents(exchange, before)
    _sweep_pictures(exchange, before)
    return Swept(uploads, sessions, blocks, contents)


def _sweep_uploads(exchange: Exchange, before: datetime) -> int:
    """Parts whose last byte came before ``before``; their announcement first, so that nobody goes on."""
    count = 0
    for upload_id, last in list(exchange.blobs.unfinished()):
        if last < before:
            with exchange.writing() as session:
                session.execute(
                    delete(UploadRow).where(UploadRow.upload_id == upload_id, UploadRow.state == OPEN)
                )
            exchange.blobs.discard(upload_id)
            count += 1
    return count


def _contents_before(exchange: Exchange, now: datetime, after: timedelta | None) -> dict[_Key, datetime]:
    """For each version of the rules that ends the keeping of contents: those decided on before then go."""
    with exchange.reading() as session:
        statements = session.scalars(select(ProfileRow.statement)).all()
    profiles = [ProfileStatement.model_validate_json(one).profile for one in statements]
    if after is not None:
        return {profile.key: now - after for profile in profiles}
    days = {profile.key: profile.keeps.contents for profile in profiles}
    return {key: now - timedelta(days=kept) for key, kept in days.items() if kept is not None}


def _sweep_contents(exchange: Exchange, before: Mapping[_Key, datetime]) -> int:
    """Bytes that only documents need which every unit had decided on in time, each on record."""
    if not before:
        return 0
    needed = _digests_needed(before)
    with exchange.reading() as session:
        digests = session.scalars(
            select(FileRow.digest).distinct().where(FileRow.digest.not_in(needed))
        ).all()
    held = [digest for digest in digests if exchange.blobs.holds(digest)]
    for digest in held:
        with exchange.writing() as session:
            ledger = Ledger(exchange, session)  # no document can be sent meanwhile
            if session.scalar(
                select(FileRow.digest).where(FileRow.digest == digest, FileRow.digest.in_(needed))
            ):
                continue
            session.execute(delete(UploadRow).where(UploadRow.digest == digest))
            ledger.note(SYSTEM, "contents.remove", digest)
            ledger.close()
        exchange.blobs.remove(digest)
    return len(held)


def _sweep_pictures(exchange: Exchange, before: Mapping[_Key, datetime]) -> None:
    """Photographs that came with requests show contents: they go with them."""
    if not before:
        return
    over = (
        select(RequestRow.request_id)
        .join(DeliveryRow, DeliveryRow.delivery_id == RequestRow.delivery_id)
        .where(DeliveryRow.document_id.not_in(_documents_needed(before)))
    )
    with exchange.writing() as session:
        session.execute(delete(RequestPictureRow).where(RequestPictureRow.request_id.in_(over)))


def _digests_needed(before: Mapping[_Key, datetime]) -> Any:
    """Files of the documents that are needed."""
    return select(FileRow.digest).where(FileRow.document_id.in_(_documents_needed(before)))


def _documents_needed(before: Mapping[_Key, datetime]) -> Any:
    """Documents that a unit has not decided on, or whose time is not over by their rules."""
    last = func.coalesce(
        DeliveryRow.received_at, DeliveryRow.returned_at, DeliveryRow.recalled_at, DeliveryRow.delivered_at
    )
    over = or_(
        *(
            and_(DocumentRow.profile_id == name, DocumentRow.profile_version == version, last < moment)
            for (name, version), moment in before.items()
        )
    )
    return (
        select(DocumentRow.document_id)
        .join(DeliveryRow, DeliveryRow.document_id == DocumentRow.document_id)
        .where(or_(DeliveryRow.state.in_(_UNDECIDED), not_(over)))
    )


class Sweeper:
    """Sweeps now and then while the exchange is served, by the region's rules."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin, some minutes from now."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._thread.join(3)

    def _run(self) -> None:
        while not self._stopping.wait(SWEEP_SECONDS):
            try:
                _log.info("swept: %s", sweep(self._exchange))
            except GongwenError as error:
                _log.warning("not swept: %s", error.code)
