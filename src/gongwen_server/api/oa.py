"""The interface for office systems: pull, confirm, return, push, follow, urge (Ordos art. 8, Jiangmen 36).

Its own credentials (HTTP Basic: client id and secret, given per unit by the platform) and its own rate limit.
All effects are those of the unit's PC, so a unit may change from one way to the other with documents in
flight.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.actions import RemindRequest
from gongwen_protocol.checkpoints import GrowthProof, RestorationList
from gongwen_protocol.messages import (
    UPLOAD_OFFSET_HEADER,
    DeliveryView,
    Directory,
    DocumentView,
    ReceiptList,
    ReturnRequest,
    SendRequest,
    UploadRequest,
    UploadState,
)
from gongwen_protocol.oa import OaConfirmation, OaInbox, OaLog
from gongwen_protocol.permissions import Action
from gongwen_protocol.profiles import SignedProfile
from gongwen_protocol.secrecy import EncryptionNews, Envelope
from gongwen_server.api import uploads as transfers
from gongwen_server.api.access import ExchangeOf, Identifier, Once, performed
from gongwen_server.api.blob_answers import blob_answer
from gongwen_server.services import (
    deliveries,
    envelopes,
    evidence,
    oa,
    reminding,
    restoring,
    rules,
    sending,
    syncing,
)
from gongwen_server.services import directory as directories
from gongwen_server.services import encryption as directory_of_keys
from gongwen_server.services.sessions import Caller

router = APIRouter(prefix="/oa/v1", tags=["oa"])
_basic = HTTPBasic(auto_error=False, description="client id and secret of the office system")


class RateLimit:
    """Calls per minute and office system, with a minute's worth at once. Each process counts for itself: the
    platform's bound is this times the processes, which is what it is there to protect."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, client_id: str, per_minute: int) -> None:
        """Raise RefusedError("oa.too_many") when the minute's calls are used up."""
        now = self._clock()
        with self._lock:
            left, since = self._left.get(client_id, (float(per_minute), now))
            left = min(per_minute, left + (now - since) * per_minute / 60)
            if left < 1:
                wait = max(1, round((1 - left) * 60 / per_minute))
                raise RefusedError("oa.too_many", per_minute=per_minute, seconds=wait)
            self._left[client_id] = (left - 1, now)


def _office(
    request: Request,
    exchange: ExchangeOf,
    credentials: Annotated[HTTPBasicCredentials | None, Depends(_basic)],
) -> Caller:
    """The office system behind a call."""
    if credentials is None:
        raise RefusedError("oa.wrong_credentials")
    caller, per_minute = oa.identify(exchange, credentials.username, credentials.password)
    request.state.caller = f"{caller.unit_code}/oa/{caller.account}"
    limit = request.app.state.rate_limit
    assert isinstance(limit, RateLimit)
    limit.take(caller.account, per_minute)
    return caller


Office = Annotated[Caller, Depends(_office)]


async def _receiver(caller: Office) -> Caller:
    caller.require(Action.RECEIVE)
    return caller


async def _sender(caller: Office) -> Caller:
    caller.require(Action.SEND)
    return caller


Receiver = Annotated[Caller, Depends(_receiver)]
Sender = Annotated[Caller, Depends(_sender)]


@router.get("/inbox")
def inbox(exchange: ExchangeOf, caller: Receiver) -> OaInbox:
    """Documents that wait for the unit, oldest first. Reading them changes nothing and is no receipt."""
    return oa.inbox(exchange, caller)


@router.get("/documents/{document_id}", operation_id="oa_document")
def document(exchange: ExchangeOf, caller: Office, document_id: Identifier) -> DocumentView:
    """A document; for its sender with the board of all deliveries."""
    return oa.document(exchange, caller, document_id)


@router.get("/documents/{document_id}/receipts", operation_id="oa_receipts")
def receipts(exchange: ExchangeOf, caller: Office, document_id: Identifier) -> ReceiptList:
    """The signed receipts that concern the unit."""
    return syncing.receipts_of(exchange, caller, document_id)


@router.get("/documents/{document_id}/envelope", operation_id="oa_envelope")
def envelope(exchange: ExchangeOf, caller: Office, document_id: Identifier) -> Envelope:
    """The unit's envelope of an encrypted document: its content keys, for whoever holds the unit's key."""
    return envelopes.envelope_for(exchange, caller, document_id)


