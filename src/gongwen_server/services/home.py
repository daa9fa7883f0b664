"""The home directory of an exchange: settings, receipt key, blobs, and the database unless it is elsewhere.

exchange.toml            name, database URL, profile, place of the blobs (readable by the owner only: the URL
                         may hold a password); what is below the home is named from there, so that the home
                         may be moved
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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import ArgumentError

from gongwen_crypto.errors import KnownError
from gongwen_server.db.database import sqlite_file, with_sqlite_file

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
    """What an exchange was set up with; files and folders by their whole paths."""

    name: str
    database_url: str
    profile_id: str
    blobs: str = BLOBS


def write_settings(home: Path, settings: Settings) -> None:
    """Write the settings of a new exchange."""
    write_private(home / SETTINGS, _written(home, settings))


def make_movable(home: Path, settings: Settings) -> None:
    """Write settings of an earlier version again, in which the home's own files were named by the place where
    the home was. Where nothing may be written there they stay, and are read as well as before."""
    path, wanted = home / SETTINGS, _written(home, settings)
    with suppress(OSError):
        if path.read_bytes() == wanted:
            return
        fresh = path.with_name(f"{SETTINGS}.new")
        fresh.unlink(missing_ok=True)
        write_private(fresh, wanted)
        os.replace(fresh, path)  # noqa: PTH105


def _written(home: Path, settings: Settings) -> bytes:
    """Their text; JSON strings are TOML strings."""
    file = sqlite_file(settings.database_url)
    database = settings.database_url
    if file is not None:
        database = with_sqlite_file(database, _from_home(home, file))
    blobs = settings.blobs
    if not blobs.startswith("s3://"):
        blobs = _from_home(home, Path(blobs)).as_posix()
    lines = [
        f"name = {json.dumps(settings.name, ensure_ascii=False)}",
        f"database = {json.dumps(database, ensure_ascii=False)}",
        f"profile = {json.dumps(settings.profile_id)}",
        f"blobs = {json.dumps(blobs, ensure_ascii=False)}",
    ]
    return ("\n".join(lines) + "\n").encode()


def _from_home(home: Path, path: Path) -> Path:
    """The way from the home, for what is in it."""
    return path.relative_to(home.absolute()) if path.is_relative_to(home.absolute()) else path


def _found(home: Path, path: Path) -> Path:
    """Where a file or folder of the settings is now: what was written as lying in a home that has been moved
    since lies beside the settings."""
    place = home.absolute() / path
    own = home.absolute() / path.name
    return own if not place.exists() and own.exists() else place


def read_settings(home: Path) -> Settings:
    """Raises KnownError("exchange.not_set_up") where no exchange was set up."""
    try:
        entries = tomllib.loads((home / SETTINGS).read_text("utf-8"))
        return Settings(
            str(entries["name"]),
            _database_url(home, str(entries["database"])),
            str(entries["profile"]),
            _blobs(home, str(entries.get("blobs", BLOBS))),
        )
    except (OSError, ValueError, KeyError, ArgumentError) as error:
        raise KnownError("exchange.not_set_up", home=str(home)) from error


def _database_url(home: Path, url: str) -> str:
    file = sqlite_file(url)
    return url if file is None else with_sqlite_file(url, _found(home, file))


def _blobs(home: Path, place: str) -> str:
    return place if place.startswith("s3://") else str(_found(home, Path(place)))


def write_private(path: Path, data: bytes) -> None:
    """A new file that only its owner may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
