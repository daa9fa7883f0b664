"""An encryption key pair on its way to a unit's PC: certificate and protected private key in one file.

The authority makes the pair, keeps a copy for recovery, and hands this file over with its password by another
way. Suffix ``.gwenc``; JSON with the certificate (DER) and the key (encrypted PKCS#8) in base64.
"""

from __future__ import annotations

import base64
import json

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.software import SoftwareSigner, load_key, save_key

SUFFIX = ".gwenc"
MAX_LENGTH = 1 << 16
_FORMAT = "gongwen-encryption-key/1"


def pack(holder: SoftwareSigner, password: str) -> bytes:
    """The file of a key pair with its certificate."""
    return json.dumps(
        {
            "format": _FORMAT,
            "certificate": base64.b64encode(holder.certificate_der).decode(),
            "key": base64.b64encode(save_key(holder.pair, password)).decode(),
        }
    ).encode()


def certificate_in(data: bytes) -> Certificate:
    """The public part; needs no password. Raises KnownError("crypto.bad_key_file")."""
    return _read(data)[0]


def unpack(data: bytes, password: str) -> SoftwareSigner:
    """The key pair. Raises KnownError: crypto.bad_key_file, crypto.key_password_wrong."""
    certificate, key = _read(data)
    pair = load_key(key, password)
    if certificate.public_key.point != pair.point:
        raise KnownError("crypto.bad_key_file")
    return SoftwareSigner(pair, certificate.der)


def _read(data: bytes) -> tuple[Certificate, bytes]:
    if len(data) > MAX_LENGTH:
        raise KnownError("crypto.bad_key_file")
    try:
        document = json.loads(data)
        if document["format"] != _FORMAT:
            raise ValueError("another format")
        certificate = Certificate.load(base64.b64decode(document["certificate"], validate=True))
        return certificate, base64.b64decode(document["key"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError, KnownError) as error:
        raise KnownError("crypto.bad_key_file") from error
