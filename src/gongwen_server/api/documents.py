"""Documents: send, hear of changes, fetch bytes and receipts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from gongwen_protocol.checkpoints import GrowthProof, InclusionProof
from gongwen_protocol.messages import (
    ChangeNotice,
    DocumentView,
    ReceiptList,
    SendRequest,
    SyncAnswer,
    TimeStamp,
)
from gongwen_protocol.secrecy import Envelope
from gongwen_server.api.access import (
    DigestPath,
    ExchangeOf,
    HeartbeatsOf,
    Identifier,
    Once,
    Poller,
    Reader,
    Sealer,
    Sender,
    in_poll_thread,
    performed,
)
from gongwen_server.api.admission import leave_place
from gongwen_server.api.blob_answers import blob_answer
from gongwen_server.services import envelopes, evidence, sending, syncing, time_stamps
from gongwen_server.services.bell import LONGEST_WAIT
from gongwen_server.services.sessions import Caller

router = APIRouter(prefix="/v1")


Number = Annotated[int, Query(ge=0, le=2**63 - 1)]


@router.post("/documents", status_code=201, response_model=DocumentView)
def send(exchange: ExchangeOf, caller: Sender, once: Once, document: SendRequest) -> Response:
    """Send a document: accepted, delivered and receipted at once, or refused whole."""
    command = once.command(document)
    return performed(exchange, caller, command, lambda ledger: sending.send(ledger, caller, document), 201)


@router.get("/sync", response_model=SyncAnswer)
async def sync(
    request: Request,
    exchange: ExchangeOf,
    heartbeats: HeartbeatsOf,
    poller: Poller,
    cursor: Number = 0,
    tree: Number = 0,
) -> Response:
    """What changed for the unit since ``cursor``, and that the log only grew since its first ``tree`` leaves;
    counts as a heartbeat, never as an attended check."""

    def look() -> str:
        caller = poller()
        answer = syncing.changes_since(exchange, caller, cursor, tree)
        heartbeats.beat(caller.unit_code)
        return answer.model_dump_json()

    # As it is: the framework would check and copy each message once more.
    return Response(await in_poll_thread(request, look), media_type="application/json")


@router.get("/changes")
async def changes(
    request: Request,
    exchange: ExchangeOf,
    poller: Poller,
    cursor: Number = 0,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0.0,
) -> ChangeNotice:
    """Answered as soon as the unit has to hear of something beyond ``cursor``, at the latest after ``wait``
    seconds: then call ``/v1/sync``, ``again_in`` seconds later where many are told at once. No heartbeat of
    its own."""

    def look() -> tuple[Caller, bool]:
        caller = poller()
        return caller, syncing.has_changes(exchange, caller, cursor)

    caller, changed = await in_poll_thread(request, look)
    if changed:
        return ChangeNotice(changed=True)
    leave_place(request)
    heard = await exchange.bell.wait(caller.unit_code, cursor, wait)
    if heard is None:
        return ChangeNotice(changed=False, crowded=True, again_in=wait)
    return ChangeNotice(changed=heard, again_in=exchange.bell.spread() if heard else 0.0)


@router.get("/log/growth")
def growth(
    exchange: ExchangeOf,
    caller: Reader,
    old: Annotated[int, Query(ge=1, le=2**63 - 1)],
    new: Annotated[int, Query(ge=1, le=2**63 - 1)],
) -> GrowthProof:
    """That the log of ``new`` leaves only added to that of ``old``: for a checkpoint that another unit was
    shown and that came with its document."""
    return evidence.prove_growth(exchange, old, new)


@router.get("/receipts/{sequence}/proof")
def proof(
    exchange: ExchangeOf,
    caller: Reader,
    sequence: Annotated[int, Path(ge=1, le=2**63 - 1)],
    size: Annotated[int, Query(ge=1, le=2**63 - 1)],
) -> InclusionProof:
    """That a receipt is in the log's first ``size`` leaves; for receipts that concern the caller's unit."""
    return evidence.proof_of(exchange, caller, sequence, size)


@router.get("/documents/{document_id}/receipts")
def receipts(exchange: ExchangeOf, caller: Reader, document_id: Identifier) -> ReceiptList:
    """The signed receipts that concern the caller's unit."""
    return syncing.receipts_of(exchange, caller, document_id)


@router.get("/documents/{document_id}/envelope")
def envelope(exchange: ExchangeOf, caller: Reader, document_id: Identifier) -> Envelope:
    """The keys of an encrypted document, wrapped for the caller's unit; withheld when it was taken back."""
    return envelopes.envelope_for(exchange, caller, document_id)


@router.head("/blobs/{digest}", response_class=Response, operation_id="look_at_blob")
@router.get("/blobs/{digest}", response_class=Response, operation_id="blob")
def blob(
    exchange: ExchangeOf,
    caller: Reader,
    request: Request,
    digest: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
) -> Response:
    """Bytes of a file of a document to which the unit is a party; Range, If-Range, the digest as ETag."""
    syncing.require_party(exchange, caller, digest)
    return blob_answer(exchange.blobs, digest, request)


@router.get("/time-stamps/{imprint}", response_model=TimeStamp)
def time_stamp(exchange: ExchangeOf, _: Sealer, imprint: DigestPath) -> TimeStamp:
    """A token over the SM3 digest of a seal's signature value."""
    return time_stamps.stamp(exchange, imprint)
