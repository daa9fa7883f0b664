"""Passwords: argon2id, and the few rules that help (at least eight characters, nothing guessed first)."""

from __future__ import annotations

import threading
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from gongwen_crypto.errors import RefusedError

MIN_LENGTH = 8
_AT_ONCE = 4
_GUESSED_FIRST = frozenset(
    {
        "12345678", "123456789", "1234567890", "87654321", "11111111", "00000000", "88888888", "66666666",
        "password", "password1", "passw0rd", "p@ssw0rd", "qwertyui", "qwerty123", "1qaz2wsx", "abcd1234",
        "abc12345", "a1234567", "a12345678", "admin123", "admin888", "admin@123", "gongwen1", "gongwen123",
        "woaini1314", "5201314520", "iloveyou", "zxcvbnm1", "q1w2e3r4", "asdf1234", "aa123456", "aa12345678",
    }
)  # fmt: skip


class Passwords:
    """Makes and checks argon2id strings (OWASP: at least 19 MiB; here 64 MiB, three passes, about 0.1 s)."""

    def __init__(self, memory_kib: int = 64 * 1024, passes: int = 3) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        # A rush of log-ins must neither take all memory nor all processors.
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """An argon2id string with its own salt and parameters."""
        with self._turns:
            return self._hasher.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is right. Takes as long for an account that does not exist (None)."""
        with self._turns:
            try:
                self._hasher.verify(password_hash or self._nobody, password)
            except (VerifyMismatchError, InvalidHashError):
                return False
        return password_hash is not None

    def is_weak(self, password_hash: str) -> bool:
        """Whether the parameters have been raised since."""
        return self._hasher.check_needs_rehash(password_hash)


def require_acceptable(new: str, *, old: str | None, names: tuple[str, ...]) -> None:
    """Raise RefusedError naming what is wrong with a new password. ``names``: unit and account, as typed."""
    if len(new) < MIN_LENGTH:
        raise RefusedError("password.too_short", least=MIN_LENGTH)
    if old is not None and new == old:
        raise RefusedError("password.unchanged")
    plain = new.casefold()
    if plain in {name.casefold() for name in names if name}:
        raise RefusedError("password.is_a_name")
    if plain in _GUESSED_FIRST or len(set(plain)) < 3:
        raise RefusedError("password.too_common")
