"""The register of seals that are suspended, restored or cancelled (停用、恢复、注销), as a signed list.

A seal made for years has no revocation list of its own: who loses a key wants its seal stopped today. The
list is a SignedData (GB/T 35275) over a small JSON text, signed by an authority that makes seals; verifiers
find it in their folder of trust (``*.sealstatus``). Its form is in docs/seal-register.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gongwen_crypto import cms
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.cms import parse_signed_data
from gongwen_crypto.errors import KnownError
from gongwen_crypto.signer import Signer

FORMAT = "gongwen.seal-status/1"
_MOST_BYTES, _MOST_CHANGES = 8 * 1024 * 1024, 100_000


class SealStatus(StrEnum):
    """What a seal is from a moment on."""

    SUSPENDED = "suspended"  # 停用
    RESTORED = "restored"  # 恢复
    CANCELLED = "cancelled"  # 注销: for good, a later restoration does not count


@dataclass(frozen=True)
class StatusChange:
    """``seal_id`` is the seal's esID; ``since`` aware."""

    seal_id: str
    status: SealStatus
    since: datetime
    reason: str = ""


@dataclass(frozen=True)
class SealRegister:
    """One list with the certificate that signed it; its signature holds."""

    issued_at: datetime
    changes: tuple[StatusChange, ...]
    signer: Certificate = field(repr=False)

    @classmethod
    def load(cls, data: bytes) -> SealRegister:
        """Read a list and check its signature, not yet its signer.

        Raises KnownError("crypto.bad_seal_register").
        """
        try:
            if len(data) > _MOST_BYTES:
                raise ValueError("too large")
            signed = parse_signed_data(data)
            signer = Certificate.load(signed.own_certificate)
            if signed.content is None or not signed.signs(signed.content, signer) or not signer.may_sign:
                raise ValueError("not signed by its certificate")
            value = json.loads(signed.content)
            if value["format"] != FORMAT or len(value["changes"]) > _MOST_CHANGES:
                raise ValueError("unknown form")
            changes = tuple(_change(item) for item in value["changes"])
            return cls(_moment(value["issued_at"]), changes, signer)
        except (KnownError, ValueError, LookupError, TypeError, RecursionError) as error:
            raise KnownError("crypto.bad_seal_register") from error


def make_register(signer: Signer, changes: Sequence[StatusChange], issued_at: datetime) -> bytes:
    """A signed list (DER); times are aware."""
    value = {
        "format": FORMAT,
        "issued_at": issued_at.isoformat(),
        "changes": [
            {
                "seal_id": change.seal_id,
                "status": change.status.value,
                "since": change.since.isoformat(),
                "reason": change.reason,
            }
            for change in changes
        ],
    }
    return cms.sign(signer, json.dumps(value, ensure_ascii=False).encode(), at=issued_at)


def stops(changes: Sequence[StatusChange], at: datetime) -> StatusChange | None:
    """The change by which a seal may not be used ``at`` a moment; ``changes`` are all of that seal."""
    held = sorted((change for change in changes if change.since <= at), key=lambda change: change.since)
    gone = (change for change in held if change.status is SealStatus.CANCELLED)
    if (cancelled := next(gone, None)) is not None:
        return cancelled
    return held[-1] if held and held[-1].status is SealStatus.SUSPENDED else None


def _change(item: dict[str, object]) -> StatusChange:
    seal_id, reason = item["seal_id"], item.get("reason", "")
    if not (isinstance(seal_id, str) and seal_id and isinstance(reason, str)):
        raise ValueError("a change without its seal")
    return StatusChange(seal_id, SealStatus(str(item["status"])), _moment(item["since"]), reason[:200])


def _moment(text: object) -> datetime:
    found = datetime.fromisoformat(str(text))
    if found.tzinfo is None:
        raise ValueError("a time without its zone")
    return found
