"""The mark on a printed copy (验真码): a small signed statement which copy of which document this paper is.

The exchange signs it when the copy goes to the printer. Paper has no room for a certificate, so the mark has
none: it is judged with the exchange's certificate, offline. Whether the copy was void afterwards only the
exchange knows.

The text is ``GW1`` and base32 (RFC 4648, no padding) of: form 1 (1 byte), ticket (16), digest of the body
(32), copy number (2), attempt (1), seconds since 1970 (4), length of the unit's code (1), the code, signature
r‖s of SM2 with SM3 (64) over ``gongwen copy mark\\n`` and what comes before it. Capitals and digits
alone: the densest form of a QR code, and what a handheld scanner types the same on every keyboard.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from gongwen_crypto.algorithms import SM2_WITH_SM3
from gongwen_crypto.certificates import Certificate, verify_signature
from gongwen_crypto.errors import KnownError
from gongwen_crypto.signer import Signer
from gongwen_crypto.sm2 import decode_signature, signature_from_raw
from gongwen_protocol.basics import Digest, Id, Message, Moment
from gongwen_protocol.states import TicketState

PREFIX = "GW1"
MARK_PATTERN = r"^GW1[A-Z2-7]{190,360}$"

_FORM = 1
_FIXED = struct.Struct(">B16s32sHBIB")
_SIGNATURE = 64
_DOMAIN = b"gongwen copy mark\n"


@dataclass(frozen=True)
class CopyMark:
    """What a mark states; ``at`` is when the copy went to the printer (UTC, whole seconds)."""

    ticket_id: str
    document_digest: str
    copy_number: int
    attempt: int
    unit_code: str
    at: datetime

    def _statement(self) -> bytes:
        code = self.unit_code.encode()
        fixed = _FIXED.pack(
            _FORM,
            bytes.fromhex(self.ticket_id),
            bytes.fromhex(self.document_digest),
            self.copy_number,
            min(self.attempt, 255),
            int(self.at.timestamp()),
            len(code),
        )
        return fixed + code


@dataclass(frozen=True)
class SignedMark:
    """A mark as it was read, not judged yet."""

    mark: CopyMark
    statement: bytes
    signature: bytes

    def signed_by(self, trusted: Iterable[bytes]) -> bool:
        """Whether one of these certificates (DER) signed it while it was valid."""
        for der in trusted:
            certificate = Certificate.load(der)
            if (
                certificate.may_sign
                and certificate.not_before <= self.mark.at <= certificate.not_after
                and verify_signature(
                    certificate.public_key, SM2_WITH_SM3, _DOMAIN + self.statement, self.signature
                )
            ):
                return True
        return False


def mark_text(mark: CopyMark, signer: Signer) -> str:
    """Sign a mark; the text for the QR code."""
    statement = mark._statement()
    numbers = decode_signature(signer.sign(_DOMAIN + statement))
    assert numbers is not None, "the exchange's key is an SM2 key"
    raw = b"".join(number.to_bytes(32, "big") for number in numbers)
    return PREFIX + base64.b32encode(statement + raw).decode().rstrip("=")


def read_mark(text: str) -> SignedMark:
    """What a mark's text states. Blanks and small letters, which scanners and people add, do no harm.

    Raises KnownError("copy_mark.unreadable").
    """
    letters = "".join(text.split()).upper()
    body = letters.removeprefix(PREFIX)
    try:
        if body == letters or len(letters) > 400:
            raise ValueError("no mark")
        data = base64.b32decode(body + "=" * (-len(body) % 8))
        form, ticket, digest, number, attempt, seconds, length = _FIXED.unpack_from(data)
        end = _FIXED.size + length
        if form != _FORM or len(data) != end + _SIGNATURE:
            raise ValueError("another form")
        code = data[_FIXED.size : end].decode()
        at = datetime.fromtimestamp(seconds, UTC)
        signature = signature_from_raw(data[end:])
    except (ValueError, struct.error, binascii.Error, KnownError) as error:
        raise KnownError("copy_mark.unreadable") from error
    mark = CopyMark(ticket.hex(), digest.hex(), number, attempt, code, at)
    return SignedMark(mark, data[:end], signature)


class CopyMarkStatus(Message):
    """GET /v1/copy-marks/{mark}: what the exchange knows of the copy, for whoever holds the paper. A genuine
    mark can be copied onto another paper; number and title are told because they have to be the paper's."""

    ticket_id: Id
    document_digest: Digest
    state: TicketState
    copy_number: int
    copies: int
    unit_name: str
    sender_name: str
    doc_number: str
    title: str
    changed_at: Moment
    void_reason: str = ""
