"""What routes ask of a request: the exchange, the caller with a role, the idempotency key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, Path, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import IDEMPOTENCY_HEADER, Role
from gongwen_server.services import accounts
from gongwen_server.services.accounts import Caller
from gongwen_server.services.commands import Command, perform
from gongwen_server.services.duty import Heartbeats
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger

# Dependencies that wait for nothing are ``async``: others cost a change of thread each, and polls have many.
_bearer = HTTPBearer(auto_error=False, description="token of POST /v1/session")


async def _exchange(request: Request) -> Exchange:
    exchange = request.app.state.exchange
    assert isinstance(exchange, Exchange)
    return exchange


async def _heartbeats(request: Request) -> Heartbeats:
    heartbeats = request.app.state.heartbeats
    assert isinstance(heartbeats, Heartbeats)
    return heartbeats


# What identifies uploads, documents, deliveries and tickets.
Identifier = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
ExchangeOf = Annotated[Exchange, Depends(_exchange)]
HeartbeatsOf = Annotated[Heartbeats, Depends(_heartbeats)]


def _anyone(
    request: Request,
    exchange: ExchangeOf,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """Any session, also one that still has to change its initial password."""
    if credentials is None:
        raise RefusedError("session.required")
    caller = accounts.identify(exchange, credentials.credentials)
    request.state.caller = f"{caller.unit_code}/{caller.account}"
    return caller


AnyCaller = Annotated[Caller, Depends(_anyone)]


class Requires:
    """Dependency: a session with its own password and one of ``roles`` (none named: any role)."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __call__(self, exchange: ExchangeOf, caller: AnyCaller) -> Caller:
        if caller.must_change_password:
            rule = exchange.profile.password_first_change
            raise RefusedError(
                "session.password_change_required", article=exchange.profile.cite(rule.article)
            )
        caller.require(*self.roles)
        return caller


Member = Annotated[Caller, Depends(Requires())]
Sender = Annotated[Caller, Depends(Requires(Role.SEND))]
Receiver = Annotated[Caller, Depends(Requires(Role.RECEIVE))]
Printer = Annotated[Caller, Depends(Requires(Role.PRINT))]


class Wish:
    """Dependency: the idempotency key of a mutating call, ready to become a command."""

    def __init__(
        self,
        request: Request,
        key: Annotated[str, Header(alias=IDEMPOTENCY_HEADER, pattern=r"^[!-~]{8,200}$")],
    ) -> None:
        self._key = key
        self._operation = f"{request.method} {request.url.path}"

    def command(self, message: BaseModel | None = None) -> Command:
        """The command for the parsed message."""
        return Command(self._key, self._operation, message)


Once = Annotated[Wish, Depends(Wish)]


def performed(
    exchange: Exchange,
    caller: Caller,
    command: Command,
    effect: Callable[[Ledger], BaseModel],
    status: int = 200,
) -> Response:
    """Perform the command once; its answer goes over the wire as the bytes that are stored."""
    answer = perform(exchange, caller, command, effect, status)
    return Response(answer.body, status_code=answer.status, media_type="application/json")
