"""Messages about who may come in: devices, challenges at log-in, accounts, substitutions, boards."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveInt, StringConstraints

from gongwen_protocol.basics import Digest, Id, Message, Moment, ShortText
from gongwen_protocol.roles import Role

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z2-7]{4}(-[A-Z2-7]{4}){5}$")]
Nonce = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,200}$")]
Base64 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]*={0,2}$", max_length=8192)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


# -- devices (Ordos art. 7: a dedicated computer) ----------------------------------------------------------


class DeviceCodeRequest(Message):
    """POST /v1/device-codes. ``replaces``: the PC that the new one takes the place of; it is revoked at that
    moment."""

    unit_code: ShortText
    replaces: Id | None = None


class DeviceCode(Message):
    """A code that registers one PC once, until ``expires_at``. It is shown to the administrator only this
    time."""

    code: str = Field(repr=False)
    unit_code: str
    expires_at: Moment


class DeviceStatement(Message):
    """What the new key signs: it is there, and meant for this registration."""

    purpose: str = "gongwen-device-1"
    code_digest: Digest
    name: str
    public_key: str


class DeviceRegistration(Message):
    """POST /v1/devices, without a session: the code is the permission. ``public_key``: SubjectPublicKeyInfo
    (SM2)."""

    code: Code = Field(repr=False)
    name: ShortText
    public_key: Base64
    signature: Base64 = Field(description="over the DeviceStatement")


class DeviceView(Message):
    """A registered PC of a unit."""

    device_id: str
    unit_code: str
    unit_name: str
    name: str
    registered_at: Moment
    registered_by: str = Field(description="who gave the code")
    last_seen: Moment | None = None
    revoked_at: Moment | None = None
    revoked_because: str = ""


class DeviceList(Message):
    """GET /v1/devices."""

    devices: tuple[DeviceView, ...]


class Revocation(Message):
    """POST /v1/devices/{device_id}/revoke: lost, stolen, given away."""

    reason: Reason


# -- the challenge at log-in --------------------------------------------------------------------------------


class Challenge(Message):
    """POST /v1/challenges: a nonce for one log-in. ``exchange``: SM3 of the certificate of its statements,
    which the client compares with the one that it holds to: an answer for one exchange is none for
    another."""

    nonce: str
    exchange: Digest
    expires_at: Moment


class LoginStatement(Message):
    """What the key of the log-in signs."""

    purpose: str = "gongwen-login-1"
    nonce: str
    exchange: Digest
    unit_code: str
    account: str


class KeyAnswer(Message):
    """The signature over the LoginStatement. ``certificate`` (DER): of the seal key; empty for the device's
    key."""

    nonce: Nonce
    signature: Base64
    certificate: Base64 = ""


# -- accounts -----------------------------------------------------------------------------------------------


class Substitution(Message):
    """Somebody stands in for the holder of ``account``, with the head's consent (Jiangmen art. 17; AB角)."""

    substitution_id: str
    account: str
    substitute: str
    since: Moment
    until: Moment
    consent: str = Field(description="whose consent, by post, and its paper's number")
    ended_at: Moment | None = None


class AccountView(Message):
    """An account as administrators see it."""

    unit_code: str
    account: str
    post: str
    roles: tuple[Role, ...]
    enabled: bool
    platform: bool = Field(description="administers all units, not only its own")
    must_change_password: bool
    password_changed_at: Moment
    locked: bool
    last_login: Moment | None = None
    sessions: NonNegativeInt = 0


class AccountList(Message):
    """GET /v1/accounts."""

    accounts: tuple[AccountView, ...]
    substitutions: tuple[Substitution, ...] = ()


class NewAccountRequest(Message):
    """POST /v1/accounts. One person, one account (Jiangmen art. 16)."""

    unit_code: ShortText
    account: ShortText
    post: ShortText
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=8)]


class InitialPassword(Message):
    """A password to be handed over once; it opens nothing but its own change, until ``expires_at``."""

    account: str
    password: str = Field(repr=False)
    expires_at: Moment


class AccountName(Message):
    """Which account is meant."""

    unit_code: ShortText
    account: ShortText


class RoleChange(AccountName):
    """POST /v1/accounts/roles: the roles from now on, and the duty that wants them (Jiangmen art. 14)."""

    roles: Annotated[tuple[Role, ...], Field(max_length=8)]
    reason: Reason


class Enabling(AccountName):
    """POST /v1/accounts/enabled: open an account, or close it with all its sessions."""

    enabled: bool
    reason: Reason


class SubstitutionRequest(Message):
    """POST /v1/substitutions."""

    unit_code: ShortText
    account: ShortText
    substitute: ShortText
    since: Moment
    until: Moment
    consent: Reason


class StandIn(Message):
    """A substitution as the unit's people see it: by post. ``concerns_caller``: its holder or substitute
    asks."""

    substitution_id: str
    post: str
    substitute_post: str
    since: Moment
    until: Moment
    consent: str
    concerns_caller: bool = False


class StandIns(Message):
    """GET /v1/stand-ins: those of the own unit that run now or begin later."""

    stand_ins: tuple[StandIn, ...]


# -- boards -------------------------------------------------------------------------------------------------


class UnitFigures(Message):
    """How a unit stands, without a word of any document: numbers of deliveries to it by state."""

    unit_code: str
    unit_name: str
    waiting: NonNegativeInt
    received: NonNegativeInt
    returned: NonNegativeInt
    on_paper: NonNegativeInt
    reminded: NonNegativeInt
    sent: NonNegativeInt
    oldest_waiting: Moment | None = None
    last_check: Moment | None = None


class Board(Message):
    """GET /v1/board?days=N: for inspectors and administrators (督查)."""

    since: Moment
    server_time: Moment
    units: tuple[UnitFigures, ...]


# -- hand-over of the receipt key ---------------------------------------------------------------------------


class HandoverStatement(Message):
    """The old key says which certificate comes after its own."""

    purpose: str = "gongwen-handover-1"
    origin: str
    number: PositiveInt
    certificate: str = Field(description="base64 DER of the next certificate")
    at: Moment
