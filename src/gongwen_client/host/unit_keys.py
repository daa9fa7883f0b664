"""The unit's encryption keys on this PC: opened without a PIN, for receiving must not ask one per document.

Each key is a file whose random password lies in the system's key ring; neither is of use without the other.
Old keys stay: documents of their time open with nothing else.
"""

from __future__ import annotations

import secrets as randomness
import threading
from pathlib import Path
from typing import Protocol

from gongwen_client.durable import write_atomically
from gongwen_client.host.secrets import SecretStore
from gongwen_crypto import envelope, key_parcel
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.software import SoftwareSigner


class KeyHolder(Protocol):
    """Whoever can open envelopes: the keys of this PC, or a token for one call."""

    def open(self, fingerprint: str, sealed: bytes) -> bytes:
        """What is in an envelope for the certificate with this SM3 value. Raises
        KnownError("secrecy.key_missing") and the errors of ``envelope.open_by``."""


class UnitKeys:
    """``folder`` holds the key files by the SM3 value of their certificates. Thread-safe."""

    def __init__(self, folder: Path, secrets: SecretStore) -> None:
        self._folder = folder
        self._secrets = secrets
        self._held: dict[str, SoftwareSigner] = {}
        self._lock = threading.Lock()

    def certificates(self) -> tuple[Certificate, ...]:
        """Of all keys here that can be read."""
        found = []
        for path in sorted(self._folder.glob(f"*{key_parcel.SUFFIX}")):
            try:
                found.append(key_parcel.certificate_in(path.read_bytes()))
            except (OSError, KnownError):
                continue  # told when a document needs it
        return tuple(found)

    def keep(self, parcel: Path, password: str) -> Certificate:
        """Take a key in from the authority's file; doing it again does no harm.

        Raises KnownError: secrecy.key_file_unreadable, crypto.key_password_wrong, secrecy.key_not_kept, and
        the errors of writing.
        """
        try:
            holder = key_parcel.unpack(parcel.read_bytes(), password)
        except OSError as error:
            raise KnownError("secrecy.key_file_unreadable", name=parcel.name) from error
        except KnownError as error:
            if error.code == "crypto.key_password_wrong":
                raise
            raise KnownError("secrecy.key_file_unreadable", name=parcel.name) from error
        certificate = Certificate.load(holder.certificate_der)
        fingerprint = certificate.fingerprint
        secret = self._secrets.get(_name(fingerprint)) or randomness.token_urlsafe(32)
        self._secrets.put(_name(fingerprint), secret)
        if self._secrets.get(_name(fingerprint)) != secret:
            raise KnownError("secrecy.key_not_kept")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self._path(fingerprint), key_parcel.pack(holder, secret))
        with self._lock:
            self._held[fingerprint] = holder
        return certificate

    def open(self, fingerprint: str, sealed: bytes) -> bytes:
        """As ``KeyHolder`` says."""
        holder = self._holder(fingerprint)
        return envelope.open_with(sealed, Certificate.load(holder.certificate_der), holder.key)

    def _holder(self, fingerprint: str) -> SoftwareSigner:
        with self._lock:
            held = self._held.get(fingerprint)
            if held is None:
                held = self._held[fingerprint] = self._read(fingerprint)
            return held

    def _read(self, fingerprint: str) -> SoftwareSigner:
        secret = self._secrets.get(_name(fingerprint))
        try:
            data = self._path(fingerprint).read_bytes()
        except OSError:
            data = b""
        if secret is None or not data:
            raise KnownError("secrecy.key_missing", certificate=fingerprint[:16])
        try:
            return key_parcel.unpack(data, secret)
        except KnownError as error:
            raise KnownError("secrecy.key_missing", certificate=fingerprint[:16]) from error

    def _path(self, fingerprint: str) -> Path:
        return self._folder / f"{fingerprint}{key_parcel.SUFFIX}"


def _name(fingerprint: str) -> str:
    return f"encryption-key-{fingerprint}"
