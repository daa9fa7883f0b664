"""打开加密文件: with a password, or with an encryption key that is plugged in (GM/T 0099).

Neither password nor PIN goes to the process that parses the file: a password is turned into its key here, the
key in the token unwraps in the broker, and the worker gets file keys. All of it stays in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gongwen_client.render import RenderPool
from gongwen_client.render.facts import LockedUser, LockFacts
from gongwen_client.token.keys import KeyInfo
from gongwen_client.token.pin import wipe
from gongwen_client.token.proxy import TokenBroker
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.encryption.keys import derive_key


@dataclass(frozen=True)
class Fitting:
    """A key that is plugged in and opens a lock."""

    key: KeyInfo
    lock: str
    user: LockedUser = field(repr=False)


@dataclass(frozen=True)
class Locked:
    """How an encrypted file can be opened now."""

    locks: tuple[LockFacts, ...]
    keys: tuple[Fitting, ...]

    @property
    def by_password(self) -> bool:
        return any(lock.by_password for lock in self.locks)

    @property
    def by_certificate(self) -> bool:
        return any(lock.by_certificate for lock in self.locks)

    @property
    def unknown_scheme(self) -> str:
        """What the file says of a scheme that no program of ours knows, where it has no other."""
        return "" if self.by_password or self.by_certificate or not self.locks else self.locks[0].scheme


class Unlocking:
    """Opens encrypted files for a pool of workers."""

    def __init__(self, render: RenderPool, tokens: TokenBroker | None = None) -> None:
        self._render = render
        self._tokens = tokens

    def look(self, path: Path) -> Locked:
        """Slow. What locks the file, and the keys that fit. Raises KnownError."""
        locks = self._render.locks(path)
        return Locked(locks, self._fitting(locks))

    def with_password(self, path: Path, password: str) -> None:
        """Slow. Raises KnownError("ofd.encryption.wrong_password") and kin; tries are not counted."""
        secret = bytearray(password.encode("utf-8", "surrogatepass"))
        derived = derive_key(secret)
        try:
            self._render.unlock(path, bytes(derived))
        finally:
            wipe(secret)
            wipe(derived)

    def with_key(self, path: Path, fitting: Fitting, pin: str) -> None:
        """Slow. One try of ``pin``. Raises KnownError: token.*, crypto.not_decryptable, ofd.encryption.*."""
        if self._tokens is None:
            raise KnownError("token.not_found")
        key = self._tokens.unwrap(fitting.key.key_id, pin, fitting.user.wrapped_key)
        self._render.unlock(path, keys={fitting.lock: key + fitting.user.iv})

    def _fitting(self, locks: tuple[LockFacts, ...]) -> tuple[Fitting, ...]:
        if self._tokens is None or not any(lock.by_certificate for lock in locks):
            return ()
        found = []
        for key in self._tokens.list_keys():
            point = Certificate.load(key.certificate_der).public_key
            for lock in locks:
                users = (user for user in lock.users if user.certificate_der)
                user = next((user for user in users if _key_of(user) == point), None)
                if user is not None:
                    found.append(Fitting(key, lock.seed, user))
        return tuple(found)


def _key_of(user: LockedUser) -> object:
    certificate = Certificate.load_or_none(user.certificate_der)
    return certificate and certificate.public_key
