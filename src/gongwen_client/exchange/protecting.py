"""Encrypting a document before it leaves: once, on disk, so that an upload can be taken up at any byte.

``folder/DOCUMENT/N.cipher`` are the encrypted files, ``request.json`` is the message with their digests and
the envelopes. It is written last: where it is there, all is there, and a repeat sends the very same bytes.
Content keys are written down nowhere; the sender's own envelope holds them.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from gongwen_client.domain.drafts import LocalFile
from gongwen_client.durable import sync_folder, write_atomically
from gongwen_client.exchange.files import disk_errors
from gongwen_crypto import sm3, sm4, stream
from gongwen_crypto.certificates import Certificate
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.letters import file_context
from gongwen_protocol.messages import SendRequest
from gongwen_protocol.secrecy import Cipher
from gongwen_protocol.wrapping import seal_letters, statement_of

_REQUEST = "request.json"


class Protector:
    """Makes, finds again and forgets encrypted documents on their way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def made(self, document_id: str) -> SendRequest | None:
        """The message of a document that was encrypted before, or None."""
        path = self._folder / document_id / _REQUEST
        return SendRequest.model_validate_json(path.read_bytes()) if path.is_file() else None

    def make(
        self,
        request: SendRequest,
        sender_code: str,
        files: Sequence[LocalFile],
        readers: Mapping[str, Certificate],
        keep_on: Callable[[], None],
    ) -> SendRequest:
        """Encrypt ``files`` (body first) for ``readers``. ``keep_on`` is called between blocks and may raise.

        Raises KnownError: file.*, host.disk_full; nothing counts as made then.
        """
        place = self._folder / request.document_id
        self.forget(request.document_id)
        with disk_errors(place):
            place.mkdir(mode=0o700, parents=True)
        keys = tuple(secrets.token_bytes(sm4.KEY_LENGTH) for _ in files)
        plain = statement_of(request, sender_code)
        references = []
        for position, (key, file) in enumerate(zip(keys, files, strict=True)):
            path = place / f"{position}.cipher"
            cipher = _encrypt(file.path, path, key, file_context(plain, position), keep_on)
            references.append(plain.files[position].model_copy(update={"cipher": cipher}))
        whole = request.model_copy(update={"body": references[0], "attachments": tuple(references[1:])})
        statement = statement_of(whole, sender_code)
        ready = whole.model_copy(update={"envelopes": seal_letters(statement, keys, readers, keep_on)})
        write_atomically(place / _REQUEST, canonical_bytes(ready))
        return ready

    def ciphers(self, request: SendRequest) -> list[LocalFile]:
        """The encrypted files of a message that ``make`` made, body first."""
        return [
            LocalFile(
                file.name,
                self._folder / request.document_id / f"{position}.cipher",
                file.stored.size,
                file.stored.digest,
            )
            for position, file in enumerate((request.body, *request.attachments))
        ]

    def forget(self, document_id: str) -> None:
        """Remove what was made; harmless when there is nothing."""
        shutil.rmtree(self._folder / document_id, ignore_errors=True)

    def forget_all_but(self, document_ids: Iterable[str]) -> None:
        """After a crash: only documents on their way have something here."""
        keep = set(document_ids)
        for place in self._folder.glob("*"):
            if place.name not in keep:
                shutil.rmtree(place, ignore_errors=True)


def _encrypt(source: Path, target: Path, key: bytes, context: bytes, keep_on: Callable[[], None]) -> Cipher:
    hasher = sm3.new()
    size = 0
    with disk_errors(source):
        reading = source.open("rb")
    with reading, disk_errors(target), target.open("wb") as writing:
        for piece in stream.encrypt(key, reading, context):
            hasher.update(piece)
            size += writing.write(piece)
            keep_on()
        writing.flush()
        os.fsync(writing.fileno())
    sync_folder(target.parent)
    return Cipher(digest=hasher.digest().hex(), size=size)
