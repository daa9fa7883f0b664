"""How long the exchange waits for a client that sends slowly (slow-loris), and how many it waits for at once.

Behind a proxy the proxy does this; an exchange of one office has none, and must not be held up by a handful
of sockets.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 15.0
"""From the connection, or the last answer's next byte, to a whole request head."""

BODY_SECONDS = 30.0
LEAST_BODY = 4096
"""A body brings at least so many bytes in each span of ``BODY_SECONDS``: 136 bytes a second, less than any
modem."""

MOST_HALF_OPEN = 1000
"""Connections whose head is not there yet; one more, and the oldest of them is let go."""

MOST_HEAD_BYTES = 32 * 1024


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with time-outs where it has none of its own."""

    head_seconds = HEAD_SECONDS
    body_seconds = BODY_SECONDS
    most_half_open = MOST_HALF_OPEN

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._received = 0
        self._waiting: dict[PatientProtocol, None] = _half_open(self.loop)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()
        if len(self._waiting) > self.most_half_open:
            next(iter(self._waiting)).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        idle = self._timer is None and self.conn.their_state is h11.IDLE
        if idle:  # the first bytes of a further request on a kept connection
            self._await_head()
        super().data_received(data)
        self._follow()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._follow()

    def _follow(self) -> None:
        """Set the timer that fits what is still to come."""
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            if self in self._waiting:
                self._settle()
                self._await_body()
        elif state is not h11.IDLE:
            self._settle()

    def _await_head(self) -> None:
        self._waiting[self] = None
        self._timer = self.loop.call_later(self.head_seconds, self._give_up)

    def _await_body(self) -> None:
        self._received = 0
        self._timer = self.loop.call_later(self.body_seconds, self._look_at_body)

    def _look_at_body(self) -> None:
        self._timer = None
        if self.conn.their_state is not h11.SEND_BODY:
            return
        paused = self.flow is not None and self.flow.read_paused  # it is us who do not read
        if self._received < LEAST_BODY and not paused:
            self._give_up()
        else:
            self._await_body()

    def _give_up(self) -> None:
        self._timer = None
        if self.transport is not None and not self.transport.is_closing():
            self.transport.abort()

    def _settle(self) -> None:
        self._waiting.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


_WAITING = "_gongwen_half_open"


def _half_open(loop: asyncio.AbstractEventLoop) -> dict[PatientProtocol, None]:
    """The half-open connections of a loop, the oldest first."""
    found: dict[PatientProtocol, None] | None = getattr(loop, _WAITING, None)
    if found is None:
        found = {}
        setattr(loop, _WAITING, found)
    return found
