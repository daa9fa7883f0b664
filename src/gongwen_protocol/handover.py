"""The exchange gets a new key for its statements: the old one signs for it, and clients follow the chain."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_protocol.access import HandoverStatement
from gongwen_protocol.basics import Message
from gongwen_protocol.signatures import Seal, is_sealed


class SignedHandover(Message):
    """A statement under the seal of the certificate that it ends."""

    statement: HandoverStatement
    seal: Seal


def follow(pinned: str, shown: str, chain: Sequence[SignedHandover]) -> tuple[str, ...] | None:
    """The certificates (base64 DER) from the one after ``pinned`` to ``shown``; None when no chain leads
    there.

    Each link must be signed by the very certificate before it: neither its authority nor a sibling may hand
    over. Never raises for bad input.
    """
    followed: list[str] = []
    present = pinned
    for link in sorted(chain, key=lambda link: link.statement.number):
        if present == shown:
            break
        if link.seal.certificate != present:
            continue
        if not _holds(link, present):
            return None
        present = link.statement.certificate
        followed.append(present)
    return tuple(followed) if present == shown else None


def _holds(link: SignedHandover, present: str) -> bool:
    try:
        holder = base64.b64decode(present, validate=True)
        successor = Certificate.load(base64.b64decode(link.statement.certificate, validate=True))
        held = Certificate.load(holder)
    except (binascii.Error, ValueError, KnownError):
        return False
    sealed = is_sealed(link.statement, link.seal, [holder], link.statement.at)
    return sealed and successor.may_sign and held.der != successor.der
