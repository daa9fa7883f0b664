"""Compare a document with the exchange's record: the package alone cannot prove that a seal was removed.

The record names the digest of the body and the seals that its sender's client saw (attack class A4). A
document without a record is judged by itself alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.times import readable
from gongwen_docs.verify.expectation import Expectation, ExpectedSeal
from gongwen_docs.verify.report import SignatureReport

_STEP = "signatures"


def check_expectation(
    expected: Expectation, found: Sequence[SignatureReport], digest: str = ""
) -> tuple[Step, ...]:
    """Steps about seals that the record names and the document lacks or the other way round, about time
    stamps taken away, and about another file altogether."""
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
    steps += _missing_stamps(expected, found)
    if expected.complete and (expected.seals or expected.digest):
        steps += _surplus(expected, found)
    return tuple(steps)


def _missing_stamps(expected: Expectation, found: Sequence[SignatureReport]) -> Iterator[Step]:
    stamped = [one for one in found if any(step.step == "time_stamp" for step in one.steps)]
    for seal in expected.seals:
        if seal.stamped_at is not None and not any(_is_of(one, seal) for one in stamped):
            facts = {"seal": seal.name, "time": readable(seal.stamped_at)}
            yield Step(_STEP, Status.FAIL, "seal.timestamp.removed", facts)


def _is_of(signature: SignatureReport, seal: ExpectedSeal) -> bool:
    if seal.signature_id:
        return signature.id == seal.signature_id
    return signature.seal_id == seal.seal_id


def _surplus(expected: Expectation, found: Sequence[SignatureReport]) -> Iterator[Step]:
    """Seals that nobody registered: each may be good, but who sent the document did not speak of it."""
    if len(found) <= len(expected.seals):
        return
    known = Counter(seal.seal_id for seal in expected.seals)
    unknown = known.pop("", 0)  # seals of the record without a code stand for any
    for one in found:
        if known[one.seal_id] > 0:
            known[one.seal_id] -= 1
        elif unknown > 0:
            unknown -= 1
        else:
            facts: dict[str, object] = {
                "seal": one.seal_name or one.signer,
                "promised": len(expected.seals),
                "found": len(found),
            }
            yield Step(_STEP, Status.WARN, "seal.document.surplus_seal", facts)
