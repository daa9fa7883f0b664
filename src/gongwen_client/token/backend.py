"""What every kind of seal key must be able to do; implemented by PKCS#11 modules and key files."""

from __future__ import annotations

from typing import Protocol

from gongwen_client.token.keys import Inventory, TokenRef


class KeyBackend(Protocol):
    """A family of tokens. Used by one thread of the broker process; calls may block.

    PINs are byte arrays that the caller wipes after the call. A back end tries a PIN exactly once per call
    and leaves no session logged in. Errors are KnownError with a ``token.*`` code; their facts never hold a
    PIN or what a driver said about one.
    """

    @property
    def name(self) -> str:
        """Short stable name; the first part of its key ids."""

    def survey(self) -> Inventory:
        """All keys that can be used now, found without a PIN, in the same order each time."""

    def poll(self) -> tuple[TokenRef, ...]:
        """The tokens plugged in now. Called every second: cheap, no log-in."""

    def sign(self, key_id: str, pin: bytearray, message: bytes) -> bytes:
        """Log in, sign ``message`` (hashing included), log out; returns the DER signature value."""

    def change_pin(self, key_id: str, old: bytearray, new: bytearray) -> None:
        """Replace the PIN of the token that holds the key."""

    def close(self) -> None:
        """Let go of drivers and files."""
