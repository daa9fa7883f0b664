"""The exchange as a time-stamp authority (GB/T 20520, RFC 3161): proof that a seal was put on by then.

Its key is another than that of the receipts, its certificate is for stamping time and nothing else. Clients
trust that certificate by having it in their folder of trust.
"""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner, load_key, save_key
from gongwen_crypto.timestamp import token_over
from gongwen_protocol.messages import TimeStamp
from gongwen_server.services import home as places
from gongwen_server.services.exchange import Exchange

_LIFE, _TOLERANCE = timedelta(days=365 * 10), timedelta(days=1)


def set_up(home: Path, signer: SoftwareSigner | None = None) -> Path:
    """Give the exchange of ``home`` a key for time stamps, ``signer`` or a fresh one; return where its
    certificate lies. It counts from the next start.

    Raises KnownError: exchange.not_set_up, exchange.already_stamping, exchange.not_a_time_authority.
    """
    settings = places.read_settings(home)
    signer = signer or _fresh(settings.name)
    if not Certificate.load(signer.certificate_der).may_stamp_time:
        raise KnownError("exchange.not_a_time_authority")
    password = secrets.token_urlsafe(32)
    try:
        places.write_private(home / places.STAMP_KEY, save_key(signer.pair, password))
    except FileExistsError as error:
        raise KnownError("exchange.already_stamping") from error
    places.write_private(home / places.STAMP_PASSWORD, password.encode())
    place = home / places.STAMP_CERTIFICATE
    place.write_bytes(signer.certificate_der)
    return place


def read_authority(home: Path) -> SoftwareSigner | None:
    """The authority of an exchange, where it is one. Raises KnownError("exchange.key_unreadable")."""
    if not (home / places.STAMP_KEY).exists():
        return None
    try:
        password = (home / places.STAMP_PASSWORD).read_text("utf-8").strip()
        pair = load_key((home / places.STAMP_KEY).read_bytes(), password)
        return SoftwareSigner(pair, (home / places.STAMP_CERTIFICATE).read_bytes())
    except OSError as error:
        raise KnownError("exchange.key_unreadable", file=Path(str(error.filename)).name) from error


def stamp(exchange: Exchange, imprint: str) -> TimeStamp:
    """A token over an SM3 digest (hexadecimal): what is stamped stays with its owner. Raises
    KnownError("exchange.no_time_stamps")."""
    authority = exchange.time_authority
    if authority is None:
        raise KnownError("exchange.no_time_stamps")
    now = exchange.clock.now()
    token = token_over(authority, bytes.fromhex(imprint), now)
    return TimeStamp(token=base64.b64encode(token).decode(), at=now)


def _fresh(name: str) -> SoftwareSigner:
    begin = datetime.now(UTC) - _TOLERANCE
    root = make_root(Subject(f"{name}时间戳根", name), begin, begin + _LIFE)
    signer = SoftwareSigner.generate()
    subject = Subject(f"{name}时间戳", name)
    certificate = issue(root, subject, signer.public_key, Usage.TIME_STAMPING, begin, begin + _LIFE)
    return signer.with_certificate(certificate)
