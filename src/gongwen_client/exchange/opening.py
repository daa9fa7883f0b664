"""Content keys of documents that came: the exchange's envelope, opened and held against the document."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.witnessing import LogWitness
from gongwen_client.host.unit_keys import KeyHolder
from gongwen_client.store import Store
from gongwen_client.store.documents import StoredDocument
from gongwen_client.store.notes import Notes
from gongwen_crypto import stream
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.letters import file_context, read_letter
from gongwen_protocol.profile import EndToEnd
from gongwen_protocol.secrecy import Envelope


class ContentKeys(Protocol):
    """Gives the keys of a document's files."""

    def require_protected(self, document: StoredDocument) -> None:
        """Refuse a plain document where the region demands encryption."""

    def require_one_log(self, document: StoredDocument) -> None:
        """Refuse a document whose sender was shown another log of the exchange."""

    def keys(self, document: StoredDocument) -> tuple[bytes, ...]:
        """16 bytes for each file, body first."""


class EnvelopeOpener:
    """Opens the unit's envelopes with the keys of this PC, or with another holder for one document."""

    def __init__(self, api: ExchangeApi, store: Store, holder: KeyHolder) -> None:
        self._api = api
        self._store = store
        self._holder = holder
        self._witness = LogWitness(api, store)

    def held_by(self, holder: KeyHolder) -> EnvelopeOpener:
        """The same with another holder of the unit's keys, e.g. a token."""
        return EnvelopeOpener(self._api, self._store, holder)

    def require_protected(self, document: StoredDocument) -> None:
        """Raise RefusedError("secrecy.downgraded") for a plain document of a region that demands encryption:
        nothing of it is fetched, shown or accepted."""
        profile = self._store.rules.get(document.profile_id, document.profile_version)
        profile = profile or self._store.rules.in_force()
        demanded = profile is not None and profile.end_to_end.value is EndToEnd.REQUIRED
        if profile is not None and demanded and any(file.cipher is None for file in document.files):
            raise RefusedError("secrecy.downgraded", article=profile.article_of("end_to_end"))

    def require_one_log(self, document: StoredDocument) -> None:
        """As ``LogWitness.compare``, for a document that says which log its sender was shown: of an encrypted
        one call it after ``keys``, which find out what the exchange altered."""
        if document.seen is not None:
            self._witness.compare(document.seen, document)

    def keys(self, document: StoredDocument) -> tuple[bytes, ...]:
        """Raises KnownError: secrecy.key_missing, crypto.*; RefusedError: secrecy.other_envelope,
        secrecy.other_letter, secrecy.statement_altered, secrecy.no_envelope, delivery.recalled and kin; what
        ``ExchangeApi`` raises."""
        own = self._store.notes.get(Notes.OWNER_CODE) or ""
        sent = self._store.documents.own_envelope(document.document_id)
        envelope = sent or self._api.get(f"/v1/documents/{document.document_id}/envelope", Envelope)
        if envelope.unit_code != own:
            raise RefusedError("secrecy.other_envelope")
        try:
            sealed = base64.b64decode(envelope.sealed, validate=True)
            letter = self._holder.open(envelope.certificate, sealed)
        except (ValueError, KnownError) as error:
            if isinstance(error, KnownError) and not error.code.startswith("crypto."):
                raise
            raise RefusedError("secrecy.other_envelope") from error
        return read_letter(letter, document.statement(), own)

    def open_for_us(self, certificate: str, sealed: bytes) -> bytes:
        """What is in an envelope for one of the unit's certificates. Raises KnownError: secrecy.key_missing,
        crypto.*."""
        return self._holder.open(certificate, sealed)


def decrypted(document: StoredDocument, position: int, key: bytes, cipher: Path) -> Iterator[bytes]:
    """The content of file ``position``, piece by piece; complete when the iterator ends.

    Raises KnownError("secrecy.content_altered") when it is not what was encrypted for this place.
    """
    try:
        with cipher.open("rb") as source:
            yield from stream.decrypt(key, source, file_context(document.statement(), position))
    except KnownError as error:
        raise KnownError("secrecy.content_altered", name=document.files[position].name) from error
