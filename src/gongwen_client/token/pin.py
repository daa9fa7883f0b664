"""Handling of PINs inside the broker: measured, compared with the rules, wiped; never turned into text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from itertools import pairwise

from gongwen_crypto.errors import KnownError

MIN_LENGTH, MAX_LENGTH = 6, 16
"""Characters; the platform's rule for seal keys: a PIN has at least 6 characters."""


class PinCharset(StrEnum):
    """What a key takes as a PIN."""

    ANY = "any"
    ASCII = "ascii"
    DIGITS = "digits"


def check_charset(pin: bytearray, charset: PinCharset) -> None:
    """Refuse a PIN with characters that the key does not take, before a try is spent on it."""
    fits = {PinCharset.ANY: True, PinCharset.ASCII: pin.isascii(), PinCharset.DIGITS: pin.isdigit()}[charset]
    if not fits:
        raise KnownError("token.pin_characters")


def pin_length(pin: bytearray) -> int:
    """Characters of a UTF-8 PIN, counted without making a string of it."""
    return sum(byte & 0xC0 != 0x80 for byte in pin)


def check_length(pin: bytearray, minimum: int, maximum: int) -> None:
    """Refuse a PIN that the token cannot have, before a try is spent on it."""
    if not minimum <= pin_length(pin) <= maximum:
        raise KnownError("token.pin_length", minimum=minimum, maximum=maximum)


def check_strength(pin: bytearray) -> None:
    """Refuse a new PIN that is one repeated character or a straight run such as 123456 or 654321."""
    steps = {later - earlier for earlier, later in pairwise(pin)}
    if steps <= {0} or steps == {1} or steps == {-1}:
        raise KnownError("token.pin_weak")


def wrong_pin(tries_left: int | None, *, final_try: bool = False, locked: bool = False) -> KnownError:
    """The error for a PIN that the token refused, as exact as the token's own count allows."""
    if locked or tries_left == 0:
        return KnownError("token.pin_locked")
    if final_try or tries_left == 1:
        return KnownError("token.pin_wrong_final", tries_left=1)
    if tries_left is None:
        return KnownError("token.pin_wrong_uncounted")
    return KnownError("token.pin_wrong", tries_left=tries_left)


def wipe(secret: bytearray) -> None:
    """Overwrite a secret. Best effort: copies inside drivers and the interpreter are out of reach."""
    for index in range(len(secret)):
        secret[index] = 0


@contextmanager
def wiped(*secrets: bytearray) -> Iterator[None]:
    """Wipe the secrets when the block ends, however it ends."""
    try:
        yield
    finally:
        for secret in secrets:
            wipe(secret)
