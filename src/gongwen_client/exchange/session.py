"""Who is logged in on this PC, for all who talk to the exchange."""

from __future__ import annotations

import threading

from gongwen_client.exchange.api import ExchangeApi
from gongwen_protocol.messages import SessionGrant


class SessionHolder:
    """Holds the grant and lends its token to the API. Thread-safe."""

    def __init__(self, api: ExchangeApi) -> None:
        self._api = api
        self._grant: SessionGrant | None = None
        self._lock = threading.Lock()

    @property
    def grant(self) -> SessionGrant | None:
        """The present grant."""
        with self._lock:
            return self._grant

    @property
    def usable(self) -> SessionGrant | None:
        """The present grant unless an initial password must be changed first (Ordos art. 20)."""
        grant = self.grant
        return None if grant is None or grant.must_change_password else grant

    def set(self, grant: SessionGrant) -> None:
        """A person logged in or changed the password."""
        with self._lock:
            self._grant = grant
            self._api.token = grant.token

    def drop(self, grant: SessionGrant | None) -> None:
        """``grant`` has ended; one that took its place meanwhile stays."""
        with self._lock:
            if self._grant == grant:
                self._grant = None
                self._api.token = None
