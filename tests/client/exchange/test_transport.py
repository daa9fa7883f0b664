"""The way to the exchange: under TLS by authorities that the system trusts, never in the clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.transport import exchange_under_tls, transport_files
from gongwen_client.exchange.api import ExchangeApi
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import ServerInfo


def test_the_systems_authorities_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = transport_files(tmp_path)
    with exchange_under_tls(tmp_path, tls) as url:
        stranger = ExchangeApi(url)
        with pytest.raises(KnownError, match=r"network\.tls"):
            stranger.get("/v1/server", ServerInfo)
        stranger.close()
        monkeypatch.setenv("SSL_CERT_FILE", str(tls.certificate))
        api = ExchangeApi(url)
        assert api.get("/v1/server", ServerInfo).name == "测试"
        api.close()


def test_nothing_is_said_in_the_clear() -> None:
    api = ExchangeApi("http://exchange.example")
    with pytest.raises(KnownError, match=r"network\.cleartext"):
        api.get("/v1/server", ServerInfo)
    api.close()
