"""The large lane: sending documents and fetching the files of those that came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gongwen_client.domain.drafts import Draft, LocalFile
from gongwen_client.domain.intents import Intent
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.cabinet import FileCabinet
from gongwen_client.exchange.files import digest_file
from gongwen_client.exchange.key_directory import KeyDirectory
from gongwen_client.exchange.protecting import Protector
from gongwen_client.exchange.upload import upload
from gongwen_client.exchange.words import in_words
from gongwen_client.host.clock import Clock
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import DocumentView, SendRequest
from gongwen_protocol.states import DocumentState

STALE = "secrecy.certificate_stale"
"""Envelopes are for a certificate that a unit no longer has."""


class LargeActions:
    """``keep_on`` is called between parts of long work and raises when the client stops."""

    def __init__(
        self,
        api: ExchangeApi,
        store: Store,
        cabinet: FileCabinet,
        clock: Clock,
        keep_on: Callable[[], None],
        tell: Callable[..., None],
        protector: Protector,
        key_directory: KeyDirectory,
    ) -> None:
        self._api = api
        self._store = store
        self._cabinet = cabinet
        self._clock = clock
        self._keep_on = keep_on
        self._tell = tell
        self._protector = protector
        self._key_directory = key_directory

    def send(self, intent: Intent) -> None:
        """Upload what the exchange lacks, then hand the document over under the intent's key. Where a unit
        got another certificate on the way, it is encrypted anew, once."""
        try:
            self._send(intent)
        except RefusedError as error:
            if error.code != STALE:
                raise
            self._protector.forget(intent.subject)
            self._send(intent)

    def _send(self, intent: Intent) -> None:
        draft = self._store.drafts.get(intent.subject)
        files = [file for file in (draft.body, *draft.attachments) if file is not None]
        for file in files:
            if not file.path.is_file() or file.path.stat().st_size != file.size:
                raise RefusedError("draft.file_gone", name=file.name)
        request = _request_of(intent)
        payload = intent.payload.encode()
        if request.end_to_end:
            request = self._protected(request, files)
            files, payload = self._protector.ciphers(request), canonical_bytes(request)
        total = sum(file.size for file in files) or 1
        done = 0
        for file in files:

            def progress(offset: int, before: int = done) -> None:
                self._keep_on()
                self._store.drafts.note_progress(draft.document_id, (before + offset) / total)
                self._tell("drafts")

            self._upload(file, progress)
            done += file.size
        document = self._api.post_raw("/v1/documents", payload, DocumentView, intent.key)
        with self._store.transaction():
            self._store.documents.apply(document, document.sender_code)
            for envelope in request.envelopes:
                if envelope.unit_code == document.sender_code:
                    self._store.documents.keep_envelope(document.document_id, envelope)
            self._save(draft, DocumentState.SENT, "")
            self._store.outbox.finish(intent, self._clock.now())
        self._protector.forget(document.document_id)

    def _protected(self, request: SendRequest, files: list[LocalFile]) -> SendRequest:
        """The message with ciphers and envelopes, made once; what was confirmed as encrypted is never sent
        otherwise."""
        made = self._protector.made(request.document_id)
        if made is not None:
            return made
        self._key_directory.refresh()
        own = self._store.notes.get(Notes.OWNER_CODE) or ""
        profile = self._store.rules.get(request.profile_id, request.profile_version)
        codes = [recipient.unit_code for recipient in request.recipients]
        if profile is None:
            raise RefusedError("secrecy.not_sealed_for")
        protection = self._key_directory.protection(profile, codes, own, self._clock.now())
        if not protection.end_to_end:
            raise RefusedError("secrecy.not_sealed_for")
        for file in files:
            if digest_file(file.path) != file.digest:
                raise RefusedError("draft.file_gone", name=file.name)
        now_seen = request.model_copy(update={"seen": self._store.evidence.checkpoint()})
        return self._protector.make(now_seen, own, files, protection.readers, self._keep_on)

    def _upload(self, file: LocalFile, progress: Callable[[int], None]) -> None:
        try:
            upload(self._api, file.path, file.digest, file.size, progress)
        except KnownError:
            # A file that was altered here would be refused for its digest for ever.
            if digest_file(file.path) != file.digest:
                raise RefusedError("draft.file_gone", name=file.name) from None
            raise

    def refuse(self, intent: Intent, sentence: str) -> None:
        """The exchange will not have it: back to ready, with the reason and everything that was typed."""
        with self._store.transaction():
            self._store.outbox.refuse(intent, sentence, self._clock.now())
            self._save(self._store.drafts.get(intent.subject), DocumentState.READY, sentence)
        self._protector.forget(intent.subject)

    def fetch(self, document_id: str) -> None:
        """Download what is missing of a document."""
        document = self._store.documents.get(document_id)
        self._store.documents.note_fetch(document_id, 1)
        self._tell("incoming")
        try:
            self._cabinet.fetch_document(document, self._keep_on)
        except BaseException as error:
            self._store.documents.note_fetch(document_id, 0)
            if isinstance(error, GongwenError) and error.code.startswith(("secrecy.", "log.")):
                self._store.documents.note_obstacle(document_id, in_words(error))
                self._tell("incoming")
            raise
        self._store.documents.note_fetch(document_id, 2)
        self._tell("incoming")

    def _save(self, draft: Draft, state: DocumentState, refusal: str) -> None:
        progress = 1.0 if state is DocumentState.SENT else 0.0
        self._store.drafts.save(
            replace(
                draft, state=state, refusal=refusal, upload_progress=progress, updated_at=self._clock.now()
            )
        )


def _request_of(intent: Intent) -> SendRequest:
    try:
        return SendRequest.model_validate_json(intent.payload)
    except ValueError as error:
        raise RefusedError("request.invalid", places="") from error
