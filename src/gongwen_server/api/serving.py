"""Listening: uvicorn on a socket that is bound, and known, before it starts."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from gongwen_crypto.errors import KnownError
from gongwen_protocol.addresses import is_loopback
from gongwen_server.api.admission import ROOMS, Kind, Room
from gongwen_server.api.application import create_application
from gongwen_server.api.patience import MOST_HEAD_BYTES, PatientProtocol
from gongwen_server.services.exchange import Exchange

STOP_SECONDS = 5
BACKLOG = 1024
KEEP_ALIVE_SECONDS = 75  # longer than the pause between two polls: a client keeps its connection


@dataclass(frozen=True)
class TlsFiles:
    """PEM files of the transport certificate and its key."""

    certificate: Path
    key: Path


def bind(host: str, port: int, *, tls: bool) -> socket.socket:
    """A listening socket; port 0 takes a free one. Clients may connect at once: they wait for the server.

    Passwords must not cross a network in the clear: without ``tls`` addresses that are not loopback raise
    KnownError("exchange.tls_required"). KnownError("exchange.address_in_use") when the port is taken.
    """
    listener = _socket(host, tls=tls)
    try:
        if sys.platform == "win32":  # there, SO_REUSEADDR would let another program take the port over
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise KnownError("exchange.address_in_use", host=host, port=port) from error
    return listener


def bind_shared(host: str, port: int, *, tls: bool) -> socket.socket:
    """A socket of one of several processes: the system gives each new connection to one of those that listen.
    It does not listen yet. For systems that have SO_REUSEPORT; errors as with ``bind``."""
    shared = _socket(host, tls=tls)
    try:
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        shared.bind((host, port))
    except OSError as error:
        shared.close()
        raise KnownError("exchange.address_in_use", host=host, port=port) from error
    return shared


def _socket(host: str, *, tls: bool) -> socket.socket:
    if not tls and not is_loopback(host):
        raise KnownError("exchange.tls_required", host=host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio asks for it: only then it turns Nagle's algorithm off, which with
    # delayed acknowledgements costs 40 ms for each answer.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)


def url_of(listener: socket.socket, *, tls: bool) -> str:
    """The address as clients type it."""
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{shown}:{port}"


def make_server(
    exchange: Exchange,
    tls: TlsFiles | None = None,
    metrics_token: str = "",
    rooms: Mapping[Kind, Room] = ROOMS,
) -> uvicorn.Server:
    """The server, to be run with ``sockets=[bind(...)]``; stops gracefully on SIGTERM and SIGINT."""
    configuration = uvicorn.Config(
        create_application(exchange, metrics_token, rooms),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        http=PatientProtocol,
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )
    return Server(configuration, exchange)


class Server(uvicorn.Server):
    """Lets those who wait for news go before it waits for requests to end, and leaves no connection open."""

    def __init__(self, configuration: uvicorn.Config, exchange: Exchange) -> None:
        super().__init__(configuration)
        self._exchange = exchange

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._exchange.bell.close()
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # the transports close in the loop's next round
