"""Listening: on loopback in the clear, elsewhere only under TLS; slow neighbours hold up nobody."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
import requests

from fakes.exchange import RunningExchange
from fakes.transport import exchange_under_tls, transport_files
from gongwen_crypto.errors import KnownError
from gongwen_server.api import serving


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "exchange.example"])  # noqa: S104
def test_in_the_clear_only_on_this_machine(host: str) -> None:
    with pytest.raises(KnownError, match=r"exchange\.tls_required"):
        serving.bind(host, 0, tls=False)


def test_a_taken_port_is_told() -> None:
    with (
        serving.bind("127.0.0.1", 0, tls=False) as first,
        pytest.raises(KnownError, match=r"exchange\.address_in_use"),
    ):
        serving.bind("127.0.0.1", first.getsockname()[1], tls=False)


def test_under_tls(tmp_path: Path) -> None:
    tls = transport_files(tmp_path)
    with exchange_under_tls(tmp_path, tls) as url:
        # An idle client that keeps its connection would make the goodbye last as long as it may.
        headers = {"Connection": "close"}
        answer = requests.get(f"{url}/v1/server", verify=str(tls.certificate), headers=headers, timeout=30)
        assert url.startswith("https://")
        assert answer.json()["name"] == "测试"


def test_answers_are_sent_at_once() -> None:
    """asyncio turns Nagle's algorithm off only for sockets that name their protocol."""
    with serving.bind("127.0.0.1", 0, tls=False) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_half_requests_hold_up_nobody(exchange: RunningExchange) -> None:
    host, port = exchange.url.removeprefix("http://").split(":")
    slow = [socket.create_connection((host, int(port))) for _ in range(200)]
    try:
        for wire in slow:
            wire.sendall(b"POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert requests.get(f"{exchange.url}/v1/health", timeout=30).ok
    finally:
        for wire in slow:
            wire.close()
