"""Composing an outgoing document (拟稿)."""

from __future__ import annotations

import shutil
import stat
import uuid
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gongwen_client.domain.draft_record import Step
from gongwen_client.domain.drafts import Draft, DraftFinding, LocalFile, SealMark
from gongwen_client.domain.following import DocumentMore
from gongwen_client.domain.names import plain_name, safe_suffix
from gongwen_client.domain.paper import listed, paper_beside
from gongwen_client.exchange.files import copy_file, disk_errors
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.examination import Examiner
from gongwen_client.services.rules import body_format, remove_file, require_files, require_title, send_facts
from gongwen_client.services.secrecy_guard import BODY_CODES, SecrecyGuard
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.decisions import (
    Refused,
    may_attach_on_paper,
    may_call_meeting,
    may_carry,
    may_go_unsealed,
    may_have_size,
    may_send,
    may_send_paper_beside,
)
from gongwen_protocol.messages import Elements, Recipient
from gongwen_protocol.permissions import Action
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DocumentEvent, DocumentState
from gongwen_protocol.transitions import DOCUMENTS

_EDITABLE = frozenset({DocumentState.DRAFT, DocumentState.AWAITING_SEAL, DocumentState.READY})

LONGEST_NAME = 200
_DOUBTS = {"invalid": "draft.seal_on_body_invalid", "unknown": "draft.seal_on_body_unknown"}


