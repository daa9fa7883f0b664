"""The key besides the password: a nonce of the exchange, signed by the unit's seal key or the PC's key.

A nonce is made without writing anything (its authenticity is a MAC under a secret of the exchange), so that
strangers cannot fill the database; only one that was answered rightly is written down, and no other process
takes it again.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from gongwen_crypto.algorithms import SM2_WITH_SM3
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.keys import PublicKey
from gongwen_crypto.paths import PathStatus, TrustStore, build_path
from gongwen_protocol.access import Challenge, KeyAnswer, LoginStatement
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import LoginRequest
from gongwen_protocol.profile import LoginKey
from gongwen_server.db.database import insert_if_absent
from gongwen_server.db.tables import DeviceRow, SecretRow, UnitRow, UsedNonceRow
from gongwen_server.services.exchange import Exchange

CHALLENGE_LIFE = timedelta(minutes=2)
_SECRET = "challenge"  # noqa: S105 - a name
_RANDOM_BYTES = 32
_TIME_BYTES = 8


def challenge(exchange: Exchange) -> Challenge:
    """A fresh nonce, good for ``CHALLENGE_LIFE``."""
    expires = exchange.clock.now() + CHALLENGE_LIFE
    content = secrets.token_bytes(_RANDOM_BYTES) + int(expires.timestamp()).to_bytes(_TIME_BYTES, "big")
    nonce = base64.urlsafe_b64encode(content + _mac(exchange, content)).decode().rstrip("=")
    return Challenge(nonce=nonce, exchange=exchange.certificate_digest, expires_at=_expiry(content))


def prepare_secret(session: Session) -> None:
    """Make the secret of the nonces, once per exchange."""
    insert_if_absent(session, SecretRow, name=_SECRET, value=secrets.token_bytes(32))


def require_key(
    exchange: Exchange, session: Session, request: LoginRequest, unit: UnitRow, device: DeviceRow | None
) -> None:
    """Raise RefusedError unless the key that the region wants at log-in answered a challenge of ours, the
    first time: login.key_required, login.challenge_expired, login.key_wrong, login.certificate_refused (fact
    ``why``)."""
    wanted = exchange.profile.key_at_login
    if wanted is LoginKey.NONE or (wanted is LoginKey.DEVICE_KEY and device is None):
        return
    answer = request.answer
    if answer is None:
        raise RefusedError("login.key_required", article=exchange.profile.article_of("login_key"))
    expires = _require_nonce(exchange, answer.nonce)
    statement = LoginStatement(
        nonce=answer.nonce,
        exchange=exchange.certificate_digest,
        unit_code=request.unit_code,
        account=request.account,
    )
    if wanted is LoginKey.DEVICE_KEY:
        assert device is not None
        key = PublicKey.from_spki(device.public_key)
    else:
        key = _certified(exchange, answer, unit)
    if not verify_signature(key, SM2_WITH_SM3, canonical_bytes(statement), _decoded(answer.signature)):
        raise RefusedError("login.key_wrong")
    if not insert_if_absent(session, UsedNonceRow, nonce=answer.nonce, expires_at=expires):
        raise RefusedError("login.challenge_expired")


def _certified(exchange: Exchange, answer: KeyAnswer, unit: UnitRow) -> PublicKey:
    """The key of a certificate of this very unit that is trusted, valid and not revoked now."""
    try:
        certificate = Certificate.load(_decoded(answer.certificate))
    except (ValueError, KnownError) as error:
        raise RefusedError("login.certificate_refused", why="不是证书") from error
    if unit.name not in (certificate.organization, certificate.common_name):
        owner = certificate.organization or certificate.common_name
        raise RefusedError("login.certificate_refused", why=f"属于“{owner}”")
    store = TrustStore() if exchange.trust_folder is None else TrustStore.load(exchange.trust_folder)
    status = build_path(certificate, store, exchange.clock.now()).status
    if status is not PathStatus.OK or not certificate.may_sign:
        raise RefusedError("login.certificate_refused", why=_WHY.get(status, "不能用于签名"))
    return certificate.public_key


_WHY = {
    PathStatus.REVOCATION_UNKNOWN: "交换中心没有有效的证书注销列表",
    PathStatus.UNTRUSTED: "不是本地区认可的机构签发",
    PathStatus.EXPIRED: "不在有效期内",
    PathStatus.REVOKED: "已被注销",
    PathStatus.BROKEN: "证书链不正确",
}


def _require_nonce(exchange: Exchange, nonce: str) -> datetime:
    """When a nonce of ours ends. Raises RefusedError("login.challenge_expired") for one that is none, or
    over."""
    try:
        data = base64.urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))
    except (binascii.Error, ValueError) as error:
        raise RefusedError("login.challenge_expired") from error
    content, mac = data[: _RANDOM_BYTES + _TIME_BYTES], data[_RANDOM_BYTES + _TIME_BYTES :]
    canonical = (
        base64.urlsafe_b64encode(data).decode().rstrip("=")
    )  # one spelling each, or it could be used twice
    if len(content) != _RANDOM_BYTES + _TIME_BYTES or canonical != nonce:
        raise RefusedError("login.challenge_expired")
    if not hmac.compare_digest(mac, _mac(exchange, content)) or _expiry(content) <= exchange.clock.now():
        raise RefusedError("login.challenge_expired")
    return _expiry(content)


def _expiry(content: bytes) -> datetime:
    return datetime.fromtimestamp(int.from_bytes(content[_RANDOM_BYTES:], "big"), UTC)


def _mac(exchange: Exchange, content: bytes) -> bytes:
    with exchange.reading() as session:
        secret = session.get_one(SecretRow, _SECRET).value
    return hmac.digest(secret, content, "sha256")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError("login.key_wrong") from error
