"""Setting up an exchange, its units and accounts: what the command line and the demo call."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.signer import Signer
from gongwen_crypto.software import SoftwareSigner, load_key, save_key
from gongwen_protocol.calendar import CalendarYear, read_year
from gongwen_protocol.messages import Message, Role, Unit, UnitGroup
from gongwen_protocol.profile import load_profile
from gongwen_protocol.receipts import FIRST_PREVIOUS
from gongwen_protocol.resources import resource_path
from gongwen_server.blobs.store import open_blobs
from gongwen_server.db.database import Database, sqlite_url
from gongwen_server.db.migrate import upgrade
from gongwen_server.db.tables import CertificateRow, LedgerRow
from gongwen_server.services import accounts, directory, handing_over
from gongwen_server.services import home as places
from gongwen_server.services.accounts import NewAccount
from gongwen_server.services.bell import Bell
from gongwen_server.services.challenges import prepare_secret
from gongwen_server.services.evidence import catch_up
from gongwen_server.services.exchange import Clock, Exchange, SystemClock, failures_as
from gongwen_server.services.home import Settings
from gongwen_server.services.ledger import LEDGER_ID
from gongwen_server.services.passwords import Passwords
from gongwen_server.services.rules import publish_profile
from gongwen_server.services.time_stamps import read_authority


class _RosterAccount(Message):
    """An ``[[account]]`` of a roster file."""

    unit_code: str
    account: str
    post: str
    roles: tuple[str, ...]
    initial_password: str


CERTIFICATE_LIFE = timedelta(days=365 * 10)
CLOCK_TOLERANCE = timedelta(days=1)


def set_up(
    home: Path,
    *,
    name: str,
    profile_id: str,
    database_url: str | None = None,
    blobs: str = places.BLOBS,
    signer: SoftwareSigner | None = None,
    authority: Signer | None = None,
) -> None:
    """Make a new exchange in an empty or missing ``home``: database, receipt key and certificate.

    ``blobs``: where bytes are kept, see ``open_blobs``.
    ``signer``: a given receipt key with its certificate; otherwise a fresh key is made and certified by
    ``authority``, or else by one whose key is thrown away at once: then the certificate itself is what
    clients trust. Raises KnownError: exchange.already_set_up, exchange.unavailable (the database), profile
    errors. The settings are written last: what failed before may be tried again.
    """
    load_profile(profile_id)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (home / places.SETTINGS).exists():
        raise KnownError("exchange.already_set_up", home=str(home))
    url = database_url or sqlite_url(home / places.DATABASE)
    with _database(url):
        pass
    try:
        write_key(home, signer or fresh_signer(name, authority))
    except FileExistsError as error:
        raise KnownError("exchange.already_set_up", home=str(home)) from error
    places.write_settings(home, Settings(name, url, profile_id, blobs))
    with opened(home):
        pass


@contextmanager
def opened(
    home: Path,
    *,
    key_password_file: Path | None = None,
    clock: Clock | None = None,
    passwords: Passwords | None = None,
) -> Iterator[Exchange]:
    """The exchange of ``home``, its schema brought up to date, for as long as the block lasts.

    Raises KnownError: exchange.not_set_up, exchange.unavailable, crypto.key_password_wrong, profile errors.
    """
    settings = places.read_settings(home)
    with _database(settings.database_url) as database:
        handovers = handing_over.read_handovers(database)
        handing_over.finish(home, handovers)
        signer = _read_key(home, key_password_file or home / places.KEY_PASSWORD)
        exchange = Exchange(
            name=settings.name,
            database=database,
            blobs=open_blobs(settings.blobs, home),
            signer=signer,
            profile=load_profile(settings.profile_id),
            clock=clock or SystemClock(),
            passwords=passwords or Passwords(),
            calendar=_calendar(home / places.CALENDAR),
            bell=Bell(),
            time_authority=read_authority(home),
            handovers=handovers,
            trust_folder=home / places.TRUST if (home / places.TRUST).is_dir() else None,
        )
        _prepare(exchange)
        places.make_movable(home, settings)
        yield exchange


def add_unit(exchange: Exchange, code: str, name: str, **more: object) -> None:
    """Enter a unit; ``more``: fields of ``Unit`` (short_name, region, rank, enabled, contact)."""
    directory.add_unit(exchange, Unit.model_validate({"code": code, "name": name, **more}))


def enable_unit(exchange: Exchange, code: str, enabled: bool) -> None:
    """Open a unit for exchange, or close it; its documents stay."""
    directory.enable_unit(exchange, code, enabled)


def add_account(
    exchange: Exchange,
    unit_code: str,
    account: str,
    *,
    post: str,
    roles: frozenset[Role],
    initial_password: str,
    platform: bool = False,
) -> None:
    """Open an account with an initial password; see ``accounts.add_accounts``. ``platform``: for all
    units."""
    new = NewAccount(unit_code, account, post, roles, initial_password, platform)
    accounts.add_accounts(exchange, [new])


def import_roster(exchange: Exchange, path: Path) -> tuple[int, int]:
    """Enter the ``[[unit]]`` and ``[[account]]`` tables of a TOML file; return how many of each.

    A unit has the fields of ``Unit``, a ``[[group]]`` those of ``UnitGroup``; an account
    ``unit_code``, ``account``, ``post``, ``roles`` (names) and
    ``initial_password``. All are entered or none. Raises KnownError("exchange.roster_unreadable") when the
    file is not of this form, and what ``add_accounts`` raises.
    """
    try:
        roster = tomllib.loads(path.read_text("utf-8"))
        units = [Unit.model_validate(entry) for entry in roster.get("unit", [])]
        groups = [UnitGroup.model_validate(entry) for entry in roster.get("group", [])]
        people = [_RosterAccount.model_validate(entry) for entry in roster.get("account", [])]
    except (OSError, ValueError) as error:
        raise KnownError("exchange.roster_unreadable", file=path.name) from error
    new = [
        NewAccount(
            person.unit_code,
            person.account,
            person.post,
            accounts.parse_roles(person.roles),
            person.initial_password,
        )
        for person in people
    ]
    accounts.add_accounts(exchange, new, units)
    if groups:
        directory.set_groups(exchange, groups)
    return len(units), len(people)


def unlock_account(exchange: Exchange, unit_code: str, account: str) -> None:
    """Lift the block after too many failed log-ins."""
    accounts.unlock(exchange, unit_code, account)


def renew_key(home: Path, *, authority: Signer | None = None) -> None:
    """Give a stopped exchange a new receipt key that its clients follow; what ``opened`` and ``hand_over``
    raise."""
    with opened(home) as exchange:
        handing_over.hand_over(exchange, home, fresh_signer(exchange.name, authority))


def _prepare(exchange: Exchange) -> None:
    """The ledger's row and the present receipt certificate are there."""
    certificate = exchange.signer.certificate_der
    with exchange.writing() as session:
        if session.get(LedgerRow, LEDGER_ID) is None:
            session.add(
                LedgerRow(
                    ledger_id=LEDGER_ID,
                    receipt_sequence=0,
                    receipt_digest=FIRST_PREVIOUS,
                    change_sequence=0,
                    audit_sequence=0,
                    tree_size=0,
                )
            )
        if session.get(CertificateRow, exchange.certificate_digest) is None:
            session.add(CertificateRow(digest=exchange.certificate_digest, der=certificate))
        session.flush()
        prepare_secret(session)
        # Of several processes that start at once each prepares in its turn.
        session.execute(select(LedgerRow.ledger_id).with_for_update())
        catch_up(exchange, session)
        publish_profile(exchange, session)


