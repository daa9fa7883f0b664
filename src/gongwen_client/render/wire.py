"""Messages on the pipe between client and worker: a length of four bytes, then a JSON object.

Pixels do not travel here but through shared memory (:mod:`.memory`).
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

LARGEST_MESSAGE = 256 * 1024 * 1024
"""Bytes. The largest message is the text of a page or the inspection of a long document."""
_LENGTH = struct.Struct(">I")

Message = dict[str, Any]


class PipeClosedError(Exception):
    """The other side closed the pipe or sent something that is no message."""


def send(stream: IO[bytes], message: Message) -> None:
    """Write a message; OSError when the pipe is closed."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def receive(stream: IO[bytes]) -> Message:
    """Wait for a message. Raises PipeClosedError."""
    (size,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if size > LARGEST_MESSAGE:
        raise PipeClosedError("message too long")
    try:
        message = json.loads(_exactly(stream, size).decode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise PipeClosedError("not JSON") from error
    if not isinstance(message, dict):
        raise PipeClosedError("not an object")
    return message


def _exactly(stream: IO[bytes], size: int) -> bytes:
    parts = []
    while size:
        part = stream.read(size)
        if not part:
            raise PipeClosedError("closed")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
