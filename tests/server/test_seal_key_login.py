"""Log-in with the unit's seal key: its certificate must be this unit's, trusted, valid and not revoked."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.clock import START, FakeClock
from fakes.exchange import INITIAL_PASSWORD, UNITS, RunningExchange
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import RefusedError
from gongwen_crypto.issue import Revoked, Subject, Usage, issue, issue_revocation_list, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.access import KeyAnswer, LoginStatement
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import LoginRequest, SessionGrant
from gongwen_protocol.profile import LoginKey, Rule
from gongwen_protocol.proofs import Presented
from gongwen_server.services import accounts, challenges
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.nonces import NonceMemory
from gongwen_server.services.sessions import Arrival

HERE = Arrival(Presented(method="POST", target="", body="", key="", token=None), None, "127.0.0.1")
BEGIN, END = START - timedelta(days=30), START + timedelta(days=365)
UNIT = UNITS["001"]


@pytest.fixture(scope="module")
def root() -> SoftwareSigner:
    return make_root(Subject("某市根证书", "某市"), BEGIN, END)


@pytest.fixture
def exchange(tmp_path: Path, root: SoftwareSigner) -> Iterator[Exchange]:
    """An exchange whose region wants the seal key at log-in."""
    running = RunningExchange(tmp_path / "home", clock=FakeClock())
    running.populate()
    trust = tmp_path / "home" / "trust"
    trust.mkdir()
    (trust / "root.cer").write_bytes(root.certificate_der)
    revoke(trust, root)
    wants_key = Rule(value=LoginKey.SEAL_KEY, article="第十五条")
    profile = running.exchange.profile.model_copy(update={"login_key": wants_key})
    yield replace(running.exchange, profile=profile, trust_folder=trust)
    running.stop()


def revoke(trust: Path, root: SoftwareSigner, *serials: int) -> None:
    lines = [Revoked(serial, START - timedelta(days=1)) for serial in serials]
    (trust / "root.crl").write_bytes(
        issue_revocation_list(root, lines, START - timedelta(days=1), START + timedelta(days=30))
    )


def certified(
    root: SoftwareSigner, unit: str = UNIT, usage: Usage = Usage.SIGNING, days: int = 300
) -> SoftwareSigner:
    signer = SoftwareSigner.generate()
    end = START + timedelta(days=days)
    return signer.with_certificate(issue(root, Subject(unit, unit), signer.public_key, usage, BEGIN, end))


def log_in(exchange: Exchange, key: SoftwareSigner | None) -> SessionGrant:
    answer = None
    if key is not None:
        nonce = challenges.challenge(exchange)
        statement = LoginStatement(
            nonce=nonce.nonce, exchange=nonce.exchange, unit_code="001", account="clerk"
        )
        answer = KeyAnswer(
            nonce=nonce.nonce,
            signature=base64.b64encode(key.sign(canonical_bytes(statement))).decode(),
            certificate=base64.b64encode(key.certificate_der).decode(),
        )
    request = LoginRequest(unit_code="001", account="clerk", password=INITIAL_PASSWORD, answer=answer)
    return accounts.log_in(exchange, request, HERE, NonceMemory())


def why(exchange: Exchange, key: SoftwareSigner) -> str:
    with pytest.raises(RefusedError, match=r"login\.certificate_refused") as refused:
        log_in(exchange, key)
    return str(refused.value.facts["why"])


def test_password_and_key_open(exchange: Exchange, root: SoftwareSigner) -> None:
    assert log_in(exchange, certified(root)).unit_code == "001"
    with pytest.raises(RefusedError, match=r"login\.key_required"):
        log_in(exchange, None)


def test_only_the_units_own_valid_key_opens(exchange: Exchange, root: SoftwareSigner) -> None:
    assert "市水利局" in why(exchange, certified(root, "市水利局"))
    assert why(exchange, certified(root, days=-1)) == "不在有效期内"
    assert why(exchange, certified(root, usage=Usage.ENCRYPTION)) == "不能用于签名"
    stranger = make_root(Subject("别处根证书", "别处"), BEGIN, END)
    assert why(exchange, certified(stranger)) == "不是本地区认可的机构签发"
    assert why(exchange, SoftwareSigner.generate()) == "不是证书"


def test_a_revoked_key_does_not_open(exchange: Exchange, root: SoftwareSigner) -> None:
    key = certified(root)
    assert exchange.trust_folder is not None
    revoke(exchange.trust_folder, root, Certificate.load(key.certificate_der).serial)
    assert why(exchange, key) == "已被注销"


def test_somebody_elses_signature_does_not_open(exchange: Exchange, root: SoftwareSigner) -> None:
    key = certified(root)
    thief = SoftwareSigner.generate().with_certificate(key.certificate_der)
    with pytest.raises(RefusedError, match=r"login\.key_wrong"):
        log_in(exchange, thief)
