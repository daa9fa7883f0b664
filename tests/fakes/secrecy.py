"""Encryption keys of units for tests, and encrypted sending step by step over plain HTTP."""

from __future__ import annotations

import base64
import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from fakes.documents import OFD, digest_of, letter, new_key, upload
from fakes.exchange import Caller, RunningExchange
from fakes.units import authority
from gongwen_crypto import envelope, stream
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.software import SoftwareSigner
from gongwen_protocol.letters import file_context
from gongwen_protocol.messages import FileReference, SendRequest
from gongwen_protocol.secrecy import ESCROW, Cipher, Envelope
from gongwen_protocol.wrapping import seal_letters, statement_of
from gongwen_server.services.encryption import register_certificate

KEYS = (b"k" * 16, b"l" * 16)


@dataclass
class KeyCabinet:
    """The keys that the authority made, by unit; ``equip`` registers one at an exchange."""

    exchange: RunningExchange
    holders: dict[str, SoftwareSigner] = field(default_factory=dict)

    def equip(self, unit_code: str, name: str) -> SoftwareSigner:
        """A new key for a unit, in place of an older one."""
        common_name = f"{name}密钥托管" if unit_code == ESCROW else ""
        holder = authority().issue_encryption(name, common_name)
        register_certificate(self.exchange.exchange, unit_code, holder.certificate_der)
        self.holders[unit_code] = holder
        return holder

    def readers(self, *unit_codes: str) -> Mapping[str, Certificate]:
        """Certificates by unit."""
        return {code: Certificate.load(self.holders[code].certificate_der) for code in unit_codes}

    def open(self, one: Envelope) -> bytes:
        """What is in an envelope for the newest key of its unit."""
        holder = self.holders[one.unit_code]
        data = base64.b64decode(one.sealed)
        return envelope.open_with(data, Certificate.load(holder.certificate_der), holder.key)


def encrypted_letter(
    caller: Caller,
    cabinet: KeyCabinet,
    *recipients: tuple[str, int],
    content: bytes = OFD,
    name: str = "正文.ofd",
    also: tuple[str, ...] = (),
    **more: object,
) -> SendRequest:
    """A message with an uploaded cipher and envelopes for recipients, sender and ``also``."""
    assert caller.grant is not None
    plain = FileReference(name=name, digest=digest_of(content), size=len(content))
    request = letter(plain, *recipients, end_to_end=True, document_id=uuid.uuid4().hex, **more)
    statement = statement_of(request, caller.grant.unit_code)
    pieces = stream.encrypt(KEYS[0], io.BytesIO(content), file_context(statement, 0))
    cipher = upload(caller, b"".join(pieces))
    body = plain.model_copy(update={"cipher": Cipher(digest=cipher.digest, size=cipher.size)})
    whole = request.model_copy(update={"body": body})
    codes = (*(code for code, _ in recipients), caller.grant.unit_code, *also)
    envelopes = seal_letters(statement_of(whole, caller.grant.unit_code), KEYS[:1], cabinet.readers(*codes))
    return whole.model_copy(update={"envelopes": envelopes})


def post(caller: Caller, request: SendRequest) -> tuple[int, str]:
    """Send; status and the code of a refusal."""
    answer = caller.post("/v1/documents", request, key=new_key())
    return answer.status_code, "" if answer.ok else str(answer.json()["code"])
