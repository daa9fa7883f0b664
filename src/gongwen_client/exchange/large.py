"""The large lane: sending documents and fetching the files of those that came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gongwen_client.domain.drafts import Draft, LocalFile
from gongwen_client.domain.intents import Intent
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.cabinet import FileCabinet
from gongwen_client.exchange.files import digest_file
from gongwen_client.exchange.upload import upload
from gongwen_client.host.clock import Clock
from gongwen_client.store import Store
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.messages import DocumentView
from gongwen_protocol.states import DocumentState


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
    ) -> None:
        self._api = api
        self._store = store
        self._cabinet = cabinet
        self._clock = clock
        self._keep_on = keep_on
        self._tell = tell

    def send(self, intent: Intent) -> None:
        """Upload what the exchange lacks, then hand the document over under the intent's key."""
        draft = self._store.drafts.get(intent.subject)
        files = [file for file in (draft.body, *draft.attachments) if file is not None]
        for file in files:
            if not file.path.is_file() or file.path.stat().st_size != file.size:
                raise RefusedError("draft.file_gone", name=file.name)
        total = sum(file.size for file in files) or 1
        done = 0
        for file in files:

            def progress(offset: int, before: int = done) -> None:
                self._keep_on()
                self._store.drafts.note_progress(draft.document_id, (before + offset) / total)
                self._tell("drafts")

            self._upload(file, progress)
            done += file.size
        document = self._api.post_raw("/v1/documents", intent.payload.encode(), DocumentView, intent.key)
        with self._store.transaction():
            self._store.documents.apply(document, document.sender_code)
            self._save(draft, DocumentState.SENT, "")
            self._store.outbox.finish(intent, self._clock.now())

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

    def fetch(self, document_id: str) -> None:
        """Download what is missing of a document."""
        document = self._store.documents.get(document_id)
        self._store.documents.note_fetch(document_id, 1)
        self._tell("incoming")
        try:
            for reference in document.files:
                self._cabinet.fetch(reference, self._keep_on)
        except BaseException:
            self._store.documents.note_fetch(document_id, 0)
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
