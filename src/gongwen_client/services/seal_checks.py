"""The checks before a seal is used, as one list: what the dialog shows is what sealing enforces.

GB/T 38540-2020 7.2 (certificate, seal, list of signers), 管理办法 articles 15, 18 and 19.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from gongwen_client.domain.seal_plan import SealPlan
from gongwen_client.services.examination import Examination
from gongwen_client.services.stamping import require_sealable_format, seam_placements
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import GongwenError, KnownError, RefusedError
from gongwen_crypto.paths import TrustStore
from gongwen_docs.seals.check import check_certificate, check_seal
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import Seal
from gongwen_docs.seals.times import readable
from gongwen_protocol.sentences import Sentence, sentence


class CheckStatus(StrEnum):
    """``unchecked``: it could not be checked, which is never taken for passed."""

    PASSED = "passed"
    HINT = "hint"
    UNCHECKED = "unchecked"
    REFUSED = "refused"


@dataclass(frozen=True)
class SealCheck:
    """One line of the list. ``error`` says why it did not pass; its sentence carries the article."""

    title: str
    status: CheckStatus
    error: GongwenError | None = None

    @property
    def sentence(self) -> Sentence | None:
        return None if self.error is None else sentence(self.error)


@dataclass(frozen=True)
class SealCase:
    """One intended use of a seal: everything that the checks look at."""

    body: Path
    examination: Examination
    seal: Seal
    certificate: Certificate
    unit: str
    trust: TrustStore
    at: datetime
    plan: SealPlan | None = None


def seal_checks(case: SealCase) -> tuple[SealCheck, ...]:
    """All checks in the order in which a person reads them. Without a plan, places are not judged."""
    checks: list[tuple[str, Callable[[SealCase], Iterator[_Finding]]]] = [
        ("版式文件", _layout),
        ("字体嵌入", _fonts),
        ("涉密标志", _marks),
        ("图片文字", _pictures),
        ("印章归属", _owner),
        ("印章有效", _seal),
        ("印章标准", _generation),
        ("签章证书", _certificate),
    ]
    if case.plan is not None:
        checks += [("空白页", _blank_pages), ("用印位置", _places)]
    return tuple(check for title, find in checks for check in _checked(title, find(case)))


def require_passed(checks: tuple[SealCheck, ...]) -> None:
    """Raise the error of the first check that refuses."""
    for check in checks:
        if check.status is CheckStatus.REFUSED:
            assert check.error is not None
            raise check.error


def require_own(certificate: Certificate, seal: Seal, unit: str) -> None:
    """A key of another unit never seals here (Ordos art. 15): its certificate names the unit. Only where that
    names no organisation the seal's name decides, for it may begin like another unit's."""
    named = unit in (certificate.organization, certificate.common_name)
    by_seal = not certificate.organization and seal.name.startswith(unit)
    if not (named or by_seal):
        owner = certificate.organization or certificate.common_name
        raise RefusedError("token.foreign_key", owner=owner, unit=unit)


_Finding = tuple[CheckStatus, GongwenError]


def _checked(title: str, found: Iterator[_Finding]) -> Iterator[SealCheck]:
    """A line for each finding; a single one that passed where there is none."""
    findings = list(found)
    if not findings:
        yield SealCheck(title, CheckStatus.PASSED)
    for status, error in findings:
        yield SealCheck(title, status, error)


def _layout(case: SealCase) -> Iterator[_Finding]:
    try:
        require_sealable_format(case.body, case.examination.profile)
    except RefusedError as error:
        yield CheckStatus.REFUSED, error


def _fonts(case: SealCase) -> Iterator[_Finding]:
    fonts = case.examination.inspection.fonts_not_embedded
    if fonts:
        names = "、".join(fonts[:6])
        yield CheckStatus.REFUSED, RefusedError("seal.fonts_not_embedded", fonts=names, count=len(fonts))


def _marks(case: SealCase) -> Iterator[_Finding]:
    try:
        case.examination.require_exchangeable()
    except RefusedError as error:
        yield CheckStatus.REFUSED, error


def _pictures(case: SealCase) -> Iterator[_Finding]:
    for finding in case.examination.inspection.findings:
        if finding.code == "document.picture_not_read":
            yield CheckStatus.UNCHECKED, KnownError(finding.code, **finding.facts)


def _owner(case: SealCase) -> Iterator[_Finding]:
    try:
        require_own(case.certificate, case.seal, case.unit)
    except RefusedError as error:
        yield CheckStatus.REFUSED, error


def _seal(case: SealCase) -> Iterator[_Finding]:
    seal = case.seal
    facts = {
        "seal": seal.name,
        "valid_from": readable(seal.valid_from),
        "valid_to": readable(seal.valid_to),
    }
    codes = {
        "seal_signature": "seal.seal_tampered",
        "seal_maker": "seal.maker_bad",
        "seal_period": "seal.expired",
    }
    for step in check_seal(seal, case.trust, case.at, case.certificate):
        if step.step == "seal_status":
            codes[step.step] = step.code
            facts |= {name: str(fact) for name, fact in step.facts.items()}
        yield from _judged(step, codes[step.step], "seal.maker_unchecked", facts)


def _generation(case: SealCase) -> Iterator[_Finding]:
    """Only seals of the standards that the region's rules name, where they name some."""
    rule = case.examination.profile.seal_generations
    own = case.seal.generation.value.removeprefix("ses_")
    if rule is not None and own not in rule.value:
        article = case.examination.profile.cite(rule.article)
        facts = {"seal": case.seal.name, "generation": own, "accepted": "、".join(rule.value)}
        yield CheckStatus.REFUSED, RefusedError("seal.other_generation", article=article, **facts)


