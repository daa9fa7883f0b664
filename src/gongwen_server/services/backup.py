"""Backup of a running exchange: one moment of the database, the blobs that it names, the receipt key.

    manifest.json        what is in it, signed with the receipt key; the log's checkpoint of that moment
    database.enc         every table, one JSON line a row; the same form for SQLite and PostgreSQL
    key.p8, receipt.cer  the receipt key under the backup's password, and its certificate
    blobs/ab/abcd….enc   the files of documents, each once

Everything but the certificate and the manifest is encrypted under the password (ADR 0031). Blobs never
change, so a second backup into the same directory adds only what is new.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from sqlalchemy import Connection, MetaData, select

from gongwen_crypto import sm3, stream
from gongwen_crypto.errors import KnownError
from gongwen_crypto.software import SoftwareSigner, save_key
from gongwen_protocol.basics import Digest, Message, Moment
from gongwen_protocol.checkpoints import SignedCheckpoint
from gongwen_protocol.signatures import Seal, seal_of
from gongwen_server.db.migrate import newest_revision
from gongwen_server.services.evidence import latest_checkpoint
from gongwen_server.services.exchange import Exchange

MANIFEST, DATABASE, KEY, CERTIFICATE, BLOBS = (
    "manifest.json",
    "database.enc",
    "key.p8",
    "receipt.cer",
    "blobs",
)
_ROUNDS = 600_000  # PBKDF2 with HMAC-SHA256, OWASP's figure
_ROWS = 500
_OWN = "alembic_version"


class Manifest(Message):
    """What a backup holds; ``files`` are names and SM3 values of the encrypted files but for the blobs."""

    format: int = 1
    name: str
    profile_id: str
    revision: str
    at: Moment
    changes: int
    checkpoint: SignedCheckpoint | None
    salt: str
    files: dict[str, Digest]
    blobs: tuple[Digest, ...]


class SignedManifest(Message):
    """The manifest under the receipt key."""

    manifest: Manifest
    seal: Seal


def back_up(exchange: Exchange, out: Path, password: str) -> Manifest:
    """Write a backup while the exchange goes on. The manifest comes last: without it there is no backup.

    Raises KnownError("backup.other") when ``out`` holds one of another exchange or password.
    """
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    earlier = _earlier(exchange, out, password)
    salt = base64.b64decode(earlier.salt) if earlier else secrets.token_bytes(16)
    key = content_key(password, salt)
    assert isinstance(exchange.signer, SoftwareSigner)
    with exchange.database.snapshot() as (connection, session), TemporaryFile() as plain:
        checkpoint = latest_checkpoint(session)
        changes = _dump(connection, plain)
        plain.seek(0)
        _encrypted(out / DATABASE, key, plain, DATABASE)
        wanted = tuple(_blobs_of(connection))
    for digest in wanted:
        _back_up_blob(exchange, out, key, digest)
    _write(out / KEY, iter([save_key(exchange.signer.pair, password)]))
    _write(out / CERTIFICATE, iter([exchange.signer.certificate_der]))
    manifest = Manifest(
        name=exchange.name,
        profile_id=exchange.profile.profile_id,
        revision=newest_revision(),
        at=exchange.clock.now(),
        changes=changes,
        checkpoint=checkpoint,
        salt=base64.b64encode(salt).decode(),
        files={name: digest_of(out / name) for name in (DATABASE, KEY, CERTIFICATE)},
        blobs=wanted,
    )
    signed = SignedManifest(manifest=manifest, seal=seal_of(manifest, exchange.signer))
    _write(out / MANIFEST, iter([signed.model_dump_json(indent=1).encode()]))
    return manifest


def content_key(password: str, salt: bytes) -> bytes:
    """The SM4 key of a backup."""
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS, 16)


def digest_of(path: Path) -> str:
    """SM3 of a file."""
    with path.open("rb") as file:
        return sm3.digest_stream(file).hex()


def rows_of(source: Iterator[bytes]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(table, rows) of a dump, in an order that foreign keys allow."""
    with io.BufferedReader(_Joined(source)) as lines:
        for line in lines:
            entry = json.loads(line)
            rows = [
                {
                    name: base64.b64decode(value["b"]) if isinstance(value, dict) else value
                    for name, value in zip(entry["columns"], row, strict=True)
                }
                for row in entry["rows"]
            ]
            yield entry["table"], rows


def blob_file(out: Path, digest: str) -> Path:
    """Where a backup has a blob."""
    return out / BLOBS / digest[:2] / f"{digest}.enc"


def _earlier(exchange: Exchange, out: Path, password: str) -> Manifest | None:
    """The manifest of a backup that is there already and that this one continues."""
    if not (out / MANIFEST).exists():
        return None
    try:
        manifest = SignedManifest.model_validate_json((out / MANIFEST).read_bytes()).manifest
        with (out / DATABASE).open("rb") as file:
            next(
                stream.decrypt(
                    content_key(password, base64.b64decode(manifest.salt)), file, DATABASE.encode()
                )
            )
    except (OSError, ValueError, KnownError) as error:
        raise KnownError("backup.other", folder=str(out)) from error
    if manifest.name != exchange.name:
        raise KnownError("backup.other", folder=str(out))
    return manifest


def _dump(connection: Connection, out: BinaryIO) -> int:
    """Write all tables; the number of the last change."""
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        if table.name == _OWN:
            continue
        columns = [column.name for column in table.columns]
        for part in connection.execute(select(table)).partitions(_ROWS):
            rows = [[_plain(value) for value in row] for row in part]
            line = {"table": table.name, "columns": columns, "rows": rows}
            out.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    return int(connection.execute(select(metadata.tables["ledger"].c.change_sequence)).scalar_one())


def _plain(value: object) -> object:
    return {"b": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _blobs_of(connection: Connection) -> Iterator[str]:
    """Digests of the files of documents and of finished uploads."""
    metadata = MetaData()
    metadata.reflect(connection, only=("files", "uploads"))
    files, uploads = metadata.tables["files"], metadata.tables["uploads"]
    finished = select(uploads.c.digest).where(uploads.c.state == "complete")
    yield from sorted(set(connection.scalars(select(files.c.digest).union(finished))))


def _back_up_blob(exchange: Exchange, out: Path, key: bytes, digest: str) -> None:
    place = blob_file(out, digest)
    if place.exists() or not exchange.blobs.holds(digest):  # removed by retention: evidence stays without it
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    size = exchange.blobs.size(digest)
    _encrypted(place, key, io.BufferedReader(_Joined(exchange.blobs.read(digest, 0, size))), digest)


def _encrypted(path: Path, key: bytes, plain: BinaryIO, context: str) -> None:
    _write(path, stream.encrypt(key, plain, context.encode()))


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    """Readers see nothing or all of it, also after a power cut."""
    fresh = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


class _Joined(io.RawIOBase):
    """Pieces of bytes, read as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
