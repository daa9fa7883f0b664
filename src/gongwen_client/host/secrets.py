"""Secrets of the session and of this device: in the system's key ring, or in a file where there is none.

PINs of seal keys are never stored, anywhere (ADR 0010): a name that says PIN is our own mistake.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Protocol

import keyring
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringError, PasswordDeleteError

from gongwen_client.durable import write_atomically
from gongwen_crypto.errors import BugError, KnownError

SERVICE = "gongwen"
_FORBIDDEN = ("pin", "口令")


class SecretStore(Protocol):
    """Named secrets, e.g. ``session`` or ``device-key``."""

    @property
    def weakness(self) -> str:
        """Why the store is weaker than the system's key ring, in words for the person; empty when not."""

    def get(self, name: str) -> str | None:
        """The secret, or None."""

    def put(self, name: str, secret: str) -> None:
        """Keep a secret. Raises BugError("host.secret_is_pin") for a PIN."""

    def remove(self, name: str) -> None:
        """Forget a secret; harmless when there is none."""


def open_secret_store(config: Path) -> SecretStore:
    """The system's key ring when it answers, else a file ``secrets.json`` in ``config``."""
    ring = keyring.get_keyring()
    reason = "本机没有可用的系统密钥环"
    if not isinstance(ring, NoKeyring | NullKeyring):
        try:
            ring.get_password(SERVICE, "probe")
        except KeyringError:
            reason = "系统密钥环没有打开"
        else:
            return KeyringStore(_service(config))
    return FileStore(config / "secrets.json", f"{reason}，登录凭据保存在仅本用户可读的文件中。")


class KeyringStore:
    """The key ring of Windows, macOS, GNOME or KDE, under the name of one client's folder."""

    weakness = ""

    def __init__(self, service: str) -> None:
        self._service = service

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return keyring.get_password(self._service, name)

    def put(self, name: str, secret: str) -> None:
        """Keep a secret."""
        _refuse_pins(name)
        keyring.set_password(self._service, name, secret)

    def remove(self, name: str) -> None:
        """Forget a secret."""
        try:
            keyring.delete_password(self._service, name)
        except PasswordDeleteError:
            return


class FileStore:
    """A file that only its owner may read."""

    def __init__(self, path: Path, weakness: str) -> None:
        self._path = path
        self.weakness = weakness

    def get(self, name: str) -> str | None:
        """The secret, or None. Raises KnownError("host.secrets_damaged")."""
        return self._read().get(name)

    def put(self, name: str, secret: str) -> None:
        """Keep a secret. Raises the errors of writing; a damaged file is replaced."""
        _refuse_pins(name)
        self._write(self._read_or_empty() | {name: secret})

    def remove(self, name: str) -> None:
        """Forget a secret."""
        secrets = self._read_or_empty()
        if secrets.pop(name, None) is not None:
            self._write(secrets)

    def _read(self) -> dict[str, str]:
        try:
            document = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise KnownError("host.secrets_damaged") from error
        if not isinstance(document, dict):
            raise KnownError("host.secrets_damaged")
        return {str(name): str(secret) for name, secret in document.items()}

    def _read_or_empty(self) -> dict[str, str]:
        try:
            return self._read()
        except KnownError:
            return {}

    def _write(self, secrets: dict[str, str]) -> None:
        write_atomically(self._path, json.dumps(secrets, ensure_ascii=False).encode())


def _service(config: Path) -> str:
    """One user may run several clients (work, training, demonstration): none sees the secrets of another."""
    return f"{SERVICE}-{hashlib.sha256(str(config.resolve()).encode()).hexdigest()[:12]}"


def _refuse_pins(name: str) -> None:
    if any(word in name.casefold() for word in _FORBIDDEN):
        raise BugError("host.secret_is_pin")
