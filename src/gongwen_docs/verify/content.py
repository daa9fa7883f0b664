"""Does the content still equal what was signed? (§7 of the verification order: dataHash, then References.)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

from gongwen_crypto import algorithms, sm2, sm3
from gongwen_crypto.algorithms import Strength
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.keys import KeyKind
from gongwen_crypto.sm3 import Hasher
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.signatures import SignatureFile
from gongwen_docs.seals.cms import covers
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import Kind, SignedValue
from gongwen_docs.verify.parts import PartNames

_STEP = "content"


class PartDigests:
    """Digests of package files, each computed once however many signatures list the file."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._known: dict[tuple[str, str], bytes] = {}

    def get(self, path: str, method: str, new_hasher: Callable[[], Hasher]) -> bytes | None:
        """The digest of ``path``, or None when the file is missing or damaged."""
        key = (method, path)
        if key not in self._known:
            try:
                self._known[key] = self._package.digest(path, new_hasher)
            except KnownError:
                return None
        return self._known[key]

    def get_stored(self, path: str, new_hasher: Callable[[], Hasher]) -> bytes | None:
        """The digest of the stored file whose place a decrypted one has taken, None for all others."""
        try:
            return self._package.stored_digest(path, new_hasher)
        except KnownError:
            return None


@dataclass(frozen=True)
class ContentResult:
    """Steps about the content, and which listed files still hold (``covered``) or not (``changed``).

    ``stored``: files that hold as they lie in the container, while others were decrypted in their places.
    ``list_holds``: Signature.xml itself is as it was signed.
    """

    steps: tuple[Step, ...]
    covered: frozenset[str] = frozenset()
    changed: tuple[str, ...] = ()
    list_holds: bool = False
    stored: frozenset[str] = frozenset()


def check_content(
    signature: SignatureFile,
    value: SignedValue,
    certificate: Certificate | None,
    package: Package,
    digests: PartDigests,
    names: PartNames,
) -> ContentResult:
    """Compare Signature.xml with the signed hash and every listed file with its CheckValue."""
    steps = [_check_data_hash(package.read(signature.path), value, certificate)]
    list_holds = steps[0].status in (Status.OK, Status.WARN)
    method = algorithms.digest(signature.check_method)
    if method is None:
        unknown = Step(
            _STEP, Status.UNKNOWN, "seal.content.unknown_digest", {"method": signature.check_method}
        )
        return ContentResult((*steps, unknown), list_holds=list_holds)
    covered, changed = _compare(signature, digests, method.name, method.new)
    stored = _held_as_stored(signature, changed, digests, method.new)
    changed = [path for path in changed if path not in stored]
    if changed and not covered and value.kind is Kind.SES_V1 and _is_sm2(certificate):
        identity = sm2.identity_digest(certificate.public_key.point)
        # SM3 over Z and the file: one vendor's signatures of 2018
        covered, changed = _compare(
            signature, digests, f"SM3 after {identity.hex()}", lambda: _with_prefix(identity)
        )
        if covered:
            steps.append(Step(_STEP, Status.WARN, "seal.content.legacy_rule"))
    if not signature.references:
        steps.append(Step(_STEP, Status.FAIL, "seal.content.nothing_listed"))
    steps.extend(_steps_about_changes(changed, package, names))
    facts = {"method": method.name}
    if method.strength is Strength.REFUSED:
        steps.append(Step(_STEP, Status.FAIL, "seal.content.refused_digest", facts))
        return ContentResult(tuple(steps), frozenset(), tuple(changed), list_holds)
    if method.strength is Strength.WEAK:
        steps.append(Step(_STEP, Status.WARN, "seal.content.weak_digest", facts))
    return ContentResult(tuple(steps), frozenset(covered), tuple(changed), list_holds, stored)


def _held_as_stored(
    signature: SignatureFile, changed: list[str], digests: PartDigests, new_hasher: Callable[[], Hasher]
) -> frozenset[str]:
    """Of the ``changed`` files those that a signature over the encrypted form lists."""
    listed = {reference.path: reference.value for reference in signature.references}
    return frozenset(
        path for path in changed if listed[path] and digests.get_stored(path, new_hasher) == listed[path]
    )


def _check_data_hash(protected: bytes, value: SignedValue, certificate: Certificate | None) -> Step:
    if value.kind is Kind.CMS:
        if covers(value, protected):
            return Step(_STEP, Status.OK)
        return Step(_STEP, Status.FAIL, "seal.content.list_tampered")
    digest = algorithms.digest_of_signature(value.algorithm)
    if digest is None:
        return Step(_STEP, Status.UNKNOWN, "seal.content.unknown_digest", {"method": value.algorithm})
    if digest.of(protected) == value.data_hash:
        return Step(_STEP, Status.OK)
    if value.kind is Kind.SES_V1 and _is_sm2(certificate):
        legacy = sm2.message_digest(certificate.public_key.point, protected)
        if legacy == value.data_hash:
            return Step(_STEP, Status.WARN, "seal.content.legacy_rule")
    return Step(_STEP, Status.FAIL, "seal.content.list_tampered")


def _compare(
    signature: SignatureFile, digests: PartDigests, method: str, new_hasher: Callable[[], Hasher]
) -> tuple[set[str], list[str]]:
    covered: set[str] = set()
    changed: dict[str, None] = {}
    for reference in signature.references:
        if reference.value and digests.get(reference.path, method, new_hasher) == reference.value:
            covered.add(reference.path)
        else:
            changed[reference.path] = None
    return covered - changed.keys(), list(changed)


def _steps_about_changes(changed: list[str], package: Package, names: PartNames) -> list[Step]:
    return [
        Step(
            _STEP,
            Status.FAIL,
            "seal.content.changed_part" if path in package else "seal.content.missing_part",
            names.facts(path),
        )
        for path in changed
    ]


def _with_prefix(prefix: bytes) -> Hasher:
    hasher = sm3.new()
    hasher.update(prefix)
    return hasher


def _is_sm2(certificate: Certificate | None) -> TypeGuard[Certificate]:
    return certificate is not None and certificate.public_key.kind is KeyKind.SM2
