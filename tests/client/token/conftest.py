"""Both real back ends behind one rig, so that one contract is tested on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.token_rigs import Rig, folder_rig, keyfile_rig, softhsm_rig
from gongwen_client.token.proxy import Timeouts, TokenBroker
from gongwen_client.token.wire import BrokerConfig


@pytest.fixture(
    params=["keyfile", "pkcs11", "skf", "skf-wide", pytest.param("softhsm", marks=pytest.mark.softhsm)]
)
def rig(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """A token of each kind."""
    if request.param == "keyfile":
        return keyfile_rig(tmp_path)
    if request.param == "softhsm":
        return softhsm_rig(tmp_path, monkeypatch)
    return folder_rig(tmp_path, monkeypatch, request.param)


@pytest.fixture
def open_broker() -> Iterator[Callable[..., TokenBroker]]:
    """Makes brokers and stops them after the test."""
    brokers: list[TokenBroker] = []

    def make(config: BrokerConfig, **options: object) -> TokenBroker:
        options.setdefault("timeouts", Timeouts(look=20, sign=20, poll_every=0.02))
        brokers.append(TokenBroker(config, **options))  # type: ignore[arg-type]
        return brokers[-1]

    yield make
    for broker in brokers:
        broker.stop()
