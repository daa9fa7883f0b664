"""What is sent in the demonstration: the product's own circular, or a file of the user's choice."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from gongwen_crypto.errors import KnownError
from gongwen_docs.typeset import read_circular, typeset, typeset_attachment
from gongwen_protocol.resources import resource_path

_TEXTS = frozenset({".txt", ".toml"})
_FIXED_LAYOUT = frozenset({".ofd", ".pdf"})


@dataclass(frozen=True)
class Material:
    """The body and its attachments as files on the sender's PC."""

    body: Path
    attachments: tuple[Path, ...]


def own_circular() -> Path:
    """The circular that ships with the product."""
    return resource_path("documents", "qiyong-tongzhi.toml")


def prepare(source: Path, folder: Path) -> Material:
    """Typeset a text after GB/T 9704, or copy a fixed-layout file as it is.

    Raises KnownError("demo.document_unsuitable") for other kinds, and the typesetter's errors.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kind = source.suffix.lower()
    if kind in _TEXTS:
        return _typeset(source, folder)
    if kind in _FIXED_LAYOUT and source.is_file():
        body = folder / source.name
        shutil.copyfile(source, body)
        return Material(body, ())
    raise KnownError("demo.document_unsuitable", file=source.name)


def _typeset(source: Path, folder: Path) -> Material:
    circular = read_circular(source)
    body = folder / "正文.ofd"
    body.write_bytes(typeset(circular)[0])
    attachments = []
    for attachment in circular.attachments:
        path = folder / attachment.file
        path.write_bytes(typeset_attachment(circular, attachment.annex))
        attachments.append(path)
    return Material(body, tuple(attachments))
