"""When was it signed, and who says so? (order of verification, step 6)

``timeInfo`` is the signer's own claim. A time-stamp token or the exchange's receipt proves that the signature
existed by then. Without either the verdict stays valid with the note that the time is not confirmed, unless
something has happened since (a certificate expired or was revoked) that makes back-dating worth while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gongwen_crypto.paths import PathResult
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import Seal
from gongwen_docs.seals.times import readable

_STEP = "time"
_CLOCK_TOLERANCE = timedelta(minutes=10)
_LATE_STAMP = timedelta(days=1)  # a token is fetched when sealing, or by a nightly job


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


def check_time(moments: Moments, paths: Sequence[PathResult], seal: Seal | None) -> Step:
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
        return _check_proven(moments, moments.trusted, paths, seal, facts)
    if _has_ended(moments.now, paths, seal) or any(path.revoked_at for path in paths):
        return Step(_STEP, Status.WARN, "seal.time.unproven", facts)
    return Step(_STEP, Status.OK, "seal.time.claimed_only", facts)


def _check_proven(
    moments: Moments,
    proven: datetime,
    paths: Sequence[PathResult],
    seal: Seal | None,
    facts: dict[str, str],
) -> Step:
    if moments.claimed is not None and moments.claimed > proven + _CLOCK_TOLERANCE:
        return Step(_STEP, Status.WARN, "seal.time.after_proof", facts)
    revoked = any(path.revoked_at is not None and path.revoked_at <= proven for path in paths)
    if revoked or _has_ended(proven, paths, seal):
        return Step(_STEP, Status.WARN, "seal.time.unproven", facts)
    if moments.stamped and moments.claimed and moments.claimed < moments.stamped - _LATE_STAMP:
        return Step(_STEP, Status.WARN, "seal.time.before_stamp", facts)
    code = "seal.time.stamped" if moments.stamped else "seal.time.witnessed"
    return Step(_STEP, Status.OK, code, facts)


def _has_ended(at: datetime, paths: Sequence[PathResult], seal: Seal | None) -> bool:
    """Whether a certificate or the seal had run out: a claim of an earlier time is then worth a lie."""
    over = any(not link.valid_at(at) for path in paths for link in path.chain)
    return over or (seal is not None and seal.valid_to is not None and seal.valid_to < at)