def _certificate(case: SealCase) -> Iterator[_Finding]:
    certificate = case.certificate
    facts = {
        "seal": case.seal.name,
        "signer": certificate.subject,
        "not_after": readable(certificate.not_after),
    }
    if not case.seal.lists(certificate.der):
        yield CheckStatus.REFUSED, RefusedError("seal.cert_not_listed", **facts)
        return
    step, _ = check_certificate("certificate", "signer", certificate, case.trust, case.at)
    codes = {
        "seal.signer.usage": "seal.cert_usage",
        "seal.signer.expired": "seal.cert_expired",
        "seal.signer.revoked": "seal.cert_revoked",
    }
    facts["revoked_at"] = str(step.facts.get("revoked_at", ""))
    yield from _judged(step, codes.get(step.code, "seal.cert_broken"), "seal.cert_unchecked", facts)


def _judged(step: Step, refused: str, unchecked: str, facts: dict[str, str]) -> Iterator[_Finding]:
    if step.status is Status.FAIL:
        yield CheckStatus.REFUSED, RefusedError(refused, **facts)
    elif step.status is Status.UNKNOWN:
        yield CheckStatus.UNCHECKED, KnownError(unchecked, **facts)
    elif step.status is Status.WARN:
        yield CheckStatus.HINT, KnownError(step.code, **step.facts)


def _blank_pages(case: SealCase) -> Iterator[_Finding]:
    """Pages that get a whole seal. A slice of a riding seam binds sheets and seals none by itself."""
    assert case.plan is not None
    pages = case.examination.inspection.pages
    for number in sorted({stamp.page_index for stamp in case.plan.stamps}):
        if 0 <= number < len(pages):
            for finding in pages[number].findings():
                if finding.code == "document.blank_page":
                    yield CheckStatus.REFUSED, RefusedError(finding.code, **finding.facts)


def _places(case: SealCase) -> Iterator[_Finding]:
    plan = case.plan
    assert plan is not None
    for finding in case.examination.judge_places(plan.stamps):
        if finding.code != "document.blank_page":
            refuse = finding.weight == "refuse"
            error = (RefusedError if refuse else KnownError)(finding.code, **finding.facts)
            yield (CheckStatus.REFUSED if refuse else CheckStatus.HINT), error
    try:
        seam_placements(case.examination.inspection, plan, case.seal)
    except RefusedError as error:
        yield CheckStatus.REFUSED, error
