"""Resumable uploads: POST announces, HEAD asks for the offset, PATCH appends."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from gongwen_protocol.messages import UPLOAD_OFFSET_HEADER, UploadRequest, UploadState
from gongwen_server.api.access import ExchangeOf, Identifier, Sender
from gongwen_server.services import uploads
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.uploads import Upload

router = APIRouter(prefix="/v1/uploads")

_PIECE = 1 << 20


@router.post("", status_code=201)
def create(exchange: ExchangeOf, caller: Sender, upload: UploadRequest, response: Response) -> UploadState:
    """Announce a file; the answer may already have an offset (the same file was begun before)."""
    state = uploads.create(exchange, caller, upload)
    response.headers["Location"] = f"/v1/uploads/{state.upload_id}"
    return _with_offset(response, state)


@router.head("/{upload_id}", status_code=204)
def look(exchange: ExchangeOf, caller: Sender, upload_id: Identifier, response: Response) -> None:
    """Where to go on (header Upload-Offset)."""
    _with_offset(response, uploads.state(exchange, caller, upload_id))


@router.patch("/{upload_id}")
async def append(
    exchange: ExchangeOf,
    caller: Sender,
    upload_id: Identifier,
    request: Request,
    response: Response,
    offset: Annotated[int, Header(alias=UPLOAD_OFFSET_HEADER, ge=0)],
) -> UploadState:
    """Append the request's body at the stated offset. What arrived before a cut is kept."""
    upload = await run_in_threadpool(uploads.find, exchange, caller, upload_id)
    with suppress(ClientDisconnect):  # nobody hears the answer; the next HEAD tells the offset
        await _receive(exchange, upload, offset, request)
    state = await run_in_threadpool(uploads.settle, exchange, upload)
    return _with_offset(response, state)


async def _receive(exchange: Exchange, upload: Upload, offset: int, request: Request) -> None:
    """Write the body in pieces of about a megabyte; a cut connection still gets its last piece written."""
    piece = bytearray()
    try:
        async for data in request.stream():
            piece += data
            if len(piece) >= _PIECE:
                full, piece = bytes(piece), bytearray()
                await run_in_threadpool(uploads.append, exchange, upload, offset, full)
                offset += len(full)
    finally:
        if piece:
            await run_in_threadpool(uploads.append, exchange, upload, offset, bytes(piece))


def _with_offset(response: Response, state: UploadState) -> UploadState:
    response.headers[UPLOAD_OFFSET_HEADER] = str(state.offset)
    response.headers["Upload-Complete"] = "?1" if state.complete else "?0"
    return state
