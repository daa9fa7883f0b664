"""Looking at a document before it is sealed or sent. The looking is done in a worker; here is the judging."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongwen_client.domain.draft_record import Origin
from gongwen_client.domain.drafts import DraftFinding, Hit, LocalFile, StampPlace
from gongwen_client.render import RenderPool
from gongwen_client.services.rules import LONGEST_TITLE
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_docs import inspect as docs
from gongwen_docs.inspect import Beside, Finding, Inspection, Region, Stamped, Weight
from gongwen_docs.inspect.stamp_place import judge_stamp
from gongwen_protocol.messages import Elements
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.sentences import sentence

_URGENT = frozenset({"document.urgent_mark", "document.urgent_metadata"})
_CLASSIFIED = frozenset(
    {"document.classified_mark", "document.classified_metadata", "document.internal_mark"}
)
_BLANK = "document.blank_page"
#: Elements that the form calls otherwise than the document.
_FIELDS = {
    "kind": "doc_kind",
    "main_recipients": "main_text",
    "cc": "cc_text",
    "document_id": "identifier",
}


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

    def judge_places(self, places: Sequence[StampPlace]) -> tuple[Finding, ...]:
        """What speaks against stamps at ``places``: blank pages (Ordos art. 18), places beyond the sheet,
        over another seal or one another, beside the date. Pages that are not there are left to sealing,
        which names those that are."""
        taken = list(self.inspection.stamps)
        found: list[Finding] = []
        pages = self.inspection.pages
        for place in places:
            if not 0 <= place.page_index < len(pages):
                continue
            box = (place.x, place.y, place.width, place.height)
            found += judge_stamp(pages, self.inspection.signing, place.page_index, box, taken)
            region = Region(place.x, place.y, place.x + place.width, place.y + place.height)
            taken.append(Stamped(place.page_index, region, "本次所盖印章"))
        return tuple(found)

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

    def prefilled(
        self, elements: Elements, origins: Mapping[str, Origin]
    ) -> tuple[Elements, dict[str, Origin]]:
        """Elements filled from the document where nobody has typed: empty ones, and those that came from an
        earlier body (``origins``). The second answer says where each of them comes from now."""
        found = self.inspection.prefill
        values, now = elements.model_dump(), dict(origins)
        candidates = {_FIELDS.get(name, name): value for name, value in found.values().items()}
        for name, value in candidates.items():
            untouched = not values[name] or name in origins
            if name == "doc_kind":
                untouched = name in origins or not elements.title
            if not untouched:
                continue
            now.pop(name, None)
            if value:
                values[name] = value[:LONGEST_TITLE] if name == "title" else value
                now[name] = Origin.METADATA if name in _from_metadata(found) else Origin.TEXT
            elif name in origins and name != "doc_kind":
                values[name] = ""
        return Elements.model_construct(**values), now

    def suggest(self, width_mm: float, height_mm: float, unit: str = "") -> StampPlace:
        """Where a seal picture of this size goes; ``unit`` finds its name in a joint document."""
        return _place(self.inspection.suggest_stamp(width_mm, height_mm, unit))

    def at_word(
        self, word: str, number: int, beside: Beside, width_mm: float, height_mm: float
    ) -> StampPlace:
        """The place at the ``number``-th (from 1) occurrence of a word.

        Raises KnownError("seal.word_not_found"), fact ``count`` says how often it is there.
        """
        places = self.inspection.places_at_word(word, beside, width_mm, height_mm)
        if not 1 <= number <= len(places):
            raise KnownError("seal.word_not_found", word=word, number=number, count=len(places))
        return _place(places[number - 1])

    def joint(self, number: int, count: int, width_mm: float, height_mm: float) -> StampPlace:
        """The ``number``-th (from 1) of ``count`` seals of a joint document.

        Raises KnownError("seal.no_date_line").
        """
        places = self.inspection.joint_places(width_mm, height_mm, count)
        if not places:
            raise KnownError("seal.no_date_line")
        return _place(places[number - 1])

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


class Examiner:
    """Examines each file once: its digest says that it is still the same. Safe for several threads."""

    _KEPT = 3

    def __init__(self, render: RenderPool) -> None:
        self._render = render
        self._known: dict[str, Inspection] = {}
        self._lock = threading.Lock()

    def examine(self, file: LocalFile, profile: RegionProfile) -> Examination:
        """The examination of a file that is known to have its ``digest``. Slow at the first time."""
        with self._lock:
            known = self._known.get(file.digest)
        if known is None:
            known = self._render.inspect(file.path)
            with self._lock:
                self._known[file.digest] = known
                while len(self._known) > self._KEPT:
                    del self._known[next(iter(self._known))]
        return Examination(known, profile)


def _from_metadata(found: docs.Prefill) -> frozenset[str]:
    return frozenset(_FIELDS.get(name, name) for name in found.from_metadata)


def _place(place: docs.StampPlace) -> StampPlace:
    return StampPlace(place.page, place.x, place.y, place.width, place.height, place.confident)


def examine(render: RenderPool, path: Path, profile: RegionProfile) -> Examination:
    """Inspect a file in a worker. Raises KnownError for one that cannot be read."""
    return Examination(render.inspect(path), profile)


def _hit(finding: Finding) -> Hit:
    assert finding.page is not None
    region = finding.region
    box = region and (region.left, region.top, region.right - region.left, region.bottom - region.top)
    text = str(finding.facts.get("context") or finding.facts.get("mark") or "")
    return Hit(finding.code, finding.page, text, box)
