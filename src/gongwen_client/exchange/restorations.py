"""Restorations of the exchange from a backup: which one explains a log that does not go on, and whether a
person here has agreed to it."""

from __future__ import annotations

from datetime import datetime

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.pinning import pinned_certificates
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError
from gongwen_protocol.canonical import canonical_digest
from gongwen_protocol.checkpoints import Checkpoint, RestorationList, SignedRestoration, explains


def find_restoration(api: ExchangeApi, store: Store, lost: Checkpoint) -> SignedRestoration | None:
    """The latest signed restoration that explains why the log does not continue ``lost``."""
    offered = api.get("/v1/restorations", RestorationList).restorations
    trusted = pinned_certificates(store)
    return next((one for one in reversed(offered) if explains(one, lost, trusted)), None)


def require_agreed(store: Store, signed: SignedRestoration) -> None:
    """Raise KnownError("log.restored") until a person on this PC has agreed to go on from the backup."""
    said = signed.restoration
    if store.notes.get(Notes.RESTORATION_AGREED) != canonical_digest(said):
        store.notes.set(Notes.RESTORATION, signed.model_dump_json())
        raise KnownError("log.restored", at=_minute(said.at), backup_at=_minute(said.backup_at))


def _minute(moment: datetime) -> str:
    """A moment as people here write it."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
