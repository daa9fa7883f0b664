"""Content that only sender and recipients read (ADR 0046): ciphers, envelopes, and the directory of
encryption certificates.

The directory is a list that only grows. Each entry gives a unit a certificate, or a successor, from a moment
on; ``head`` of the first N entries binds all of them and their order, so that an exchange which takes one
back, changes one or shows an old list to a client is found out by that client's next look.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated

from pydantic import NonNegativeInt, StringConstraints

from gongwen_crypto import sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_crypto.keys import KeyKind
from gongwen_crypto.paths import PathStatus, TrustStore, build_path
from gongwen_protocol.basics import Digest, Message, Moment, ShortText, Size
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.signatures import Seal, is_sealed

ESCROW = "escrow"
"""Stands where a unit's code stands, for the key that the authority keeps in two parts."""
FIRST_HEAD = "0" * 64
_MOST_SUCCESSORS = 8
_ESCROW_MARK = "托管"
_GOOD = frozenset({PathStatus.OK, PathStatus.REVOCATION_UNKNOWN})
_Base64 = Annotated[str, StringConstraints(max_length=16384, pattern=r"^[A-Za-z0-9+/]*={0,2}$")]


class Cipher(Message):
    """The encrypted form of a file: what travels and what the exchange keeps."""

    digest: Digest
    size: Size


class Envelope(Message):
    """The content keys of a document for one reader. ``certificate``: SM3 of the DER bytes of the encryption
    certificate; ``sealed``: base64 DER envelope of GB/T 35275 around a ``KeyLetter``."""

    unit_code: ShortText
    certificate: Digest
    sealed: _Base64


class EncryptionEntry(Message):
    """From ``since`` on a unit reads with ``certificate`` (base64 DER), or ``successor`` reads for it."""

    unit_code: ShortText
    since: Moment
    certificate: _Base64 = ""
    successor: str = ""

    def loaded(self) -> Certificate:
        """The certificate. Raises KnownError (``crypto.bad_certificate``) or ValueError."""
        return Certificate.load(base64.b64decode(self.certificate, validate=True))


class EncryptionHead(Message):
    """The directory has ``version`` entries and this is what binds them."""

    version: NonNegativeInt
    head: Digest
    at: Moment


class EncryptionNews(Message):
    """GET /v1/encryption?after=N: entries N + 1 and following, and the signed head of the whole list."""

    statement: EncryptionHead
    seal: Seal
    entries: tuple[EncryptionEntry, ...] = ()


class EncryptionOrder(Message):
    """How far a client has read the directory."""

    version: NonNegativeInt = 0
    head: Digest = FIRST_HEAD


def next_head(head: str, entry: EncryptionEntry) -> str:
    """The head after one more entry."""
    return sm3.digest(bytes.fromhex(head) + canonical_bytes(entry)).hex()


def head_of(entries: Iterable[EncryptionEntry]) -> EncryptionOrder:
    """What binds these entries, from the first one on."""
    order = EncryptionOrder()
    for entry in entries:
        order = EncryptionOrder(version=order.version + 1, head=next_head(order.head, entry))
    return order


def require_news(news: EncryptionNews, known: EncryptionOrder, trusted: Iterable[bytes]) -> EncryptionOrder:
    """How far the directory reaches now, once it is signed and only grew.

    Raises RefusedError: secrecy.directory_not_signed, secrecy.directory_rewritten.
    """
    statement = news.statement
    if not is_sealed(statement, news.seal, trusted, statement.at):
        raise RefusedError("secrecy.directory_not_signed")
    head = known.head
    for entry in news.entries:
        head = next_head(head, entry)
    if (known.version + len(news.entries), head) != (statement.version, statement.head):
        raise RefusedError("secrecy.directory_rewritten")
    return EncryptionOrder(version=statement.version, head=head)


def reader_of(entries: Iterable[EncryptionEntry], unit_code: str, at: datetime) -> EncryptionEntry | None:
    """Who reads what is sent to ``unit_code`` at ``at``: its newest certificate, or that of the unit that has
    taken its place by then. None where there is none."""
    by_unit: dict[str, EncryptionEntry] = {}
    for entry in entries:
        if entry.since <= at:
            by_unit[entry.unit_code] = entry
    code = unit_code
    for _ in range(_MOST_SUCCESSORS):
        found = by_unit.get(code)
        if found is None or not found.successor:
            return found
        code = found.successor
    return None


def require_encryption_certificate(certificate: Certificate) -> None:
    """Raise KnownError("secrecy.not_an_encryption_certificate") unless keys may be wrapped for it and nothing
    may be signed with it: the key of a seal is never the key that opens (GB/T 20518, two certificates)."""
    usage = certificate.key_usage
    fit = usage is not None and certificate.may_encrypt and not certificate.may_sign
    if not fit or certificate.public_key.kind is not KeyKind.SM2:
        raise KnownError("secrecy.not_an_encryption_certificate", subject=certificate.subject)


def trusted_certificate(
    entry: EncryptionEntry, names: Mapping[str, str], trust: TrustStore, at: datetime
) -> Certificate | None:
    """The certificate of an entry when it may be encrypted for, else None: an authority in ``trust`` issued
    it to the unit by its name (``names`` by code). Of a directory alone nobody becomes a reader."""
    try:
        certificate = entry.loaded()
        require_encryption_certificate(certificate)
    except (KnownError, ValueError):
        return None
    if entry.unit_code == ESCROW:
        named = _ESCROW_MARK in certificate.common_name
    else:
        named = names.get(entry.unit_code) in (certificate.organization, certificate.common_name)
    return certificate if named and build_path(certificate, trust, at).status in _GOOD else None
