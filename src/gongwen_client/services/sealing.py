"""Putting the unit's seal on a document (用印)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from gongwen_client.domain.custody import Custody
from gongwen_client.domain.draft_record import Step
from gongwen_client.domain.drafts import Draft, LocalFile, SealMark, StampPlace
from gongwen_client.domain.seal_ledger import EntrySignature, SignerKind
from gongwen_client.domain.seal_plan import SealPlan
from gongwen_client.exchange.files import digest_file
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.examination import Examination, Examiner
from gongwen_client.services.rules import body_format, remove_file, require_files
from gongwen_client.services.seal_checks import SealCase, SealCheck, require_own, require_passed, seal_checks
from gongwen_client.services.seal_ledger import SealLedgerService
from gongwen_client.services.stamping import pdf_form_of, placements, require_sealable_format, seal_of, stamp
from gongwen_client.services.time_stamping import AskTime, Stamped, no_time
from gongwen_client.token.keys import KeyInfo
from gongwen_client.token.proxy import TokenBroker
from gongwen_crypto import sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.paths import TrustStore
from gongwen_docs.draw import SealView
from gongwen_docs.inspect import Beside, JointOrder
from gongwen_docs.seals.model import Seal
from gongwen_docs.sign.forms import PdfForm
from gongwen_protocol.permissions import Action
from gongwen_protocol.states import DocumentState

_SEALABLE = frozenset({DocumentState.AWAITING_SEAL, DocumentState.READY})
_THUMBNAIL_DPI = 30.0


class SealingService:
    """Checks, seals and writes the ledger of seal uses (用印台账). One seal at a time."""

    def __init__(
        self,
        desk: Desk,
        render: RenderPool,
        tokens: TokenBroker,
        ledger: SealLedgerService,
        custody: Callable[[str], Custody] = lambda _serial: Custody(),
        ask_time: AskTime = no_time,
    ) -> None:
        self._desk = desk
        self._render = render
        self._tokens = tokens
        self._ledger = ledger
        self._custody = custody
        self._ask_time = ask_time
        self._examiner = Examiner(render)
        self._busy = threading.Lock()

    def keys(self) -> list[KeyInfo]:
        """Slow. Seal keys that are inserted now: one for each seal, so one for each name plate (挂牌)."""
        return list(self._tokens.list_keys())

    def suggest(self, document_id: str, key_id: str) -> StampPlace:
        """Slow. Where the seal goes after GB/T 9704: over the date, in a joint document over this unit's or
        plate's name; a guess is not ``confident``."""
        seal = seal_of(self._find(key_id))
        examination = self._examine(document_id)
        return examination.suggest(seal.picture.width_mm, seal.picture.height_mm, self._name(seal))

    def place_at_word(
        self, document_id: str, key_id: str, word: str, number: int, beside: Beside
    ) -> StampPlace:
        """Slow. The place at the ``number``-th (from 1) occurrence of ``word``.

        Raises KnownError("seal.word_not_found").
        """
        picture = seal_of(self._find(key_id)).picture
        examination = self._examine(document_id)
        return examination.at_word(word, number, beside, picture.width_mm, picture.height_mm)

    def place_in_order(
        self, document_id: str, key_id: str, order: JointOrder | None = None
    ) -> tuple[JointOrder, StampPlace]:
        """Slow. The place among the seals of a joint document, for ``order`` or for the one that the
        document shows: by this unit's or plate's name, else after the seals that are there.

        Raises KnownError("seal.no_date_line").
        """
        seal = seal_of(self._find(key_id))
        examination = self._examine(document_id)
        order = order or examination.inspection.joint_order(self._name(seal))
        picture = seal.picture
        return order, examination.joint(order.number, order.count, picture.width_mm, picture.height_mm)

    def checks(
        self, document_id: str, key_id: str, plan: SealPlan | StampPlace | None = None
    ) -> tuple[SealCheck, ...]:
        """Slow at the first time. What :meth:`seal` will enforce, for a person to see before the PIN."""
        draft = self._desk.store.drafts.get(document_id)
        body = require_files(draft)
        key = self._find(key_id)
        return seal_checks(self._case(body, key, seal_of(key), None if plan is None else SealPlan.of(plan)))

    def seal(self, document_id: str, key_id: str, pin: str, plan: SealPlan | StampPlace) -> Draft:
        """Slow. Seal the body; on any error the draft and its body stay as they were, and the ledger says
        what was tried.

        Raises RefusedError: document.blank_page (Ordos art. 18), document.classified_mark and kin (art. 19),
        token.foreign_key, draft.not_for_seal, seal.*; KnownError: token.*, host.disk_full, seal.*, store.*.
        """
        self._desk.require(Action.SEAL)
        if not self._busy.acquire(blocking=False):
            raise KnownError("token.busy")
        try:
            self._desk.grant()
            draft = self._desk.store.drafts.get(document_id)
            key = self._find(key_id)
            seal = seal_of(key)
            wanted = SealPlan.of(plan)
            with self._ledger_line(draft, key, seal, wanted) as use_id:
                return self._seal(draft, key, seal, pin, wanted, use_id)
        finally:
            self._busy.release()

    # -- steps ----------------------------------------------------------------------------------------------

    def _examine(self, document_id: str) -> Examination:
        body = require_files(self._desk.store.drafts.get(document_id))
        return self._examiner.examine(body, self._desk.profile())

    def _name(self, seal: Seal) -> str:
        """The name on the document that a seal belongs to: the plate's, which its seal bears."""
        unit = self._desk.grant().unit_name
        return unit if seal.name.startswith(unit) else seal.name

    def _require_sealable(self, draft: Draft) -> LocalFile:
        """Only what is registered for sending is sealed, and only the very file that was registered."""
        if draft.state not in _SEALABLE:
            raise RefusedError("draft.not_for_seal", state=draft.state.value)
        body = require_files(draft)
        require_sealable_format(body.path, self._desk.profile())
        if digest_file(body.path) != body.digest:
            raise KnownError("draft.file_gone", name=body.name)
        return body

    def _find(self, key_id: str) -> KeyInfo:
        for key in self._tokens.list_keys():
            if key.key_id == key_id:
                return key
        raise KnownError("token.not_found")

    def _case(self, body: LocalFile, key: KeyInfo, seal: Seal, plan: SealPlan | None) -> SealCase:
        try:
            trust = TrustStore.load(self._desk.trust_dir)
        except KnownError:
            trust = TrustStore()  # nothing can be checked, and the list says so
        return SealCase(
            body=body.path,
            examination=self._examiner.examine(body, self._desk.profile()),
            seal=seal,
            certificate=Certificate.load(key.certificate_der),
            unit=self._desk.grant().unit_name,
            trust=trust,
            at=self._server_time(),
            plan=plan,
        )

    def _server_time(self) -> datetime:
        offset = self._desk.engine.connection.facts.server_time_offset
        return self._desk.clock.now() + timedelta(seconds=offset)

    @contextmanager
    def _ledger_line(self, draft: Draft, key: KeyInfo, seal: Seal, plan: SealPlan) -> Iterator[str]:
        """The line is there before the key is touched, and says in the end what became of it."""
        use_id = self._ledger.begin(self._facts(draft, key, seal, plan))
        try:
            yield use_id
        except BaseException as error:
            self._ledger.end_with(use_id, error)
            raise

    def _facts(self, draft: Draft, key: KeyInfo, seal: Seal, plan: SealPlan) -> dict[str, object]:
        grant, custody = self._desk.grant(), self._custody(key.serial)
        places = [[one.page_index, one.x, one.y, one.width, one.height] for one in plan.stamps]
        return {
            "document_id": draft.document_id,
            "title": draft.elements.title,
            "doc_number": draft.elements.doc_number,
            "unit": grant.unit_name,
            "post": grant.post,
            "seal_name": seal.name,
            "seal_id": seal.es_id,
            "key_serial": key.serial,
            "certificate": sm3.digest(key.certificate_der).hex(),
            "pin_holder": "、".join(filter(None, (custody.pin_holder, custody.second_pin_holder))),
            "carrier_holder": custody.carrier_holder,
            "places": places,
            "seam": plan.seam.value if plan.seam else "",
            "document_digest": draft.body.digest if draft.body else "",
            "page_digest": self._page_digest(draft, plan.first_page),
        }

    def _page_digest(self, draft: Draft, page: int) -> str:
        """SM3 of the page's picture as it was to be sealed; empty where there is none to be drawn."""
        if draft.body is None:
            return ""
        try:
            drawn = self._render.render(draft.body.path, page, _THUMBNAIL_DPI, seals=SealView.SHOWN)
        except KnownError:
            return ""
        return sm3.digest(drawn.pixels.samples).hex()

    def _seal(self, draft: Draft, key: KeyInfo, seal: Seal, pin: str, plan: SealPlan, use_id: str) -> Draft:
        body = self._require_sealable(draft)
        require_own(Certificate.load(key.certificate_der), seal, self._desk.grant().unit_name)
        case = self._case(body, key, seal, plan)
        require_passed(seal_checks(case))
        target = body.path.with_name(f"{uuid.uuid4().hex}{body.path.suffix}")
        try:
            where = placements(case.examination.inspection, plan, seal)
            form = pdf_form_of(self._desk.profile())
            done = stamp(
                self._render, self._tokens, key, pin, body.path, target, where, case.at, form, self._ask_time
            )
            sealed = LocalFile(body.name, target, target.stat().st_size, digest_file(target))
            shows_seal = body_format(target) != "PDF" or form is PdfForm.SES  # a CMS value names no seal
            seal_id = seal.es_id if shows_seal else ""
            time = done.time
            mark = SealMark(seal.name, seal_id, done.signature_id, key.serial, case.at, time.at, time.problem)
            ready = self._keep(draft, body, sealed, mark, key, pin, use_id, time)
        except BaseException:
            remove_file(self._render, target)
            raise
        remove_file(self._render, body.path)
        self._desk.announcer.tell("drafts")
        return ready

    def _keep(
        self,
        draft: Draft,
        body: LocalFile,
        sealed: LocalFile,
        mark: SealMark,
        key: KeyInfo,
        pin: str,
        use_id: str,
        time: Stamped,
    ) -> Draft:
        """Draft and ledger change together: neither tells of a seal without the other."""
        said = {"sealed_digest": sealed.digest, "signature_id": mark.signature_id}
        if time.told:
            said["time_stamp"] = time.told
        entry = self._ledger.prepared_end(use_id, **said)
        signature = self._sign_entry(key, pin, entry.to_sign)
        store = self._desk.store
        with store.transaction():
            now = store.drafts.get(draft.document_id)
            if now.body != body or now.state not in _SEALABLE:
                raise KnownError("draft.changed_meanwhile")
            ready = replace(
                now,
                body=sealed,
                seals=(*now.seals, mark),
                state=DocumentState.READY,
                refusal="",
                updated_at=self._desk.clock.now(),
                record=now.record.stepped(Step.SEAL, self._desk.hand()),
            )
            store.drafts.save(ready)
            self._ledger.end_signed(entry, signature)
        return ready

    def _sign_entry(self, key: KeyInfo, pin: str, message: bytes) -> EntrySignature | None:
        """The seal key signs the ledger's entry in the same act; None where it no longer can (pulled out, a
        key with its own PIN pad): then this PC signs, and the seal stands all the same."""
        try:
            value = self._tokens.sign(key.key_id, pin, message)
        except KnownError:
            return None
        return EntrySignature(SignerKind.SEAL_KEY, key.certificate_der, value, key.algorithm_oid)
