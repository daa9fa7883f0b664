"""RSA and P-256 signers under a root of their own, certified by ``cryptography``, as older software uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gongwen_crypto import algorithms

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True)
class LegacySigner:
    """A signer as :class:`gongwen_crypto.signer.Signer` wants it, and its root (DER)."""

    key: PrivateKey
    certificate_der: bytes
    root_der: bytes

    @classmethod
    def rsa(cls, start: datetime, end: datetime, *, stamps_time: bool = False) -> LegacySigner:
        return cls._make(rsa.generate_private_key(65537, 2048), start, end, stamps_time)

    @classmethod
    def p256(cls, start: datetime, end: datetime, *, stamps_time: bool = False) -> LegacySigner:
        return cls._make(ec.generate_private_key(ec.SECP256R1()), start, end, stamps_time)

    @classmethod
    def _make(cls, key: PrivateKey, start: datetime, end: datetime, stamps_time: bool) -> LegacySigner:
        root_key = ec.generate_private_key(ec.SECP256R1())
        root = _builder("Legacy Root", "Legacy Root", root_key.public_key(), start, end)
        root = root.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        usage = _usage(key_cert_sign=True, crl_sign=True, digital_signature=False)
        root_certificate = root.add_extension(usage, critical=True).sign(root_key, hashes.SHA256())
        leaf = _builder("Legacy Signer", "Legacy Root", key.public_key(), start, end)
        leaf = leaf.add_extension(_usage(digital_signature=True), critical=True)
        if stamps_time:
            purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            leaf = leaf.add_extension(purposes, critical=True)
        certificate = leaf.sign(root_key, hashes.SHA256())
        return cls(key, certificate.public_bytes(Encoding.DER), root_certificate.public_bytes(Encoding.DER))

    @property
    def algorithm_oid(self) -> str:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return algorithms.SHA256_WITH_RSA
        return algorithms.ECDSA_WITH_SHA256

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))


def _builder(
    subject: str,
    issuer: str,
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    start: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = x509.CertificateBuilder(name(issuer), name(subject), key, x509.random_serial_number())
    return builder.not_valid_before(start).not_valid_after(end)


def _usage(**wanted: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: wanted.get(name, False) for name in names})
