"""What does a signature *not* protect? (GB/T 33190-2016 18)

Checking the files that a signature lists is half of the work. The other half is every file that it does not
list: a page, an annotation or a font added afterwards shows on the page without being signed. So the rule is
a whitelist, and all else breaks the signature or, where no reader can come to it, earns a warning.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.entry import ENTRY
from gongwen_docs.ofd.signatures import SignatureFile
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import SignedValue
from gongwen_docs.verify.parts import PartNames

_STEP = "coverage"
_ENTRY_ELEMENTS = frozenset(
    (
        *("OFD", "DocBody", "DocInfo", "DocRoot", "Versions", "Version", "Signatures"),
        *("DocID", "Title", "Author", "Subject", "Abstract", "CreationDate", "ModDate", "DocUsage", "Cover"),
        *("Keywords", "Keyword", "Creator", "CreatorVersion", "CustomDatas", "CustomData"),
    )
)


@dataclass(frozen=True)
class Protected:
    """A signature as coverage sees it: which files still equal what it lists, and whether it holds itself."""

    file: SignatureFile
    value: SignedValue | None
    covered: frozenset[str]
    authentic: bool  # its own files are as its signer made them


@dataclass(frozen=True)
class Coverage:
    """Steps, the paths left unprotected though they must not be, and those that rightly are: the list of
    signatures, which later ones extend, and the later ones themselves."""

    steps: tuple[Step, ...]
    uncovered: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


def own_files(signature: SignatureFile) -> set[str]:
    """The files that make up one signature."""
    paths = (signature.path, signature.signed_value_path, signature.seal_path)
    return {path for path in paths if path}


def check_coverage(
    document: OfdDocument,
    signatures: Sequence[Protected],
    index: int,
    names: PartNames,
    free: frozenset[str] = frozenset(),
) -> Coverage:
    """What signature ``index`` protects and what not; ``free`` are files that protect themselves."""
    this = signatures[index]
    allowed = _allowed(document, this) | free
    steps: list[Step] = []
    for later in signatures[index + 1 :]:
        if later.authentic:
            allowed |= own_files(later.file)
    for earlier in signatures[:index]:
        open_files = own_files(earlier.file) - this.covered
        if open_files and earlier.authentic:
            allowed |= open_files
            facts = {"earlier": earlier.file.id}
            steps.append(Step(_STEP, Status.WARN, "seal.coverage.earlier_signature_open", facts))
    changed = {reference.path for reference in this.file.references} - this.covered
    changed -= set(document.package.replaced)
    open_parts = set(document.package.names) - this.covered - allowed - changed
    if ENTRY in open_parts:
        protected = this.covered | allowed
        steps.append(_judge_entry(document, protected))
        if steps[-1].status is not Status.FAIL:
            open_parts.discard(ENTRY)
    reachable = document.reachable_parts() if open_parts else frozenset()
    for path in sorted(open_parts - {ENTRY}):
        if path in reachable:
            steps.append(Step(_STEP, Status.FAIL, "seal.coverage.added_part", names.facts(path)))
        else:
            steps.append(Step(_STEP, Status.WARN, "seal.coverage.leftover", names.facts(path)))
    bound = this.covered | {this.file.path, this.file.signed_value_path, this.file.seal_path}
    outside = (allowed - bound) & set(document.package.names)
    return Coverage(
        tuple(steps) or (Step(_STEP, Status.OK),), tuple(sorted(open_parts)), tuple(sorted(outside))
    )


def _allowed(document: OfdDocument, this: Protected) -> set[str]:
    """Files that need no listing: the list of signatures and this signature's own, bound in other ways."""
    allowed = {this.file.path, this.file.signed_value_path}
    if document.entry.signatures:
        allowed.add(document.entry.signatures)
    seal = None if this.value is None else this.value.seal
    if this.file.seal_path and seal is not None:
        try:
            if document.package.read(this.file.seal_path) == seal.raw:
                allowed.add(this.file.seal_path)
        except KnownError:
            pass  # missing or damaged: then it is not allowed
    return allowed


def _judge_entry(document: OfdDocument, protected: Collection[str]) -> Step:
    """OFD.xml is left unlisted by a third of real signatures. It passes when it can show nothing else."""
    package = document.package
    root = xml.parse(package.read(ENTRY), ENTRY, package.limits)
    names = [xml.local(element) for element in root.iter()]
    unknown = sorted({name for name in names if name not in _ENTRY_ELEMENTS})
    targets = {document.entry.root, *document.entry.versions}
    targets |= {
        package.resolve(ENTRY, xml.text(element))
        for element in root.iter()
        if xml.local(element) in ("Cover", "Versions") and xml.text(element)
    }
    single = names.count("DocBody") == 1 and names.count("DocRoot") == 1 and names.count("Signatures") == 1
    if unknown or not single or targets - set(protected):
        return Step(_STEP, Status.FAIL, "seal.coverage.entry_suspicious", {"path": ENTRY})
    return Step(_STEP, Status.WARN, "seal.coverage.entry_unprotected", {"path": ENTRY})