@router.get("/directory", operation_id="oa_directory")
def directory(exchange: ExchangeOf, caller: Office) -> Directory:
    """All units in rank order."""
    return directories.directory(exchange)


@router.get("/profile", operation_id="oa_profile")
def profile(exchange: ExchangeOf, caller: Office) -> SignedProfile:
    """The region profile in force, signed."""
    return rules.signed_profile(exchange, *exchange.profile.key)


@router.get("/encryption", operation_id="oa_encryption")
def encryption(exchange: ExchangeOf, caller: Office) -> EncryptionNews:
    """Encryption certificates of all units, under a signed head."""
    return directory_of_keys.news(exchange, 0)


@router.get("/log", operation_id="oa_log")
def log(exchange: ExchangeOf, caller: Office, tree: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0) -> OaLog:
    """Whose statements these are, and the log's latest checkpoint with the proof of its growth."""
    return oa.log(exchange, tree)


@router.get("/log/growth", operation_id="oa_growth")
def growth(
    exchange: ExchangeOf,
    caller: Office,
    old: Annotated[int, Query(ge=1, le=2**63 - 1)],
    new: Annotated[int, Query(ge=1, le=2**63 - 1)],
) -> GrowthProof:
    """That the log of ``new`` leaves only added to that of ``old``."""
    return evidence.prove_growth(exchange, old, new)


@router.get("/restorations", operation_id="oa_restorations")
def restorations(exchange: ExchangeOf, caller: Office) -> RestorationList:
    """Signed statements that the exchange was restored from a backup: why its log does not continue what an
    office system has seen."""
    return restoring.restorations(exchange)


@router.get("/files/{digest}", response_class=Response, operation_id="oa_file")
def file(
    exchange: ExchangeOf,
    caller: Office,
    request: Request,
    digest: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
) -> Response:
    """Bytes of a file; Range, If-Range, the digest as ETag. Encrypted files come as they were sent, with
    their envelope beside them: the office system opens them with the unit's encryption key."""
    syncing.require_party(exchange, caller, digest)
    return blob_answer(exchange.blobs, digest, request)


@router.post("/deliveries/{delivery_id}/confirm", response_model=DeliveryView, operation_id="oa_confirm")
def confirm(
    exchange: ExchangeOf, caller: Receiver, once: Once, delivery_id: Identifier, request: OaConfirmation
) -> Response:
    """All files are in durable storage of the office system: the receipt."""
    command = once.command(request)
    return performed(
        exchange, caller, command, lambda ledger: oa.confirm(ledger, caller, delivery_id, request)
    )


@router.post("/deliveries/{delivery_id}/return", response_model=DeliveryView, operation_id="oa_return")
def return_document(
    exchange: ExchangeOf, caller: Receiver, once: Once, delivery_id: Identifier, request: ReturnRequest
) -> Response:
    """Send it back with a reason (退文)."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: deliveries.return_document(ledger, caller, delivery_id, request),
    )


@router.post("/uploads", status_code=201, operation_id="oa_create_upload")
def create_upload(
    exchange: ExchangeOf, caller: Sender, upload: UploadRequest, response: Response
) -> UploadState:
    """Announce a file to push."""
    return transfers.create(exchange, caller, upload, response)


@router.patch("/uploads/{upload_id}", operation_id="oa_append")
async def append(
    exchange: ExchangeOf,
    caller: Sender,
    upload_id: Identifier,
    request: Request,
    response: Response,
    offset: Annotated[int, Header(alias=UPLOAD_OFFSET_HEADER, ge=0)],
) -> UploadState:
    """Append bytes at the stated offset; what arrived before a cut is kept."""
    return await transfers.append(exchange, caller, upload_id, request, response, offset)


@router.post("/documents", status_code=201, response_model=DocumentView, operation_id="oa_push")
def push(exchange: ExchangeOf, caller: Sender, once: Once, document: SendRequest) -> Response:
    """Send a document with its sealed body: accepted, delivered and receipted at once, or refused whole."""
    command = once.command(document)
    return performed(exchange, caller, command, lambda ledger: sending.send(ledger, caller, document), 201)


@router.post("/documents/{document_id}/urge", response_model=DocumentView, operation_id="oa_urge")
def urge(
    exchange: ExchangeOf, caller: Sender, once: Once, document_id: Identifier, request: RemindRequest
) -> Response:
    """通知, 催办 or 督办 units that have not received it."""
    return performed(
        exchange,
        caller,
        once.command(request),
        lambda ledger: reminding.remind(ledger, caller, document_id, request),
    )
