"""Attacks that leave every signed byte alone and add something: what a signature does not list."""

from __future__ import annotations

from collections.abc import Iterator

from docs.verify.attacks.lab import (
    ENTRY,
    LIST,
    PAGE_2,
    ROOT,
    SIGN,
    Lab,
    Parts,
    listing_only,
    protected_names,
    replaced,
    without,
)
from docs.verify.attacks.registry import Forgery, attack
from gongwen_docs.ofd.container import pack
from gongwen_docs.verify import Verdict

ADDED = "seal.coverage.added_part"
SUSPICIOUS = "seal.coverage.entry_suspicious"
OTHER_ROOT = "Other/Document.xml"


def _put_later(lab: Lab, *prefixes: str) -> Parts:
    """Sealed while the files below ``prefixes`` were missing; then they are put where references point."""
    fewer = without(lab.rich, *prefixes)
    signed = listing_only(fewer, lab.unit, protected_names(fewer))
    return {**lab.rich, **signed}


@attack("page-added", "A1", "A page of the document that the signature does not list.", ADDED)
def page_added(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("dangling-page", pack(_put_later(lab, PAGE_2)))
    names = protected_names(lab.plain, PAGE_2)
    yield Forgery("unlisted-page", pack(listing_only(lab.plain, lab.unit, names)))
    names = [name for name in protected_names(lab.seam) if "/Pages/" not in name]
    yield Forgery("no-page-listed", pack(listing_only(lab.seam, lab.unit, names)))


@attack("template-added", "A1", "A page template or a page's own resource list put in after sealing.", ADDED)
def template_added(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("template", pack(_put_later(lab, "Doc_0/Tpls")))
    yield Forgery("page-resources", pack(_put_later(lab, "Doc_0/Pages/Page_0/PageRes.xml")))
    yield Forgery("both", pack(_put_later(lab, "Doc_0/Tpls", "Doc_0/Pages/Page_0/PageRes.xml")))


@attack("resource-added", "A11", "A typeface, picture or resource list put in after sealing.", ADDED)
def resource_added(lab: Lab) -> Iterator[Forgery]:
    for label, prefix in (
        ("typeface", "Doc_0/Res/fang.otf"),
        ("picture", "Doc_0/Res/map.png"),
        ("list", "Doc_0/DocumentRes.xml"),
        ("public-list", "Doc_0/PublicRes.xml"),
    ):
        yield Forgery(label, pack(_put_later(lab, prefix)))


@attack("annotation-added", "A1", "Annotations put in after sealing cover what was signed.", ADDED)
def annotation_added(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("all", pack(_put_later(lab, "Doc_0/Annots")))
    yield Forgery("list", pack(_put_later(lab, "Doc_0/Annots/Annotations.xml")))
    yield Forgery("of-a-page", pack(_put_later(lab, "Doc_0/Annots/Page_0")))


@attack("attachment-added", "A1", "An attachment or its list put in after sealing.", ADDED)
def attachment_added(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("all", pack(_put_later(lab, "Doc_0/Attachs")))
    yield Forgery("list", pack(_put_later(lab, "Doc_0/Attachs/Attachments.xml")))
    yield Forgery("file", pack(_put_later(lab, "Doc_0/Attachs/list.txt")))


@attack("tags-added", "A1", "Custom tags or extensions put in after sealing.", ADDED)
def tags_added(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("tags", pack(_put_later(lab, "Doc_0/Tags")))
    yield Forgery("tag-file", pack(_put_later(lab, "Doc_0/Tags/Tag.xml")))
    yield Forgery("extensions", pack(_put_later(lab, "Doc_0/Extensions.xml")))
    yield Forgery("extension-data", pack(_put_later(lab, "Doc_0/Ext")))


@attack(
    "leftover",
    "A1",
    "Files that nothing refers to: they show nowhere, another reader may guess them.",
    "seal.coverage.leftover",
    verdict=Verdict.WARNING,
)
def leftover(lab: Lab) -> Iterator[Forgery]:
    for name in (
        "Doc_0/Pages/Page_9/Content.xml",
        "Doc_1/Document.xml",
        "Doc_0/Res/evil.otf",
        "OFD.xml.bak",
    ):
        yield Forgery(name.replace("/", "_"), pack({**lab.plain, name: b"<Page/>"}))


def _open_entry(lab: Lab) -> Parts:
    """Sealed by software that leaves OFD.xml unlisted, as a third of real signatures do."""
    return listing_only(lab.plain, lab.unit, protected_names(lab.plain, ENTRY))


@attack("second-body", "A2", "An unlisted OFD.xml gains a second document.", SUSPICIOUS)
def second_body(lab: Lab) -> Iterator[Forgery]:
    body = f"<ofd:DocBody><ofd:DocRoot>{OTHER_ROOT}</ofd:DocRoot></ofd:DocBody>"
    parts = {**_open_entry(lab), OTHER_ROOT: lab.plain[ROOT]}
    behind = replaced(parts, ENTRY, "</ofd:OFD>", f"{body}</ofd:OFD>")
    yield Forgery("behind", pack(behind))
    front = replaced(parts, ENTRY, "<ofd:DocBody>", f"{body}<ofd:DocBody>")
    yield Forgery("in-front", pack(front), code="seal.document.signatures_gone")
    listed = f"<ofd:Signatures>/{LIST}</ofd:Signatures></ofd:DocBody>"
    with_list = replaced(
        parts, ENTRY, "<ofd:DocBody>", body.replace("</ofd:DocBody>", listed) + "<ofd:DocBody>"
    )
    yield Forgery("in-front-with-signatures", pack(with_list))


@attack("other-root", "A2", "An unlisted OFD.xml leads to another document.", SUSPICIOUS)
def other_root(lab: Lab) -> Iterator[Forgery]:
    parts = _open_entry(lab)
    for label, path in (
        ("beside", OTHER_ROOT),
        ("within", "Doc_0/Document2.xml"),
        ("signs", f"{SIGN}/D.xml"),
    ):
        data = {**parts, path: lab.plain[ROOT].replace(b"Pages/", b"/Doc_0/Pages/")}
        yield Forgery(label, pack(replaced(data, ENTRY, "Doc_0/Document.xml", path)))


@attack("other-version", "A2", "An unlisted OFD.xml names another version as the current one.", SUSPICIOUS)
def other_version(lab: Lab) -> Iterator[Forgery]:
    parts = {**_open_entry(lab), OTHER_ROOT: lab.plain[ROOT]}
    for label, more in (("current", 'Current="true"'), ("old", 'Current="false"'), ("silent", "")):
        version = (
            f'<ofd:Versions><ofd:Version ID="1" Index="1" {more} BaseLoc="{OTHER_ROOT}"/></ofd:Versions>'
        )
        yield Forgery(label, pack(replaced(parts, ENTRY, "</ofd:DocRoot>", f"</ofd:DocRoot>{version}")))


@attack("strange-entry", "A2", "An unlisted OFD.xml says things that this reader does not know.", SUSPICIOUS)
def strange_entry(lab: Lab) -> Iterator[Forgery]:
    parts = {**_open_entry(lab), "Other/cover.png": b"x"}
    for label, old, added in (
        ("element", "</ofd:DocRoot>", "<ofd:Unknown/>"),
        ("cover", "</ofd:Title>", "<ofd:Cover>Other/cover.png</ofd:Cover>"),
        ("second-root", "</ofd:DocRoot>", f"<ofd:DocRoot>{OTHER_ROOT}</ofd:DocRoot>"),
        ("namespace", "</ofd:DocRoot>", '<x:Root xmlns:x="urn:x">Other</x:Root>'),
    ):
        yield Forgery(label, pack(replaced(parts, ENTRY, old, old + added)))


@attack(
    "metadata-open",
    "A2",
    "An unlisted OFD.xml states another title or author.",
    "seal.coverage.entry_unprotected",
    verdict=Verdict.WARNING,
)
def metadata_open(lab: Lab) -> Iterator[Forgery]:
    parts = _open_entry(lab)
    yield Forgery("title", pack(replaced(parts, ENTRY, "会议", "休假")))
    yield Forgery("identifier", pack(replaced(parts, ENTRY, "0123456789abcdef", "fedcba9876543210")))
    custom = '<ofd:CustomDatas><ofd:CustomData Name="密级">公开</ofd:CustomData></ofd:CustomDatas>'
    yield Forgery("custom", pack(replaced(parts, ENTRY, "</ofd:Title>", f"</ofd:Title>{custom}")))
