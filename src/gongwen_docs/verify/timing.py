"""When was it signed, and who says so? (order of verification, step 6)

``timeInfo`` is the signer's own claim. A time-stamp token or the exchange's receipt proves that the signature
existed by then. Without either the verdict stays valid with the note that the time is not confirmed, unless
something has happened since (a certificate expired or was revoked) that makes back-dating worth while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.paths import PathResult
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.times import readable

_STEP = "time"
_CLOCK_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Moments:
    """The times known about one signature, aware."""

    claimed: datetime | None  # by the signer
    stamped: datetime | None  # by a time-stamp authority
    witnessed: datetime | None  # by the exchange's receipt
    now: datetime

    @property
    def signing(self) -> datetime:
        """The moment as of which certificates and seal are judged."""
        return self.stamped or self.claimed or self.witnessed or self.now

    @property
    def trusted(self) -> datetime | None:
        """The earliest moment by which the signature is proven to have existed."""
        return self.stamped or self.witnessed


def check_time(moments: Moments, signer: Certificate | None, paths: Sequence[PathResult]) -> Step:
    """Judge the time of signing. ``paths`` are those of signer and seal maker, built as of that time."""
    facts = {
        "claimed": readable(moments.claimed),
        "trusted": readable(moments.trusted),
        "now": readable(moments.now),
    }
    if moments.claimed is None and moments.trusted is None:
        return Step(_STEP, Status.UNKNOWN, "seal.time.missing", facts)
    if moments.signing > moments.now + _CLOCK_TOLERANCE:
        return Step(_STEP, Status.WARN, "seal.time.in_future", facts)
    if moments.trusted is not None:
        return _check_proven(moments, moments.trusted, signer, facts)
    expired = [link for path in paths for link in path.chain if link.not_after < moments.now]
    revoked = [path for path in paths if path.revoked_at is not None]
    if expired or revoked:
        return Step(_STEP, Status.WARN, "seal.time.unproven", facts)
    return Step(_STEP, Status.OK, "seal.time.claimed_only", facts)


def _check_proven(
    moments: Moments, proven: datetime, signer: Certificate | None, facts: dict[str, str]
) -> Step:
    if moments.claimed is not None and moments.claimed > proven + _CLOCK_TOLERANCE:
        return Step(_STEP, Status.WARN, "seal.time.after_proof", facts)
    if signer is not None and not signer.valid_at(proven):
        return Step(_STEP, Status.WARN, "seal.time.unproven", facts)
    code = "seal.time.stamped" if moments.stamped else "seal.time.witnessed"
    return Step(_STEP, Status.OK, code, facts)
