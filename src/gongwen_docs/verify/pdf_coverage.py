"""What became of a PDF file after it was signed: nothing, another signature, or content added later."""

from __future__ import annotations

from collections.abc import Iterator

from gongwen_crypto.errors import KnownError
from gongwen_docs.pdf.byte_range import Covered, is_whole
from gongwen_docs.pdf.fields import SignatureDictionary
from gongwen_docs.pdf.objects import PdfFile
from gongwen_docs.pdf.revisions import Change, ChangeKind, Snapshot, changes, snapshot
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.verify.parts import Part, PartKind

_STEP = "coverage"
_LARGEST_SEAL_MM = 120.0  # the largest official seal has 50 mm; beyond this a "seal" covers a page
# A certifying signature may allow what follows (ISO 32000-1 12.8.2.2): 2 forms, 3 annotations too.
_ALLOWED_FROM = {ChangeKind.FIELD_FILLED: 2, ChangeKind.ANNOTATION_ADDED: 3}
_ADDED = frozenset({ChangeKind.ANNOTATION_ADDED, ChangeKind.PAGES_ADDED})
_PARTS = {
    ChangeKind.ANNOTATION_ADDED: PartKind.ANNOTATION,
    ChangeKind.ANNOTATION_CHANGED: PartKind.ANNOTATION,
    ChangeKind.FONTS_REPLACED: PartKind.FONT,
    ChangeKind.SIGNATURE_CHANGED: PartKind.SIGNATURE,
    ChangeKind.PAGE_CHANGED: PartKind.PAGE,
    ChangeKind.PAGES_ADDED: PartKind.PAGE,
}


class Revisions:
    """The revisions of one file; each is read once."""

    def __init__(self, data: bytes, current: PdfFile) -> None:
        self._data = data
        self._current = current
        self._read: dict[int, Snapshot] = {}

    def since(self, end: int) -> tuple[Change, ...] | None:
        """What changed since the revision that ends at ``end``; None when nothing was appended.

        Raises ``KnownError`` when either revision cannot be read as a document of its own.
        """
        if is_whole(self._data, end):
            return None
        return tuple(changes(self._snapshot(end), self._snapshot(len(self._data))))

    def _snapshot(self, end: int) -> Snapshot:
        if end not in self._read:
            file = self._current if end == len(self._data) else PdfFile(self._data, end)
            if file.was_repaired:
                raise KnownError("pdf.byte_range.cut")
            self._read[end] = snapshot(file)
        return self._read[end]


def check_pdf_coverage(
    revisions: Revisions,
    covered: Covered,
    signature: SignatureDictionary,
    others: tuple[SignatureDictionary, ...],
) -> tuple[tuple[Step, ...], tuple[Part, ...], tuple[Part, ...]]:
    """Steps, the parts that were changed and those that were added since ``signature`` was made."""
    try:
        found = revisions.since(covered.end)
    except KnownError as error:
        return (Step(_STEP, Status.FAIL, error.code, error.facts),), (), ()
    if found is None:
        return (Step(_STEP, Status.OK),), (), ()
    steps = tuple(_judge(change, signature.permission) for change in found)
    steps = (*steps, *_oversized(found, others))
    if not steps:
        return (Step(_STEP, Status.OK, "pdf.revision.nothing_visible"),), (), ()
    weighty = [change for change in found if change.kind is not ChangeKind.SIGNATURE_ADDED]
    added = tuple(_part(change) for change in weighty if change.kind in _ADDED)
    changed = tuple(_part(change) for change in weighty if change.kind not in _ADDED)
    return steps, changed, added


def _judge(change: Change, permission: int | None) -> Step:
    code = f"pdf.revision.{change.kind}"
    facts = {"page": change.page, "name": change.name}
    if change.kind is ChangeKind.SIGNATURE_ADDED:
        if permission == 1:
            return Step(_STEP, Status.FAIL, "pdf.revision.certified", facts)
        return Step(_STEP, Status.OK, code, facts)
    needed = _ALLOWED_FROM.get(change.kind)
    allowed = permission is not None and needed is not None and permission >= needed
    return Step(_STEP, Status.WARN if allowed else Status.FAIL, code, facts)


def _oversized(found: tuple[Change, ...], others: tuple[SignatureDictionary, ...]) -> Iterator[Step]:
    """A later "seal" as large as a page can hide what was signed."""
    later = {change.name for change in found if change.kind is ChangeKind.SIGNATURE_ADDED}
    for signature in others:
        for widget in signature.widgets if signature.name in later else ():
            if max(widget.box.width, widget.box.height) > _LARGEST_SEAL_MM:
                facts = {"page": widget.page_index + 1, "name": signature.name}
                yield Step(_STEP, Status.WARN, "pdf.revision.large_stamp", facts)


def _part(change: Change) -> Part:
    kind = _PARTS.get(change.kind, PartKind.STRUCTURE)
    path = change.name if change.page is None else f"page/{change.page}"
    return Part(path, kind, change.page, change.name)
