"""What routes ask of a request: the exchange, the caller with a role, the idempotency key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, TypeVar

from anyio import to_thread
from fastapi import Depends, Header, Path, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import IDEMPOTENCY_HEADER
from gongwen_protocol.permissions import Action
from gongwen_protocol.proofs import PROOF_HEADER, Presented, body_digest
from gongwen_server.services import sessions
from gongwen_server.services.commands import Command, perform
from gongwen_server.services.duty import Heartbeats
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.nonces import NonceMemory
from gongwen_server.services.sessions import Arrival, Caller

T = TypeVar("T")

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


async def _nonces(request: Request) -> NonceMemory:
    nonces = request.app.state.nonces
    assert isinstance(nonces, NonceMemory)
    return nonces


# What identifies uploads, documents, deliveries and tickets.
Identifier = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
DigestPath = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
ExchangeOf = Annotated[Exchange, Depends(_exchange)]
NoncesOf = Annotated[NonceMemory, Depends(_nonces)]
HeartbeatsOf = Annotated[Heartbeats, Depends(_heartbeats)]


async def _arrival(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    proof: Annotated[str | None, Header(alias=PROOF_HEADER, max_length=1024)] = None,
) -> Arrival:
    """The request as a proof of possession has to cover it: as it stood on the wire."""
    try:
        body = b"" if request.method == "PATCH" else await request.body()
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    query = request.scope["query_string"].decode("latin-1")
    path = request.scope.get("raw_path", b"").decode("latin-1")
    presented = Presented(
        method=request.method,
        target=f"{path}?{query}" if query else path,
        body=body_digest(request.method, body),
        key=request.headers.get(IDEMPOTENCY_HEADER, ""),
        token=sessions.token_digest(credentials.credentials) if credentials else None,
    )
    return Arrival(presented, proof, request.client.host if request.client else "")


CredentialsOf = Annotated[HTTPAuthorizationCredentials, Depends(_bearer)]
ArrivalOf = Annotated[Arrival, Depends(_arrival)]


class Entry:
    """A request whose session is still to be looked up."""

    def __init__(
        self, request: Request, arrival: Arrival, credentials: HTTPAuthorizationCredentials | None
    ) -> None:
        self._request = request
        self._exchange: Exchange = request.app.state.exchange
        self._nonces: NonceMemory = request.app.state.nonces
        self._arrival = arrival
        self._credentials = credentials

    def anyone(self) -> Caller:
        """Any session, also one that still has to change its initial password."""
        if self._credentials is None:
            raise RefusedError("session.required")
        token = self._credentials.credentials
        caller = sessions.identify(self._exchange, self._nonces, token, self._arrival)
        self._request.state.caller = caller.name
        return caller

    def member(self, action: Action) -> Caller:
        """A session with its own password whose roles allow ``action``."""
        caller = self.anyone()
        if caller.must_change_password:
            profile = self._exchange.profile
            article = profile.cite(profile.password_first_change.article)
            raise RefusedError("session.password_change_required", article=article)
        caller.require(action)
        return caller


async def _entry(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    proof: Annotated[str | None, Header(alias=PROOF_HEADER, max_length=1024)] = None,
) -> Entry:
    # Called, not declared: each dependency of a dependency costs every request a piece of its time.
    return Entry(request, await _arrival(request, credentials, proof), credentials)


EntryOf = Annotated[Entry, Depends(_entry)]


def _anyone(entry: EntryOf) -> Caller:
    return entry.anyone()


AnyCaller = Annotated[Caller, Depends(_anyone)]


class Demand:
    """What a route asks of its caller: a session with its own password whose roles allow ``action``."""

    def __init__(self, action: Action) -> None:
        self.action = action


class May(Demand):
    """Dependency: the caller."""

    def __call__(self, entry: EntryOf) -> Caller:
        return entry.member(self.action)


class MayInRoute(Demand):
    """Dependency: a function that gives the caller, to be called first thing in the poll's own thread. For
    polls: each change of thread costs as much as the look itself."""

    async def __call__(self, entry: EntryOf) -> Callable[[], Caller]:
        return partial(entry.member, self.action)


async def in_poll_thread(request: Request, look: Callable[[], T]) -> T:
    """Do a poll's work in one of the few threads that polls may take."""
    return await to_thread.run_sync(look, limiter=request.app.state.poll_threads)


Member = Annotated[Caller, Depends(May(Action.LOOK_UP))]
Reader = Annotated[Caller, Depends(May(Action.READ))]
Poller = Annotated[Callable[[], Caller], Depends(MayInRoute(Action.READ))]
Sender = Annotated[Caller, Depends(May(Action.SEND))]
Follower = Annotated[Caller, Depends(May(Action.FOLLOW_UP))]
Receiver = Annotated[Caller, Depends(May(Action.RECEIVE))]
Sealer = Annotated[Caller, Depends(May(Action.SEAL))]
Printer = Annotated[Caller, Depends(May(Action.PRINT))]
Inspector = Annotated[Caller, Depends(May(Action.INSPECT))]
Administrator = Annotated[Caller, Depends(May(Action.ADMINISTER))]


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
