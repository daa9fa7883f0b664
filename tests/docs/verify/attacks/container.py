"""Attacks on the ZIP container: two readers open the same file and find different documents."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from docs.verify.attacks.lab import ENTRY, LIST, PAGE_1, PAGE_2, ROOT, Lab
from docs.verify.attacks.rawzip import RawEntry, RawZip, unicode_path
from docs.verify.attacks.registry import Forgery, attack
from gongwen_docs.ofd.container import pack
from gongwen_docs.verify import Verdict

EVIL = b'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"/>'


@attack(
    "duplicate-entry",
    "A3",
    "A name stands twice in the package: the checker reads one, the viewer the other.",
    "ofd.container.duplicate_name",
)
def duplicate_entry(lab: Lab) -> Iterator[Forgery]:
    for name in (PAGE_1, ENTRY, LIST):
        for place, label in ((0, "first"), (None, "last")):
            package = RawZip.of(lab.plain)
            evil = RawEntry(name.encode(), EVIL)
            package.entries.insert(len(package.entries) if place is None else place, evil)
            yield Forgery(f"{name.rpartition('/')[2]}-{label}", package.to_bytes())


@attack(
    "case-collision",
    "A3",
    "Two names differ in case alone: one file on Windows, two elsewhere.",
    "ofd.container.duplicate_name",
)
def case_collision(lab: Lab) -> Iterator[Forgery]:
    for name, other in (
        (PAGE_1, PAGE_1.upper()),
        (ENTRY, "ofd.XML"),
        (ROOT, "doc_0/document.xml"),
    ):
        assert name in lab.plain
        package = RawZip.of(lab.plain)
        package.entries.append(RawEntry(other.encode(), EVIL))
        yield Forgery(other.replace("/", "_"), package.to_bytes())


@attack(
    "unicode-collision",
    "A3",
    "Two names are equal after normalisation: Apple's file systems keep one of them.",
    "ofd.container.duplicate_name",
)
def unicode_collision(lab: Lab) -> Iterator[Forgery]:
    for label, one, other in (
        ("accent", "\u00e9", "e\u0301"),
        ("ring", "\u00c5", "\u212b"),
        ("hangul", "\uac00", "\u1100\u1161"),
    ):
        package = RawZip.of(lab.plain)
        for form in (one, other):
            package.entries.append(RawEntry(f"Doc_0/Attachs/{form}.txt".encode(), b"x"))
        yield Forgery(label, package.to_bytes())


@attack(
    "file-and-folder",
    "A3",
    "A file stands where another one needs a folder: unpackers keep either.",
    "ofd.container.duplicate_name",
)
def file_and_folder(lab: Lab) -> Iterator[Forgery]:
    for name in (f"{PAGE_1}/Content.xml", f"{ENTRY}/x", "Doc_0/Attachs/list.txt/evil.txt"):
        package = RawZip.of(lab.plain)
        package.entries.append(RawEntry(name.encode(), EVIL))
        yield Forgery(name.replace("/", "_"), package.to_bytes())


@attack(
    "headers-disagree",
    "A3",
    "The local header says something else than the directory: streaming readers believe it.",
    "ofd.container.damaged",
)
def headers_disagree(lab: Lab) -> Iterator[Forgery]:
    for label, changes in (
        ("name", {"local_name": PAGE_2.encode()}),
        ("size", {"local_size": 4}),
        ("crc", {"local_crc": 1}),
        ("method", {"local_method": 0}),
    ):
        package = RawZip.of(lab.plain)
        vars(package.entry(PAGE_1)).update(changes)
        yield Forgery(label, package.to_bytes())


@attack(
    "unicode-path",
    "A3",
    "The Unicode extra field names another file than the header does.",
    "ofd.container.duplicate_name",
)
def unicode_path_field(lab: Lab) -> Iterator[Forgery]:
    shown = unicode_path(PAGE_1.encode(), PAGE_2.encode())
    for label, changes in (
        ("central", {"central_extra": shown}),
        ("local", {"local_extra": shown}),
        ("both", {"central_extra": shown, "local_extra": shown}),
    ):
        package = RawZip.of(lab.plain)
        vars(package.entry(PAGE_1)).update(changes)
        yield Forgery(label, package.to_bytes())


@attack(
    "hidden-entry",
    "A3",
    "A file that the directory does not name lies in the package for readers that stream.",
    "ofd.container.hidden_entry",
)
def hidden_entry(lab: Lab) -> Iterator[Forgery]:
    package = RawZip.of(lab.plain)
    package.entries.append(RawEntry(PAGE_1.encode(), EVIL, central=False))
    yield Forgery("not-in-directory", package.to_bytes())
    inner = RawZip([RawEntry(PAGE_1.encode(), EVIL)]).to_bytes()
    package = RawZip.of(lab.plain)
    package.between = inner
    yield Forgery("before-directory", package.to_bytes())
    package = RawZip.of(lab.plain)
    package.entries[2].after = inner[:60]
    yield Forgery("between-entries", package.to_bytes())
    package = RawZip.of(lab.plain)
    package.entry(PAGE_1).behind = inner
    yield Forgery("behind-packed-bytes", package.to_bytes(), code="ofd.container.damaged")


@attack(
    "data-before",
    "A3",
    "Another directory or package lies in front: readers of absolute offsets find that one.",
    "ofd.container.hidden_entry",
)
def data_before(lab: Lab) -> Iterator[Forgery]:
    other = pack({**lab.plain, PAGE_1: EVIL})
    for label, before in (
        ("package", other),
        ("directory", b"PK\1\2" + bytes(42)),
        ("end-record", b"PK\5\6" + bytes(18)),
    ):
        package = RawZip.of(lab.plain)
        package.before = before
        yield Forgery(label, package.to_bytes())


@attack(
    "polyglot",
    "A3",
    "The file is an OFD and something else: a program that opens it as that shows another thing.",
    "seal.document.prefix",
    verdict=Verdict.WARNING,
)
def polyglot(lab: Lab) -> Iterator[Forgery]:
    for label, before in (
        ("pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"),
        ("program", b"MZ" + bytes(62)),
        ("page", b"<html><body>forged</body></html>"),
    ):
        package = RawZip.of(lab.plain)
        package.before = before
        as_pdf = (Verdict.INVALID, "pdf.document.two_formats") if label == "pdf" else (None, "")
        yield Forgery(label, package.to_bytes(), *as_pdf)


@attack(
    "data-behind",
    "A3",
    "Bytes behind the end record: readers that search from the end find another one.",
    "ofd.container.hidden_entry",
)
def data_behind(lab: Lab) -> Iterator[Forgery]:
    for label, trailing in (("byte", b"\0"), ("text", b"trailing"), ("end-record", b"PK\5\6" + bytes(10))):
        package = RawZip.of(lab.plain)
        package.trailing = trailing
        code = "ofd.container.damaged" if label == "end-record" else ""
        yield Forgery(label, package.to_bytes(), code=code)


@attack(
    "comment-games",
    "A3",
    "The comment of the package holds an end record or a package of its own.",
    "ofd.container.hidden_entry",
)
def comment_games(lab: Lab) -> Iterator[Forgery]:
    other = pack({**lab.plain, PAGE_1: EVIL})
    for label, comment, stated in (
        ("package", other, None),
        ("end-record", b"PK\5\6" + bytes(18), None),
        ("local-header", b"PK\3\4" + bytes(26), None),
        ("short", b"abcdef", 2),
    ):
        package = RawZip.of(lab.plain)
        package.comment, package.stated_comment = comment, stated
        yield Forgery(label, package.to_bytes())


@attack(
    "wide-locator",
    "A3",
    "A 64-bit locator hidden in a comment leads readers that know it to another directory.",
    "ofd.container.hidden_entry",
)
def wide_locator(lab: Lab) -> Iterator[Forgery]:
    for label, offset in (("start", 0), ("middle", 1000), ("beyond", 1 << 40)):
        package = RawZip.of(lab.plain)
        package.entries[-1].central_comment = struct.pack("<4sLQL", b"PK\6\7", 0, offset, 1)
        yield Forgery(label, package.to_bytes())


@attack(
    "overlapping",
    "A3",
    "Entries share their bytes: what was checked under one name is shown under another.",
    "ofd.container.damaged",
)
def overlapping(lab: Lab) -> Iterator[Forgery]:
    for label, name in (("other-name", b"Doc_0/x.xml"), ("as-page", b"Doc_0/Pages/Page_9/Content.xml")):
        package = RawZip.of(lab.plain)
        source = package.entry(PAGE_1)
        shared = package.entries.index(source)
        package.entries.append(RawEntry(name, source.data, share=shared))
        yield Forgery(label, package.to_bytes())
    package = RawZip.of(lab.plain)
    package.entries.append(RawEntry(b"Doc_0/y.xml", package.entries[0].data, share=0))
    yield Forgery("entry-file", package.to_bytes())


@attack(
    "unsafe-name",
    "A13",
    "Names that leave the package, or read otherwise than they are.",
    "ofd.container.unsafe_name",
)
def unsafe_name(lab: Lab) -> Iterator[Forgery]:
    for label, name in (
        ("climbing", "../evil.xml"),
        ("absolute", "/evil.xml"),
        ("drive", "C:/evil.xml"),
        ("backslash", "Doc_0\\Pages\\Page_0\\Content.xml"),
        ("turned-round", "Doc_0/Attachs/\u202etxt.exe"),
        ("no-width", "Doc_0/Pages/Page_0/Content\u200b.xml"),
        ("last-dot", f"{PAGE_1}."),
        ("last-blank", f"{PAGE_1} "),
    ):
        package = RawZip.of(lab.plain)
        package.entries.append(RawEntry(name.encode(), EVIL))
        yield Forgery(label, package.to_bytes())
    package = RawZip.of(lab.plain)
    package.entries.append(RawEntry(b"Doc_0/\xc0\xafevil.xml", EVIL))
    yield Forgery("overlong", package.to_bytes())


@attack(
    "symbolic-link",
    "A13",
    "An entry is a link: unpacked, it shows a file from elsewhere.",
    "ofd.container.unsafe_name",
)
def symbolic_link(lab: Lab) -> Iterator[Forgery]:
    for label, target in (
        ("system", b"/etc/passwd"),
        ("sibling", b"../Page_1/Content.xml"),
        ("folder", b".."),
    ):
        package = RawZip.of(lab.plain)
        link = RawEntry(b"Doc_0/link.xml", target, attributes=0o120777 << 16)
        package.entries.append(link)
        yield Forgery(label, package.to_bytes())


@attack("bomb", "A13", "Sizes that would fill memory or disk.", "ofd.container.bomb")
def bomb(lab: Lab) -> Iterator[Forgery]:
    package = RawZip.of(lab.plain)
    package.entries.append(RawEntry(b"Doc_0/x.bin", b"x", stated_size=1 << 31, local_size=1 << 31))
    yield Forgery("stated-size", package.to_bytes())
    package = RawZip.of(lab.plain)
    package.entries.append(RawEntry(b"Doc_0/x.bin", bytes(40 << 20)))
    yield Forgery("ratio", package.to_bytes())
    package = RawZip.of(lab.plain)
    package.count = 60_000
    yield Forgery("count", package.to_bytes())


@attack(
    "unreadable-entry",
    "A13",
    "Encrypted or exotic entries that another reader can read and this one cannot.",
    "ofd.container.unsupported",
)
def unreadable_entry(lab: Lab) -> Iterator[Forgery]:
    for label, changes, code in (
        ("encrypted", {"flags": 0x0801}, "ofd.container.encrypted"),
        ("bzip2", {"method": 12}, ""),
        ("endless-store", {"method": 0, "flags": 0x0808}, ""),
    ):
        package = RawZip.of(lab.plain)
        vars(package.entry(PAGE_1)).update(changes)
        yield Forgery(label, package.to_bytes(), code=code)
