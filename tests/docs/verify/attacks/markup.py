"""Attacks on the XML: declarations, depth, lists that say too much, the same text in other bytes."""

from __future__ import annotations

from collections.abc import Iterator

from docs.verify.attacks.lab import ENTRY, LIST, PAGE_1, ROOT, SIGN, SIGNATURE, Lab, replaced
from docs.verify.attacks.registry import Forgery, attack
from gongwen_docs.ofd.container import pack
from gongwen_docs.verify import Verdict

_ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def _declared(data: bytes, declaration: str, encoding: str = "utf-8") -> bytes:
    text = data.decode()
    body = text[text.index("<ofd:") :]
    return f'<?xml version="1.0" encoding="{encoding}"?>{declaration}{body}'.encode(encoding)


@attack("doctype", "A13", "A document type declares entities that other parsers fetch.", "ofd.xml.doctype")
def doctype(lab: Lab) -> Iterator[Forgery]:
    for name in (ENTRY, ROOT, LIST):
        label = name.rpartition("/")[2]
        yield Forgery(label, pack({**lab.plain, name: _declared(lab.plain[name], _ENTITY)}))
    wide = _declared(lab.plain[LIST], _ENTITY, "utf-16")
    yield Forgery("utf-16", pack({**lab.plain, LIST: wide}))


@attack(
    "broken-list", "A13", "The unprotected list of signatures is deep, cut off or no XML.", "ofd.xml.damaged"
)
def broken_list(lab: Lab) -> Iterator[Forgery]:
    deep = b"<a>" * 200 + b"</a>" * 200
    yield Forgery("deep", pack({**lab.plain, LIST: deep}), code="ofd.xml.too_deep")
    yield Forgery("cut", pack({**lab.plain, LIST: lab.plain[LIST][:-20]}))
    yield Forgery("binary", pack({**lab.plain, LIST: bytes(100)}))


@attack(
    "list-says-more",
    "A1",
    "The unprotected list of signatures carries what another reader takes for content.",
    "seal.document.strange_list",
)
def list_says_more(lab: Lab) -> Iterator[Forgery]:
    for label, added in (
        ("fonts", '<ofd:Fonts><ofd:Font ID="1" FontName="evil"/></ofd:Fonts>'),
        ("page", "<ofd:Content><ofd:Layer/></ofd:Content>"),
        ("namespace", '<x:Other xmlns:x="urn:x"/>'),
    ):
        yield Forgery(
            label, pack(replaced(lab.plain, LIST, "</ofd:Signatures>", f"{added}</ofd:Signatures>"))
        )
    entry = f'<ofd:Group><ofd:Signature ID="s9" BaseLoc="/{SIGN}/Signature.xml"/></ofd:Group>'
    yield Forgery("nested", pack(replaced(lab.plain, LIST, "</ofd:Signatures>", f"{entry}</ofd:Signatures>")))


def _again(identifier: str, path: str) -> str:
    return f'<ofd:Signature ID="{identifier}" Type="Seal" BaseLoc="/{path}"/></ofd:Signatures>'


@attack(
    "listed-twice",
    "A7",
    "One signature is listed several times, so that a document seems to have more seals.",
    "seal.document.listed_twice",
)
def listed_twice(lab: Lab) -> Iterator[Forgery]:
    for label, identifier in (("other-id", "s9"), ("same-id", "s001")):
        data = replaced(lab.plain, LIST, "</ofd:Signatures>", _again(identifier, SIGNATURE))
        yield Forgery(label, pack(data))
    climbing = f"{SIGN}/../Sign_0/Signature.xml"
    yield Forgery("other-path", pack(replaced(lab.plain, LIST, "</ofd:Signatures>", _again("s9", climbing))))
    many = "".join(_again(f"s9{n}", SIGNATURE).partition("</")[0] for n in range(300))
    heap = replaced(lab.plain, LIST, "</ofd:Signatures>", f"{many}</ofd:Signatures>")
    yield Forgery("heap", pack(heap), code="seal.document.too_many_signatures")


@attack(
    "same-id",
    "A7",
    "Two signatures carry one identifier: programs that look it up find either.",
    "seal.document.same_id",
)
def same_id(lab: Lab) -> Iterator[Forgery]:
    for other in ("s001", "s002", "s003"):
        data = lab.joint[LIST]
        for known in ("s001", "s002", "s003"):
            data = data.replace(f'Signature ID="{known}"'.encode(), f'Signature ID="{other}"'.encode())
        yield Forgery(other, pack({**lab.joint, LIST: data}))


@attack(
    "other-type",
    "A10",
    "The list calls a seal a mere signature or the reverse, to have it read by other rules.",
    "seal.format.other_type",
    verdict=Verdict.WARNING,
)
def other_type(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("seal-as-sign", pack(replaced(lab.plain, LIST, 'Type="Seal"', 'Type="Sign"')))
    yield Forgery("v5-as-sign", pack(replaced(lab.v5, LIST, 'Type="Seal"', 'Type="Sign"')))
    yield Forgery("sign-as-seal", pack(replaced(lab.cms, LIST, 'Type="Sign"', 'Type="Seal"')))
    yield Forgery("seam-as-other", pack(replaced(lab.seam, LIST, 'Type="Seal"', 'Type="Sign"')))


@attack(
    "rewritten-bytes",
    "A1",
    "The same text in other bytes: whoever hashes a parsed form would not notice more.",
    "seal.content.changed_part",
)
def rewritten_bytes(lab: Lab) -> Iterator[Forgery]:
    page = lab.plain[PAGE_1]
    yield Forgery("byte-order-mark", pack({**lab.plain, PAGE_1: b"\xef\xbb\xbf" + page}))
    yield Forgery("utf-16", pack({**lab.plain, PAGE_1: _declared(page, "", "utf-16")}))
    yield Forgery("blank", pack({**lab.plain, PAGE_1: page + b"\n"}))
    yield Forgery("comment", pack({**lab.plain, PAGE_1: page + b"<!-- 1 -->"}))
    prefix = page.replace(b"ofd:", b"o:").replace(b"xmlns:ofd", b"xmlns:o")
    yield Forgery("other-prefix", pack({**lab.plain, PAGE_1: prefix}))


@attack(
    "rewritten-signature", "A7", "Signature.xml in other bytes or other words.", "seal.content.list_tampered"
)
def rewritten_signature(lab: Lab) -> Iterator[Forgery]:
    text = lab.plain[SIGNATURE]
    yield Forgery("byte-order-mark", pack({**lab.plain, SIGNATURE: b"\xef\xbb\xbf" + text}))
    yield Forgery("blank", pack({**lab.plain, SIGNATURE: text + b" "}))
    yield Forgery("provider", pack(replaced(lab.plain, SIGNATURE, "gongwen", "another")))
    yield Forgery("date", pack(replaced(lab.plain, SIGNATURE, "2026-11-20", "2020-11-20")))
    start = text.index(b"<ofd:Reference ")
    end = text.index(b"</ofd:Reference>") + len(b"</ofd:Reference>")
    yield Forgery("reference-out", pack({**lab.plain, SIGNATURE: text[:start] + text[end:]}))
