"""Telling waiting units at once that something changed: one look at the changes for all who wait.

Each process has one bell. A commit of this process rings it; those of other processes are noticed by looking
every second. Waiters are few bytes in the event loop, never a thread or a database connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from gongwen_crypto.errors import KnownError

LOOK_SECONDS = 1.0
LONGEST_WAIT = 55.0  # below what proxies and firewalls usually allow a silent connection
MOST_WAITERS = 20_000
MOST_PER_UNIT = 4
TOLD_AT_ONCE = 1000
TOLD_A_SECOND = 1000.0
LONGEST_SPREAD = 8.0  # a unit hears of a document within ten seconds

Heads = dict[str, int]
"""Unit code → its newest change since this process began."""


@dataclass(eq=False)
class _Waiter:
    cursor: int
    heard: asyncio.Event = field(default_factory=asyncio.Event)


class Bell:
    """``ring`` may be called from any thread; everything else belongs to the event loop."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rung = asyncio.Event()
        self._closed = False
        self._count = 0
        self._told = 0
        self._heads: Heads = {}
        self._waiting: dict[str, set[_Waiter]] = defaultdict(set)

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return self._count

    def spread(self) -> float:
        """Seconds that one of those who are told now had better wait with its poll: none where few are told,
        another time for each where many hear of a broadcast, or all would come within one second."""
        if self._told <= TOLD_AT_ONCE:
            return 0.0
        return random.uniform(0.0, min(LONGEST_SPREAD, self._told / TOLD_A_SECOND))  # noqa: S311

    def ring(self) -> None:
        """Something was committed here."""
        loop = self._loop
        if loop is not None:
            # The loop may end between the two lines: then nobody waits any more.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, unit_code: str, cursor: int, seconds: float) -> bool | None:
        """Whether the unit has to hear of something beyond ``cursor`` within ``seconds``; None when too many
        wait already. The caller has found nothing beyond ``cursor`` before: what came since then is either
        among the heads already or will be told."""
        if self._heads.get(unit_code, 0) > cursor:
            return True
        if self._closed:
            return False
        mine = self._waiting[unit_code]
        if self._count >= MOST_WAITERS or len(mine) >= MOST_PER_UNIT:
            return None
        waiter = _Waiter(cursor)
        mine.add(waiter)
        self._count += 1
        try:
            await asyncio.wait_for(waiter.heard.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            self._count -= 1
            mine.discard(waiter)
            if not mine and self._waiting.get(unit_code) is mine:
                del self._waiting[unit_code]
        return not self._closed

    async def watch(self, newest: Callable[[int | None], tuple[int, Heads]]) -> None:
        """Look for changes until closed or cancelled. ``newest(after)`` blocks and answers the highest change
        number, and of each unit with changes beyond ``after`` its newest (of none at the first look)."""
        self._loop = asyncio.get_running_loop()
        seen: int | None = None
        while not self._closed:
            self._rung.clear()
            try:
                seen, heads = await asyncio.to_thread(newest, seen)
            except KnownError:
                heads = {}  # the database is away: polls say so, and the next look is soon
            self._heads |= heads
            self._told = len(heads)
            for unit_code, head in heads.items():
                for waiter in self._waiting.get(unit_code, ()):
                    if head > waiter.cursor:
                        waiter.heard.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._rung.wait(), LOOK_SECONDS)

    def close(self) -> None:
        """Let all waiters go; nobody waits from now on."""
        self._closed = True
        for waiters in self._waiting.values():
            for waiter in waiters:
                waiter.heard.set()
        self._rung.set()
