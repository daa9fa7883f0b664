"""Logging in at the exchange (the unit's account, not the seal key)."""

from __future__ import annotations

from gongwen_protocol.messages import SessionGrant


class LoginService:
    """Holds the session of this PC."""

    @property
    def session(self) -> SessionGrant | None:
        """The present grant, or None while nobody is logged in."""
        raise NotImplementedError

    def log_in(self, unit_code: str, account: str, password: str) -> SessionGrant:
        """Slow. Raises RefusedError (wrong password, locked) or KnownError (exchange not reachable)."""
        raise NotImplementedError

    def change_password(self, old: str, new: str) -> SessionGrant:
        """Slow. Required while ``session.must_change_password`` (Ordos art. 20)."""
        raise NotImplementedError

    def log_out(self) -> None:
        """Forget the session here and, if it can be reached, at the exchange."""
        raise NotImplementedError
