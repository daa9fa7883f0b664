"""A SoftHSM2 token in a folder of its own, with a P-256 and an RSA key, their certificates and a seal."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import PyKCS11
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
SO_PIN = "11223344"
LABEL = "示范令牌"
P256_PARAMS = bytes.fromhex("06082a8648ce3d030107")

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass
class SoftHsm:
    """Where the token lives; ``configuration`` is for the variable SOFTHSM2_CONF."""

    folder: Path

    @property
    def configuration(self) -> Path:
        return self.folder / "softhsm2.conf"

    @property
    def _tokens(self) -> Path:
        return self.folder / "tokens"

    @property
    def _pulled(self) -> Path:
        return self.folder / "pulled"

    def prepare(self) -> None:
        """Write the configuration. SOFTHSM2_CONF must point at it before the module is used."""
        self._tokens.mkdir(parents=True)
        self.configuration.write_text(
            f"directories.tokendir = {self._tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )

    def make_token(self, pin: str, keys: list[Private]) -> bytes:
        """Initialise a token holding ``keys`` and a large seal for the first of them, which is returned."""
        library = PyKCS11.PyKCS11Lib().load(str(LIBRARY))
        try:
            slot = library.getSlotList(tokenPresent=True)[0]
            library.initToken(slot, SO_PIN, LABEL)
            slot = next(
                s for s in library.getSlotList() if library.getTokenInfo(s).label.strip(" \0") == LABEL
            )
            session = library.openSession(slot, PyKCS11.CKF_RW_SESSION)
            session.login(SO_PIN, PyKCS11.CKU_SO)
            session.initPin(pin)
            session.logout()
            session.login(pin)
            certificates = [_put(session, number, key) for number, key in enumerate(keys, 1)]
            seal = bytes(50_000) + certificates[0]
            _put_seal(session, seal)
            session.logout()
            session.closeSession()
        finally:
            library.unload()
        return seal

    def unplug(self) -> None:
        """Take the token's folder away."""
        self._tokens.rename(self._pulled)
        self._tokens.mkdir()

    def plug(self) -> None:
        """Put it back."""
        shutil.rmtree(self._tokens)
        self._pulled.rename(self._tokens)


def new_keys() -> list[Private]:
    """One key of each family that SoftHSM2 signs with."""
    return [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)]


def _put(session: Any, number: int, key: Private) -> bytes:
    certificate = _certificate(key)
    common = [
        (PyKCS11.CKA_TOKEN, PyKCS11.CK_TRUE),
        (PyKCS11.CKA_ID, bytes([number])),
        (PyKCS11.CKA_LABEL, f"key {number}"),
    ]
    session.createObject(
        [
            *common,
            (PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE),
            (PyKCS11.CKA_CERTIFICATE_TYPE, PyKCS11.CKC_X_509),
            (PyKCS11.CKA_SUBJECT, b"\x30\x00"),
            (PyKCS11.CKA_VALUE, certificate),
        ]
    )
    session.createObject(
        [
            *common,
            *_private_attributes(key),
            (PyKCS11.CKA_CLASS, PyKCS11.CKO_PRIVATE_KEY),
            (PyKCS11.CKA_PRIVATE, PyKCS11.CK_TRUE),
            (PyKCS11.CKA_SENSITIVE, PyKCS11.CK_TRUE),
            (PyKCS11.CKA_SIGN, PyKCS11.CK_TRUE),
        ]
    )
    return certificate


def _private_attributes(key: Private) -> list[tuple[int, object]]:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return [
            (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_EC),
            (PyKCS11.CKA_EC_PARAMS, P256_PARAMS),
            (PyKCS11.CKA_VALUE, key.private_numbers().private_value.to_bytes(32, "big")),
        ]
    numbers = key.private_numbers()
    values = {
        PyKCS11.CKA_MODULUS: numbers.public_numbers.n,
        PyKCS11.CKA_PUBLIC_EXPONENT: numbers.public_numbers.e,
        PyKCS11.CKA_PRIVATE_EXPONENT: numbers.d,
        PyKCS11.CKA_PRIME_1: numbers.p,
        PyKCS11.CKA_PRIME_2: numbers.q,
        PyKCS11.CKA_EXPONENT_1: numbers.dmp1,
        PyKCS11.CKA_EXPONENT_2: numbers.dmq1,
        PyKCS11.CKA_COEFFICIENT: numbers.iqmp,
    }
    return [
        (PyKCS11.CKA_KEY_TYPE, PyKCS11.CKK_RSA),
        *((name, value.to_bytes((value.bit_length() + 7) // 8, "big")) for name, value in values.items()),
    ]


def _put_seal(session: Any, seal: bytes) -> None:
    session.createObject(
        [
            (PyKCS11.CKA_CLASS, PyKCS11.CKO_DATA),
            (PyKCS11.CKA_TOKEN, PyKCS11.CK_TRUE),
            (PyKCS11.CKA_PRIVATE, PyKCS11.CK_FALSE),
            (PyKCS11.CKA_APPLICATION, "SESeal"),
            (PyKCS11.CKA_LABEL, "15060000000001"),
            (PyKCS11.CKA_VALUE, seal),
        ]
    )


def _certificate(key: Private) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "示范区人民政府办公室")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2035, 1, 1, tzinfo=UTC))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
