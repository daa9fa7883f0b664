"""Documents encrypted from unit to unit, opened and made by an office system with the unit's own key.

Needs other packages (``gongwen_crypto``, ``gongwen_protocol``), as ``known`` does: where a region demands
encryption, they are installed beside. The exchange never sees a key (ADR 0067).
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from gongwen_crypto import envelope, key_parcel, sm4, stream
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.paths import TrustStore
from gongwen_crypto.software import SoftwareSigner
from gongwen_oa.client import Json, OaClient, OaFile, sm3_of, sync_folder
from gongwen_oa.known import KnownExchange
from gongwen_protocol.checkpoints import Restoration
from gongwen_protocol.letters import DocumentStatement, file_context, read_letter
from gongwen_protocol.messages import Directory, DocumentView, FileReference, SendRequest, Unit
from gongwen_protocol.secrecy import (
    ESCROW,
    Cipher,
    Envelope,
    reader_of,
    trusted_certificate,
)
from gongwen_protocol.wrapping import seal_letters, statement_of

_REQUEST = "request.json"


class SecretMail:
    """Pull and push of encrypted documents for one unit. ``folder`` holds what is being made: a push that
    failed is repeated with the very same bytes."""

    def __init__(self, client: OaClient, unit_code: str, trust: Path, folder: Path) -> None:
        """``trust``: folder with the authorities' certificates; nobody else makes a reader. ``folder`` also
        keeps what is known of the exchange (``exchange.json``), which is held to it."""
        self._client = client
        self._unit_code = unit_code
        self._trust = trust
        self._folder = folder
        self._known = KnownExchange(client, folder / "exchange.json")
        self._keys: dict[str, SoftwareSigner] = {}

    def take_key(self, parcel: Path, password: str) -> None:
        """Take in a key file (.gwenc) of the unit; older ones open older documents. Raises KnownError:
        crypto.bad_key_file, crypto.key_password_wrong."""
        holder = key_parcel.unpack(parcel.read_bytes(), password)
        self._keys[Certificate.load(holder.certificate_der).fingerprint] = holder

    def agree_to_restoration(self) -> Restoration:
        """After ``log.restored``: a person has asked the platform by telephone and goes on from its backup.
        What was exchanged since the moment of the backup has to be compared. Raises
        KnownError("log.no_restoration")."""
        return self._known.agree()

    # -- receiving ----------------------------------------------------------------------------------------

    def open(self, document: Json, targets: Sequence[Path]) -> None:
        """Fetch the files of a document (body first) and store them decrypted and durably as ``targets``.

        Raises OaError; KnownError: secrecy.key_missing, secrecy.content_altered, log.*,
        exchange.certificate_changed; RefusedError: secrecy.other_letter, secrecy.statement_altered,
        secrecy.checkpoint_forged.
        """
        self._known.refresh()
        view = DocumentView.model_validate(document)
        fields = DocumentStatement.model_fields.keys() & DocumentView.model_fields.keys()
        statement = DocumentStatement.model_validate({name: getattr(view, name) for name in fields})
        sealed = Envelope.model_validate(self._client.envelope(view.document_id))
        holder = self._keys.get(sealed.certificate)
        if holder is None:
            raise KnownError("secrecy.key_missing", certificate=sealed.certificate[:16])
        opened = envelope.open_with(
            base64.b64decode(sealed.sealed), Certificate.load(holder.certificate_der), holder.key
        )
        keys = read_letter(opened, statement, self._unit_code)
        self._known.require_one_log(view, self._units())
        for position, (key, target) in enumerate(zip(keys, targets, strict=True)):
            stored = statement.files[position].stored
            cipher = target.with_name(target.name + ".cipher")
            self._client.fetch(stored.digest, stored.size, cipher)
            _decrypt(cipher, target, key, statement, position)
            cipher.unlink()

    # -- sending ------------------------------------------------------------------------------------------

    def push(self, document: Json, files: Sequence[OaFile]) -> Json:
        """Encrypt ``files`` (body first) and send them as ``document`` (see :func:`gongwen_oa.pushed`, with
        :func:`reference` for each file). A repeat sends nothing twice. Raises OaError; KnownError: log.*,
        exchange.certificate_changed; RefusedError: profile.not_signed, secrecy.directory_*,
        secrecy.no_certificate naming units without a key that an authority vouches for."""
        place = self._folder / str(document["document_id"])
        ready = self._made(place) or self._make(SendRequest.model_validate(document), files, place)
        for position, one in enumerate((ready.body, *ready.attachments)):
            self._client.upload(OaFile(one.name, place / f"{position}.cipher"))
        answer = self._client.push(ready.model_dump(mode="json", exclude_none=True))
        shutil.rmtree(place)
        return answer

    def forget(self, document_id: str) -> None:
        """Make it anew next time: after secrecy.certificate_stale, when a unit has another key by now."""
        shutil.rmtree(self._folder / document_id, ignore_errors=True)

    def _made(self, place: Path) -> SendRequest | None:
        path = place / _REQUEST
        return SendRequest.model_validate_json(path.read_bytes()) if path.is_file() else None

    def _make(self, request: SendRequest, files: Sequence[OaFile], place: Path) -> SendRequest:
        request = request.model_copy(update={"seen": self._known.refresh().checkpoint})
        readers = self._readers([one.unit_code for one in request.recipients])
        plain = statement_of(request, self._unit_code)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = tuple(secrets.token_bytes(sm4.KEY_LENGTH) for _ in files)
        references = []
        for position, (key, file) in enumerate(zip(keys, files, strict=True)):
            path = place / f"{position}.cipher"
            with file.path.open("rb") as source, path.open("wb") as target:
                target.writelines(stream.encrypt(key, source, file_context(plain, position)))
                _settle(target)
            cipher = Cipher(digest=sm3_of(path), size=path.stat().st_size)
            references.append(plain.files[position].model_copy(update={"cipher": cipher}))
        changes = {"body": references[0], "attachments": tuple(references[1:]), "end_to_end": True}
        whole = request.model_copy(update=changes)
        letters = seal_letters(statement_of(whole, self._unit_code), keys, readers)
        ready = whole.model_copy(update={"envelopes": letters})
        fresh = place / f"{_REQUEST}.new"
        with fresh.open("wb") as note:
            note.write(ready.model_dump_json(exclude_none=True).encode())
            _settle(note)
        fresh.replace(place / _REQUEST)
        sync_folder(place)
        return ready

    def _readers(self, recipients: Sequence[str]) -> Mapping[str, Certificate]:
        names = {unit.code: unit.name for unit in self._units()}
        entries = self._known.entries()
        trust, now = TrustStore.load(self._trust), datetime.now(UTC)
        found: dict[str, Certificate] = {}
        without: list[str] = []
        escrow = (ESCROW,) if self._known.rules().escrow.value else ()
        for code in (*recipients, self._unit_code, *escrow):
            entry = reader_of(entries, code, now)
            certificate = None if entry is None else trusted_certificate(entry, names, trust, now)
            if certificate is None:
                without.append(names.get(code, code))
            else:
                found[code] = certificate
        if without:
            raise RefusedError("secrecy.no_certificate", article="", units="、".join(without))
        return found

    def _units(self) -> Sequence[Unit]:
        return Directory.model_validate(self._client.directory()).units


def reference(file: OaFile) -> Json:
    """The plain file as :func:`gongwen_oa.pushed` wants it."""
    plain = FileReference(name=file.name, digest=sm3_of(file.path), size=file.path.stat().st_size)
    return plain.model_dump(mode="json", exclude_none=True)


def _decrypt(cipher: Path, target: Path, key: bytes, statement: DocumentStatement, position: int) -> None:
    """The file has its name only once all of it is right and on the disk."""
    file = statement.files[position]
    part = target.with_name(target.name + ".plain")
    try:
        with cipher.open("rb") as source, part.open("wb") as plain:
            plain.writelines(stream.decrypt(key, source, file_context(statement, position)))
            _settle(plain)
    except KnownError as error:
        part.unlink()
        raise KnownError("secrecy.content_altered", name=file.name) from error
    if sm3_of(part) != file.digest:
        part.unlink()
        raise KnownError("secrecy.content_altered", name=file.name)
    part.replace(target)
    sync_folder(target.parent)


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
