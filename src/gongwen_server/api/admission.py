"""How much the exchange takes in hand at once; beyond that it says so at once, and when to come back.

Without a bound everybody waits ever longer until all clients give up together. Polls, log-ins and the rest
have room of their own: a rush of one kind keeps out no other, and documents go on while polls are refused.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from gongwen_server.api.errors import problem

BUSY = "exchange.busy"
POLL_THREADS = 8
"""Of the threads that work on requests so many at most are with polls: the others keep their turns."""

_POLLS = frozenset({"/v1/sync", "/v1/changes"})
_ALWAYS = frozenset({"/v1/health", "/v1/ready", "/metrics"})
_PLACE = "place"


class Kind(StrEnum):
    """What has room of its own."""

    POLL = "poll"
    LOG_IN = "log-in"  # a tenth of a second of work each
    OTHER = "other"


@dataclass(frozen=True)
class Room:
    """``most`` requests in hand; who finds no room comes back after ``least`` to ``longest`` seconds, each at
    another moment."""

    most: int
    least: int
    longest: int


ROOMS: Mapping[Kind, Room] = MappingProxyType(
    {Kind.POLL: Room(300, 10, 30), Kind.LOG_IN: Room(32, 3, 10), Kind.OTHER: Room(600, 2, 8)}
)


class Place:
    """A request's place among those in hand; given back once."""

    def __init__(self, taken: Counter[Kind], kind: Kind) -> None:
        self._taken = taken
        self._kind = kind
        self._left = False
        taken[kind] += 1

    def leave(self) -> None:
        """Nothing is done for it any more, or it only waits."""
        if not self._left:
            self._left = True
            self._taken[self._kind] -= 1


class Admission:
    """ASGI middleware: 503 with ``Retry-After`` for what finds no room."""

    def __init__(self, application: ASGIApp, rooms: Mapping[Kind, Room] = ROOMS) -> None:
        self._application = application
        self._rooms = rooms
        self._taken: Counter[Kind] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self._application(scope, receive, send)
            return
        kind = _kind_of(scope)
        room = self._rooms[kind]
        if self._taken[kind] >= room.most:
            seconds = random.randint(room.least, room.longest)  # noqa: S311 (spreads, hides nothing)
            answer = problem(Request(scope), 503, BUSY, {"seconds": seconds})
            answer.headers["Retry-After"] = str(seconds)
            await answer(scope, receive, send)
            return
        place = Place(self._taken, kind)
        scope.setdefault("state", {})[_PLACE] = place
        try:
            await self._application(scope, receive, send)
        finally:
            place.leave()


def leave_place(request: Request) -> None:
    """The request only waits from now on, which costs nothing: others may come in."""
    place = request.scope.get("state", {}).get(_PLACE)
    if isinstance(place, Place):
        place.leave()


def _kind_of(scope: Scope) -> Kind:
    if scope["path"] in _POLLS:
        return Kind.POLL
    return Kind.LOG_IN if scope["path"] == "/v1/session" and scope["method"] == "POST" else Kind.OTHER
