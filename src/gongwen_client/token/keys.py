"""What the client knows about seal keys (秘钥盘): values that cross the pipe between client and broker."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gongwen_crypto.certificates import Certificate

EXPIRY_NOTICE = timedelta(days=30)
"""A certificate this close to its end is shown as 证书将到期: the seal must be re-made with it."""


class KeyRole(StrEnum):
    """What a key is for. Jiangmen art. 18 tells 签名印章 (signing) from 验证印章 (verification)."""

    SIGNING = "signing"
    VERIFICATION = "verification"
    ENCRYPTION = "encryption"


class KeyState(StrEnum):
    """The states of a seal key that a person sees, in words and never by colour alone."""

    ABSENT = "absent"
    PROBING = "probing"
    READY = "ready"
    PIN_LOW = "pin_low"
    PIN_LOCKED = "pin_locked"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class PinState:
    """What the token tells about PIN tries before one is asked for.

    ``tries_left`` is None where the token does not count aloud (most PKCS#11 modules only raise flags).
    """

    tries_left: int | None = None
    low: bool = False
    final_try: bool = False
    locked: bool = False


@dataclass(frozen=True)
class SelfTest:
    """How a key did when its driver was last tried out. ``code`` is empty when it passed; ``at`` is UTC."""

    passed: bool
    code: str
    at: datetime


@dataclass(frozen=True)
class KeyInfo:
    """One usable private key with its certificate and, for a seal key, the seal (SES_Seal, DER).

    ``key_id`` is stable across sessions, slots and readers: back end, token serial, certificate fingerprint.
    PIN lengths are in characters. ``self_test`` is None until this driver was tried out with this key.
    """

    key_id: str
    backend: str
    token_label: str
    serial: str
    certificate_der: bytes
    seal_der: bytes | None
    algorithm_oid: str
    role: KeyRole
    pin: PinState
    min_pin_length: int
    max_pin_length: int
    self_test: SelfTest | None = None


@dataclass(frozen=True)
class TokenRef:
    """A token that is plugged in, whether or not its keys can be used."""

    backend: str
    serial: str
    label: str


@dataclass(frozen=True)
class TokenProblem:
    """A module or token that is there but cannot be used; ``code`` has its sentence."""

    backend: str
    code: str
    detail: str


@dataclass(frozen=True)
class Driver:
    """What reaches a family of tokens. ``kind`` is pkcs11, skf or keyfile; ``profile`` names the file that
    says how to drive it, ``maker`` and ``version`` are the library's own words."""

    backend: str
    kind: str
    title: str
    profile: str = ""
    library: str = ""
    maker: str = ""
    version: str = ""


@dataclass(frozen=True)
class Mechanism:
    """One line of C_GetMechanismList. ``flags`` are CKF_* bits; sizes in bits or bytes."""

    backend: str
    token_label: str
    number: int
    name: str
    flags: int
    least: int
    most: int


@dataclass(frozen=True)
class Inventory:
    """Everything found in one look: usable keys, what could not be used and why, and the drivers."""

    keys: tuple[KeyInfo, ...]
    problems: tuple[TokenProblem, ...] = ()
    drivers: tuple[Driver, ...] = ()


class TokenChange(StrEnum):
    """What happened to a token."""

    INSERTED = "inserted"
    REMOVED = "removed"


@dataclass(frozen=True)
class TokenEvent:
    """A token was plugged in or pulled out."""

    change: TokenChange
    token: TokenRef


def make_key_id(backend: str, serial: str, certificate_der: bytes) -> str:
    """The stable identity of a key; never a slot number, which changes with every reader."""
    return f"{backend}:{serial}:{hashlib.sha256(certificate_der).hexdigest()[:16]}"


def key_state(key: KeyInfo | None, now: datetime, *, own: bool = True, active: bool = True) -> KeyState:
    """The one state to show for ``key`` at ``now`` (UTC, aware), the most hindering first.

    ``own``: the certificate is registered for this unit. ``active``: its seal is neither suspended nor
    revoked at the exchange. Both are the caller's knowledge; the token cannot tell.
    """
    if key is None:
        return KeyState.ABSENT
    certificate = Certificate.load(key.certificate_der)
    if not own:
        return KeyState.FOREIGN
    if not active:
        return KeyState.SUSPENDED
    if not certificate.valid_at(now):
        return KeyState.EXPIRED
    if key.pin.locked:
        return KeyState.PIN_LOCKED
    if key.pin.low or key.pin.final_try:
        return KeyState.PIN_LOW
    if certificate.not_after - now < EXPIRY_NOTICE:
        return KeyState.EXPIRING
    return KeyState.READY
