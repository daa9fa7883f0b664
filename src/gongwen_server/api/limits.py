"""Messages have a size that makes sense and are what was sent; only uploads are long, and they are written as
they come."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gongwen_protocol.content_digest import CONTENT_DIGEST_HEADER, stated_digest

MESSAGE_SIZE = 12 << 20  # a document with envelopes to ten thousand units is about nine megabytes


class DamagedMessage(HTTPException):
    """The bytes are not those whose digest the sender stated: nothing of them is read."""

    def __init__(self) -> None:
        super().__init__(400)


class MessageLimit:
    """ASGI middleware: stops reading a message (not an upload's PATCH) beyond ``MESSAGE_SIZE`` bytes, and
    holds it against its ``Content-Digest`` where it has one."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "PATCH":
            await self._application(scope, receive, send)
            return
        stated = stated_digest(Headers(scope=scope).get(CONTENT_DIGEST_HEADER, ""))
        seen = 0
        hasher = hashlib.sha256()

        async def receive_checked() -> Message:
            nonlocal seen
            message = await receive()
            body = message.get("body", b"")
            seen += len(body)
            if seen > MESSAGE_SIZE:
                raise HTTPException(413)
            if stated is not None and message["type"] == "http.request":
                hasher.update(body)
                if not message.get("more_body", False) and hasher.digest() != stated:
                    raise DamagedMessage
            return message

        await self._application(scope, receive_checked, send)
