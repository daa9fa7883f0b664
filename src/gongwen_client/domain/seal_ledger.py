"""The ledger of seal uses (用印台账) as a chain: what an entry is, how entries hang together, who signs.

Each use of a seal is two entries: ``begun``, written before the key is touched, and its end. The digest of an
entry takes in the digest before it, and the entry is signed: by the seal key itself where a seal was put on,
else by this PC's own key. Nothing here reads or writes (ADR 0036).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from gongwen_client.domain.drafts import StampPlace
from gongwen_crypto import sm2, sm3
from gongwen_crypto.algorithms import SM2_WITH_SM3
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError

#: What stands in for the digest before the first entry.
GENESIS = "0" * 64
_PURPOSE = "gongwen seal ledger"


class LedgerStep(StrEnum):
    """What an entry says. ``begun`` opens a use; every other one ends it."""

    BEGUN = "begun"
    SEALED = "sealed"
    REFUSED = "refused"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class SignerKind(StrEnum):
    """Who signed an entry: the seal key (``signer`` is its certificate) or this PC (its public point)."""

    SEAL_KEY = "seal_key"
    DEVICE = "device"


@dataclass(frozen=True)
class EntrySignature:
    """``signer`` is a certificate (DER) or a public point; ``value`` a DER signature value."""

    kind: SignerKind
    signer: bytes
    value: bytes
    algorithm_oid: str = SM2_WITH_SM3


@dataclass(frozen=True)
class Head:
    """The newest link. A later entry that does not follow it betrays that something was cut off."""

    sequence: int = 0
    digest: str = GENESIS


@dataclass(frozen=True)
class LedgerEntry:
    """One link. ``body`` is the canonical text of what is said; ``digest`` is SM3, hexadecimal."""

    sequence: int
    use_id: str
    step: LedgerStep
    body: str
    previous: str
    signature: EntrySignature | None = None
    digest: str = ""

    @classmethod
    def after(cls, head: Head, use_id: str, step: LedgerStep, facts: Mapping[str, object]) -> LedgerEntry:
        """The unsigned entry that follows ``head``."""
        body = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        entry = cls(head.sequence + 1, use_id, step, body, head.digest)
        return replace(entry, digest=entry.computed_digest())

    def computed_digest(self) -> str:
        """SM3 over everything the entry says and the digest before it."""
        parts = (self.previous, str(self.sequence), self.use_id, self.step.value, self.body)
        return sm3.digest("\n".join(parts).encode()).hex()

    @property
    def to_sign(self) -> bytes:
        """What the signer signs: the digest, with a purpose, so that it can be nothing else."""
        return f"{_PURPOSE}\n{self.digest}".encode()

    @property
    def facts(self) -> dict[str, object]:
        """What the entry says; empty for a text that is none of ours."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Break:
    """A place at which the chain does not hold; ``sequence`` is the entry, ``code`` has its sentence."""

    sequence: int
    code: str


def verify_chain(entries: Iterable[LedgerEntry], device_points: Sequence[bytes]) -> tuple[Break, ...]:
    """Every place at which ``entries``, in their order, are not what was once written.

    ``device_points`` are the public keys of this PC. Codes: ``ledger.gap`` (entries are missing),
    ``ledger.changed`` (the text was changed), ``ledger.cut`` (the link to the entry before does not fit),
    ``ledger.signature_wrong``, ``ledger.signer_foreign`` (signed by a key that is not this PC's, nor the one
    the use was begun with).
    """
    breaks: list[Break] = []
    head = Head()
    begun: dict[str, str] = {}
    for entry in entries:
        if entry.sequence != head.sequence + 1:
            breaks.append(Break(entry.sequence, "ledger.gap"))
        elif entry.previous != head.digest:
            breaks.append(Break(entry.sequence, "ledger.cut"))
        if entry.computed_digest() != entry.digest:
            breaks.append(Break(entry.sequence, "ledger.changed"))
        elif (code := _signature_problem(entry, device_points, begun)) is not None:
            breaks.append(Break(entry.sequence, code))
        if entry.step is LedgerStep.BEGUN:
            begun[entry.use_id] = str(entry.facts.get("certificate", ""))
        head = Head(entry.sequence, entry.digest)
    return tuple(breaks)


def _signature_problem(
    entry: LedgerEntry, device_points: Sequence[bytes], begun: Mapping[str, str]
) -> str | None:
    signature = entry.signature
    if signature is None:
        return "ledger.signature_wrong"
    if signature.kind is SignerKind.DEVICE:
        if signature.signer not in device_points:
            return "ledger.signer_foreign"
        good = sm2.verify(signature.signer, entry.to_sign, signature.value)
        return None if good else "ledger.signature_wrong"
    if sm3.digest(signature.signer).hex() != begun.get(entry.use_id):
        return "ledger.signer_foreign"
    try:
        key = Certificate.load(signature.signer).public_key
    except KnownError:
        return "ledger.signature_wrong"
    good = verify_signature(key, signature.algorithm_oid, entry.to_sign, signature.value)
    return None if good else "ledger.signature_wrong"


