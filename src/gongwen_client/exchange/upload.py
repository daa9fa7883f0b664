"""Resumable upload of one file from disk: announce, then append from where the exchange stands.

Announcing a file again finds the upload that is there, and an offset is answered only when those bytes are
on the exchange's disk: after a cut, a crash or a lost answer none below it is sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gongwen_client.exchange.api import ExchangeApi, read_message
from gongwen_client.exchange.files import disk_errors
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.messages import UPLOAD_OFFSET_HEADER, UploadRequest, UploadState

PIECE = 2 * 2**20
"""Bytes per request: what a cut connection can cost, and the memory that an upload takes."""

_TO_BE_ASKED_ANEW = frozenset({"upload.offset_conflict", "upload.gone", "upload.digest_wrong"})


def upload(api: ExchangeApi, path: Path, digest: str, length: int, progress: Callable[[int], None]) -> None:
    """Return when the exchange holds the whole file and has checked its digest.

    ``progress`` gets the number of bytes on the exchange's disk and may raise to stop.
    Raises KnownError("upload.interrupted") when it has to be taken up anew.
    """
    state = api.post("/v1/uploads", UploadRequest(length=length, digest=digest), UploadState)
    with disk_errors(path), path.open("rb") as source:
        while not state.complete:
            progress(state.offset)
            source.seek(state.offset)
            state = _append(api, state, source.read(PIECE))
    progress(length)


def _append(api: ExchangeApi, state: UploadState, piece: bytes) -> UploadState:
    headers = {UPLOAD_OFFSET_HEADER: str(state.offset), "Content-Type": "application/partial-upload"}
    try:
        with api.exchange("PATCH", f"/v1/uploads/{state.upload_id}", data=piece, headers=headers) as response:
            return read_message(response, UploadState)
    except RefusedError as error:
        if error.code not in _TO_BE_ASKED_ANEW:
            raise
        raise KnownError("upload.interrupted", detail=error.code) from error
