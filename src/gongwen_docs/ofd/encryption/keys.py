"""Ways to the key of an encrypted file: a password, a certificate's key, keys that are known already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gongwen_crypto import sm2_encryption, sm3, sm4
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.encryption.description import Scheme, Seed, User

Unwrap = Callable[[bytes], bytes]
"""Opens an SM2 ciphertext (DER of GM/T 0009): a key in a token or in memory."""


@dataclass(frozen=True)
class FileKey:
    """What the files are encrypted with: SM4 key, IV; and the user whose it was."""

    key: bytes = field(repr=False)
    iv: bytes
    user: str = ""


class Opener(Protocol):
    """Something that may open seeds."""

    def open(self, seed: Seed) -> FileKey | None:
        """The key of the files; None where this seed is for others.

        Raises KnownError("ofd.encryption.wrong_password") and what unwrapping raises.
        """


def derive_key(password: bytes | bytearray) -> bytearray:
    """The key that a password stands for: the KDF of GB/T 32918.3 5.4.3 over its UTF-8 bytes, 16 bytes.

    That function knows neither salt nor rounds, so one digest does; the caller wipes what it gets.
    """
    return bytearray(sm3.digest(bytes(password) + (1).to_bytes(4, "big"))[: sm4.KEY_LENGTH])


@dataclass(frozen=True)
class Password:
    """Opens by a key derived from a password (scheme 1.1.1)."""

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, password: str) -> Password:
        return cls(bytes(derive_key(password.encode())))

    def open(self, seed: Seed) -> FileKey | None:
        users = [user for user in seed.users if not user.certificate]
        if seed.scheme is not Scheme.PASSWORD or not users:
            return None
        for user in users:
            try:
                found = b"".join(sm4.decrypt_cbc(self.key, user.iv, (user.wrapped_key,)))
            except KnownError:
                continue
            if len(found) == sm4.KEY_LENGTH:
                return FileKey(found, user.iv, user.name)
        raise KnownError("ofd.encryption.wrong_password")


@dataclass(frozen=True)
class CertificateKey:
    """Opens by the key of an encryption certificate (scheme 1.1.2)."""

    certificate: Certificate
    unwrap: Unwrap = field(repr=False)

    def open(self, seed: Seed) -> FileKey | None:
        if seed.scheme is not Scheme.CERTIFICATE:
            return None
        user = recipient(seed, self.certificate)
        if user is None:
            return None
        key = self.unwrap(wrapped(user))
        if len(key) != sm4.KEY_LENGTH:
            raise KnownError("crypto.not_decryptable")
        return FileKey(key, user.iv, user.name)


@dataclass(frozen=True)
class LayerKeys:
    """Opens with keys found before: key and IV one after the other, by the digest of their seed."""

    keys: Mapping[str, bytes] = field(repr=False)

    def open(self, seed: Seed) -> FileKey | None:
        found = self.keys.get(seed.digest, b"")
        if len(found) != sm4.KEY_LENGTH + sm4.IV_LENGTH:
            return None
        return FileKey(found[: sm4.KEY_LENGTH], found[sm4.KEY_LENGTH :])


def recipient(seed: Seed, certificate: Certificate) -> User | None:
    """The user of this certificate, or of a renewed one with the same key."""
    for user in seed.users:
        try:
            if user.certificate and Certificate.load(user.certificate).public_key == certificate.public_key:
                return user
        except KnownError:
            continue
    return None


def wrapped(user: User) -> bytes:
    """The wrapped key as DER; the bare C1‖C3‖C2 is accepted. Raises KnownError("crypto.bad_ciphertext")."""
    try:
        return sm2_encryption.Ciphertext.from_der(user.wrapped_key).to_der()
    except KnownError:
        return sm2_encryption.Ciphertext.from_raw(user.wrapped_key).to_der()
