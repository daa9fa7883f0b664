"""Who is there: the exchange itself, log-in, directory and profile."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from gongwen_protocol.access import Challenge, DeviceRegistration, DeviceView
from gongwen_protocol.calendar import SignedCalendar
from gongwen_protocol.checkpoints import RestorationList
from gongwen_protocol.messages import (
    Directory,
    LoginRequest,
    PasswordChange,
    Readiness,
    ServerInfo,
    SessionGrant,
)
from gongwen_protocol.profiles import SignedProfile
from gongwen_protocol.secrecy import EncryptionNews
from gongwen_server.api.access import AnyCaller, ArrivalOf, CredentialsOf, ExchangeOf, Member, NoncesOf
from gongwen_server.services import accounts, challenges, devices, restoring, rules, sessions
from gongwen_server.services import directory as directories
from gongwen_server.services import encryption as directory_of_keys

router = APIRouter(prefix="/v1")
Entries = Annotated[int, Query(ge=0, le=2**63 - 1)]


class Health(BaseModel):
    """GET /v1/health."""

    status: str


@router.get("/health")
def health(exchange: ExchangeOf) -> Health:
    """Whether the exchange can answer: its database is there."""
    exchange.require_database()
    return Health(status="ok")


@router.get("/server")
def server(exchange: ExchangeOf) -> ServerInfo:
    """Who this exchange is; no session needed."""
    return exchange.info()


@router.post("/challenges")
def challenge(exchange: ExchangeOf) -> Challenge:
    """A nonce that the unit's key signs for one log-in."""
    return challenges.challenge(exchange)


@router.post("/session")
def log_in(exchange: ExchangeOf, nonces: NoncesOf, arrival: ArrivalOf, login: LoginRequest) -> SessionGrant:
    """Log in with unit, account and password, from a registered PC and with its key where the region wants
    it."""
    return accounts.log_in(exchange, login, arrival, nonces)


@router.get("/session")
def resume(exchange: ExchangeOf, caller: AnyCaller, credentials: CredentialsOf) -> SessionGrant:
    """The session as it is now: roles, countdown of the password, where else the account works."""
    return sessions.resume(exchange, caller, credentials.credentials)


@router.post("/session/password")
def change_password(
    exchange: ExchangeOf, arrival: ArrivalOf, caller: AnyCaller, change: PasswordChange
) -> SessionGrant:
    """Set an own password: the only call that an initial password allows (Ordos art. 20)."""
    return accounts.change_password(exchange, caller, change, arrival.source)


@router.delete("/session", status_code=204)
def log_out(exchange: ExchangeOf, caller: AnyCaller) -> None:
    """End the session."""
    sessions.log_out(exchange, caller)


@router.delete("/sessions", status_code=204)
def log_out_everywhere(exchange: ExchangeOf, caller: AnyCaller) -> None:
    """End all sessions of the account, on whatever PC."""
    sessions.log_out(exchange, caller, everywhere=True)


@router.post("/devices", status_code=201)
def register_device(exchange: ExchangeOf, arrival: ArrivalOf, device: DeviceRegistration) -> DeviceView:
    """Register this PC with a one-time code of the administrator (Ordos art. 7)."""
    return devices.register(exchange, device, arrival.source)


@router.get("/directory")
def directory(exchange: ExchangeOf, caller: Member) -> Directory:
    """All units in rank order."""
    return directories.directory(exchange)


@router.get("/encryption")
def encryption(exchange: ExchangeOf, caller: Member, after: Entries = 0) -> EncryptionNews:
    """Encryption certificates and successors of units from entry ``after`` on, under a signed head."""
    return directory_of_keys.news(exchange, after)


@router.get("/readiness")
def readiness(exchange: ExchangeOf, caller: Member) -> Readiness:
    """Whether units will take notice of what is sent now."""
    return directories.readiness(exchange)


@router.get("/restorations")
def all_restorations(exchange: ExchangeOf, caller: Member) -> RestorationList:
    """Signed statements that the exchange was restored from a backup: why its log does not continue what a
    client has seen."""
    return restoring.restorations(exchange)


@router.get("/profile")
def profile(exchange: ExchangeOf, caller: Member) -> SignedProfile:
    """The region profile in force, signed."""
    return rules.signed_profile(exchange, *exchange.profile.key)


@router.get("/profiles/{profile_id}/{version}")
def profile_version(
    exchange: ExchangeOf,
    caller: Member,
    profile_id: Annotated[str, Path(pattern=r"^[a-z0-9-]{3,64}$")],
    version: Annotated[int, Path(ge=1, le=2**31 - 1)],
) -> SignedProfile:
    """A version that is or was in force: documents go by the one that they were sent under."""
    return rules.signed_profile(exchange, profile_id, version)


@router.get("/calendar")
def calendar(exchange: ExchangeOf, caller: Member) -> SignedCalendar:
    """The working days, make-up days included, signed."""
    return rules.signed_calendar(exchange)
