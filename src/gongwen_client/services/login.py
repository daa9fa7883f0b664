"""Logging in at the exchange (the unit's account, not the seal key)."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from gongwen_client.exchange.api import in_foreground
from gongwen_client.exchange.pinning import pin_certificate
from gongwen_client.exchange.retry import is_network
from gongwen_client.services.desk import Desk
from gongwen_client.services.devices import DeviceService
from gongwen_client.store.notes import Notes
from gongwen_client.token.proxy import TokenBroker
from gongwen_crypto import sm3
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_protocol.access import Challenge, KeyAnswer, LoginStatement
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import LoginRequest, PasswordChange, ServerInfo, SessionGrant
from gongwen_protocol.profile import LoginKey

LEAST_PASSWORD = 8


@dataclass(frozen=True)
class SealKeyAtLogin:
    """The unit's seal key and its PIN, for one log-in (where the region wants it)."""

    key_id: str
    pin: str = field(repr=False)


@dataclass(frozen=True)
class KnownPassword:
    """A password that was right, as one compares with it and not as one reads it (scrypt, 16 MiB)."""

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    @classmethod
    def of(cls, password: str) -> KnownPassword:
        """Under a fresh salt."""
        salt = secrets.token_bytes(16)
        return cls(salt, _scrypt(password, salt))

    def fits(self, password: str) -> bool:
        """Whether it is the one."""
        return hmac.compare_digest(self.digest, _scrypt(password, self.salt))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=1 << 14, r=8, p=1, maxmem=64 << 20, dklen=32)


