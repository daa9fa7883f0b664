"""The escrow key under dual control: two parts, two keepers, two passwords (ADR 0046).

The private key exists whole only while it is made and while a document is opened. Its parts are numbers that
add up to it (modulo the order of the curve); one of them says nothing at all about it.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from gongwen_crypto import envelope, sm2, stream
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.issue import Subject, Usage, issue
from gongwen_crypto.signer import Signer
from gongwen_crypto.sm2_reference import N
from gongwen_crypto.software import SoftwareSigner, load_key, save_key
from gongwen_protocol.letters import DocumentStatement, file_context, read_letter
from gongwen_protocol.messages import DocumentView
from gongwen_protocol.secrecy import ESCROW
from gongwen_server.blobs.store import Blobs
from gongwen_server.db.tables import DocumentRow, EnvelopeRow
from gongwen_server.services.encryption import register_certificate
from gongwen_server.services.exchange import Exchange
from gongwen_server.services.home import write_private
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import SYSTEM
from gongwen_server.services.views import document_views

PART_SUFFIX = ".gwpart"
_FORMAT = "gongwen-escrow-part/1"
_LEAST_PASSWORD = 8
_LIFE = timedelta(days=365 * 10)
_TOLERANCE = timedelta(days=1)


def make(
    exchange: Exchange, authority: Signer, name: str, folder: Path, passwords: Sequence[str]
) -> tuple[Path, Path]:
    """Make the escrow key of the region ``name``, certified by ``authority``; write its two parts and
    register its certificate.

    Raises KnownError("secrecy.escrow_password") for two passwords that are alike or short, crypto errors of
    issuing, FileExistsError.
    """
    if len(set(passwords)) != 2 or min(map(len, passwords)) < _LEAST_PASSWORD:
        raise KnownError("secrecy.escrow_password", least=_LEAST_PASSWORD)
    whole, first = SoftwareSigner.generate(), sm2.generate()
    begin = datetime.now(UTC) - _TOLERANCE
    subject = Subject(f"{name}密钥托管", name)
    certificate = issue(authority, subject, whole.public_key, Usage.ENCRYPTION, begin, begin + _LIFE)
    second = _pair((_number(whole.pair) - _number(first)) % N)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = (folder / f"escrow-1{PART_SUFFIX}", folder / f"escrow-2{PART_SUFFIX}")
    for path, share, password in zip(paths, (first, second), passwords, strict=True):
        write_private(path, _part(share, certificate, password))
    register_certificate(exchange, ESCROW, certificate)
    return paths


def put_together(parts: Sequence[bytes], passwords: Sequence[str]) -> SoftwareSigner:
    """The escrow key out of both parts. Raises KnownError("secrecy.escrow_parts")."""
    try:
        read = [_read_part(*pair) for pair in zip(parts, passwords, strict=True)]
        (_, first), (certificate, second) = read
        pair = _pair((first + second) % N)
        if read[0][0] != certificate or Certificate.load(certificate).public_key.point != pair.point:
            raise ValueError("parts of different keys")
    except (ValueError, KnownError) as error:
        raise KnownError("secrecy.escrow_parts") from error
    return SoftwareSigner(pair, certificate)


def open_document(exchange: Exchange, key: SoftwareSigner, document_id: str, folder: Path) -> list[Path]:
    """Decrypt a document's files into ``folder``; that it was done is on record before it is done.

    Raises RefusedError: document.unknown, secrecy.escrow_none, secrecy.other_letter,
    secrecy.statement_altered; KnownError: secrecy.content_altered.
    """
    certificate = Certificate.load(key.certificate_der)
    with exchange.writing() as session:
        document = session.get(DocumentRow, document_id)
        if document is None:
            raise RefusedError("document.unknown")
        row = session.scalar(
            select(EnvelopeRow).where(
                EnvelopeRow.document_id == document_id,
                EnvelopeRow.unit_code == ESCROW,
                EnvelopeRow.certificate_digest == certificate.fingerprint,
            )
        )
        if row is None:
            raise RefusedError("secrecy.escrow_none")
        sealed = row.sealed
        view = document_views(session, document.sender_code, [document_id])[0]
        ledger = Ledger(exchange, session)
        ledger.note(SYSTEM, "escrow.open", document_id, certificate=certificate.fingerprint)
        ledger.close()
    statement = _statement(view)
    keys = read_letter(envelope.open_with(sealed, certificate, key.key), statement, ESCROW)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [_decrypt(exchange.blobs, statement, place, one, folder) for place, one in enumerate(keys)]


def _decrypt(blobs: Blobs, statement: DocumentStatement, place: int, key: bytes, folder: Path) -> Path:
    """Names from outside name no folder: the file is called after its place, with the name's suffix."""
    reference = statement.files[place]
    suffix = "".join(char for char in Path(reference.name).suffix if char.isalnum() or char == ".")
    target = folder / f"{place}{suffix}"
    part = target.with_name(f"{target.name}.part")
    stored = reference.stored
    try:
        with tempfile.TemporaryFile() as source, part.open("wb") as plain:
            for piece in blobs.read(stored.digest, 0, stored.size):
                source.write(piece)
            source.seek(0)
            for piece in stream.decrypt(key, source, file_context(statement, place)):
                plain.write(piece)
    except KnownError as error:
        part.unlink(missing_ok=True)
        raise KnownError("secrecy.content_altered", name=reference.name) from error
    return part.replace(target)


def _statement(view: DocumentView) -> DocumentStatement:
    shared = set(DocumentStatement.model_fields)
    return DocumentStatement.model_validate(view.model_dump(include=shared))


def _part(share: sm2.KeyPair, certificate: bytes, password: str) -> bytes:
    return json.dumps(
        {
            "format": _FORMAT,
            "certificate": base64.b64encode(certificate).decode(),
            "share": base64.b64encode(save_key(share, password)).decode(),
        }
    ).encode()


def _read_part(data: bytes, password: str) -> tuple[bytes, int]:
    try:
        document = json.loads(data)
        if document["format"] != _FORMAT:
            raise ValueError("another format")
        certificate = base64.b64decode(document["certificate"], validate=True)
        share = base64.b64decode(document["share"], validate=True)
    except (KeyError, TypeError) as error:
        raise ValueError("not a part") from error
    return certificate, _number(load_key(share, password))


def _number(pair: sm2.KeyPair) -> int:
    return int.from_bytes(pair.private, "big")


def _pair(number: int) -> sm2.KeyPair:
    private = number.to_bytes(32, "big")
    return sm2.KeyPair(private, sm2.public_point(private))
