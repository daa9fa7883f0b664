"""The home directory of an exchange: settings, receipt key, blobs, and the database unless it is elsewhere.

exchange.toml            name, database URL, profile, place of the blobs (readable by the owner only: the URL
                         may hold a password)
receipt-key.p8           SM2 key of the receipts, encrypted PKCS#8
receipt-key.password     its password; may be kept elsewhere and named when serving
receipt.cer              its certificate (DER)
time-stamp-key.p8, .password and time-stamp.cer: the same for time stamps, where the exchange gives them
exchange.db              SQLite database
blobs/                   bytes of documents
trust/                   authorities and revocation lists of units' certificates, for log-in with the seal key
calendar/                working days of further years (YEAR.json), where the administrator has put some
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from gongwen_crypto.errors import KnownError

SETTINGS = "exchange.toml"
KEY = "receipt-key.p8"
KEY_PASSWORD = "receipt-key.password"  # noqa: S105 - a file name
CERTIFICATE = "receipt.cer"
STAMP_KEY = "time-stamp-key.p8"
STAMP_PASSWORD = "time-stamp-key.password"  # noqa: S105 - a file name
STAMP_CERTIFICATE = "time-stamp.cer"
BLOBS = "blobs"
CALENDAR = "calendar"
TRUST = "trust"
DATABASE = "exchange.db"


@dataclass(frozen=True)
class Settings:
    """What an exchange was set up with."""

    name: str
    database_url: str
    profile_id: str
    blobs: str = BLOBS


def write_settings(home: Path, settings: Settings) -> None:
    """Write the settings; JSON strings are TOML strings."""
    lines = [
        f"name = {json.dumps(settings.name, ensure_ascii=False)}",
        f"database = {json.dumps(settings.database_url, ensure_ascii=False)}",
        f"profile = {json.dumps(settings.profile_id)}",
        f"blobs = {json.dumps(settings.blobs, ensure_ascii=False)}",
    ]
    write_private(home / SETTINGS, ("\n".join(lines) + "\n").encode())


def read_settings(home: Path) -> Settings:
    """Raises KnownError("exchange.not_set_up") where no exchange was set up."""
    try:
        entries = tomllib.loads((home / SETTINGS).read_text("utf-8"))
        return Settings(
            str(entries["name"]),
            str(entries["database"]),
            str(entries["profile"]),
            str(entries.get("blobs", BLOBS)),
        )
    except (OSError, ValueError, KeyError) as error:
        raise KnownError("exchange.not_set_up", home=str(home)) from error


def write_private(path: Path, data: bytes) -> None:
    """A new file that only its owner may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
