"""Secrets for several recipients: envelopedData of GB/T 35275 (GM/T 0010), SM2 and SM4-CBC.

    ContentInfo   { 1.2.156.10197.6.1.4.2.3, [0] EnvelopedData }
    EnvelopedData { version 1, SET OF RecipientInfo, EncryptedContentInfo }
    RecipientInfo { version 1, issuer and serial number, SM2 encryption, session key as GM/T 0009 ciphertext }

It carries content keys. CBC authenticates nothing, so whoever opens one checks the content by other means:
the commitment of an encrypted file (``gongwen_crypto.stream``) recognises its content key.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from gongwen_crypto import der, sm2_encryption, sm4
from gongwen_crypto.algorithms import SM2_ENCRYPTION, SM4_CBC
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.cms import GM_DATA, issuer_and_serial
from gongwen_crypto.errors import KnownError
from gongwen_crypto.keys import KeyKind
from gongwen_crypto.libcrypto import PrivateKey

ENVELOPED_DATA = "1.2.156.10197.6.1.4.2.3"
_EXPLICIT, _IMPLICIT_PRIMITIVE = 0xA0, 0x80
_MAX_RECIPIENTS = 20_000
_MAX_LENGTH = 64 << 20


def seal(content: bytes, recipients: Sequence[Certificate]) -> bytes:
    """An envelope (DER) that each of ``recipients`` can open with the key of its encryption certificate.

    Raises KnownError("crypto.not_for_encryption") naming a certificate whose key is no SM2 key or whose key
    usage does not allow it.
    """
    if not recipients:
        raise ValueError("an envelope needs a recipient")
    session_key, iv = sm4.new_key(), secrets.token_bytes(sm4.IV_LENGTH)
    infos = sorted(_recipient(certificate, session_key) for certificate in recipients)  # DER orders sets
    encrypted = b"".join(sm4.encrypt_cbc(session_key, iv, (content,)))
    content_info = der.sequence(
        (
            der.oid(GM_DATA),
            der.sequence((der.oid(SM4_CBC), der.encode(der.OCTET_STRING, iv))),
            der.encode(_IMPLICIT_PRIMITIVE, encrypted),
        )
    )
    body = der.sequence((der.integer(1), der.encode(der.SET, b"".join(infos)), content_info))
    return der.sequence((der.oid(ENVELOPED_DATA), der.encode(_EXPLICIT, body)))


def open_with(envelope: bytes, certificate: Certificate, key: PrivateKey) -> bytes:
    """The content for the owner of ``certificate`` and its private ``key``. Raises as ``open_by``."""
    return open_by(envelope, certificate, lambda wrapped: sm2_encryption.decrypt_with(key, wrapped))


def open_by(envelope: bytes, certificate: Certificate, unwrap: Callable[[bytes], bytes]) -> bytes:
    """The content for the owner of ``certificate``; ``unwrap`` decrypts an SM2 ciphertext (DER of GM/T 0009)
    with its key, wherever that is kept.

    Raises KnownError: ``crypto.bad_envelope`` (not one of ours, damaged), ``crypto.not_a_recipient``,
    ``crypto.not_decryptable``.
    """
    if len(envelope) > _MAX_LENGTH:
        raise KnownError("crypto.bad_envelope")
    try:
        wrapped, iv, encrypted = _find(envelope, issuer_and_serial(certificate))
    except (KnownError, ValueError) as error:
        raise KnownError("crypto.bad_envelope") from error
    if wrapped is None:
        raise KnownError("crypto.not_a_recipient", subject=certificate.subject)
    session_key = unwrap(wrapped)
    if len(session_key) != sm4.KEY_LENGTH:
        raise KnownError("crypto.not_decryptable")
    return b"".join(sm4.decrypt_cbc(session_key, iv, (encrypted,)))


def _find(envelope: bytes, identity: bytes) -> tuple[bytes | None, bytes, bytes]:
    """The session key wrapped for ``identity`` (None: not among the recipients), the IV, the ciphertext."""
    kind, explicit = der.parse(envelope).sequence()
    (body,) = explicit.children()
    _, recipients, content_info = body.sequence()
    _, algorithm, encrypted = content_info.sequence()
    cipher, iv = algorithm.sequence()
    infos = recipients.children()
    if (kind.oid(), cipher.oid()) != (ENVELOPED_DATA, SM4_CBC) or recipients.tag != der.SET:
        raise KnownError("crypto.bad_envelope")
    if len(iv.octets()) != sm4.IV_LENGTH or not infos or len(infos) > _MAX_RECIPIENTS:
        raise KnownError("crypto.bad_envelope")
    if encrypted.tag != _IMPLICIT_PRIMITIVE:
        raise KnownError("crypto.bad_envelope")
    wrapped = None
    for info in infos:
        _, holder, wrapping, secret = info.sequence()
        if holder.encoded == identity and wrapping.sequence()[0].oid() in _SM2_NAMES:
            wrapped = secret.octets()
    return wrapped, iv.octets(), encrypted.content


#: Libraries name the wrapping by SM2's encryption OID or by that of the curve.
_SM2_NAMES = frozenset({SM2_ENCRYPTION, "1.2.156.10197.1.301"})


def _recipient(certificate: Certificate, session_key: bytes) -> bytes:
    if not certificate.may_encrypt or certificate.public_key.kind is not KeyKind.SM2:
        raise KnownError("crypto.not_for_encryption", subject=certificate.subject)
    wrapped = sm2_encryption.encrypt(certificate.public_key.point, session_key)
    return der.sequence(
        (
            der.integer(1),
            issuer_and_serial(certificate),
            der.sequence((der.oid(SM2_ENCRYPTION),)),
            der.encode(der.OCTET_STRING, wrapped),
        )
    )
