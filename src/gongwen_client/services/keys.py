"""印章与秘钥盘: what is plugged in, what it is good for, who keeps it; self-test and change of PIN."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import asdict, dataclass
from datetime import datetime

from gongwen_client.domain.custody import Custody
from gongwen_client.render import RenderPool, SealFace
from gongwen_client.services.desk import Desk
from gongwen_client.token.keys import (
    Driver,
    KeyInfo,
    KeyRole,
    KeyState,
    SelfTest,
    TokenProblem,
    key_state,
)
from gongwen_client.token.proxy import TokenBroker
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError

PICTURE_SIDE = 480
"""Pixels of a seal's picture: sharp at twice the size in which the window shows it."""
_FACES = 32
_MAX_POST = 40
_VERIFYING = ("验证印章", "验证专用")
_ENCRYPTING = "加密密钥"


@dataclass(frozen=True)
class KeyCard:
    """One key with all that a person wants to know of it. ``problem`` is the code of what keeps its seal from
    being read; ``face`` is None then, and for keys without a seal. ``days_left`` counts to the certificate's
    end and is negative after it."""

    key: KeyInfo
    role: KeyRole
    state: KeyState
    face: SealFace | None
    problem: str
    certificate: Certificate
    days_left: int
    driver: Driver | None
    custody: Custody

    @property
    def name(self) -> str:
        """The seal's name, or what the key itself is called."""
        if self.face is not None:
            return self.face.name
        if self.role is KeyRole.ENCRYPTION:
            return f"{self.certificate.common_name}{_ENCRYPTING}"
        return self.key.token_label or self.certificate.common_name

    @property
    def usable(self) -> bool:
        """Whether it may be used now."""
        return self.state in (KeyState.READY, KeyState.PIN_LOW, KeyState.EXPIRING)


@dataclass(frozen=True)
class KeyBoard:
    """Everything plugged in, and what could not be used and why."""

    cards: tuple[KeyCard, ...]
    problems: tuple[TokenProblem, ...]
    drivers: tuple[Driver, ...]


class KeyService:
    """Looks at keys. A render worker reads their seals: what a key carries comes from outside."""

    def __init__(self, desk: Desk, render: RenderPool, tokens: TokenBroker) -> None:
        self._desk = desk
        self._render = render
        self._tokens = tokens
        self._faces: dict[str, SealFace | str] = {}
        self._lock = threading.Lock()

    def look(self) -> KeyBoard:
        """Slow. All keys plugged in. Raises KnownError: token.*."""
        found = self._tokens.survey()
        drivers = {driver.backend: driver for driver in found.drivers}
        now = self._desk.clock.now()
        cards = tuple(self._card(key, drivers.get(key.backend), now) for key in found.keys)
        return KeyBoard(cards, found.problems, found.drivers)

    def card(self, key: KeyInfo) -> KeyCard:
        """Slow. A key that was found before."""
        return self._card(key, None, self._desk.clock.now())

    def verifying(self) -> list[KeyCard]:
        """Slow. The unit's usable 验证印章 keys that are plugged in (Jiangmen art. 18)."""
        return [card for card in self.look().cards if card.role is KeyRole.VERIFICATION and card.usable]

    def self_test(self, key_id: str, pin: str) -> SelfTest:
        """Slow. Sign a nonce and check it. Raises KnownError: token.*, among them the PIN's."""
        try:
            return self._tokens.self_test(key_id, pin)
        finally:
            self._desk.announcer.tell("keys")

    def change_pin(self, key_id: str, old: str, new: str) -> None:
        """Slow. Replace the PIN; one try of the old one. Raises KnownError: token.*."""
        try:
            self._tokens.change_pin(key_id, old, new)
        finally:
            self._desk.announcer.tell("keys")

    def custody(self, serial: str) -> Custody:
        """Who keeps the key of this serial; empty posts where nothing was said."""
        text = self._desk.store.notes.get(_note(serial))
        if text is None:
            return Custody()
        try:
            return Custody(**json.loads(text))
        except (ValueError, TypeError):
            return Custody()

    def set_custody(self, serial: str, custody: Custody) -> None:
        """Write down who keeps it. Raises RefusedError("keys.post_too_long")."""
        posts = {name: post.strip() for name, post in asdict(custody).items()}
        if any(len(post) > _MAX_POST for post in posts.values()):
            raise RefusedError("keys.post_too_long", most=_MAX_POST)
        self._desk.store.notes.set(_note(serial), json.dumps(posts, ensure_ascii=False))
        self._desk.announcer.tell("keys")

    # -- inside -------------------------------------------------------------------------------------------

    def _card(self, key: KeyInfo, driver: Driver | None, now: datetime) -> KeyCard:
        certificate = Certificate.load(key.certificate_der)
        face = self._face(key)
        readable = face if isinstance(face, SealFace) else None
        grant = self._desk.session.grant
        own = grant is None or belongs_to(grant.unit_name, certificate, readable.name if readable else "")
        return KeyCard(
            key=key,
            role=role_of(key, certificate, readable),
            state=key_state(key, now, own=own),
            face=readable,
            problem=face if isinstance(face, str) else "",
            certificate=certificate,
            days_left=(certificate.not_after - now).days,
            driver=driver,
            custody=self.custody(key.serial),
        )

    def _face(self, key: KeyInfo) -> SealFace | str:
        """The seal as a worker reads it, or the code of what is wrong with it; empty without a seal."""
        if key.seal_der is None:
            return ""
        name = hashlib.sha256(key.seal_der + key.certificate_der).hexdigest()
        with self._lock:
            known = self._faces.get(name)
        if known is not None:
            return known
        try:
            face: SealFace | str = self._render.read_seal(key.seal_der, key.certificate_der, PICTURE_SIDE)
        except KnownError as error:
            if error.code.startswith("render."):
                return error.code  # the worker's trouble, not the seal's: read again next time
            face = error.code
        except GongwenError as error:
            return error.code
        with self._lock:
            while len(self._faces) >= _FACES:
                del self._faces[next(iter(self._faces))]
            self._faces[name] = face
        return face


def role_of(key: KeyInfo, certificate: Certificate, face: SealFace | None) -> KeyRole:
    """What a key is for: what the driver's profile says, or what seal or certificate call themselves."""
    if key.role is not KeyRole.SIGNING:
        return key.role
    said = (certificate.common_name, face.name if face else "")
    verifying = any(word in text for word in _VERIFYING for text in said)
    return KeyRole.VERIFICATION if verifying else KeyRole.SIGNING


def belongs_to(unit: str, certificate: Certificate, seal_name: str) -> bool:
    """Whether a key is this unit's: its certificate names the unit; only where that names no organisation
    the seal's name decides, for it may begin like another unit's (Ordos art. 15)."""
    if unit in (certificate.organization, certificate.common_name):
        return True
    return not certificate.organization and seal_name.startswith(unit)


def _note(serial: str) -> str:
    return f"custody.{serial}"
