"""Logging in at the exchange (the unit's account, not the seal key)."""

from __future__ import annotations

import contextlib

from gongwen_client.exchange.api import in_foreground
from gongwen_client.exchange.pinning import pin_certificate
from gongwen_client.services.desk import Desk
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_protocol.messages import LoginRequest, PasswordChange, SessionGrant

LEAST_PASSWORD = 8


class LoginService:
    """Holds the session of this PC."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def session(self) -> SessionGrant | None:
        """The present grant, or None while nobody is logged in."""
        return self._desk.session.grant

    def log_in(self, unit_code: str, account: str, password: str) -> SessionGrant:
        """Slow. The first unit to log in becomes the owner of this PC (Ordos art. 7: 专用计算机).

        Raises RefusedError: session.wrong_credentials, login.other_unit; KnownError: login.incomplete,
        session.locked, exchange.certificate_changed, network.*.
        """
        desk = self._desk
        if not (unit_code and account and password):
            raise KnownError("login.incomplete")
        self._require_owner(unit_code)
        in_foreground(lambda: pin_certificate(desk.api, desk.store))
        request = LoginRequest(unit_code=unit_code, account=account, password=password)
        # No repeat: each try counts.
        grant = desk.api.post("/v1/session", request, SessionGrant)
        with desk.store.transaction():
            self._require_owner(grant.unit_code)
            desk.store.notes.set(Notes.OWNER_CODE, grant.unit_code)
            desk.store.notes.set(Notes.OWNER_NAME, grant.unit_name)
        self._begin(grant)
        return grant

    def change_password(self, old: str, new: str) -> SessionGrant:
        """Slow. Required while ``session.must_change_password`` (Ordos art. 20).

        Raises RefusedError: session.wrong_credentials, password.*.
        """
        if len(new) < LEAST_PASSWORD:
            raise RefusedError("password.too_short", least=LEAST_PASSWORD)
        request = PasswordChange(old_password=old, new_password=new)
        grant = self._desk.api.post("/v1/session/password", request, SessionGrant)
        self._begin(grant)
        return grant

    def log_out(self) -> None:
        """Slow. Forget the session here and, if it can be reached, at the exchange."""
        grant = self.session
        if grant is None:
            return
        with contextlib.suppress(GongwenError):
            self._desk.api.delete("/v1/session")
        self._desk.session.drop(grant)
        self._desk.announcer.tell("duty")

    def _begin(self, grant: SessionGrant) -> None:
        self._desk.session.set(grant)
        self._desk.engine.logged_in()
        self._desk.announcer.tell("duty")

    def _require_owner(self, unit_code: str) -> None:
        owner = self._desk.store.notes.get(Notes.OWNER_CODE)
        if owner is not None and owner != unit_code:
            raise RefusedError("login.other_unit", owner=self._desk.store.notes.get(Notes.OWNER_NAME))
