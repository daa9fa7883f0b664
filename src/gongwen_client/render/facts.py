"""What a worker tells about a document: plain values that cross the pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gongwen_docs.ofd.sidefiles import Permissions


@dataclass(frozen=True)
class AttachmentFacts:
    """A file inside the document. ``size`` in bytes."""

    id: str
    name: str
    format: str
    size: int
    visible: bool


@dataclass(frozen=True)
class LockedUser:
    """Who can open an encrypted file. ``certificate_der`` is empty for a password; ``wrapped_key`` is an SM2
    ciphertext (DER) for the key of the certificate, ``iv`` belongs to what comes out of it."""

    name: str
    type: str
    certificate_der: bytes
    wrapped_key: bytes
    iv: bytes


@dataclass(frozen=True)
class LockFacts:
    """One lock of an encrypted file. ``scheme`` is 1.1.1 (password), 1.1.2 (certificate), or as stated;
    ``seed`` tells locks apart."""

    scheme: str
    seed: str
    users: tuple[LockedUser, ...]

    @property
    def by_password(self) -> bool:
        return self.scheme == "1.1.1"

    @property
    def by_certificate(self) -> bool:
        return self.scheme == "1.1.2"


@dataclass(frozen=True)
class Substitution:
    """A font that the document names and does not carry, and the face that stands in for it."""

    name: str
    family: str


@dataclass(frozen=True)
class DocumentFacts:
    """An opened document. ``kind`` is ofd or pdf, ``version`` that of the format; page sizes are (width,
    height) in mm, of which the first ``sizes_known`` are certain and the others guesses.

    ``custom`` are the CustomDatas, in which official-document metadata travel. ``signatures`` is a count
    only: what they are worth is the verifier's word.
    """

    kind: str
    title: str
    doc_id: str
    author: str
    creator: str
    version: str
    creation_date: str
    modification_date: str
    page_sizes_mm: tuple[tuple[float, float], ...]
    sizes_known: int
    custom: Mapping[str, str]
    attachments: tuple[AttachmentFacts, ...]
    signatures: int
    permissions: Permissions
    substitutions: tuple[Substitution, ...]

    @property
    def page_count(self) -> int:
        return len(self.page_sizes_mm)


@dataclass(frozen=True)
class SealFace:
    """A seal as windows show it. Times are aware or None, sizes mm; ``picture_png`` is empty where the
    picture cannot be drawn. ``lists_certificate``: whether the key's certificate may seal with it."""

    es_id: str
    name: str
    kind: str
    version: int
    valid_from: datetime | None
    valid_to: datetime | None
    width_mm: float
    height_mm: float
    picture_png: bytes
    lists_certificate: bool


@dataclass(frozen=True)
class Remark:
    """Something that could not be shown as written. ``code`` has a sentence with ``facts``."""

    code: str
    facts: Mapping[str, str | int]


@dataclass(frozen=True)
class Hit:
    """A place where words were found. ``boxes``: left, top, right, bottom in mm, one for each line."""

    page: int
    boxes: tuple[tuple[float, float, float, float], ...]
    before: str
    found: str
    after: str


@dataclass(frozen=True)
class SearchPart:
    """What a search found so far. It goes on at ``next_page`` unless ``finished``; the text of the
    ``unreadable`` pages could not be read."""

    hits: tuple[Hit, ...]
    next_page: int
    finished: bool
    unreadable: tuple[int, ...]


@dataclass(frozen=True)
class RenderedSize:
    """Size of a picture that waits in shared memory, and the remarks about its document so far."""

    width: int
    height: int
    remarks: tuple[Remark, ...]
