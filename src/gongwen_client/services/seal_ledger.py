"""Writing and reading the ledger of seal uses (用印台账): kept while sealing, shown, checked, exported."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta, timezone

from gongwen_client.domain.registers import Book
from gongwen_client.domain.seal_ledger import (
    Break,
    EntrySignature,
    Head,
    LedgerEntry,
    LedgerStep,
    SealUse,
    SignerKind,
    uses_of,
    verify_chain,
)
from gongwen_client.host.clock import Clock
from gongwen_client.host.secrets import SecretStore
from gongwen_client.store import Store
from gongwen_crypto import sm2
from gongwen_crypto.errors import BugError, GongwenError, KnownError, RefusedError
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.canonical import canonical_digest
from gongwen_protocol.messages import ReceiptEvent, SealLedgerHead
from gongwen_protocol.sentences import sentence

_CHINA = timezone(timedelta(hours=8))
_SECRET = "ledger-key"  # noqa: S105 - the secret's name
_TRIES = 8

Sign = Callable[[bytes], EntrySignature]


@dataclass(frozen=True)
class LedgerState:
    """The whole ledger with the result of its check."""

    uses: tuple[SealUse, ...]
    breaks: tuple[Break, ...]
    head: Head
    unrecorded: tuple[str, ...] = ()
    """Titles of documents on this PC that carry a seal of which the ledger does not tell: its end was cut
    off, or the seal was put on beside it."""

    @property
    def whole(self) -> bool:
        return not self.breaks and not self.unrecorded


class SealLedgerService:
    """One ledger per PC. Safe for several threads and for several programs on the same store."""

    def __init__(self, store: Store, clock: Clock, secrets: SecretStore) -> None:
        self._store = store
        self._clock = clock
        self._secrets = secrets
        self._lock = threading.Lock()
        self._device: SoftwareSigner | None = None

    def begin(self, facts: Mapping[str, object]) -> str:
        """Open a line before the key is touched; answers the use's id. ``facts`` are the texts and places of
        ``SealUse``. Raises the store's errors: without a line nothing is sealed."""
        use_id = uuid.uuid4().hex
        now = self._clock.now()
        year = now.astimezone(_CHINA).year

        def said() -> Mapping[str, object]:
            number = self._store.seal_uses.count_begun(year) + 1
            return {**facts, "at": now.isoformat(), "year": year, "number": number}

        self._append(use_id, LedgerStep.BEGUN, said)
        return use_id

    def end(self, use_id: str, step: LedgerStep, **facts: object) -> None:
        """Close a line, signed by this PC. Joins a transaction that is open."""
        self._append(use_id, step, lambda: {**facts, "at": self._clock.now().isoformat()})

    def end_with(self, use_id: str, error: BaseException) -> None:
        """Close a line of a use that came to nothing. A line that cannot be closed now is settled at the next
        start."""
        step = LedgerStep.REFUSED if isinstance(error, RefusedError) else LedgerStep.FAILED
        known = (
            error if isinstance(error, GongwenError) else BugError("client.bug", kind=type(error).__name__)
        )
        with suppress(KnownError):
            self.end(use_id, step, code=known.code, why=sentence(known).what)

    def prepared_end(self, use_id: str, **facts: object) -> LedgerEntry:
        """The closing entry of a use that sealed, for the seal key to sign."""
        said = {**facts, "at": self._clock.now().isoformat()}
        return LedgerEntry.after(self._store.seal_uses.head(), use_id, LedgerStep.SEALED, said)

    def end_signed(self, entry: LedgerEntry, signature: EntrySignature | None) -> None:
        """Close a line with what the seal key signed. Where it did not sign, or another program wrote in
        between, this PC signs."""
        if signature is not None and self._store.seal_uses.append(replace(entry, signature=signature)):
            return
        self._append(entry.use_id, entry.step, lambda: entry.facts)

    def settle_interrupted(self) -> None:
        """Lines that a crash left open: the key may have signed, and no sealed document came of it."""
        for use_id in self._store.seal_uses.open_uses():
            why = sentence(KnownError("ledger.interrupted")).what
            self.end(use_id, LedgerStep.INTERRUPTED, code="ledger.interrupted", why=why)

    def state(self) -> LedgerState:
        """Slow. Every line, with the check of the whole chain."""
        entries = self._store.seal_uses.entries()
        device = [self.device().pair.point] if entries else []
        breaks = verify_chain(entries, device)
        uses = self._with_records(uses_of(entries, breaks))
        breaks += self._not_as_witnessed(entries)
        head = Head(entries[-1].sequence, entries[-1].digest) if entries else Head()
        return LedgerState(uses, breaks, head, self._unrecorded(uses))

    def witness_head(self) -> SealLedgerHead | None:
        """Where the ledger stands, for the exchange to witness; None while it is empty."""
        head, chain = self._store.seal_uses.head(), self._store.seal_uses.chain()
        if not chain:
            return None
        return SealLedgerHead(chain=chain, sequence=head.sequence, digest=head.digest)

    def device(self) -> SoftwareSigner:
        """This PC's own key, made when first needed. Raises KnownError("host.secrets_damaged")."""
        with self._lock:
            if self._device is None:
                self._device = SoftwareSigner(self._device_pair())
            return self._device

    # -- inside ---------------------------------------------------------------------------------------------

    def _with_records(self, uses: Sequence[SealUse]) -> tuple[SealUse, ...]:
        """Each with its line in 发文登记簿."""
        sent = self._store.registers.labels(Book.SENT, [use.document_id for use in uses])
        return tuple(replace(use, sent_as=sent.get(use.document_id, "")) for use in uses)

    def _device_pair(self) -> sm2.KeyPair:
        kept = self._secrets.get(_SECRET)
        if kept is None:
            pair = sm2.generate()
            self._secrets.put(_SECRET, pair.private.hex())
            return pair
        try:
            private = bytes.fromhex(kept)
            return sm2.KeyPair(private, sm2.public_point(private))
        except ValueError as error:
            raise KnownError("host.secrets_damaged") from error

    def _append(self, use_id: str, step: LedgerStep, said: Callable[[], Mapping[str, object]]) -> None:
        device = self.device()
        for _ in range(_TRIES):
            entry = LedgerEntry.after(self._store.seal_uses.head(), use_id, step, said())
            value = device.sign(entry.to_sign)
            signature = EntrySignature(SignerKind.DEVICE, device.pair.point, value)
            if self._store.seal_uses.append(replace(entry, signature=signature)):
                return
        raise KnownError("store.busy", path="", detail="ledger")

    def _not_as_witnessed(self, entries: Sequence[LedgerEntry]) -> tuple[Break, ...]:
        """The exchange's signed receipts of sending bind the head that the ledger had then: it must still be
        a link of the chain. Told once, at the newest entry."""
        heads = {
            canonical_digest(
                SealLedgerHead(chain=entries[0].digest, sequence=entry.sequence, digest=entry.digest)
            )
            for entry in entries
        }
        for draft in self._store.drafts.all():
            if not any(mark.own for mark in draft.seals):
                continue
            for row in self._store.receipts.of_document(draft.document_id):
                said = row.receipt.receipt
                if said.event is ReceiptEvent.SENT and said.said is not None and said.said not in heads:
                    return (Break(entries[-1].sequence if entries else 0, "ledger.not_as_witnessed"),)
        return ()

    def _unrecorded(self, uses: tuple[SealUse, ...]) -> tuple[str, ...]:
        told = {(use.document_id, use.signature_id) for use in uses if use.result is LedgerStep.SEALED}
        return tuple(
            draft.elements.title
            for draft in self._store.drafts.all()
            if any((draft.document_id, mark.signature_id) not in told for mark in draft.seals if mark.own)
        )