def _calendar(own: Path) -> tuple[CalendarYear, ...]:
    """The years that ship with the program; files of the administrator (``calendar/`` in the home) take their
    place. Raises KnownError("exchange.calendar_unreadable")."""
    years = {}
    for folder in (resource_path("calendar"), own):
        for path in sorted(folder.glob("*.json")):
            try:
                year = read_year(path.read_text("utf-8"))
            except (OSError, ValueError) as error:
                raise KnownError("exchange.calendar_unreadable", file=path.name) from error
            years[year.year] = year
    return tuple(years[number] for number in sorted(years))


@contextmanager
def _database(url: str) -> Iterator[Database]:
    """The database, its schema brought up to date."""
    with bare_database(url) as database:
        with failures_as("exchange.unavailable"):
            upgrade(database)
        yield database


@contextmanager
def bare_database(url: str) -> Iterator[Database]:
    """The database as it is, for as long as the block lasts."""
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def fresh_signer(name: str, authority: Signer | None) -> SoftwareSigner:
    """A new receipt key with its certificate."""
    begin = datetime.now(UTC) - CLOCK_TOLERANCE
    end = begin + CERTIFICATE_LIFE
    subject = Subject(common_name=f"{name}回执", organization=name)
    if authority is None:
        authority = make_root(Subject(common_name=f"{name}根", organization=name), begin, end)
    signer = SoftwareSigner.generate()
    return signer.with_certificate(issue(authority, subject, signer.public_key, Usage.SIGNING, begin, end))


def write_key(home: Path, signer: SoftwareSigner) -> None:
    """The receipt key under a fresh password, that password, and the certificate."""
    password = secrets.token_urlsafe(32)
    places.write_private(home / places.KEY, save_key(signer.pair, password))
    places.write_private(home / places.KEY_PASSWORD, password.encode())
    (home / places.CERTIFICATE).write_bytes(signer.certificate_der)


def read_signer(key: Path, certificate: Path, password: str | None) -> SoftwareSigner:
    """A given receipt key. Raises KnownError("exchange.certificate_of_other_key") or crypto errors."""
    try:
        pair = load_key(key.read_bytes(), password)
        described = Certificate.load(certificate.read_bytes())
    except OSError as error:
        raise KnownError("exchange.key_unreadable", file=str(error.filename)) from error
    if described.public_key.point != pair.point:
        raise KnownError("exchange.certificate_of_other_key")
    return SoftwareSigner(pair, described.der)


def _read_key(home: Path, password_file: Path) -> SoftwareSigner:
    try:
        password = password_file.read_text("utf-8").strip()
    except OSError as error:
        raise KnownError("exchange.key_unreadable", file=password_file.name) from error
    return read_signer(home / places.KEY, home / places.CERTIFICATE, password)
