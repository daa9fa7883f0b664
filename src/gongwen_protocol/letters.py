"""What an envelope holds, and what the encrypted files of a document are bound to (ADR 0046).

Each file is encrypted under a key of its own, in the context of its document, sender, rules, place and plain
digest: bytes, keys and places cannot be exchanged among documents. The letter carries the keys to one reader
and names the SM3 value of all that the sender stated. An exchange that alters a title or hands a letter to
another unit would have to write the letter anew, for which it lacks the keys.
"""

from __future__ import annotations

import base64
import json
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from gongwen_crypto import sm3, sm4
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.actions import MeetingCall, SpecialAttachment
from gongwen_protocol.basics import Digest, Id, Message, Size
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.checkpoints import SignedCheckpoint
from gongwen_protocol.messages import Elements, FileReference, SealFact

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{22}==$")]


class DocumentStatement(Message):
    """All that the sender states of a document and that never changes. ``seen``: what the exchange had
    committed to, as its log was shown to the sender (ADR 0068)."""

    document_id: Id
    sender_code: str
    elements: Elements
    body: FileReference
    attachments: tuple[FileReference, ...] = ()
    seals: tuple[SealFact, ...] = ()
    profile_id: str
    profile_version: int
    replaces: Id | None = None
    special_attachments: tuple[SpecialAttachment, ...] = ()
    meeting: MeetingCall | None = None
    seen: SignedCheckpoint | None = None

    @property
    def files(self) -> tuple[FileReference, ...]:
        """Body first."""
        return (self.body, *self.attachments)

    def digest(self) -> str:
        """SM3, hexadecimal. Defaults are left out: fields that a later version adds change no old value."""
        data = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sm3.digest(text.encode()).hex()


class _FileContext(Message):
    """Form and place of one encrypted file."""

    form: Literal["gongwen-file/1"] = "gongwen-file/1"
    document_id: Id
    sender_code: str
    profile_id: str
    profile_version: int
    position: int
    digest: Digest
    size: Size


def file_context(statement: DocumentStatement, position: int) -> bytes:
    """What file ``position`` (0: the body) is encrypted in the context of."""
    file = statement.files[position]
    return canonical_bytes(
        _FileContext(
            document_id=statement.document_id,
            sender_code=statement.sender_code,
            profile_id=statement.profile_id,
            profile_version=statement.profile_version,
            position=position,
            digest=file.digest,
            size=file.size,
        )
    )


class KeyLetter(Message):
    """The keys of a document's files, body first, for the unit that it was addressed to."""

    form: Literal["gongwen-key-letter/1"] = "gongwen-key-letter/1"
    document_id: Id
    unit_code: str
    statement: Digest
    keys: Annotated[tuple[Key, ...], Field(min_length=1, max_length=1000, repr=False)]

    def content_keys(self) -> tuple[bytes, ...]:
        """16 bytes each."""
        return tuple(base64.b64decode(key) for key in self.keys)


def write_letter(statement: DocumentStatement, unit_code: str, keys: tuple[bytes, ...]) -> bytes:
    """The content of an envelope."""
    assert len(keys) == len(statement.files), "a key for each file"
    letter = KeyLetter(
        document_id=statement.document_id,
        unit_code=unit_code,
        statement=statement.digest(),
        keys=tuple(base64.b64encode(key).decode() for key in keys),
    )
    return canonical_bytes(letter)


def read_letter(data: bytes, statement: DocumentStatement, unit_code: str) -> tuple[bytes, ...]:
    """The content keys, for the document and the unit that the exchange says they are for.

    Raises RefusedError: secrecy.other_letter (of another document or unit, or none at all),
    secrecy.statement_altered (what the exchange shows of the document is not what the sender stated).
    """
    try:
        letter = KeyLetter.model_validate_json(data)
    except ValueError as error:
        raise RefusedError("secrecy.other_letter") from error
    keys = letter.content_keys()
    if (letter.document_id, letter.unit_code) != (statement.document_id, unit_code):
        raise RefusedError("secrecy.other_letter")
    if letter.statement != statement.digest() or len(keys) != len(statement.files):
        raise RefusedError("secrecy.statement_altered")
    if any(len(key) != sm4.KEY_LENGTH for key in keys):
        raise RefusedError("secrecy.other_letter")
    return keys
