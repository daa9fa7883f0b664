"""The bytes of a blob as an answer: Range, If-Range and the digest as ETag, from files or from a store."""

from __future__ import annotations

import re

from fastapi import Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from gongwen_server.blobs.store import Blobs

_TYPE = "application/octet-stream"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def blob_answer(blobs: Blobs, digest: str, request: Request) -> Response:
    """The whole blob, or the range that was asked for."""
    headers = {
        "ETag": f'"{digest}"',
        "Cache-Control": "private, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    file = blobs.file(digest)
    if file is not None:
        return FileResponse(file, headers=headers, media_type=_TYPE)
    size = blobs.size(digest)
    headers["Accept-Ranges"] = "bytes"
    wanted = _range(request, headers["ETag"], size)
    begin, end = wanted or (0, size)
    if begin >= end and wanted is not None:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Length"] = str(end - begin)
    if wanted is not None:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    status = 200 if wanted is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=_TYPE)
    return StreamingResponse(blobs.read(digest, begin, end), status, headers, media_type=_TYPE)


def _range(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """[begin, end) of a single range; None where the whole is the right answer (RFC 9110 section 14.2)."""
    if request.headers.get("if-range", etag) != etag:
        return None
    found = _RANGE.fullmatch(request.headers.get("range", ""))
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size
