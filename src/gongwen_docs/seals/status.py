"""Whether a seal was suspended or cancelled when it was used, by the lists in the folder of trust."""

from __future__ import annotations

from datetime import datetime

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.paths import TrustStore
from gongwen_crypto.seal_register import StatusChange, stops
from gongwen_docs.seals.findings import Status, Step
from gongwen_docs.seals.model import Seal
from gongwen_docs.seals.times import readable

_STEP = "seal_status"


def check_status(seal: Seal, trust: TrustStore, at: datetime, proven: datetime) -> tuple[Step, ...]:
    """Judge ``seal`` as of ``at``, the time of its use; ``proven`` is a trusted moment by which it was used,
    or now: what happened between the two makes a claim of the earlier time worth a lie.

    No step where no list speaks about the seal.
    """
    changes = changes_of(seal, trust)
    if not changes:
        return ()
    facts: dict[str, object] = {"seal": seal.name, "seal_id": seal.es_id, "at": readable(at)}
    stopped = stops(changes, at)
    if stopped is not None:
        return (Step(_STEP, Status.FAIL, f"seal.status.{stopped.status}", {**facts, **_told(stopped)}),)
    later = stops(changes, proven)
    if later is not None:
        return (Step(_STEP, Status.WARN, "seal.status.stopped_since", {**facts, **_told(later)}),)
    return (Step(_STEP, Status.OK, facts=facts),)


def changes_of(seal: Seal, trust: TrustStore) -> tuple[StatusChange, ...]:
    """All that is said about a seal by those who may say it: the declared makers of seals, and its own
    maker."""
    try:
        maker = Certificate.load(seal.maker_certificate)
    except KnownError:
        return ()
    return tuple(
        change
        for register in trust.seal_registers
        if register.signer == maker or trust.is_seal_maker(register.signer)
        for change in register.changes
        if change.seal_id == seal.es_id
    )


def _told(change: StatusChange) -> dict[str, object]:
    return {"since": readable(change.since), "reason": change.reason}
