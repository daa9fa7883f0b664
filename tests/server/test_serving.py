"""Listening: on loopback in the clear, elsewhere only under TLS; slow neighbours hold up nobody."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fakes.exchange import QUICK, RunningExchange
from gongwen_crypto.errors import KnownError
from gongwen_server.api import serving
from gongwen_server.services import administration


@pytest.fixture
def tls(tmp_path: Path) -> serving.TlsFiles:
    """A transport certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "exchange")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = serving.TlsFiles(tmp_path / "tls.pem", tmp_path / "tls.key")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


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


def test_under_tls(tmp_path: Path, tls: serving.TlsFiles) -> None:
    administration.set_up(tmp_path / "home", name="测试", profile_id="ordos-2018")
    with (
        administration.opened(tmp_path / "home", passwords=QUICK) as exchange,
        serving.bind("127.0.0.1", 0, tls=True) as listener,
    ):
        server = serving.make_server(exchange, tls)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        url = serving.url_of(listener, tls=True)
        # An idle client that keeps its connection would make the goodbye last as long as it may.
        headers = {"Connection": "close"}
        answer = requests.get(f"{url}/v1/server", verify=str(tls.certificate), headers=headers, timeout=30)
        assert url.startswith("https://")
        assert answer.json()["name"] == "测试"
        server.should_exit = True
        thread.join(15)
        assert not thread.is_alive()


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
