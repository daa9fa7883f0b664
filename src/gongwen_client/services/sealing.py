"""Putting the unit's seal on a document (用印)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from gongwen_client.domain.drafts import Draft, LocalFile, SealMark, StampPlace
from gongwen_client.domain.rows import SealUse
from gongwen_client.exchange.files import digest_file
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.examination import examine
from gongwen_client.services.rules import remove_file, require_files
from gongwen_client.services.stamping import seal_of, stamp
from gongwen_client.store.ledger import SEALED
from gongwen_client.token.keys import KeyInfo
from gongwen_client.token.proxy import TokenBroker
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_docs.seals.model import Seal
from gongwen_protocol.states import DocumentState

_SEALABLE = frozenset({DocumentState.AWAITING_SEAL, DocumentState.READY})


class SealingService:
    """Checks, seals and writes the ledger of seal uses (用印台账). One seal at a time."""

    def __init__(self, desk: Desk, render: RenderPool, tokens: TokenBroker) -> None:
        self._desk = desk
        self._render = render
        self._tokens = tokens
        self._busy = threading.Lock()

    def keys(self) -> list[KeyInfo]:
        """Slow. Seal keys that are inserted now."""
        return list(self._tokens.list_keys())

    def suggest(self, document_id: str, key_id: str) -> StampPlace:
        """Slow. Where the seal goes after GB/T 9704 (over the date); a guess is not ``confident``."""
        body = require_files(self._desk.store.drafts.get(document_id))
        picture = seal_of(self._find(key_id)).picture
        examination = examine(self._render, body.path, self._desk.profile())
        return examination.suggest(picture.width_mm, picture.height_mm)

    def seal(self, document_id: str, key_id: str, pin: str, place: StampPlace) -> Draft:
        """Slow. Seal the body; on any error the draft and its body stay as they were.

        Raises RefusedError: document.blank_page (Ordos art. 18), document.classified_mark and kin (art. 19),
        token.foreign_key, draft.not_for_seal, seal.*; KnownError: token.*, host.disk_full, seal.*.
        """
        if not self._busy.acquire(blocking=False):
            raise KnownError("token.busy")
        try:
            draft, body = self._require_sealable(document_id, place)
            key = self._find(key_id)
            seal = seal_of(key)
            self._require_own(key, seal)
            with self._ledger_line(draft, key, seal, place) as use_id:
                return self._seal(draft, body, key, seal, pin, place, use_id)
        finally:
            self._busy.release()

    def ledger(self) -> list[SealUse]:
        """Slow. All seal uses of this PC, newest first."""
        return self._desk.store.seal_uses.list()

    # -- steps ----------------------------------------------------------------------------------------------

    def _require_sealable(self, document_id: str, place: StampPlace) -> tuple[Draft, LocalFile]:
        self._desk.grant()
        draft = self._desk.store.drafts.get(document_id)
        if draft.state not in _SEALABLE:
            raise RefusedError("draft.not_for_seal", state=draft.state.value)
        body = require_files(draft)
        if digest_file(body.path) != body.digest:
            raise KnownError("draft.file_gone", name=body.name)
        examine(self._render, body.path, self._desk.profile()).require_sealable(place)
        return draft, body

    def _find(self, key_id: str) -> KeyInfo:
        for key in self._tokens.list_keys():
            if key.key_id == key_id:
                return key
        raise KnownError("token.not_found")

    def _require_own(self, key: KeyInfo, seal: Seal) -> None:
        """A key of another unit never seals here (Ordos art. 15): its certificate names the unit. Only where
        that names no organisation the seal's name decides, for it may begin like another unit's."""
        unit = self._desk.grant().unit_name
        certificate = Certificate.load(key.certificate_der)
        named = unit in (certificate.organization, certificate.common_name)
        by_seal = not certificate.organization and seal.name.startswith(unit)
        if not (named or by_seal):
            owner = certificate.organization or certificate.common_name
            raise RefusedError("token.foreign_key", owner=owner, unit=unit)

    @contextmanager
    def _ledger_line(self, draft: Draft, key: KeyInfo, seal: Seal, place: StampPlace) -> Iterator[int]:
        """The line is there before the key is touched, and says in the end what became of it."""
        desk = self._desk
        use_id = desk.store.seal_uses.begin(
            document_id=draft.document_id,
            title=draft.elements.title,
            key_serial=key.serial,
            seal_name=seal.name,
            post=desk.grant().post,
            place=place,
            now=desk.clock.now(),
        )
        try:
            yield use_id
        except GongwenError as error:
            desk.store.seal_uses.finish(use_id, error.code, desk.clock.now())
            raise
        except BaseException:
            desk.store.seal_uses.finish(use_id, "client.bug", desk.clock.now())
            raise

    def _seal(
        self,
        draft: Draft,
        body: LocalFile,
        key: KeyInfo,
        seal: Seal,
        pin: str,
        place: StampPlace,
        use_id: int,
    ) -> Draft:
        desk = self._desk
        at = desk.clock.now() + timedelta(seconds=desk.engine.connection.facts.server_time_offset)
        target = body.path.with_name(f"{uuid.uuid4().hex}{body.path.suffix}")
        try:
            signature_id = stamp(self._render, self._tokens, key, pin, body.path, target, place, at)
            sealed = LocalFile(body.name, target, target.stat().st_size, digest_file(target))
            mark = SealMark(seal.name, seal.es_id, signature_id, key.serial, at)
            with desk.store.transaction():
                now = desk.store.drafts.get(draft.document_id)
                if now.body != body or now.state not in _SEALABLE:
                    raise KnownError("draft.changed_meanwhile")
                ready = replace(
                    now,
                    body=sealed,
                    seals=(*now.seals, mark),
                    state=DocumentState.READY,
                    refusal="",
                    updated_at=desk.clock.now(),
                )
                desk.store.drafts.save(ready)
                desk.store.seal_uses.finish(use_id, SEALED, desk.clock.now())
        except BaseException:
            remove_file(self._render, target)
            raise
        remove_file(self._render, body.path)
        desk.announcer.tell("drafts")
        return ready
