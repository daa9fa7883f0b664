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
    if not tls and not is_loopback(host):
        raise KnownError("exchange.tls_required", host=host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio asks for it: only then it turns Nagle's algorithm off, which with
    # delayed acknowledgements costs 40 ms for each answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":  # there, SO_REUSEADDR would let another program take the port over
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise KnownError("exchange.address_in_use", host=host, port=port) from error
    return listener


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
