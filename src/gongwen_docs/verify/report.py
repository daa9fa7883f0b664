"""The result of a verification as plain, immutable, JSON-able values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gongwen_docs.seals.findings import Status, Step, worst
from gongwen_docs.verify.details import Details, ReportedCertificate
from gongwen_docs.verify.parts import Part


class Verdict(StrEnum):
    """What is said about a document: 有效, 有提示, 无法确认, 无效, 未签章."""

    VALID = "valid"
    WARNING = "warning"
    UNKNOWN = "unknown"
    INVALID = "invalid"
    UNSIGNED = "unsigned"


_VERDICTS = {
    Status.OK: Verdict.VALID,
    Status.WARN: Verdict.WARNING,
    Status.UNKNOWN: Verdict.UNKNOWN,
    Status.FAIL: Verdict.INVALID,
}


@dataclass(frozen=True)
class ReportedStamp:
    """Where a signature shows its seal: page (from 1; None: nowhere), mm from its top left corner."""

    page: int | None
    boundary: tuple[float, float, float, float]
    clip: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class SignatureReport:
    """One signature: who, with which seal, when, over what, and every step of its check in order."""

    id: str
    kind: str  # ses_v1, ses_v4, ses_v5, cms, bare; empty when unreadable
    steps: tuple[Step, ...]
    seal_id: str = ""
    seal_name: str = ""
    seal_maker: str = ""
    seal_picture: str = ""  # type as the seal states it: PNG, JPG, GIF, BMP, OFD
    seal_size_mm: tuple[float, float] = (0.0, 0.0)
    seal_valid_from: datetime | None = None
    seal_valid_to: datetime | None = None
    signer: str = ""
    organization: str = ""
    claimed_time: datetime | None = None  # the signer's clock
    trusted_time: datetime | None = None  # time-stamp authority or the exchange's receipt
    covered: tuple[str, ...] = ()
    changed: tuple[Part, ...] = ()
    uncovered: tuple[Part, ...] = ()
    outside: tuple[Part, ...] = ()  # rightly not protected: the list of signatures and later signatures
    stamps: tuple[ReportedStamp, ...] = ()
    chain: tuple[ReportedCertificate, ...] = ()
    details: Details = field(default_factory=Details)

    @property
    def verdict(self) -> Verdict:
        """The verdict of this signature."""
        return _VERDICTS[self.status]

    @property
    def status(self) -> Status:
        """The worst step; never OK or WARN where one of the checks that make a verdict is missing."""
        found = worst(self.steps)
        if found in _INTACT and not {step.step for step in self.steps} >= _INDISPENSABLE:
            return Status.UNKNOWN
        return found

    @property
    def intact(self) -> bool:
        """Whether signature value and listed content hold, whoever signed it and whatever was added."""
        steps = [step for step in self.steps if step.step in _INTEGRITY_STEPS]
        return len({step.step for step in steps}) == len(_INTEGRITY_STEPS) and worst(steps) in _INTACT


_INTEGRITY_STEPS = frozenset({"format", "signature", "content"})
_INDISPENSABLE = _INTEGRITY_STEPS | {"signer_certificate", "time", "coverage"}
_INTACT = frozenset({Status.OK, Status.WARN})


@dataclass(frozen=True)
class Report:
    """The verification of one document."""

    signatures: tuple[SignatureReport, ...] = ()
    steps: tuple[Step, ...] = ()  # about the document as a whole
    opened: bool = True  # False: the file was refused before any signature could be looked at
    digest: str = ""  # SM3 of the whole file, hexadecimal; empty when it was refused

    @property
    def verdict(self) -> Verdict:
        """Never better than the worst step of any signature or of the document."""
        own = worst(self.steps)
        # A list of files seals nothing: whoever signed it, the document carries no seal.
        others = worst(step for step in self.steps if step.step != "file_list")
        if not self.signatures and own is not Status.FAIL and others in (Status.OK, Status.WARN):
            return Verdict.UNSIGNED
        return _VERDICTS[max((own, *(item.status for item in self.signatures)), key=list(Status).index)]

    @property
    def changed(self) -> tuple[Part, ...]:
        """Files that differ from what was signed, each once."""
        return _unique(part for item in self.signatures for part in item.changed)

    @property
    def uncovered(self) -> tuple[Part, ...]:
        """Files that no signature protects and that are not allowed to be so, each once."""
        return _unique(part for item in self.signatures for part in item.uncovered)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of all steps, each once, worst first."""
        steps = [*self.steps, *(step for item in self.signatures for step in item.steps)]
        order = list(Status)
        ranked = sorted((step for step in steps if step.code), key=lambda step: -order.index(step.status))
        unsigned = ("seal.unsigned",) if self.verdict is Verdict.UNSIGNED else ()
        return tuple(dict.fromkeys((*unsigned, *(step.code for step in ranked))))

    def to_json(self) -> dict[str, object]:
        """Plain values, ready for ``json.dumps``."""
        return {
            "verdict": str(self.verdict),
            "opened": self.opened,
            "digest": self.digest,
            "signatures": [_signature_json(item) for item in self.signatures],
            "steps": [step_json(step) for step in self.steps],
            "changed": [part.to_json() for part in self.changed],
            "uncovered": [part.to_json() for part in self.uncovered],
            "codes": list(self.codes),
        }


def _unique(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(dict.fromkeys(parts))


def _signature_json(item: SignatureReport) -> dict[str, object]:
    return {
        "id": item.id,
        "verdict": str(item.verdict),
        "kind": item.kind,
        "intact": item.intact,
        "seal": {
            "id": item.seal_id,
            "name": item.seal_name,
            "maker": item.seal_maker,
            "picture": item.seal_picture,
            "size_mm": list(item.seal_size_mm),
            "valid_from": _plain(item.seal_valid_from),
            "valid_to": _plain(item.seal_valid_to),
            "version": item.details.seal_version,
            "type": item.details.seal_type,
            "vendor": item.details.seal_vendor,
            "created": _plain(item.details.seal_created),
        },
        "signer": item.signer,
        "organization": item.organization,
        "claimed_time": _plain(item.claimed_time),
        "trusted_time": _plain(item.trusted_time),
        "covered": list(item.covered),
        "changed": [part.to_json() for part in item.changed],
        "uncovered": [part.to_json() for part in item.uncovered],
        "outside": [part.to_json() for part in item.outside],
        "stamps": [
            {"page": stamp.page, "boundary": stamp.boundary, "clip": stamp.clip} for stamp in item.stamps
        ],
        "chain": [certificate_json(link) for link in item.chain],
        "maker_chain": [certificate_json(link) for link in item.details.maker_chain],
        "algorithm": item.details.algorithm,
        "stamped_time": _plain(item.details.stamped_time),
        "time_authority": item.details.time_authority,
        "witnessed_time": _plain(item.details.witnessed_time),
        "scope": {
            "pages": list(item.details.covered_pages),
            "attachments": list(item.details.covered_attachments),
            "others": item.details.covered_others,
        },
        "steps": [step_json(step) for step in item.steps],
    }


def certificate_json(link: ReportedCertificate) -> dict[str, object]:
    """A certificate as plain values."""
    return {name: _plain(getattr(link, name)) for name in link.__dataclass_fields__}


def step_json(step: Step) -> dict[str, object]:
    """One step as plain values."""
    return {
        "step": step.step,
        "status": str(step.status),
        "code": step.code,
        "facts": _plain(step.facts),
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)
