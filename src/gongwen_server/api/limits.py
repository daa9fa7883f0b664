"""Messages have a size that makes sense; only uploads are long, and they are written as they come."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MESSAGE_SIZE = 12 << 20  # a document with envelopes to ten thousand units is about nine megabytes


class MessageLimit:
    """ASGI middleware: stops reading a message (not an upload's PATCH) beyond ``MESSAGE_SIZE`` bytes."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "PATCH":
            await self._application(scope, receive, send)
            return
        seen = 0

        async def receive_counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MESSAGE_SIZE:
                raise HTTPException(413)
            return message

        await self._application(scope, receive_counted, send)
