"""Folders of key files as tokens: a file that appears was plugged in, one that vanishes was pulled out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gongwen_client.token import keyfile
from gongwen_client.token.keyfile import KeyFile
from gongwen_client.token.keys import (
    Driver,
    Inventory,
    KeyInfo,
    KeyRole,
    Mechanism,
    PinState,
    TokenProblem,
    TokenRef,
    make_key_id,
)
from gongwen_client.token.pin import MAX_LENGTH, MIN_LENGTH
from gongwen_crypto import algorithms, sm2, sm2_encryption
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError, RefusedError

_LOW = 2


class KeyFileBackend:
    """The key files of some folders, or single ones by their path. What does not exist is an empty slot."""

    name = "keyfile"

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._seen: dict[Path, tuple[tuple[int, int], TokenRef]] = {}

    def survey(self) -> Inventory:
        """All readable key files; damaged ones as problems."""
        keys: list[KeyInfo] = []
        problems: list[TokenProblem] = []
        for path in self._files():
            try:
                keys.append(self._info(keyfile.read_key_file(path)))
            except KnownError as error:
                problems.append(TokenProblem(self.name, error.code, path.name))
        return Inventory(tuple(keys), tuple(problems))

    def poll(self) -> tuple[TokenRef, ...]:
        """Tokens present; a file is read again only when its size or time changed."""
        seen: dict[Path, tuple[tuple[int, int], TokenRef]] = {}
        for path in self._files():
            try:
                status = path.stat()
                stamp = (status.st_mtime_ns, status.st_size)
                known = self._seen.get(path)
                if known is None or known[0] != stamp:
                    key = keyfile.read_key_file(path)
                    known = (stamp, TokenRef(self.name, key.serial, key.label))
                seen[path] = known
            except (OSError, KnownError):
                continue  # gone or half-copied: not a token now, survey() names damaged ones
        self._seen = seen
        return tuple(sorted({token for _, token in seen.values()}, key=lambda token: token.serial))

    def driver(self) -> Driver:
        """This program itself."""
        return Driver(self.name, "keyfile", "软件秘钥文件（演示、培训用）")

    def mechanisms(self) -> tuple[Mechanism, ...]:
        """Key files have no list."""
        return ()

    def sign(self, key_id: str, pin: bytearray, message: bytes, *, rehearse: bool = False) -> bytes:
        """SM2 with SM3 over ``message``; no driver needs a rehearsal. Raises as :func:`keyfile.unlock`, or
        token.not_found."""
        path, found = self._find(key_id)
        if found.role is KeyRole.ENCRYPTION:
            raise RefusedError("token.not_a_signing_key", label=found.label)
        key, private_key = keyfile.unlock(path, pin)
        point = Certificate.load(key.certificate_der).public_key.point
        return sm2.sign(sm2.KeyPair(private_key, point), message)

    def unwrap(self, key_id: str, pin: bytearray, ciphertext: bytes) -> bytes:
        """SM2 decryption. Raises as :func:`keyfile.unlock`, and token.not_an_encryption_key,
        crypto.bad_ciphertext, crypto.not_decryptable."""
        sm2_encryption.Ciphertext.from_der(ciphertext)
        path, found = self._find(key_id)
        if found.role is not KeyRole.ENCRYPTION:
            raise RefusedError("token.not_an_encryption_key", label=found.label)
        key, private_key = keyfile.unlock(path, pin)
        point = Certificate.load(key.certificate_der).public_key.point
        return sm2_encryption.decrypt(sm2.KeyPair(private_key, point), ciphertext)

    def change_pin(self, key_id: str, old: bytearray, new: bytearray) -> None:
        """Replace the PIN. Raises as :func:`keyfile.change_pin`, or token.not_found."""
        keyfile.change_pin(self._find(key_id)[0], old, new)

    def close(self) -> None:
        """Nothing is held between calls."""

    def _files(self) -> Iterator[Path]:
        for place in self._folders:
            if place.suffix == keyfile.SUFFIX and place.is_file():
                yield place
            else:
                yield from sorted(place.glob(f"[!.]*{keyfile.SUFFIX}"))

    def _find(self, key_id: str) -> tuple[Path, KeyFile]:
        for path in self._files():
            try:
                key = keyfile.read_key_file(path)
            except KnownError:
                continue
            if make_key_id(self.name, key.serial, key.certificate_der) == key_id:
                return path, key
        raise KnownError("token.not_found")

    def _info(self, key: KeyFile) -> KeyInfo:
        left = key.tries_left
        return KeyInfo(
            key_id=make_key_id(self.name, key.serial, key.certificate_der),
            backend=self.name,
            token_label=key.label,
            serial=key.serial,
            certificate_der=key.certificate_der,
            seal_der=key.seal_der,
            algorithm_oid=algorithms.SM2_WITH_SM3,
            role=key.role,
            pin=PinState(left, low=0 < left <= _LOW < key.max_tries, final_try=left == 1, locked=left == 0),
            min_pin_length=MIN_LENGTH,
            max_pin_length=MAX_LENGTH,
        )
