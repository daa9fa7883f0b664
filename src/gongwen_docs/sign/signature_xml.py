"""XML of a signature (GB/T 33190-2016 18): Signature.xml, what Signatures.xml and OFD.xml gain."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from gongwen_crypto import algorithms
from gongwen_docs.ofd import xml
from gongwen_docs.ofd.values import Box
from gongwen_docs.sign.placement import Placement

_NAMESPACE = "http://www.ofdspec.org/2016"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NUMBERED = re.compile(r"^s?(\d+)$")


@dataclass(frozen=True)
class SignatureText:
    """Everything that a Signature.xml says. Paths are package paths without a leading slash."""

    signature_id: str
    algorithm_oid: str
    date_time: str
    digests: Mapping[str, bytes]  # protected path → SM3
    stamps: Sequence[tuple[str, Placement]]  # page ID and place
    seal_path: str
    signed_value_path: str

    def to_xml(self) -> bytes:
        """The file, UTF-8."""
        references = "".join(
            f"<ofd:Reference FileRef={quoteattr('/' + path)}><ofd:CheckValue>"
            f"{base64.b64encode(digest).decode()}</ofd:CheckValue></ofd:Reference>"
            for path, digest in self.digests.items()
        )
        stamps = "".join(
            f'<ofd:StampAnnot ID="{self.signature_id}_{number}" PageRef={quoteattr(page_id)} '
            f'Boundary="{_box(place.boundary)}"'
            + ("" if place.clip is None else f' Clip="{_box(place.clip)}"')
            + "/>"
            for number, (page_id, place) in enumerate(self.stamps, start=1)
        )
        return (
            f'{_DECLARATION}<ofd:Signature xmlns:ofd="{_NAMESPACE}"><ofd:SignedInfo>'
            '<ofd:Provider ProviderName="gongwen" Company="gongwen" Version="1.0"/>'
            f"<ofd:SignatureMethod>{self.algorithm_oid}</ofd:SignatureMethod>"
            f"<ofd:SignatureDateTime>{self.date_time}</ofd:SignatureDateTime>"
            f'<ofd:References CheckMethod="{algorithms.SM3}">{references}</ofd:References>{stamps}'
            f"<ofd:Seal><ofd:BaseLoc>/{escape(self.seal_path)}</ofd:BaseLoc></ofd:Seal></ofd:SignedInfo>"
            f"<ofd:SignedValue>/{escape(self.signed_value_path)}</ofd:SignedValue></ofd:Signature>"
        ).encode()


def next_id(taken: Sequence[str]) -> str:
    """The next free signature ID in the recommended form sNNN."""
    numbers = [int(found[1]) for item in taken if (found := _NUMBERED.match(item))]
    return f"s{max(numbers, default=0) + 1:03d}"


def signature_list(existing: bytes | None, part: str, signature_id: str, signature_path: str) -> bytes:
    """Signatures.xml with one signature more. ``existing`` is None when there was none."""
    data = existing or f'{_DECLARATION}<ofd:Signatures xmlns:ofd="{_NAMESPACE}"/>'.encode()
    root = xml.parse(data, part)
    greatest = xml.child(root, "MaxSignId")
    if greatest is None:
        greatest = _append(root, "MaxSignId")
    greatest.text = signature_id
    entry = _append(root, "Signature")
    entry.set("ID", signature_id)
    entry.set("Type", "Seal")
    entry.set("BaseLoc", f"/{signature_path}")
    return xml.serialise(root)


def entry_with_signatures(existing: bytes, part: str, list_path: str) -> bytes:
    """OFD.xml that points to the list of signatures."""
    root = xml.parse(existing, part)
    body = xml.child(root, "DocBody")
    assert body is not None, "an opened document has a body"
    _append(body, "Signatures").text = f"/{list_path}"
    return xml.serialise(root)


def _append(parent: xml.Element, name: str) -> xml.Element:
    """A new last child in the namespace of its parent."""
    namespace = parent.tag.rpartition("}")[0]
    element = parent.makeelement(f"{namespace}}}{name}" if namespace else name)
    parent.append(element)
    return element


def _box(box: Box) -> str:
    return " ".join(f"{round(value, 4):g}" for value in box)
