"""The list of signatures (GB/T 33190-2016 18.1): nothing protects it, so it may say nothing but the list.

Later signatures extend Signatures.xml, hence earlier ones leave it open. Here is what a stranger could write
into it: the same signature twice, one identifier twice, elements that another reader takes for something
else, an empty list over signatures that are still in the package.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gongwen_docs.ofd import xml
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.entry import ENTRY
from gongwen_docs.ofd.signatures import SignatureFile
from gongwen_docs.seals.findings import Status, Step

_STEP = "signatures"
_NAMES = frozenset({"Signatures", "MaxSignId", "Signature"})
_REMAINS = ("seal.esl", "signature.xml")
"""Conventional names of a signature's files (§18.1); a SignedValue.dat may also be that of GM/T 0099."""


def check_list(document: OfdDocument, files: Sequence[SignatureFile]) -> tuple[Step, ...]:
    """Steps about the list of ``files``. Raises ``KnownError`` for damaged XML."""
    return tuple(_check_list(document, files) if files else _check_absence(document))


def _check_list(document: OfdDocument, files: Sequence[SignatureFile]) -> Iterator[Step]:
    path = document.entry.signatures or ""
    root = xml.parse(document.package.read(path), path, document.package.limits)
    strange = sorted({xml.local(element) for element in root.iter()} - _NAMES)
    if xml.local(root) != "Signatures" or strange or len(list(root.iter())) > 1 + len(list(root)):
        yield Step(_STEP, Status.FAIL, "seal.document.strange_list", {"path": path})
    if len({file.path for file in files}) < len(files):
        yield Step(_STEP, Status.FAIL, "seal.document.listed_twice")
    elif len({file.id for file in files}) < len(files):
        yield Step(_STEP, Status.FAIL, "seal.document.same_id")


def _check_absence(document: OfdDocument) -> Iterator[Step]:
    """A document without signatures must not have had some: a list that is gone or belongs to another body,
    an empty list beside the files of signatures."""
    package = document.package
    root = xml.parse(package.read(ENTRY), ENTRY, package.limits)
    pointers = [element for element in root.iter() if xml.local(element) == "Signatures"]
    listed = document.entry.signatures
    gone = listed not in package if listed is not None else bool(pointers)
    remains = [name for name in package.names if name.rpartition("/")[2].lower() in _REMAINS]
    if gone or remains:
        yield Step(_STEP, Status.FAIL, "seal.document.signatures_gone")
