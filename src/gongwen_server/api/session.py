"""Who is there: the exchange itself, log-in, directory and profile."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from gongwen_protocol.messages import Directory, LoginRequest, PasswordChange, ServerInfo, SessionGrant
from gongwen_protocol.profile import RegionProfile
from gongwen_server.api.access import AnyCaller, ExchangeOf, Member
from gongwen_server.services import accounts
from gongwen_server.services import directory as directories

router = APIRouter(prefix="/v1")


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


@router.post("/session")
def log_in(exchange: ExchangeOf, request: Request, login: LoginRequest) -> SessionGrant:
    """Log in with unit, account and password."""
    return accounts.log_in(exchange, login, _source(request))


@router.post("/session/password")
def change_password(
    exchange: ExchangeOf, request: Request, caller: AnyCaller, change: PasswordChange
) -> SessionGrant:
    """Set an own password: the only call that an initial password allows (Ordos art. 20)."""
    return accounts.change_password(exchange, caller, change, _source(request))


@router.delete("/session", status_code=204)
def log_out(exchange: ExchangeOf, caller: AnyCaller) -> None:
    """End the session."""
    accounts.log_out(exchange, caller)


@router.get("/directory")
def directory(exchange: ExchangeOf, caller: Member) -> Directory:
    """All units in rank order."""
    return directories.directory(exchange)


@router.get("/profile")
def profile(exchange: ExchangeOf, caller: Member) -> RegionProfile:
    """The region profile in force."""
    return exchange.profile


def _source(request: Request) -> str:
    return request.client.host if request.client else ""
