"""The guard against what must not be exchanged (管理办法第十九条): every hit says where, which rule and why.

It reads elements, names, metadata, body and attachments. What it cannot read it says so, and a person has to
look. Words that may be harmless need a person's reason, and a second person where the region wants one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from gongwen_client.domain.draft_record import (
    Hand,
    SecrecyDeclaration,
    SecrecyHit,
    Source,
    fingerprint,
)
from gongwen_client.domain.drafts import Draft, DraftFinding, Hit, LocalFile
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.examination import Examiner
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_docs.inspect import FileMarks, Finding, Unread, Weight, name_marks, text_marks
from gongwen_protocol.messages import SessionGrant
from gongwen_protocol.sentences import Sentence, sentence
from gongwen_protocol.states import DocumentState

BODY_CODES = frozenset(
    {
        *("document.classified_mark", "document.classified_metadata", "document.internal_mark"),
        *("document.secrecy_mentioned", "document.picture_not_read"),
    }
)
"""What the guard takes over from the examination of the body."""
_IN_ATTACHMENT = {
    "document.classified_mark": "secrecy.mark_in_attachment",
    "document.internal_mark": "secrecy.mark_in_attachment",
    "document.secrecy_mentioned": "secrecy.word_in_attachment",
}
_UNREAD = {
    Unread.FORMAT: "这种格式",
    Unread.ARCHIVE: "压缩包里的文件",
    Unread.PICTURES: "文件里的图片",
    Unread.DAMAGED: "损坏的文件",
    Unread.ENCRYPTED: "加密的文件",
    Unread.TOO_LARGE: "这么大的文本",
}
_KEPT = 200


def is_unread(hit: SecrecyHit) -> bool:
    """Whether the hit says that something could not be read."""
    return hit.unread or hit.rule == "document.picture_not_read"


def hit_sentence(hit: SecrecyHit) -> Sentence:
    """What was found, what to do, and the article."""
    return sentence(hit.rule, **_hit_facts(hit))


class SecrecyGuard:
    """``vouch`` shows who a second person is (:meth:`LoginService.vouch`)."""

    def __init__(
        self,
        desk: Desk,
        render: RenderPool,
        examiner: Examiner,
        vouch: Callable[[str, str], SessionGrant],
    ) -> None:
        self._desk = desk
        self._render = render
        self._examiner = examiner
        self._vouch = vouch
        self._known: dict[str, FileMarks] = {}
        self._lock = threading.Lock()

    # -- looking ----------------------------------------------------------------------------------------

    def scan(self, document_id: str) -> Draft:
        """Slow at first sight of a file. Look through everything; what was found is kept with the draft. A
        declaration about other hits falls."""
        draft = self._desk.store.drafts.get(document_id)
        hits = tuple(self._hits(draft))
        if hits == draft.record.hits:
            return draft
        with self._desk.store.transaction():
            draft = self._desk.store.drafts.get(document_id)
            said = draft.record.declaration
            kept = said if said is not None and said.hits == fingerprint(hits) else None
            record = draft.record.model_copy(update={"hits": hits, "declaration": kept})
            draft = replace(draft, record=record)
            self._desk.store.drafts.save(draft)
        return draft

    def findings(self, draft: Draft) -> list[DraftFinding]:
        """The hits as lines of the check list, and what is still to be done about them."""
        lines = [
            DraftFinding(
                hit.rule,
                str(hit_sentence(hit)),
                blocking=hit.refused,
                hits=() if hit.page is None else (Hit(hit.rule, hit.page, hit.context, hit.box),),
            )
            for hit in draft.record.hits
        ]
        if (open_code := self.open_question(draft)) is not None:
            stops = open_code == "secrecy.reason_needed" or draft.state is DocumentState.READY
            said = str(sentence(open_code, **self._facts(draft)))
            lines.append(DraftFinding(open_code, said, blocking=stops))
        return lines

    def open_question(self, draft: Draft) -> str | None:
        """What the region still wants: secrecy.reason_needed, secrecy.second_person_needed; None for
        nothing."""
        doubtful = [hit for hit in draft.record.hits if not hit.refused]
        if not doubtful or not self.wants_second_person:
            return None
        said = draft.record.declaration
        if said is None:
            return "secrecy.reason_needed"
        return "secrecy.second_person_needed" if said.confirmed is None else None

    @property
    def wants_second_person(self) -> bool:
        """Whether this region wants a reason and a second person for doubtful words."""
        return self._desk.profile().holds("secrecy_second_person")

    def require_reason(self, document_id: str) -> None:
        """Before sealing. Raises RefusedError("secrecy.reason_needed")."""
        draft = self.scan(document_id)
        if self.open_question(draft) == "secrecy.reason_needed":
            raise RefusedError("secrecy.reason_needed", **self._facts(draft))

    def require_settled(self, document_id: str) -> None:
        """Before sending. Raises RefusedError: the rule of a hit that nobody can declare harmless,
        secrecy.reason_needed, secrecy.second_person_needed."""
        draft = self.scan(document_id)
        for hit in draft.record.hits:
            if hit.refused:
                raise RefusedError(hit.rule, **_hit_facts(hit))
        code = self.open_question(draft)
        if code is not None:
            raise RefusedError(code, **self._facts(draft))

    # -- declaring --------------------------------------------------------------------------------------

    def declare(self, document_id: str, reason: str) -> Draft:
        """Who works here has looked at every hit and says why the document may go.

        Raises KnownError: reason.missing, secrecy.nothing_found; RefusedError: a hit that nobody can declare
        harmless.
        """
        if not reason.strip():
            raise KnownError("reason.missing")
        draft = self.scan(document_id)
        for hit in draft.record.hits:
            if hit.refused:
                raise RefusedError(hit.rule, **_hit_facts(hit))
        if not draft.record.hits:
            raise KnownError("secrecy.nothing_found")
        said = SecrecyDeclaration(
            hits=fingerprint(draft.record.hits), reason=reason.strip(), by=self._hand(self._desk.grant())
        )
        return self._keep(document_id, said)

    def confirm(self, document_id: str, account: str, password: str) -> Draft:
        """Slow. A second person, here beside the first, has looked too.

        Raises what :meth:`LoginService.vouch` raises; secrecy.reason_needed, login.same_person.
        """
        self._declared(document_id)
        return self._confirm(document_id, self._vouch(account, password))

    def confirm_here(self, document_id: str) -> Draft:
        """Who works here now is the second person. Raises RefusedError("login.same_person")."""
        self._declared(document_id)
        return self._confirm(document_id, self._desk.grant())

    def _confirm(self, document_id: str, second: SessionGrant) -> Draft:
        said = self._declared(document_id)
        if second.account == said.by.account:
            raise RefusedError("login.same_person", account=second.account)
        return self._keep(document_id, said.model_copy(update={"confirmed": self._hand(second)}))

    def _declared(self, document_id: str) -> SecrecyDeclaration:
        said = self._desk.store.drafts.get(document_id).record.declaration
        if said is None:
            draft = self._desk.store.drafts.get(document_id)
            raise RefusedError("secrecy.reason_needed", **self._facts(draft))
        return said

    def _keep(self, document_id: str, said: SecrecyDeclaration) -> Draft:
        with self._desk.store.transaction():
            draft = self._desk.store.drafts.get(document_id)
            if fingerprint(draft.record.hits) != said.hits:
                raise KnownError("secrecy.changed_meanwhile")
            draft = replace(draft, record=draft.record.model_copy(update={"declaration": said}))
            self._desk.store.drafts.save(draft)
        self._desk.announcer.tell("drafts")
        return draft

    def _hand(self, grant: SessionGrant) -> Hand:
        return Hand(account=grant.account, post=grant.post, at=self._desk.clock.now())

    def _facts(self, draft: Draft) -> dict[str, str | int]:
        doubtful = sum(not hit.refused for hit in draft.record.hits)
        return {"count": doubtful, "article": self._desk.profile().article_of("secrecy_second_person")}

    # -- reading ----------------------------------------------------------------------------------------

    def _hits(self, draft: Draft) -> Iterator[SecrecyHit]:
        yield from _element_hits(draft)
        for file in (draft.body, *draft.attachments):
            if file is not None:
                yield from _name_hits(file)
        if draft.body is not None:
            yield from self._body_hits(draft.body)
        for file in draft.attachments:
            yield from _file_hits(file, self._read(file))

    def _body_hits(self, body: LocalFile) -> Iterator[SecrecyHit]:
        try:
            examination = self._examiner.examine(body, self._desk.profile())
        except KnownError as error:
            yield SecrecyHit(
                rule="secrecy.unread_file", source=Source.BODY, name=body.name, mark=sentence(error).what
            )
            return
        for finding in examination.inspection.findings:
            if finding.code in BODY_CODES:
                refused = finding.weight is Weight.REFUSE
                source = Source.METADATA if finding.page is None else Source.BODY
                yield _hit(finding, finding.code, source, body, refused=refused)

    def _read(self, file: LocalFile) -> FileMarks:
        with self._lock:
            known = self._known.get(file.digest)
        if known is not None:
            return known
        try:
            marks = self._render.file_marks(file.path)
        except KnownError:  # a worker that gave up on it
            return FileMarks(unread=Unread.DAMAGED)
        with self._lock:
            self._known[file.digest] = marks
            while len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
        return marks


def _element_hits(draft: Draft) -> Iterator[SecrecyHit]:
    elements = draft.elements
    fields = (elements.title, elements.main_text, elements.cc_text, elements.attachment_note, elements.remark)
    papers = (one.name for one in draft.more.special_attachments)
    for text in (*fields, *papers):
        for finding in text_marks((text,)):
            mark, context = str(finding.facts["mark"]), str(finding.facts["context"])
            refused = finding.weight is Weight.REFUSE
            rule = "secrecy.mark_in_elements" if refused else "secrecy.word_in_elements"
            yield SecrecyHit(
                rule=rule, source=Source.ELEMENTS, name="", mark=mark, context=context, refused=refused
            )


def _name_hits(file: LocalFile) -> Iterator[SecrecyHit]:
    for finding in name_marks(file.name):
        refused = finding.weight is Weight.REFUSE
        yield _hit(finding, finding.code, Source.NAME, file, refused=refused)


def _file_hits(file: LocalFile, marks: FileMarks) -> Iterator[SecrecyHit]:
    for finding in marks.findings:
        if finding.code in _IN_ATTACHMENT:
            rule, refused = _IN_ATTACHMENT[finding.code], finding.weight is Weight.REFUSE
            yield _hit(finding, rule, Source.ATTACHMENT, file, refused=refused)
    for page in marks.unread_pages:
        yield SecrecyHit(
            rule="secrecy.unread_page",
            source=Source.ATTACHMENT,
            name=file.name,
            mark="",
            digest=file.digest,
            page=page,
        )
    if marks.unread and not marks.unread_pages:
        yield SecrecyHit(
            rule="secrecy.unread_file",
            source=Source.ATTACHMENT,
            name=file.name,
            mark=_UNREAD[marks.unread],
            digest=file.digest,
        )


def _hit(finding: Finding, rule: str, source: Source, file: LocalFile, *, refused: bool) -> SecrecyHit:
    region = finding.region
    return SecrecyHit(
        rule=rule,
        source=source,
        name=file.name,
        mark=str(finding.facts.get("mark", "")),
        context=str(finding.facts.get("context", "")),
        digest=file.digest,
        page=finding.page,
        box=region and (region.left, region.top, region.right - region.left, region.bottom - region.top),
        refused=refused,
    )


def _hit_facts(hit: SecrecyHit) -> dict[str, str | int]:
    page = 1 if hit.page is None else hit.page + 1
    facts: dict[str, str | int] = {"mark": hit.mark, "context": hit.context, "page": page}
    return {**facts, "file": hit.name, "name": hit.name, "kind": hit.mark}