class DraftService:
    """Drafts live on this PC only; every change is on disk when the call returns."""

    def __init__(self, desk: Desk, render: RenderPool, examiner: Examiner, guard: SecrecyGuard) -> None:
        self._desk = desk
        self._render = render
        self._examiner = examiner
        self._guard = guard

    def create(self) -> Draft:
        """A new, empty draft. Raises RefusedError("session.role_missing") as every change of one does."""
        self._desk.require(Action.COMPOSE)
        draft = self._desk.new_draft()
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
            examination = self._examiner.examine(file, self._desk.profile())
            examination.require_exchangeable()
            brought = self._brought_seals(file)

            def take(draft: Draft) -> Draft:
                elements, origins = examination.prefilled(draft.elements, draft.record.origins)
                record = draft.record.model_copy(update={"origins": origins, "declaration": None})
                state = DocumentState.DRAFT
                return replace(draft, body=file, state=state, seals=brought, elements=elements, record=record)

            changed = self._update(document_id, take)
        except BaseException:
            remove_file(self._render, file.path)
            raise
        if draft.body is not None:
            remove_file(self._render, draft.body.path)
        return changed

    def add_attachment(self, document_id: str, path: Path, name: str = "") -> Draft:
        """Slow. Copy the file in, under another ``name`` where one is given.

        Raises RefusedError: send.too_large, send.forbidden_mark (in the name), draft.not_editable;
        KnownError: draft.attachment_twice, file.*, host.disk_full.
        """
        draft = self._require_editable(document_id)
        others = [file for file in (draft.body, *draft.attachments) if file is not None]
        self._require_size(path, sum(file.size for file in others))
        self._require_name(Path(name or path.name))
        file = self._copy_in(document_id, path, name)

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

    def rename_attachment(self, document_id: str, old: str, new: str) -> Draft:
        """Give an attachment another name; its type stays, and what no file may be called is replaced.

        Raises KnownError: draft.attachment_twice, file.name_too_long; RefusedError: send.forbidden_mark.
        """
        new = plain_name(new)
        if safe_suffix(new) != safe_suffix(old):
            new += safe_suffix(old)
        self._require_name(Path(new))

        def rename(draft: Draft) -> Draft:
            if new != old and any(one.name == new for one in draft.attachments):
                raise KnownError("draft.attachment_twice", name=new)
            renamed = (replace(one, name=new) if one.name == old else one for one in draft.attachments)
            return replace(draft, attachments=tuple(renamed))

        return self._update(document_id, rename)

    def move_attachment(self, document_id: str, name: str, steps: int) -> Draft:
        """Move an attachment up (below zero) or down in the order in which receivers see them."""

        def move(draft: Draft) -> Draft:
            files = list(draft.attachments)
            place = next((i for i, one in enumerate(files) if one.name == name), None)
            if place is not None:
                file = files.pop(place)
                files.insert(min(max(place + steps, 0), len(files)), file)
            return replace(draft, attachments=tuple(files))

        return self._update(document_id, move)

    def set_elements(self, document_id: str, elements: Elements) -> Draft:
        """Replace the elements. What differs from before is a person's from now on, wherever it came from."""
        return self._update(document_id, lambda draft: _filled(draft, elements))

    def set_recipients(self, document_id: str, recipients: tuple[Recipient, ...]) -> Draft:
        """Replace the addressed units. Raises KnownError("draft.recipient_twice")."""
        codes = [recipient.unit_code for recipient in recipients]
        for code in codes:
            if codes.count(code) > 1:
                raise KnownError("draft.recipient_twice", unit=code)
        return self._update(document_id, lambda draft: replace(draft, recipients=recipients))

    def set_form(self, document_id: str, elements: Elements, more: DocumentMore) -> Draft:
        """Everything that the form holds, in one write."""
        return self._update(document_id, lambda draft: replace(_filled(draft, elements), more=more))

    def set_more(self, document_id: str, more: DocumentMore) -> Draft:
        """Replace what goes with it: special attachments, call for a meeting, the document it corrects."""
        return self._update(document_id, lambda draft: replace(draft, more=more))

    def check(self, document_id: str) -> tuple[DraftFinding, ...]:
        """Slow. What must (``blocking``) or should be mended before sealing and sending."""
        draft = self._guard.scan(document_id)
        profile = self._desk.profile()
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
            return (*findings, _finding(error.code, **error.facts), *self._guard.findings(draft))
        for decision in (
            may_send(profile, send_facts(draft, body)),
            may_attach_on_paper(profile, len(listed(draft.more))),
            may_send_paper_beside(profile, paper_beside(draft.more) is not None),
            may_call_meeting(profile, draft.more.meeting is not None),
        ):
            if isinstance(decision, Refused):
                findings.append(_finding(decision.code, article=decision.article, **decision.facts))
        try:
            looked = self._examiner.examine(body, profile).findings()
            findings += [finding for finding in looked if finding.code not in BODY_CODES]
            findings += self._judge_seals(body)
        except KnownError as error:
            findings.append(_finding(error.code, **error.facts))
        return (*findings, *self._guard.findings(draft))

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
        self._require_complete(document_id)
        return self._update(document_id, lambda draft: self._composed(draft, DocumentState.AWAITING_SEAL))

    def release(self, document_id: str) -> Draft:
        """Slow. 信息资料 go without a seal to those that wait to be sent, where the region has them.

        Raises as ``submit_for_seal``; RefusedError("draft.seal_required") for a document that needs one.
        """
        draft, profile = self._require_complete(document_id), self._desk.profile()
        may_go_unsealed(profile, draft.elements.doc_kind).require()
        ready = DOCUMENTS.step(draft.state, DocumentEvent.RELEASE, profile)
        return self._update(document_id, lambda draft: self._composed(draft, ready))

    def needs_seal(self, draft: Draft) -> bool:
        """Whether the document has to pass the seal custodian."""
        return isinstance(may_go_unsealed(self._desk.profile(), draft.elements.doc_kind), Refused)

    def _require_complete(self, document_id: str) -> Draft:
        draft = self._require_editable(document_id)
        require_title(draft)
        body = require_files(draft)
        self._examiner.examine(body, self._desk.profile()).require_exchangeable()
        self._guard.require_reason(document_id)
        return draft

    def _composed(self, draft: Draft, state: DocumentState) -> Draft:
        if self._desk.session.usable is None:
            return replace(draft, state=state)
        return replace(draft, state=state, record=draft.record.stepped(Step.COMPOSE, self._desk.hand()))

    def take_back(self, document_id: str) -> Draft:
        """From the seal custodian, or unsealed from those that wait to be sent, back to the drafts. Who seals
        may give it back too.

        Raises "draft.not_editable" once the document is sealed here or being sent.
        """

        def back(draft: Draft) -> Draft:
            if any(mark.own for mark in draft.seals):
                raise RefusedError("draft.not_editable", state=draft.state.value)
            return replace(draft, state=DocumentState.DRAFT)

        states = frozenset({DocumentState.AWAITING_SEAL, DocumentState.READY})
        return self._update(document_id, back, states, (Action.SEAL,))

    def give_up_seal(self, document_id: str) -> Draft:
        """Back to the drafts without the sealed body: a new one has to be chosen and sealed. Elements,
        attachments and recipients stay; the ledger of seal uses keeps its line."""
        gone = self.get(document_id).body

        def back(draft: Draft) -> Draft:
            return replace(draft, state=DocumentState.DRAFT, body=None, seals=())

        draft = self._update(document_id, back, frozenset({DocumentState.READY}))
        if gone is not None:
            remove_file(self._render, gone.path)
        return draft

    def discard(self, document_id: str) -> None:
        """Remove a draft and its files; of one that was sealed the ledger of seal uses keeps its line."""
        with self._desk.store.transaction():
            self._desk.require(Action.COMPOSE)
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
        hands: tuple[Action, ...] = (),
    ) -> Draft:
        with self._desk.store.transaction():
            draft = self._require_editable(document_id, states)
            self._require_hand(draft, hands)
            changed = replace(change(draft), refusal="", updated_at=self._desk.clock.now())
            self._desk.store.drafts.save(changed)
        self._desk.announcer.tell("drafts")
        return changed

    def _require_editable(self, document_id: str, states: Collection[DocumentState] = _EDITABLE) -> Draft:
        draft = self._desk.store.drafts.get(document_id)
        if draft.state not in states:
            raise RefusedError("draft.not_editable", state=draft.state.value)
        return draft

    def _require_hand(self, draft: Draft, others: tuple[Action, ...]) -> None:
        """Who composes may change a draft; what waits to be sent, also who sends."""
        if draft.state is DocumentState.READY:
            others = (*others, Action.SEND)
        if not any(self._desk.may(action) for action in others):
            self._desk.require(Action.COMPOSE)

    def _require_size(self, path: Path, others: int) -> None:
        with disk_errors(path):
            status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise KnownError("file.not_a_file", name=path.name)
        may_have_size(self._desk.profile(), status.st_size + others).require()

    def _require_name(self, path: Path) -> None:
        if len(path.name) > LONGEST_NAME:
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

    def _copy_in(self, document_id: str, source: Path, name: str = "") -> LocalFile:
        name = name or source.name
        target = self._folder(document_id) / f"{uuid.uuid4().hex}{safe_suffix(name)}"
        size, digest = copy_file(source, target)
        return LocalFile(plain_name(name), target, size, digest)


def _filled(draft: Draft, elements: Elements) -> Draft:
    before, after = draft.elements.model_dump(), elements.model_dump()
    origins = {name: one for name, one in draft.record.origins.items() if before[name] == after[name]}
    return replace(draft, elements=elements, record=draft.record.model_copy(update={"origins": origins}))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _finding(code: str, **facts: object) -> DraftFinding:
    return DraftFinding(code, str(sentence(code, **facts)), blocking=True)
