"""Signatures.xml and Signature.xml as read, unjudged (GB/T 33190 §18; OFD 2.0 additions tolerated).

Verification reads these and decides; the renderer takes the places of stamps from the same objects.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from gongwen_docs.ofd import xml
from gongwen_docs.ofd.container import Package
from gongwen_docs.ofd.values import Box, box


@dataclass(frozen=True)
class Reference:
    """One protected file. ``value`` is the digest as stored, empty where it is not Base64."""

    path: str
    value: bytes


@dataclass(frozen=True)
class Stamp:
    """StampAnnot: where a page shows the seal. ``clip`` counts from the corner of ``boundary``; mm."""

    id: str
    page_id: str
    boundary: Box
    clip: Box | None


@dataclass(frozen=True)
class Provider:
    """The program that made the signature."""

    name: str
    company: str
    version: str


@dataclass(frozen=True)
class SignatureFile:
    """One entry of Signatures.xml with its Signature.xml.

    ``type`` is Seal (default) or Sign. ``check_method`` is as written; MD5 when absent (§18.2.2).
    """

    id: str
    type: str
    path: str
    provider: Provider
    method: str
    date_time: str
    check_method: str
    references: tuple[Reference, ...]
    stamps: tuple[Stamp, ...]
    seal_path: str | None
    signed_value_path: str


def read_signatures(package: Package, list_path: str | None) -> tuple[SignatureFile, ...]:
    """All signatures in document order; those whose Signature.xml is missing have no references.

    Raises ``KnownError`` for damaged XML.
    """
    if list_path is None or list_path not in package:
        return ()
    root = xml.parse(package.read(list_path), list_path, package.limits)
    return tuple(_read_signature(package, list_path, item) for item in xml.children(root, "Signature"))


def _read_signature(package: Package, list_path: str, item: xml.Element) -> SignatureFile:
    path = package.resolve(list_path, item.get("BaseLoc", ""))
    root = xml.parse(package.read(path), path, package.limits) if path in package else item
    info = xml.child(root, "SignedInfo")
    info = root if info is None else info
    provider, references = xml.child(info, "Provider"), xml.child(info, "References")
    seal = xml.child(info, "Seal")
    seal_location = "" if seal is None else xml.child_text(seal, "BaseLoc")
    signed_value = xml.child_text(root, "SignedValue")
    return SignatureFile(
        id=item.get("ID", ""),
        type=item.get("Type", "Seal"),
        path=path,
        provider=(
            Provider("", "", "")
            if provider is None
            else Provider(
                provider.get("ProviderName", ""), provider.get("Company", ""), provider.get("Version", "")
            )
        ),
        method=xml.child_text(info, "SignatureMethod"),
        date_time=xml.child_text(info, "SignatureDateTime"),
        check_method="MD5" if references is None else references.get("CheckMethod", "MD5"),
        references=(
            ()
            if references is None
            else tuple(
                Reference(
                    package.resolve(path, reference.get("FileRef", "")),
                    _digest(xml.child_text(reference, "CheckValue")),
                )
                for reference in xml.children(references, "Reference")
            )
        ),
        stamps=tuple(_read_stamps(info)),
        seal_path=package.resolve(path, seal_location) if seal_location else None,
        signed_value_path=package.resolve(path, signed_value) if signed_value else "",
    )


def _read_stamps(info: xml.Element) -> list[Stamp]:
    stamps = []
    for element in xml.children(info, "StampAnnot"):
        boundary = box(element.get("Boundary"))
        if boundary is not None:
            stamps.append(
                Stamp(element.get("ID", ""), element.get("PageRef", ""), boundary, box(element.get("Clip")))
            )
    return stamps


def _digest(value: str) -> bytes:
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
