"""What every kind of seal key must be able to do; implemented by PKCS#11 modules and key files."""

from __future__ import annotations

from typing import Protocol

from gongwen_client.token.keys import Driver, Inventory, Mechanism, TokenRef


class KeyBackend(Protocol):
    """A family of tokens. Used by one thread of the broker process; calls may block.

    PINs are byte arrays that the caller wipes after the call. A back end tries a PIN exactly once per call
    and leaves no session logged in. Errors are KnownError with a ``token.*`` code; their facts never hold a
    PIN or what a driver said about one.
    """

    @property
    def name(self) -> str:
        """Short stable name; the first part of its key ids."""

    def driver(self) -> Driver:
        """What the library says of itself; loads it when needed."""

    def survey(self) -> Inventory:
        """All keys that can be used now, found without a PIN, in the same order each time."""

    def poll(self) -> tuple[TokenRef, ...]:
        """The tokens plugged in now. Called every second: cheap, no log-in."""

    def sign(self, key_id: str, pin: bytearray, message: bytes, *, rehearse: bool = False) -> bytes:
        """Log in, sign ``message`` (hashing included), log out; returns the DER signature value.

        With ``rehearse`` a nonce is signed first in the same log-in, and a value that its certificate does
        not verify ends the call with token.self_test_failed before the key sees the message.
        """

    def unwrap(self, key_id: str, pin: bytearray, ciphertext: bytes) -> bytes:
        """Log in, decrypt ``ciphertext`` (SM2, DER of GM/T 0009 clause 7.2) with an encryption key, log out.

        Raises KnownError: token.not_an_encryption_key, token.cannot_unwrap, crypto.bad_ciphertext,
        crypto.not_decryptable and what :meth:`sign` raises.
        """

    def change_pin(self, key_id: str, old: bytearray, new: bytearray) -> None:
        """Replace the PIN of the token that holds the key."""

    def mechanisms(self) -> tuple[Mechanism, ...]:
        """What each token present says it can do, for whoever writes a profile; else empty."""

    def close(self) -> None:
        """Let go of drivers and files."""
