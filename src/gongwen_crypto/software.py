"""SM2 private keys in memory and their protected form: servers, the demo seal authority and tests.

A clerk's seal key never comes here; it stays in its token (GM/T 0027).
"""

from __future__ import annotations

import secrets
from functools import cached_property

from asn1crypto import algos, core, keys
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7

from gongwen_crypto import der, sm2
from gongwen_crypto.algorithms import EC_KEY, SM2_KEY, SM2_WITH_SM3
from gongwen_crypto.certificates import unarmor
from gongwen_crypto.errors import KnownError
from gongwen_crypto.keys import KeyKind, PublicKey
from gongwen_crypto.libcrypto import PrivateKey

_ITERATIONS = 600_000  # OWASP's figure for PBKDF2 with HMAC-SHA256
_MAX_ITERATIONS = 10_000_000  # a hostile file must not keep us busy for minutes
_BLOCK_BITS = 128


class SoftwareSigner:
    """Signs with an SM2 key held in memory, opened in libcrypto at its first signature.

    ``close`` wipes libcrypto's copy; without it that happens when the last signer of the key is collected.
    """

    def __init__(self, pair: sm2.KeyPair, certificate_der: bytes = b"") -> None:
        self.pair = pair
        self.certificate_der = certificate_der

    @classmethod
    def generate(cls) -> SoftwareSigner:
        """A fresh key without a certificate."""
        return cls(sm2.generate())

    @property
    def algorithm_oid(self) -> str:
        return SM2_WITH_SM3

    @property
    def public_key(self) -> PublicKey:
        """The public half, e.g. for a certificate request."""
        return PublicKey.from_point(KeyKind.SM2, self.pair.point)

    def with_certificate(self, certificate_der: bytes) -> SoftwareSigner:
        """The same key, now certified."""
        return SoftwareSigner(self.pair, certificate_der)

    @cached_property
    def key(self) -> PrivateKey:
        """The private key, held open."""
        return sm2.hold(self.pair)

    def sign(self, message: bytes) -> bytes:
        """DER signature over ``message`` with the default ID. Raises BugError after ``close``."""
        return self.key.sign(message, sm2.DEFAULT_ID)

    def close(self) -> None:
        """Wipe the key in libcrypto; the signer is of no use afterwards."""
        self.key.close()


def save_key(pair: sm2.KeyPair, password: str) -> bytes:
    """Encrypted PKCS#8 (DER): PBES2, PBKDF2 with HMAC-SHA256, AES-256-CBC; readable by OpenSSL."""
    salt, iv = secrets.token_bytes(16), secrets.token_bytes(16)
    padder = PKCS7(_BLOCK_BITS).padder()
    plain = padder.update(_private_key_info(pair)) + padder.finalize()
    encryptor = Cipher(algorithms.AES(_derive(password, salt, _ITERATIONS)), modes.CBC(iv)).encryptor()
    info = keys.EncryptedPrivateKeyInfo(
        {
            "encryption_algorithm": {
                "algorithm": "pbes2",
                "parameters": {
                    "key_derivation_func": {
                        "algorithm": "pbkdf2",
                        "parameters": {
                            "salt": algos.Pbkdf2Salt(name="specified", value=core.OctetString(salt)),
                            "iteration_count": _ITERATIONS,
                            "prf": {"algorithm": "sha256", "parameters": core.Null()},
                        },
                    },
                    "encryption_scheme": {"algorithm": "aes256_cbc", "parameters": core.OctetString(iv)},
                },
            },
            "encrypted_data": encryptor.update(plain) + encryptor.finalize(),
        }
    )
    return bytes(info.dump())


def load_key(data: bytes, password: str | None) -> sm2.KeyPair:
    """The SM2 key in a PKCS#8 file (DER or PEM), plain when ``password`` is None.

    Raises KnownError("crypto.key_password_wrong") or KnownError("crypto.bad_key_file").
    """
    try:
        plain = unarmor(data)
        if password is not None:
            plain = _decrypt(plain, password)
        return _read_private_key_info(plain)
    except (ValueError, TypeError, KeyError) as error:
        raise KnownError("crypto.bad_key_file") from error


def _derive(password: str, salt: bytes, iterations: int) -> bytes:
    return PBKDF2HMAC(SHA256(), 32, salt, iterations).derive(password.encode())


def _private_key_info(pair: sm2.KeyPair) -> bytes:
    algorithm = der.sequence((der.oid(EC_KEY), der.oid(SM2_KEY)))
    point = der.encode(0xA1, der.bits(pair.point))
    key = der.sequence((der.integer(1), der.encode(der.OCTET_STRING, pair.private), point))
    return der.sequence((der.integer(0), algorithm, der.encode(der.OCTET_STRING, key)))


def _read_private_key_info(data: bytes) -> sm2.KeyPair:
    try:
        _, algorithm, wrapped, *_ = der.parse(data).children()
        kind, curve = algorithm.children()
        _, secret, *_ = der.parse(wrapped.octets()).children()
        private = secret.octets()
        if (kind.oid(), curve.oid()) != (EC_KEY, SM2_KEY):
            raise KnownError("crypto.bad_key_file")
        return sm2.KeyPair(private, sm2.public_point(private))
    except KnownError as error:
        raise KnownError("crypto.bad_key_file") from error


def _decrypt(data: bytes, password: str) -> bytes:
    info = keys.EncryptedPrivateKeyInfo.load(data, strict=True)
    algorithm = info["encryption_algorithm"]
    if (
        algorithm["algorithm"].native != "pbes2"
        or algorithm.kdf != "pbkdf2"
        or algorithm.kdf_hmac != "sha256"
        or algorithm["parameters"]["encryption_scheme"]["algorithm"].native != "aes256_cbc"
        or algorithm.kdf_iterations > _MAX_ITERATIONS
    ):
        raise KnownError("crypto.bad_key_file")
    key = _derive(password, algorithm.kdf_salt, algorithm.kdf_iterations)
    decryptor = Cipher(algorithms.AES(key), modes.CBC(algorithm.encryption_iv)).decryptor()
    padded = decryptor.update(info["encrypted_data"].native) + decryptor.finalize()
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    try:
        plain = unpadder.update(padded) + unpadder.finalize()
        der.parse(plain)
    except (ValueError, KnownError) as error:
        raise KnownError("crypto.key_password_wrong") from error
    return plain
