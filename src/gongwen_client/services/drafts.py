"""Composing an outgoing document (拟稿)."""

from __future__ import annotations

import shutil
import stat
import uuid
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gongwen_client.domain.drafts import Draft, DraftFinding, LocalFile, SealMark, draft_for
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.names import safe_suffix
from gongwen_client.exchange.files import copy_file, disk_errors
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.examination import examine
from gongwen_client.services.rules import body_format, remove_file, require_files, require_title, send_facts
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.decisions import Refused, may_carry, may_have_size, may_send
from gongwen_protocol.messages import Elements, Recipient
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DocumentState

_EDITABLE = frozenset({DocumentState.DRAFT, DocumentState.AWAITING_SEAL, DocumentState.READY})

_DOUBTS = {"invalid": "draft.seal_on_body_invalid", "unknown": "draft.seal_on_body_unknown"}


class DraftService:
    """Drafts live on this PC only; every change is on disk when the call returns."""

    def __init__(self, desk: Desk, render: RenderPool) -> None:
        self._desk = desk
        self._render = render

    def create(self) -> Draft:
        """A new, empty draft."""
        draft = draft_for(uuid.uuid4().hex, self._desk.clock.now())
        self._desk.store.drafts.save(draft)
        self._desk.announcer.tell("drafts")
        return draft

    def get(self, document_id: str) -> Draft:
        """Raises KnownError("draft.not_found")."""
        return self._desk.store.drafts.get(document_id)

    def list(self, state: DocumentState | None = None) -> list[Draft]:
        """Newest first; all that have not been sent or voided unless a state is named."""
        return self._desk.store.drafts.list(state)

    def set_body(self, document_id: str, path: Path) -> Draft:
        """Slow. Copy the file in, examine it, prefill empty elements. Seals on an earlier body are gone;
        those on the new one, put on by the first units of a joint document, are the draft's.

        Raises RefusedError: send.too_large (Ordos art. 7), send.body_format, document.classified_mark and
        kin (art. 19), draft.not_editable; KnownError: file.*, host.disk_full, what opening a damaged file
        raises. The draft then stays as it was.
        """
        draft = self._require_editable(document_id)
        self._require_size(path, sum(file.size for file in draft.attachments))
        self._require_name(path)
        file = self._copy_in(document_id, path)
        try:
            self._require_format(file.path)
            self._render.check_parts(file.path)
            examination = examine(self._render, file.path, self._desk.profile())
            examination.require_exchangeable()
            brought = self._brought_seals(file)
            changed = self._update(
                document_id,
                lambda draft: replace(
                    draft,
                    body=file,
                    state=DocumentState.DRAFT,
                    seals=brought,
                    elements=examination.prefilled(draft.elements),
                ),
            )
        except BaseException:
            remove_file(self._render, file.path)
            raise
        if draft.body is not None:
            remove_file(self._render, draft.body.path)
        return changed

    def add_attachment(self, document_id: str, path: Path) -> Draft:
        """Slow. Copy the file in.

        Raises RefusedError: send.too_large, send.forbidden_mark (in the name), draft.not_editable;
        KnownError: draft.attachment_twice, file.*, host.disk_full.
        """
        draft = self._require_editable(document_id)
        others = [file for file in (draft.body, *draft.attachments) if file is not None]
        self._require_size(path, sum(file.size for file in others))
        self._require_name(path)
        file = self._copy_in(document_id, path)

        def add(draft: Draft) -> Draft:
            if any(one.name == file.name for one in draft.attachments):
                raise KnownError("draft.attachment_twice", name=file.name)
            return replace(draft, attachments=(*draft.attachments, file))

        try:
            return self._update(document_id, add)
        except BaseException:
            file.path.unlink(missing_ok=True)
            raise

    def remove_attachment(self, document_id: str, name: str) -> Draft:
        """Take an attachment out of the draft."""
        gone = [file for file in self.get(document_id).attachments if file.name == name]
        draft = self._update(
            document_id,
            lambda draft: replace(
                draft, attachments=tuple(file for file in draft.attachments if file.name != name)
            ),
        )
        for file in gone:
            remove_file(self._render, file.path)
        return draft

    def set_elements(self, document_id: str, elements: Elements) -> Draft:
        """Replace the elements."""
        return self._update(document_id, lambda draft: replace(draft, elements=elements))

    def set_recipients(self, document_id: str, recipients: tuple[Recipient, ...]) -> Draft:
        """Replace the addressed units. Raises KnownError("draft.recipient_twice")."""
        codes = [recipient.unit_code for recipient in recipients]
        for code in codes:
            if codes.count(code) > 1:
                raise KnownError("draft.recipient_twice", unit=code)
        return self._update(document_id, lambda draft: replace(draft, recipients=recipients))

    def set_more(self, document_id: str, more: DocumentMore) -> Draft:
        """Replace what goes with it: special attachments, call for a meeting, the document it corrects."""
        return self._update(document_id, lambda draft: replace(draft, more=more))

    def check(self, document_id: str) -> tuple[DraftFinding, ...]:
        """Slow. What must (``blocking``) or should be mended before sealing and sending."""
        draft = self.get(document_id)
        findings: list[DraftFinding] = []
        if not draft.recipients:
            findings.append(_finding("draft.no_recipients"))
        try:
            require_title(draft)
        except KnownError as error:
            findings.append(_finding(error.code, **error.facts))
        try:
            body = require_files(draft)
        except KnownError as error:
            return (*findings, _finding(error.code, **error.facts))
        decision = may_send(self._desk.profile(), send_facts(draft, body))
        if isinstance(decision, Refused):
            findings.append(_finding(decision.code, article=decision.article, **decision.facts))
        try:
            findings += examine(self._render, body.path, self._desk.profile()).findings()
            findings += self._judge_seals(body)
        except KnownError as error:
            findings.append(_finding(error.code, **error.facts))
        return tuple(findings)

    def _brought_seals(self, body: LocalFile) -> tuple[SealMark, ...]:
        """The seals that a body carries already, for the exchange's record."""
        now = self._desk.clock.now()
        report = self._render.verify(body.path, trust_dir=self._desk.trust_dir, now=now, witnessed_at=None)
        return tuple(
            SealMark(
                str(one["seal"]["name"] or one["signer"]),
                str(one["seal"]["id"]),
                str(one["id"]),
                "",
                _moment(one["claimed_time"]) or now,
                _moment(one["trusted_time"]),
            )
            for one in report["signatures"]
        )

    def _judge_seals(self, body: LocalFile) -> tuple[DraftFinding, ...]:
        """What receivers will find of the seals already on the body: they cannot accept what is invalid."""
        report = self._render.verify(
            body.path, trust_dir=self._desk.trust_dir, now=self._desk.clock.now(), witnessed_at=None
        )
        doubt = _DOUBTS.get(str(report["verdict"]))
        return () if doubt is None else (DraftFinding(doubt, str(sentence(doubt)), blocking=False),)

    def submit_for_seal(self, document_id: str) -> Draft:
        """Slow. Hand the draft to the seal custodian (待盖章).

        Raises RefusedError or KnownError with the code of the first blocking finding other than missing
        recipients, which may be chosen later.
        """
        draft = self._require_editable(document_id)
        require_title(draft)
        body = require_files(draft)
        examine(self._render, body.path, self._desk.profile()).require_exchangeable()
        return self._update(document_id, lambda draft: replace(draft, state=DocumentState.AWAITING_SEAL))

    def take_back(self, document_id: str) -> Draft:
        """From the seal custodian back to the drafts, to be changed.

        Raises "draft.not_editable" once the document is sealed or being sent.
        """
        return self._update(
            document_id,
            lambda draft: replace(draft, state=DocumentState.DRAFT),
            frozenset({DocumentState.AWAITING_SEAL}),
        )

    def discard(self, document_id: str) -> None:
        """Remove a draft and its files; of one that was sealed the ledger of seal uses keeps its line."""
        with self._desk.store.transaction():
            self._require_editable(document_id)
            self._desk.store.drafts.delete(document_id)
        for path in self._folder(document_id).glob("*"):
            remove_file(self._render, path)
        shutil.rmtree(self._folder(document_id), ignore_errors=True)
        self._desk.announcer.tell("drafts")

    # -- parts ----------------------------------------------------------------------------------------------

    def _folder(self, document_id: str) -> Path:
        return self._desk.draft_folder / document_id

    def _update(
        self,
        document_id: str,
        change: Callable[[Draft], Draft],
        states: Collection[DocumentState] = _EDITABLE,
    ) -> Draft:
        with self._desk.store.transaction():
            draft = self._require_editable(document_id, states)
            changed = replace(change(draft), refusal="", updated_at=self._desk.clock.now())
            self._desk.store.drafts.save(changed)
        self._desk.announcer.tell("drafts")
        return changed

    def _require_editable(self, document_id: str, states: Collection[DocumentState] = _EDITABLE) -> Draft:
        draft = self._desk.store.drafts.get(document_id)
        if draft.state not in states:
            raise RefusedError("draft.not_editable", state=draft.state.value)
        return draft

    def _require_size(self, path: Path, others: int) -> None:
        with disk_errors(path):
            status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise KnownError("file.not_a_file", name=path.name)
        may_have_size(self._desk.profile(), status.st_size + others).require()

    def _require_name(self, path: Path) -> None:
        if len(path.name) > 200:
            raise KnownError("file.name_too_long", name=path.name[:40])
        may_carry(self._desk.profile(), (path.stem,)).require()

    def _require_format(self, path: Path) -> None:
        rule = self._desk.profile().body_formats
        found = body_format(path)
        if found not in rule.value:
            raise RefusedError(
                "send.body_format",
                article=self._desk.profile().cite(rule.article),
                formats="、".join(rule.value),
            )

    def _copy_in(self, document_id: str, source: Path) -> LocalFile:
        target = self._folder(document_id) / f"{uuid.uuid4().hex}{safe_suffix(source.name)}"
        size, digest = copy_file(source, target)
        return LocalFile(source.name, target, size, digest)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _finding(code: str, **facts: object) -> DraftFinding:
    return DraftFinding(code, str(sentence(code, **facts)), blocking=True)
