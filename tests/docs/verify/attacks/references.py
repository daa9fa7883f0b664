"""Attacks through the list of protected files: weak or false digests, paths that mean something else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from docs.verify.attacks.lab import (
    ENTRY,
    PAGE_1,
    PAGE_2,
    ROOT,
    Lab,
    listing_only,
    protected_names,
    with_references,
)
from docs.verify.attacks.registry import Forgery, attack
from gongwen_crypto import sm3
from gongwen_docs.ofd.container import pack
from gongwen_docs.verify import Verdict


def _digests(lab: Lab, method: str) -> dict[str, bytes]:
    return {f"/{name}": hashlib.new(method, lab.plain[name]).digest() for name in protected_names(lab.plain)}


@attack(
    "broken-digest",
    "A9",
    "Content is protected by MD5, which is also the default where nothing is said.",
    "seal.content.refused_digest",
)
def broken_digest(lab: Lab) -> Iterator[Forgery]:
    md5 = _digests(lab, "md5")
    for label, method in (("named", "MD5"), ("by-default", None), ("lower-case", "md5")):
        yield Forgery(label, pack(with_references(lab.plain, lab.unit, md5, method)))


@attack(
    "weak-digest", "A9", "Content is protected by SHA-1.", "seal.content.weak_digest", verdict=Verdict.WARNING
)
def weak_digest(lab: Lab) -> Iterator[Forgery]:
    sha1 = _digests(lab, "sha1")
    for method in ("SHA1", "sha1", "SHA-1"):
        yield Forgery(method, pack(with_references(lab.plain, lab.unit, sha1, method)))


@attack(
    "unknown-digest",
    "A9",
    "The method is none: a keyed hash, an invention, nothing.",
    "seal.content.unknown_digest",
    verdict=Verdict.UNKNOWN,
)
def unknown_digest(lab: Lab) -> Iterator[Forgery]:
    right = _digests(lab, "sm3")
    for label, method in (("keyed", "1.2.156.10197.1.401.2"), ("invented", "CRC32"), ("empty", "")):
        yield Forgery(label, pack(with_references(lab.plain, lab.unit, right, method)))


@attack(
    "digest-differs",
    "A9",
    "The values are of another method than the one declared.",
    "seal.content.changed_part",
)
def digest_differs(lab: Lab) -> Iterator[Forgery]:
    for method in ("sha256", "sha1", "md5"):
        data = with_references(lab.plain, lab.unit, _digests(lab, method), "SM3")
        yield Forgery(method, pack(data))


@attack("references-cut", "A1", "The list of protected files ends early.", "seal.coverage.added_part")
def references_cut(lab: Lab) -> Iterator[Forgery]:
    for label, names in (
        ("root-only", [ENTRY, ROOT]),
        ("first-page", [ENTRY, ROOT, PAGE_1]),
        ("entry", [ENTRY]),
    ):
        yield Forgery(label, pack(listing_only(lab.plain, lab.unit, names)))
    nothing = with_references(lab.plain, lab.unit, {}, "SM3")
    yield Forgery("none", pack(nothing), code="seal.content.nothing_listed")


@attack(
    "reference-paths",
    "A1",
    "References repeat one file under several paths in place of another file.",
    "seal.coverage.added_part",
)
def reference_paths(lab: Lab) -> Iterator[Forgery]:
    kept = {f"/{name}": sm3.digest(lab.plain[name]) for name in protected_names(lab.plain, PAGE_2)}
    page = sm3.digest(lab.plain[PAGE_1])
    for label, path in (
        ("climbing", "/Doc_0/Pages/Page_1/../Page_0/Content.xml"),
        ("other-case", "/DOC_0/Pages/Page_0/CONTENT.xml"),
        ("backslash", "\\Doc_0\\Pages\\Page_0\\Content.xml"),
        ("relative", "../../Pages/Page_0/Content.xml"),
    ):
        yield Forgery(label, pack(with_references(lab.plain, lab.unit, {**kept, path: page}, "SM3")))


@attack(
    "reference-to-nothing",
    "A1",
    "References name files that are not there, or by paths that mean none.",
    "seal.content.missing_part",
)
def reference_to_nothing(lab: Lab) -> Iterator[Forgery]:
    right = {f"/{name}": sm3.digest(lab.plain[name]) for name in protected_names(lab.plain)}
    for label, path in (
        ("absent", "/Doc_0/Pages/Page_7/Content.xml"),
        ("percent", "/Doc_0/Pages/Page_1%2FContent.xml"),
        ("outside", "../../../../../../etc/passwd"),
        ("address", "http://example.invalid/x.xml"),
    ):
        data = with_references(lab.plain, lab.unit, {**right, path: sm3.digest(b"")}, "SM3")
        yield Forgery(label, pack(data))


@attack(
    "digest-cut",
    "A9",
    "A digest is cut short, empty or stated twice with another value.",
    "seal.content.changed_part",
)
def digest_cut(lab: Lab) -> Iterator[Forgery]:
    right = {f"/{name}": sm3.digest(lab.plain[name]) for name in protected_names(lab.plain)}
    whole = right[f"/{PAGE_1}"]
    for label, value in (("half", whole[:16]), ("empty", b""), ("longer", whole + b"\0")):
        data = with_references(lab.plain, lab.unit, {**right, f"/{PAGE_1}": value}, "SM3")
        yield Forgery(label, pack(data))
    twice = {**right, f"{PAGE_1.replace('Doc_0', '/Doc_0/.')}": bytes(32)}
    yield Forgery("twice", pack(with_references(lab.plain, lab.unit, twice, "SM3")))
