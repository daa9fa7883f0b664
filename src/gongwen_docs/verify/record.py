"""Compare a document with the exchange's record: the package alone cannot prove that a seal was removed.

The record names the digest of the body and the seals that its sender's client saw (attack class A4). A
document without a record is judged by itself alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.verify.expectation import Expectation
from gongwen_docs.verify.report import SignatureReport

_STEP = "signatures"


def check_expectation(
    expected: Expectation, found: Sequence[SignatureReport], digest: str = ""
) -> tuple[Step, ...]:
    """Steps about seals that the record names and the document lacks, and about another file altogether."""
    steps: list[Step] = []
    if expected.digest and digest and expected.digest.lower() != digest:
        facts: dict[str, object] = {"expected": expected.digest, "found": digest}
        steps.append(Step(_STEP, Status.FAIL, "seal.document.other_file", facts))
    if len(found) < len(expected.seals):
        facts = {"promised": len(expected.seals), "found": len(found)}
        steps.append(Step(_STEP, Status.FAIL, "seal.document.signature_removed", facts))
    present = Counter(signature.seal_id for signature in found)
    for seal in expected.seals:
        if not seal.seal_id:
            continue
        if present[seal.seal_id]:
            present[seal.seal_id] -= 1
        else:
            facts = {"seal": seal.name, "seal_id": seal.seal_id}
            steps.append(Step(_STEP, Status.FAIL, "seal.document.seal_absent", facts))
    return tuple(steps)
