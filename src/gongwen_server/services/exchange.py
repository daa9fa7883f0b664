"""The exchange at work: its database, blobs, receipt key, profile and clock in one place."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, select
from sqlalchemy.exc import InternalError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from gongwen_crypto import sm3
from gongwen_crypto.errors import KnownError
from gongwen_crypto.signer import Signer
from gongwen_protocol.calendar import CalendarYear
from gongwen_protocol.handover import SignedHandover
from gongwen_protocol.messages import ServerInfo
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.version import VERSION
from gongwen_server.blobs.store import Blobs
from gongwen_server.db.database import Database
from gongwen_server.services.bell import Bell
from gongwen_server.services.passwords import Passwords
from gongwen_server.services.views import encoded

_log = logging.getLogger("gongwen.server")


class Clock(Protocol):
    """The one place where the wall clock is read."""

    def now(self) -> datetime:
        """The present moment, UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Exchange:
    """Everything the services work on. Without state of its own: several processes may serve one exchange."""

    name: str
    database: Database
    blobs: Blobs
    signer: Signer
    profile: RegionProfile
    clock: Clock
    passwords: Passwords
    calendar: tuple[CalendarYear, ...]
    bell: Bell
    time_authority: Signer | None = None  # signs time stamps, where the exchange gives them
    handovers: tuple[SignedHandover, ...] = ()
    trust_folder: Path | None = None  # authorities and revocation lists of units' seal certificates

    @property
    def certificate_digest(self) -> str:
        """SM3 of the receipt certificate, its key in the table of certificates."""
        return sm3.digest(self.signer.certificate_der).hex()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A view of the database. Raises KnownError("exchange.unavailable") when it does not answer."""
        with failures_as("exchange.unavailable"), self.database.reading() as session:
            yield session

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """For one query; see ``Database.asking``. Raises KnownError("exchange.unavailable")."""
        with failures_as("exchange.unavailable"), self.database.asking() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A write transaction; a database that cannot be written refuses everything (bar R5).

        Raises KnownError("exchange.evidence_unwritable").
        """
        with failures_as("exchange.evidence_unwritable"), self.database.writing() as session:
            yield session
        self.bell.ring()

    def require_database(self) -> None:
        """Raise KnownError("exchange.unavailable") when the database does not answer."""
        with self.reading() as session:
            session.execute(select(1))

    def info(self) -> ServerInfo:
        """Who this exchange is."""
        return ServerInfo(
            name=self.name,
            version=VERSION,
            certificate=encoded(self.signer.certificate_der),
            server_time=self.clock.now(),
            profile_id=self.profile.profile_id,
            profile_version=self.profile.version,
            max_document_size=self.profile.max_document_size.value,
            device_binding=self.profile.binds_devices,
            login_key=self.profile.key_at_login,
            handovers=self.handovers,
        )


@contextmanager
def failures_as(code: str) -> Iterator[None]:
    """Failures of the database itself become ``code``; broken rules of ours (constraints) stay faults."""
    try:
        yield
    except (OperationalError, InternalError, ProgrammingError) as error:
        _log.exception("database failed")
        raise KnownError(code) from error
