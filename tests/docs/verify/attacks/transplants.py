"""Attacks with genuine pieces in the wrong place: moved, replayed, removed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from docs.office import NOW, document_parts
from docs.verify.attacks.lab import (
    ENTRY,
    ESEAL,
    LIST,
    PAGE_1,
    PAGE_2,
    SIGN,
    SIGNATURE,
    VALUE,
    Lab,
    Parts,
    replaced,
    resigned,
    without,
)
from docs.verify.attacks.registry import Forgery, attack
from gongwen_crypto import sm3
from gongwen_docs.ofd.container import pack
from gongwen_docs.seals.parse import parse_seal
from gongwen_docs.verify import Expectation, ExpectedSeal, Verdict


def _other(text: str) -> Parts:
    parts = document_parts()
    return {**parts, PAGE_2: parts[PAGE_2].replace("9月1日".encode(), text.encode())}


def _seals_of(parts: Parts) -> Parts:
    return {name: data for name, data in parts.items() if "/Signs/" in name or name == ENTRY}


@attack(
    "moved-over", "A5", "All signature files of one document in another one.", "seal.content.changed_part"
)
def moved_over(lab: Lab) -> Iterator[Forgery]:
    for name in ("plain", "joint", "v5", "cms", "stamped"):
        yield Forgery(name, pack({**_other("9月9日"), **_seals_of(lab.originals[name])}))


@attack(
    "pieces-exchanged",
    "A5",
    "One file of a signature is that of another signature.",
    "seal.content.list_tampered",
)
def pieces_exchanged(lab: Lab) -> Iterator[Forgery]:
    other = lab.seal(_other("9月9日"), lab.unit)
    yield Forgery("list-of-files", pack({**lab.plain, SIGNATURE: other[SIGNATURE]}))
    yield Forgery("value", pack({**lab.plain, VALUE: other[VALUE]}))
    joint = lab.joint
    swapped = {
        VALUE: joint["Doc_0/Signs/Sign_1/SignedValue.dat"],
        "Doc_0/Signs/Sign_1/SignedValue.dat": joint[VALUE],
    }
    yield Forgery("values-swapped", pack({**joint, **swapped}))
    moved = {name.replace("Sign_0", "Sign_7"): data for name, data in lab.plain.items()}
    moved[LIST] = moved[LIST].replace(b"Sign_0", b"Sign_7")
    yield Forgery("folder-renamed", pack(moved), code="seal.format.missing_file")


@attack("other-scope", "A5", "The signed properties name another Signature.xml.", "seal.format.other_scope")
def other_scope(lab: Lab) -> Iterator[Forgery]:
    for label, info in (
        ("other-folder", "/Doc_0/Signs/Sign_7/Signature.xml"),
        ("other-document", "/Doc_1/Signs/Sign_0/Signature.xml"),
        ("page", f"/{PAGE_1}"),
        ("climbing", "/Doc_0/Signs/Sign_0/../Sign_1/Signature.xml"),
    ):
        yield Forgery(label, pack(resigned(lab.plain, lab.unit, info=info)))


@attack("list-moved-over", "A5", "Signatures.xml of another document.", "seal.document.signatures_gone")
def list_moved_over(lab: Lab) -> Iterator[Forgery]:
    empty = b'<ofd:Signatures xmlns:ofd="http://www.ofdspec.org/2016"/>'
    yield Forgery("empty", pack({**lab.plain, LIST: empty}))
    yield Forgery("empty-joint", pack({**lab.joint, LIST: empty}))
    wrapped = lab.plain[LIST].replace(b"<ofd:Signature ", b"<ofd:Group><ofd:Signature ")
    wrapped = wrapped.replace(b"</ofd:Signatures>", b"</ofd:Group></ofd:Signatures>")
    yield Forgery("wrapped", pack({**lab.plain, LIST: wrapped}))
    yield Forgery("of-three", pack({**lab.plain, LIST: lab.joint[LIST]}), code="seal.format.missing_file")


def _record(lab: Lab, parts: Parts, count: int) -> Expectation:
    units = (lab.unit, lab.second, lab.third)[:count]
    seals = tuple(ExpectedSeal(unit.certificate.organization, parse_seal(unit.seal).es_id) for unit in units)
    return Expectation(seals, sm3.digest(pack(parts)).hex())


def _stripped() -> Parts:
    return document_parts()


@attack(
    "all-removed",
    "A4",
    "Every trace of signatures is gone; only the exchange's record knows of them.",
    "seal.document.signature_removed",
)
def all_removed(lab: Lab) -> Iterator[Forgery]:
    for label, original, count in (("one", lab.plain, 1), ("joint", lab.joint, 3), ("seam", lab.seam, 1)):
        yield Forgery(label, pack(_stripped()), expected=_record(lab, original, count))


@attack(
    "all-removed-unknown",
    "A4",
    "The same without a record: as loud as 无效, never 有效.",
    "seal.unsigned",
    verdict=Verdict.UNSIGNED,
)
def all_removed_unknown(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("two-pages", pack(_stripped()))
    yield Forgery("three-pages", pack(document_parts(3)))
    yield Forgery("other-text", pack(_other("9月9日")))


@attack(
    "pointer-removed",
    "A4",
    "OFD.xml no longer points to the signatures, whose files are still there.",
    "seal.document.signatures_gone",
)
def pointer_removed(lab: Lab) -> Iterator[Forgery]:
    for name in ("plain", "joint", "v5"):
        parts = lab.originals[name]
        yield Forgery(name, pack({**parts, ENTRY: document_parts()[ENTRY]}))
    yield Forgery("list-deleted", pack(without(lab.plain, LIST)))
    yield Forgery("to-nothing", pack(replaced(lab.plain, ENTRY, "Signatures.xml", "None.xml")))


def _without_signature(parts: Parts, number: int) -> Parts:
    remaining = without(parts, f"Doc_0/Signs/Sign_{number}/")
    listed = remaining[LIST]
    start = listed.index(f'<ofd:Signature ID="s00{number + 1}"'.encode())
    end = listed.index(b"/>", start) + 2
    return {**remaining, LIST: listed[:start] + listed[end:]}


@attack(
    "one-removed",
    "A4",
    "One of several seals of a joint document is removed.",
    "seal.document.signature_removed",
)
def one_removed(lab: Lab) -> Iterator[Forgery]:
    record = _record(lab, lab.joint, 3)
    for label, number in (("first", 0), ("middle", 1), ("last", 2)):
        yield Forgery(label, pack(_without_signature(lab.joint, number)), expected=record)
    last_two = _without_signature(_without_signature(lab.joint, 2), 1)
    yield Forgery("last-two", pack(last_two), expected=record)


@attack(
    "early-removed",
    "A4",
    "An earlier seal that a later one lists is removed: no record is needed.",
    "seal.content.missing_part",
)
def early_removed(lab: Lab) -> Iterator[Forgery]:
    for label, numbers in (("first", (0,)), ("middle", (1,)), ("both", (1, 0))):
        parts = lab.joint
        for number in numbers:
            parts = _without_signature(parts, number)
        yield Forgery(label, pack(parts))


@attack(
    "order-changed",
    "A4",
    "The list of signatures in another order.",
    "seal.coverage.earlier_signature_open",
    verdict=Verdict.WARNING,
)
def order_changed(lab: Lab) -> Iterator[Forgery]:
    text = lab.joint[LIST].decode()
    entries = [text[text.index(f'<ofd:Signature ID="s00{n}"') :].partition("/>")[0] + "/>" for n in (1, 2, 3)]
    for label, order in (("reversed", (2, 1, 0)), ("last-first", (2, 0, 1)), ("first-two", (1, 0, 2))):
        body = text
        for place, entry in enumerate(entries):
            body = body.replace(entry, f"@{place}@")
        for place, number in enumerate(order):
            body = body.replace(f"@{place}@", entries[number])
        yield Forgery(label, pack({**lab.joint, LIST: body.encode()}))


@attack(
    "seal-replaced",
    "A4",
    "The document is sealed again by a body that may, in place of the one that did.",
    "seal.document.seal_absent",
)
def seal_replaced(lab: Lab) -> Iterator[Forgery]:
    sealed = lab.seal(document_parts(), lab.second)
    for label, identifier in (("other-code", "15060200009999"), ("joint-partner", "15060200008888")):
        record = Expectation((ExpectedSeal("东胜区人民政府", identifier),))
        yield Forgery(label, pack(sealed), expected=record)
    record = Expectation(
        (
            ExpectedSeal("东胜区人民政府", "x"),
            ExpectedSeal("康巴什区人民政府", parse_seal(lab.second.seal).es_id),
        )
    )
    yield Forgery("one-of-two", pack(sealed), expected=record)


@attack(
    "replayed",
    "A5",
    "An older sealed version of the same document number is delivered.",
    "seal.document.other_file",
)
def replayed(lab: Lab) -> Iterator[Forgery]:
    older = lab.seal(_other("8月1日"), lab.unit, at=NOW - timedelta(days=3))
    for label, original, count in (
        ("plain", lab.plain, 1),
        ("seam", lab.seam, 1),
        ("stamped", lab.stamped, 1),
    ):
        yield Forgery(label, pack(older), expected=_record(lab, original, count))


@attack(
    "loose-seal", "A5", "Seal.esl is another than the seal in the signature.", "seal.content.changed_part"
)
def loose_seal(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("other-unit", pack({**lab.plain, ESEAL: lab.second.seal}))
    yield Forgery("junk", pack({**lab.plain, ESEAL: b"seal"}))
    yield Forgery("v5-unlisted", pack({**lab.v5, ESEAL: lab.second.seal}), code="seal.coverage.added_part")


@attack(
    "later-signature-broken",
    "A7",
    "Files of a later signature that does not hold excuse nothing.",
    "seal.coverage.added_part",
)
def later_signature_broken(lab: Lab) -> Iterator[Forgery]:
    last = "Doc_0/Signs/Sign_2"
    for label, name in (("value", "SignedValue.dat"), ("list", "Signature.xml")):
        yield Forgery(label, pack({**lab.joint, f"{last}/{name}": b"<broken/>"}))
    listed = replaced(
        lab.plain,
        LIST,
        "</ofd:Signatures>",
        '<ofd:Signature ID="s9" BaseLoc="/Doc_0/E.xml"/></ofd:Signatures>',
    )
    annotation = {"Doc_0/E.xml": lab.plain[SIGNATURE], f"{SIGN}/extra.dat": b"x"}
    yield Forgery("invented", pack({**listed, **annotation}), code="seal.format.other_scope")


@attack(
    "surplus-seal",
    "A4",
    "A seal is added that the sender did not register; it may be genuine.",
    "seal.document.surplus_seal",
    verdict=Verdict.WARNING,
)
def surplus_seal(lab: Lab) -> Iterator[Forgery]:
    joint = pack(lab.joint)
    for label, count in (("one-of-three", 1), ("two-of-three", 2)):
        yield Forgery(label, joint, expected=_record(lab, lab.joint, count))
    yield Forgery("none-of-one", pack(lab.plain), expected=_record(lab, lab.plain, 0))


@attack(
    "stamp-removed",
    "A14",
    "The time stamp that the record names is gone: an old claim of time stands alone.",
    "seal.timestamp.removed",
)
def stamp_removed(lab: Lab) -> Iterator[Forgery]:
    es_id = parse_seal(lab.unit.seal).es_id
    for label, seal in (
        ("by-signature", ExpectedSeal("东胜区人民政府", es_id, "s001", NOW)),
        ("by-seal", ExpectedSeal("东胜区人民政府", es_id, stamped_at=NOW)),
        ("by-name", ExpectedSeal("东胜区人民政府", stamped_at=NOW)),
    ):
        yield Forgery(label, pack(lab.plain), expected=Expectation((seal,)))
