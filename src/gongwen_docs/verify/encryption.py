"""What decryption means for a verdict (GM/T 0099-2020 7.3): a signature may be older or younger than it.

An older one lists the plain files, which are in their places again. A younger one lists the files as they lie
in the container: a decrypted file is then as good as the ciphertext, the key description and the map from
which it was made.
"""

from __future__ import annotations

from collections.abc import Iterator

from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.seals.findings import Status, Step

_STEP = "encryption"
_MOST_NAMED = 5


def check_encryption(document: OfdDocument) -> Iterator[Step]:
    """Steps about an encrypted document that was unlocked; none for others."""
    unlocked = document.unlocked
    if unlocked is None:
        return
    users = "、".join(dict.fromkeys(user for user in unlocked.users if user))
    yield Step(
        _STEP,
        Status.OK,
        "seal.encryption.decrypted",
        {"count": len(document.package.decrypted), "users": users},
    )
    decoys = document.package.replaced
    if decoys:
        facts = {"count": len(decoys), "paths": "、".join(decoys[:_MOST_NAMED])}
        yield Step(_STEP, Status.WARN, "seal.encryption.decoy", facts)
    if unlocked.locked:
        yield Step(_STEP, Status.WARN, "seal.encryption.locked", {"count": len(unlocked.locked)})


def check_hidden(package: Package, covered: frozenset[str], stored: frozenset[str]) -> Iterator[Step]:
    """A sealed file must not be made to vanish by calling it the ciphertext of something else."""
    bare = [name for name in package.decrypted if name not in covered]
    hiding = {path for name in bare for path in package.carriers(name)}
    for path in sorted(stored & package.shell & hiding):
        yield Step(_STEP, Status.FAIL, "seal.encryption.hidden", {"path": path})


def with_decrypted(package: Package, covered: frozenset[str], stored: frozenset[str]) -> frozenset[str]:
    """The covered files and those that are made of nothing but covered ones. ``stored`` are files that hold
    in their stored form only."""
    holding = covered | stored
    found = set(covered)
    for name in package.decrypted:  # outer layers first: inner ones are made of these
        if name not in found and package.carriers(name) <= holding:
            found.add(name)
            holding |= {name}
    return frozenset(found)