class LoginService:
    """Holds the session of this PC."""

    def __init__(self, desk: Desk, devices: DeviceService, tokens: TokenBroker) -> None:
        self._desk = desk
        self._devices = devices
        self._tokens = tokens
        self._known_password: KnownPassword | None = None

    @property
    def session(self) -> SessionGrant | None:
        """The present grant, or None while nobody is logged in."""
        return self._desk.session.grant

    def demands(self) -> ServerInfo:
        """Slow. What the exchange wants at log-in (``device_binding``, ``login_key``), and who it is.

        Raises KnownError: exchange.certificate_changed, network.*."""
        info = in_foreground(lambda: pin_certificate(self._desk.api, self._desk.store))
        self._devices.prover.set_clock(info.server_time)
        return info

    def log_in(
        self, unit_code: str, account: str, password: str, seal_key: SealKeyAtLogin | None = None
    ) -> SessionGrant:
        """Slow. The first unit to log in becomes the owner of this PC (Ordos art. 7: 专用计算机).

        Raises RefusedError: session.wrong_credentials, login.other_unit, login.*, device.*; KnownError:
        login.incomplete, session.locked, exchange.certificate_changed, token.*, network.*.
        """
        desk = self._desk
        if not (unit_code and account and password):
            raise KnownError("login.incomplete")
        self._require_owner(unit_code)
        info = self.demands()
        request = LoginRequest(
            unit_code=unit_code,
            account=account,
            password=password,
            answer=self._answer(info, unit_code, account, seal_key),
        )
        # No repeat: each try counts.
        grant = desk.api.post("/v1/session", request, SessionGrant)
        with desk.store.transaction():
            self._require_owner(grant.unit_code)
            desk.store.notes.set(Notes.OWNER_CODE, grant.unit_code)
            desk.store.notes.set(Notes.OWNER_NAME, grant.unit_name)
        self._known_password = KnownPassword.of(password)
        self._begin(grant)
        return grant

    def unlock(
        self, unit_code: str, account: str, password: str, seal_key: SealKeyAtLogin | None = None
    ) -> SessionGrant:
        """Slow. The same person is back at a locked window: the password is compared with that of the last
        log-in, which this process keeps salted and hashed in memory, so that an outage keeps nobody out. Any
        other password, and a session that has ended, is the exchange's to judge; it counts the tries.

        Raises as ``log_in``; KnownError("login.unlock_wrong") when the exchange cannot be asked.
        """
        grant, known = self.session, self._known_password
        if grant is not None and known is not None and known.fits(password):
            return grant
        try:
            return self.log_in(unit_code, account, password, seal_key)
        except KnownError as error:
            if grant is None or known is None or not is_network(error):
                raise
            raise KnownError("login.unlock_wrong") from error

    def resume(self) -> SessionGrant | None:
        """Slow. Go on with the session that this PC kept when the program ended; None when there is none, or
        it has ended, or the exchange cannot be asked."""
        token = self._devices.kept_session()
        if token is None or self.session is not None:
            return self.session
        desk = self._desk
        try:
            self.demands()
            desk.api.token = token
            grant = desk.api.get("/v1/session", SessionGrant)
            self._require_owner(grant.unit_code)
        except GongwenError as error:
            desk.api.token = None
            if not is_network(error):
                self._devices.drop_session()
            return None
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
        self._known_password = KnownPassword.of(new)
        self._begin(grant)
        return grant

    def vouch(self, account: str, password: str) -> SessionGrant:
        """Slow. A second person of the unit shows who they are; the session of this PC stays what it is, and
        theirs ends at once.

        Raises RefusedError: session.wrong_credentials, login.same_person, device.*; KnownError:
        login.incomplete, login.initial_password, session.none, network.*.
        """
        desk = self._desk
        here = desk.grant()
        if not (account and password):
            raise KnownError("login.incomplete")
        if account == here.account:
            raise RefusedError("login.same_person", account=account)
        answer = self._answer(self.demands(), here.unit_code, account, None)
        request = LoginRequest(unit_code=here.unit_code, account=account, password=password, answer=answer)
        aside = desk.api.aside()
        try:
            grant = aside.post("/v1/session", request, SessionGrant)
            aside.token = grant.token
            aside.delete("/v1/session")
        finally:
            aside.close()
        if grant.must_change_password:
            raise KnownError("login.initial_password", account=account)
        return grant

    def log_out(self) -> None:
        """Slow. Forget the session here and, if it can be reached, at the exchange."""
        self._end("/v1/session")

    def log_out_everywhere(self) -> None:
        """Slow. End all sessions of the account, on whatever PC. Raises what stops it: others may still be
        at work."""
        self._desk.api.delete("/v1/sessions")
        self._end(None)

    def _end(self, path: str | None) -> None:
        grant = self.session
        if grant is None:
            return
        if path is not None:
            with contextlib.suppress(GongwenError):
                self._desk.api.delete(path)
        self._devices.drop_session()
        self._known_password = None
        self._desk.session.drop(grant)
        self._desk.announcer.tell("duty")

    def _answer(
        self, info: ServerInfo, unit_code: str, account: str, seal_key: SealKeyAtLogin | None
    ) -> KeyAnswer | None:
        """The answer of the key that the exchange wants; None where it wants none, or we have none to
        offer."""
        identity = self._devices.identity
        if info.login_key is LoginKey.NONE:
            return None
        if info.login_key is LoginKey.DEVICE_KEY and identity is None:
            return None
        if info.login_key is LoginKey.SEAL_KEY and seal_key is None:
            raise KnownError("login.seal_key_needed")
        challenge = self._desk.api.post("/v1/challenges", None, Challenge)
        held = sm3.digest(base64.b64decode(info.certificate)).hex()
        if challenge.exchange != held:  # the answer would serve another exchange
            raise KnownError("exchange.certificate_changed", exchange=info.name)
        statement = LoginStatement(nonce=challenge.nonce, exchange=held, unit_code=unit_code, account=account)
        message = canonical_bytes(statement)
        if info.login_key is LoginKey.DEVICE_KEY:
            assert identity is not None
            signature, certificate = identity.signer.sign(message), b""
        else:
            assert seal_key is not None
            certificate = self._certificate(seal_key.key_id)
            signature = self._tokens.sign(seal_key.key_id, seal_key.pin, message)
        return KeyAnswer(
            nonce=challenge.nonce,
            signature=base64.b64encode(signature).decode(),
            certificate=base64.b64encode(certificate).decode(),
        )

    def _certificate(self, key_id: str) -> bytes:
        for key in self._tokens.list_keys():
            if key.key_id == key_id:
                return key.certificate_der
        raise KnownError("login.seal_key_needed")

    def _begin(self, grant: SessionGrant) -> None:
        self._desk.session.set(grant)
        self._devices.keep_session(grant)
        self._desk.engine.logged_in()
        self._desk.announcer.tell("duty")

    def _require_owner(self, unit_code: str) -> None:
        owner = self._desk.store.notes.get(Notes.OWNER_CODE)
        if owner is not None and owner != unit_code:
            raise RefusedError("login.other_unit", owner=self._desk.store.notes.get(Notes.OWNER_NAME))
