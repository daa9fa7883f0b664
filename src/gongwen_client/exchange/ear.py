"""Waiting for news: one call that the exchange answers as soon as there is something to hear.

Polling goes on underneath; this only makes a poll happen at once. Where the exchange cannot let everybody
wait, or something between cuts silent connections, the pause between tries grows and polling does the rest.
"""

from __future__ import annotations

from collections.abc import Callable

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.retry import Backoff, pause_asked
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import GongwenError
from gongwen_protocol.messages import ChangeNotice

LONGEST_WAIT = 25.0
AFTER_NEWS = 1.0
LONGEST_SPREAD = 10.0


class Ear:
    """``step`` waits once and answers the seconds until it wants to wait again."""

    def __init__(
        self, api: ExchangeApi, store: Store, backoff: Backoff, on_news: Callable[[float], None]
    ) -> None:
        """``on_news(seconds)``: poll so soon."""
        self._api = api
        self._store = store
        self._backoff = backoff
        self._on_news = on_news
        self._failures = 0
        self._last_told = ""

    def step(self) -> float:
        """Wait for news beyond what this PC has heard."""
        cursor = self._store.notes.get(Notes.CURSOR) or "0"
        wait = min(LONGEST_WAIT, self._api.longest_silence * 0.6)
        try:
            notice = self._api.get("/v1/changes", ChangeNotice, {"cursor": cursor, "wait": str(wait)})
        except GongwenError as error:
            self._failures += 1
            return max(pause_asked(error), self._backoff.delay(self._failures))
        if notice.crowded:
            return notice.again_in
        if not notice.changed:
            self._failures = 0
            return 0.0
        within = min(max(0.0, notice.again_in), LONGEST_SPREAD)
        self._on_news(within)
        if cursor == self._last_told:  # told before, and the poll did not bring it: do not press
            self._failures += 1
            return within + self._backoff.delay(self._failures)
        self._failures, self._last_told = 0, cursor
        return within + AFTER_NEWS
