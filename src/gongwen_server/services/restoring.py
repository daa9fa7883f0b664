"""Restoring an exchange from a backup, and saying so: clients that saw more must be told by a signed word."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from sqlalchemy import Connection, Engine, MetaData, func, select

from gongwen_crypto import sm3, stream
from gongwen_crypto.errors import KnownError
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.checkpoints import Restoration, RestorationList, SignedRestoration
from gongwen_protocol.signatures import Seal, is_sealed
from gongwen_server.blobs.store import open_blobs
from gongwen_server.db.database import sqlite_url
from gongwen_server.db.migrate import upgrade
from gongwen_server.db.tables import CertificateRow, RestorationRow
from gongwen_server.services import administration, backup
from gongwen_server.services import home as places
from gongwen_server.services.backup import Manifest, SignedManifest
from gongwen_server.services.evidence import broken_at
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.home import Settings
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import SYSTEM
from gongwen_server.services.views import encoded


def restore(
    source: Path,
    home: Path,
    password: str,
    *,
    reason: str,
    database_url: str | None = None,
    blobs: str = places.BLOBS,
) -> Manifest:
    """Make the exchange of a backup anew in an empty ``home`` and database, and state that it was restored.

    Everything is checked before anything is entered: the manifest's signature, the SM3 of each file, each
    blob against its own name, and at the end the whole log. Raises KnownError: backup.unreadable,
    backup.damaged, backup.database_not_empty, exchange.already_set_up, crypto.key_password_wrong.
    """
    manifest = read_manifest(source)
    signer = administration.read_signer(source / backup.KEY, source / backup.CERTIFICATE, password)
    key = backup.content_key(password, base64.b64decode(manifest.salt))
    if (home / places.SETTINGS).exists():
        raise KnownError("exchange.already_set_up", home=str(home))
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    url = database_url or sqlite_url(home / places.DATABASE)
    with administration.bare_database(url) as database:
        upgrade(database, manifest.revision)
        _enter_rows(database.engine, source, key)
        upgrade(database)
    store = open_blobs(blobs, home)
    for digest in manifest.blobs:
        if not backup.blob_file(source, digest).exists():
            continue  # retention had removed it when the backup was made
        with TemporaryFile() as plain:
            _decrypt(source, backup.blob_file(source, digest), key, digest, plain)
            plain.seek(0)
            if sm3.digest_stream(plain).hex() != digest:
                raise KnownError("backup.damaged", file=digest)
            plain.seek(0)
            store.keep(digest, plain)
    administration.write_key(home, signer)
    places.write_settings(home, Settings(manifest.name, url, manifest.profile_id, blobs))
    with administration.opened(home) as exchange:
        place = broken_at(exchange)
        if place is not None:
            raise KnownError("exchange.log_broken", place=place)
        _state(exchange, manifest, reason)
    return manifest


def read_manifest(source: Path) -> Manifest:
    """The manifest of a backup, once its signature and its files are right."""
    try:
        signed = SignedManifest.model_validate_json((source / backup.MANIFEST).read_bytes())
        certificate = (source / backup.CERTIFICATE).read_bytes()
    except (OSError, ValueError) as error:
        raise KnownError("backup.unreadable", folder=str(source)) from error
    if not is_sealed(signed.manifest, signed.seal, [certificate], signed.manifest.at):
        raise KnownError("backup.damaged", file=backup.MANIFEST)
    for name, digest in signed.manifest.files.items():
        if not (source / name).is_file() or backup.digest_of(source / name) != digest:
            raise KnownError("backup.damaged", file=name)
    return signed.manifest


def restorations(exchange: Exchange) -> RestorationList:
    """All statements that this exchange was restored, oldest first."""
    with exchange.reading() as session:
        rows = session.execute(
            select(RestorationRow, CertificateRow.der)
            .join(CertificateRow, CertificateRow.digest == RestorationRow.certificate_digest)
            .order_by(RestorationRow.number)
        )
        return RestorationList(
            restorations=tuple(
                SignedRestoration(
                    restoration=Restoration.model_validate_json(row.statement),
                    seal=Seal(signature=encoded(row.signature), certificate=encoded(certificate)),
                )
                for row, certificate in rows
            )
        )


def _state(exchange: Exchange, manifest: Manifest, reason: str) -> None:
    """Sign that the exchange goes on from the backup, and put it on record."""
    with exchange.writing() as session:
        ledger = Ledger(exchange, session)
        statement = canonical_bytes(
            Restoration(
                origin=exchange.name,
                checkpoint=manifest.checkpoint,
                changes=manifest.changes,
                backup_at=manifest.at,
                at=ledger.now,
                reason=reason,
            )
        )
        number = (session.scalar(select(func.max(RestorationRow.number))) or 0) + 1
        session.add(
            RestorationRow(
                number=number,
                statement=statement,
                signature=exchange.signer.sign(statement),
                certificate_digest=exchange.certificate_digest,
            )
        )
        ledger.note(
            SYSTEM, "exchange.restore", str(number), statement=sm3.digest(statement).hex(), reason=reason
        )
        ledger.close()


def _enter_rows(engine: Engine, source: Path, key: bytes) -> None:
    metadata = MetaData()
    with engine.begin() as connection, (source / backup.DATABASE).open("rb") as file:
        metadata.reflect(connection)
        _require_empty(connection, metadata)
        pieces = _authentic(stream.decrypt(key, file, backup.DATABASE.encode()), backup.DATABASE)
        for table, rows in backup.rows_of(pieces):
            connection.execute(metadata.tables[table].insert(), rows)


def _require_empty(connection: Connection, metadata: MetaData) -> None:
    for table in ("units", "ledger", "receipts"):
        if connection.execute(select(metadata.tables[table]).limit(1)).first() is not None:
            raise KnownError("backup.database_not_empty")


def _decrypt(source: Path, path: Path, key: bytes, context: str, out: BinaryIO) -> None:
    with path.open("rb") as file:
        for piece in _authentic(stream.decrypt(key, file, context.encode()), str(path.relative_to(source))):
            out.write(piece)


def _authentic(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    try:
        yield from pieces
    except KnownError as error:
        raise KnownError("backup.damaged", file=name) from error
