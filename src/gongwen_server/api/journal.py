"""One log line per request, as JSON: reference, method, route, status, duration, who. No body, no token."""

from __future__ import annotations

import itertools
import json
import logging
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("gongwen.server.request")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
Note = Callable[[str, str, int, float], None]
"""method, route, status, seconds"""
_FIELDS = ("reference", "method", "route", "status", "milliseconds", "caller", "source", "request_id")


class RequestJournal:
    """ASGI middleware: gives each request its reference and writes its line."""

    def __init__(self, application: ASGIApp, note: Note) -> None:
        self._application = application
        self._note = note
        self._process = secrets.token_hex(3)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        reference = f"{self._process}{next(self._numbers):06x}"
        state = scope.setdefault("state", {})
        state["reference"] = reference
        begun = time.monotonic()
        status = 0

        async def send_with_reference(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-reference", reference.encode())]
            await send(message)

        try:
            await self._application(scope, receive, send_with_reference)
        finally:
            route = scope.get("route")
            fields = {
                "reference": reference,
                "method": scope["method"],
                "route": getattr(route, "path", ""),
                "status": status,
                "milliseconds": round((time.monotonic() - begun) * 1000, 1),
                "caller": state.get("caller", ""),
                "source": (scope.get("client") or ("",))[0],
            }
            given = Headers(scope=scope).get("x-request-id", "")
            if _REQUEST_ID.fullmatch(given):  # the proxy's own name of this request
                fields["request_id"] = given
            self._note(scope["method"], fields["route"], status, time.monotonic() - begun)
            _log.info("request", extra=fields)


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, message and the fields that we know; an exception as text."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        line.update({name: getattr(record, name) for name in _FIELDS if hasattr(record, name)})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr() -> None:
    """Everything that this process has to say, as lines of JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
