"""The unit's encryption keys on this PC: what is here, and taking one in (a new PC, a recovered key)."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.host.unit_keys import UnitKeys
from gongwen_client.services.desk import Desk
from gongwen_crypto.certificates import Certificate


class EncryptionKeyService:
    """Old keys stay beside new ones: documents of their time open with nothing else."""

    def __init__(self, desk: Desk, keys: UnitKeys) -> None:
        self._desk = desk
        self._keys = keys

    def certificates(self) -> tuple[Certificate, ...]:
        """Of the keys that are here."""
        return self._keys.certificates()

    def take_in(self, parcel: Path, password: str) -> Certificate:
        """Slow. Import a key from the authority's file; documents that waited for it are opened at once.

        Raises KnownError: secrecy.key_file_unreadable, crypto.key_password_wrong, secrecy.key_not_kept.
        """
        certificate = self._keys.keep(parcel, password)
        self._desk.engine.poll_now()
        self._desk.announcer.tell("keys", "incoming")
        return certificate
