"""What a sender makes of an encrypted document: its statement and an envelope for each reader."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from gongwen_crypto import envelope
from gongwen_crypto.certificates import Certificate
from gongwen_protocol.letters import DocumentStatement, write_letter
from gongwen_protocol.messages import SendRequest
from gongwen_protocol.secrecy import Envelope


def statement_of(request: SendRequest, sender_code: str) -> DocumentStatement:
    """What the sender states of the document."""
    return DocumentStatement(
        document_id=request.document_id,
        sender_code=sender_code,
        elements=request.elements,
        body=request.body,
        attachments=request.attachments,
        seals=request.seals,
        profile_id=request.profile_id,
        profile_version=request.profile_version,
        replaces=request.replaces,
        special_attachments=request.special_attachments,
        meeting=request.meeting,
        seen=request.seen,
    )


def seal_letters(
    statement: DocumentStatement,
    keys: tuple[bytes, ...],
    readers: Mapping[str, Certificate],
    keep_on: Callable[[], None] = lambda: None,
) -> tuple[Envelope, ...]:
    """An envelope for each reader."""
    envelopes = []
    for unit_code, certificate in readers.items():
        keep_on()
        sealed = envelope.seal(write_letter(statement, unit_code, keys), [certificate])
        envelopes.append(
            Envelope(
                unit_code=unit_code,
                certificate=certificate.fingerprint,
                sealed=base64.b64encode(sealed).decode(),
            )
        )
    return tuple(envelopes)
