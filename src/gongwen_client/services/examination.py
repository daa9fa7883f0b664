"""Looking at a document before it is sealed or sent. The looking is done in a worker; here is the judging."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gongwen_client.domain.drafts import DraftFinding, Hit, StampPlace
from gongwen_client.render import RenderPool
from gongwen_crypto.errors import RefusedError
from gongwen_docs.inspect import Finding, Inspection, Weight
from gongwen_protocol.messages import Elements
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.sentences import sentence

_URGENT = frozenset({"document.urgent_mark", "document.urgent_metadata"})
_CLASSIFIED = frozenset(
    {"document.classified_mark", "document.classified_metadata", "document.internal_mark"}
)
_BLANK = "document.blank_page"


@dataclass(frozen=True)
class Examination:
    """An inspection under a region's rules."""

    inspection: Inspection
    profile: RegionProfile

    def require_exchangeable(self) -> None:
        """Raise RefusedError for what must not be exchanged (Ordos art. 19, Jiangmen art. 4)."""
        for finding in self.inspection.findings:
            if finding.code != _BLANK and self._forbids(finding):
                raise RefusedError(finding.code, **self._facts(finding))

    def require_sealable(self, place: StampPlace) -> None:
        """Raise RefusedError for what must not be sealed: a blank page (Ordos art. 18), a place partly beyond
        the sheet."""
        self.require_exchangeable()
        if not 0 <= place.page_index < len(self.inspection.pages):
            return  # sealing names the pages that there are
        box = (place.x, place.y, place.width, place.height)
        for finding in self.inspection.judge_stamp(place.page_index, box):
            if finding.weight is Weight.REFUSE:
                raise RefusedError(finding.code, **finding.facts)

    def findings(self) -> tuple[DraftFinding, ...]:
        """All findings as lines of the check list. A blank page stops only a seal upon it."""
        return tuple(
            DraftFinding(
                code=finding.code,
                sentence=str(sentence(finding.code, **self._facts(finding))),
                blocking=finding.code != _BLANK and self._forbids(finding),
                hits=() if finding.page is None else (_hit(finding),),
            )
            for finding in self.inspection.findings
        )

    def prefilled(self, elements: Elements) -> Elements:
        """Elements whose empty fields are taken from the document."""
        found = self.inspection.prefill
        values = elements.model_dump()
        if not elements.title and found.kind:
            values["doc_kind"] = found.kind
        candidates = {
            "title": found.title[:200],
            "doc_number": found.doc_number,
            "issuer": found.issuer,
            "issue_date": found.issue_date,
            "main_text": found.main_recipients,
            "cc_text": found.cc,
        }
        values |= {name: value for name, value in candidates.items() if value and not values[name]}
        return Elements.model_construct(**values)

    def suggest(self, width_mm: float, height_mm: float) -> StampPlace:
        """Where a seal picture of this size goes."""
        place = self.inspection.suggest_stamp(width_mm, height_mm)
        return StampPlace(place.page, place.x, place.y, place.width, place.height, place.confident)

    def _facts(self, finding: Finding) -> dict[str, str | int]:
        """With the article of this region, where its rules have one."""
        rules = self.profile
        article = ""
        if finding.code in _URGENT:
            article = rules.cite(rules.urgency_allowed.article)
        elif finding.code in _CLASSIFIED:
            article = rules.cite(rules.forbidden_marks.article)
        return {**finding.facts, "article": article} if article else dict(finding.facts)

    def _forbids(self, finding: Finding) -> bool:
        if finding.code in _URGENT:
            return not any(urgency.value for urgency in self.profile.urgency_allowed.value)
        return finding.weight is Weight.REFUSE


def examine(render: RenderPool, path: Path, profile: RegionProfile) -> Examination:
    """Inspect a file in a worker. Raises KnownError for one that cannot be read."""
    return Examination(render.inspect(path), profile)


def _hit(finding: Finding) -> Hit:
    assert finding.page is not None
    region = finding.region
    box = region and (region.left, region.top, region.right - region.left, region.bottom - region.top)
    text = str(finding.facts.get("context") or finding.facts.get("mark") or "")
    return Hit(finding.code, finding.page, text, box)
