"""Passwords: argon2id, and the few rules that help (at least eight characters, nothing guessed first)."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from gongwen_crypto.errors import RefusedError

MIN_LENGTH = 8
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(4)  # each hash takes 64 MiB: a rush of logins must not take them all
_NOBODY = _HASHER.hash("nobody has this password")
_GUESSED_FIRST = frozenset(
    {
        "12345678", "123456789", "1234567890", "87654321", "11111111", "00000000", "88888888", "66666666",
        "password", "password1", "passw0rd", "p@ssw0rd", "qwertyui", "qwerty123", "1qaz2wsx", "abcd1234",
        "abc12345", "a1234567", "a12345678", "admin123", "admin888", "admin@123", "gongwen1", "gongwen123",
        "woaini1314", "5201314520", "iloveyou", "zxcvbnm1", "q1w2e3r4", "asdf1234", "aa123456", "aa12345678",
    }
)  # fmt: skip


def hash_password(password: str) -> str:
    """An argon2id string with its own salt and parameters."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Takes as long for an account that does not exist (None)."""
    with _AT_ONCE:
        try:
            _HASHER.verify(password_hash or _NOBODY, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether the parameters have been raised since."""
    return _HASHER.check_needs_rehash(password_hash)


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