@dataclass(frozen=True)
class SealUse:
    """One line of the ledger as a person reads it: a use from its beginning to its end.

    ``number`` runs within ``year`` (in China's time). ``result`` is a step; ``code`` and the words ``why``
    say why a use failed or was refused. ``places`` are the stamps, ``seam`` the edge of a riding seam or
    empty. Digests are SM3, hexadecimal: of the document as it was before, and of its page's picture.
    ``problem`` is the code of a break of the chain at one of its entries, or empty. ``sent_as`` is the line
    of the document in 发文登记簿, empty while it was not sent.
    """

    use_id: str
    year: int
    number: int
    document_id: str
    title: str
    doc_number: str
    post: str
    unit: str
    seal_name: str
    seal_id: str
    key_serial: str
    pin_holder: str
    carrier_holder: str
    places: tuple[StampPlace, ...]
    seam: str
    document_digest: str
    page_digest: str
    started_at: datetime
    finished_at: datetime | None
    result: LedgerStep
    code: str = ""
    why: str = ""
    sealed_digest: str = ""
    signature_id: str = ""
    signed_by: SignerKind = SignerKind.DEVICE
    sequences: tuple[int, ...] = ()
    problem: str = ""
    sent_as: str = ""

    @property
    def label(self) -> str:
        """2026-0007."""
        return f"{self.year}-{self.number:04d}"

    def matches(self, word: str) -> bool:
        """Whether a word stands in any text that a person would look for."""
        texts = (
            self.label,
            self.title,
            self.sent_as,
            self.document_id[:8].upper(),
            self.doc_number,
            self.seal_name,
            self.key_serial,
            self.post,
        )
        holders = (self.pin_holder, self.carrier_holder, self.unit)
        return any(word in text for text in (*texts, *holders))

    @property
    def pages(self) -> str:
        """第 1、3 页；骑缝."""
        numbers = sorted({place.page_index + 1 for place in self.places})
        parts = [f"第 {'、'.join(map(str, numbers))} 页"] if numbers else []
        return "；".join([*parts, "骑缝"] if self.seam else parts)


def uses_of(entries: Iterable[LedgerEntry], breaks: Iterable[Break] = ()) -> tuple[SealUse, ...]:
    """The lines that the entries tell of, oldest first. Entries that tell of none are left out: the breaks
    name them."""
    problems: dict[int, str] = {}
    for one in breaks:
        problems.setdefault(one.sequence, one.code)
    uses: dict[str, SealUse] = {}
    for entry in entries:
        problem = problems.get(entry.sequence, "")
        use = uses.get(entry.use_id)
        if entry.step is LedgerStep.BEGUN:
            opened = _opened(entry)
            if opened is not None:
                uses[entry.use_id] = replace(opened, problem=problem)
        elif use is not None:
            uses[entry.use_id] = replace(_closed(use, entry), problem=use.problem or problem)
    return tuple(uses.values())


def _opened(entry: LedgerEntry) -> SealUse | None:
    facts = entry.facts

    def said(name: str) -> str:
        return str(facts.get(name, ""))

    try:
        return SealUse(
            use_id=entry.use_id,
            year=int(said("year")),
            number=int(said("number")),
            document_id=said("document_id"),
            title=said("title"),
            doc_number=said("doc_number"),
            post=said("post"),
            unit=said("unit"),
            seal_name=said("seal_name"),
            seal_id=said("seal_id"),
            key_serial=said("key_serial"),
            pin_holder=said("pin_holder"),
            carrier_holder=said("carrier_holder"),
            places=_places(facts.get("places")),
            seam=said("seam"),
            document_digest=said("document_digest"),
            page_digest=said("page_digest"),
            started_at=datetime.fromisoformat(said("at")),
            finished_at=None,
            result=LedgerStep.BEGUN,
            sequences=(entry.sequence,),
        )
    except (ValueError, TypeError):
        return None


def _places(value: object) -> tuple[StampPlace, ...]:
    if not isinstance(value, list):
        raise ValueError("no places")
    return tuple(
        StampPlace(int(page), float(x), float(y), float(width), float(height))
        for page, x, y, width, height in value
    )


def _closed(use: SealUse, entry: LedgerEntry) -> SealUse:
    facts = entry.facts
    try:
        finished = datetime.fromisoformat(str(facts.get("at", "")))
    except ValueError:
        finished = None
    return replace(
        use,
        finished_at=finished,
        result=entry.step,
        code=str(facts.get("code", "")),
        why=str(facts.get("why", "")),
        sealed_digest=str(facts.get("sealed_digest", "")),
        signature_id=str(facts.get("signature_id", "")),
        signed_by=entry.signature.kind if entry.signature else SignerKind.DEVICE,
        sequences=(*use.sequences, entry.sequence),
    )
