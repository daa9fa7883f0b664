"""A transport certificate, and an exchange that listens under it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fakes.exchange import QUICK
from gongwen_server.api import serving
from gongwen_server.services import administration


def transport_files(folder: Path) -> serving.TlsFiles:
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
    files = serving.TlsFiles(folder / "tls.pem", folder / "tls.key")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


@contextmanager
def exchange_under_tls(folder: Path, tls: serving.TlsFiles) -> Iterator[str]:
    """The URL of an exchange called 测试, for as long as the block lasts; conversations must be over then."""
    administration.set_up(folder / "home", name="测试", profile_id="ordos-2018")
    with (
        administration.opened(folder / "home", passwords=QUICK) as exchange,
        serving.bind("127.0.0.1", 0, tls=True) as listener,
    ):
        server = serving.make_server(exchange, tls)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield serving.url_of(listener, tls=True)
        finally:
            server.should_exit = True
            thread.join(15)
        assert not thread.is_alive()
