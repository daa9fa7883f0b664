"""Attacks on protected content: changed, exchanged, deleted, in another order."""

from __future__ import annotations

from collections.abc import Iterator

from docs.office import png
from docs.verify.attacks.lab import ENTRY, PAGE_1, PAGE_2, ROOT, Lab, Parts, replaced, without
from docs.verify.attacks.registry import Forgery, attack
from gongwen_docs.ofd.container import pack

CHANGED = "seal.content.changed_part"


def _originals(lab: Lab) -> dict[str, Parts]:
    return {name: parts for name, parts in lab.originals.items() if name not in ("rich",)}


@attack("text-changed", "A1", "A word on a sealed page is another one.", CHANGED)
def text_changed(lab: Lab) -> Iterator[Forgery]:
    for name, parts in _originals(lab).items():
        yield Forgery(name, pack(replaced(parts, PAGE_1, "9月1日", "9月2日")))


@attack("text-moved", "A1", "The words stay, their place or colour does not.", CHANGED)
def text_moved(lab: Lab) -> Iterator[Forgery]:
    for label, old, new in (
        ("place", "20 20 170 10", "20 90 170 10"),
        ("size", 'Size="5.6"', 'Size="0.1"'),
        ("visible", 'Font="1"', 'Visible="false" Font="1"'),
    ):
        yield Forgery(label, pack(replaced(lab.plain, PAGE_2, old, new)))


@attack("pages-swapped", "A1", "Protected pages change places among themselves.", CHANGED)
def pages_swapped(lab: Lab) -> Iterator[Forgery]:
    parts = replaced(lab.plain, PAGE_2, "9月1日", "9月1日")
    swapped = {**lab.seam, PAGE_1: lab.seam[PAGE_2] + b"", PAGE_2: lab.seam[PAGE_1]}
    yield Forgery("contents", pack(swapped))
    root = lab.plain[ROOT].replace(b"Page_0/", b"Page_X/").replace(b"Page_1/", b"Page_0/")
    yield Forgery("in-the-list", pack({**parts, ROOT: root.replace(b"Page_X/", b"Page_1/")}))
    dropped = lab.plain[ROOT].replace(b'<ofd:Page ID="101" BaseLoc="Pages/Page_1/Content.xml"/>', b"")
    yield Forgery("last-dropped", pack({**lab.plain, ROOT: dropped}))


@attack(
    "resource-swapped",
    "A11",
    "A template, typeface, picture, colour or pen behind the page changes.",
    CHANGED,
)
def resource_swapped(lab: Lab) -> Iterator[Forgery]:
    rich = lab.rich
    yield Forgery("template", pack(replaced(rich, "Doc_0/Tpls/Tpl_0/Content.xml", "内部", "正式")))
    yield Forgery("typeface", pack({**rich, "Doc_0/Res/fang.otf": b"another font"}))
    yield Forgery("picture", pack({**rich, "Doc_0/Res/map.png": png(17)}))
    yield Forgery(
        "colour", pack(replaced(rich, "Doc_0/DocumentRes.xml", 'Value="200 0 0"', 'Value="255 255 255"'))
    )
    yield Forgery("space", pack(replaced(rich, "Doc_0/DocumentRes.xml", 'Type="RGB"', 'Type="GRAY"')))
    yield Forgery("page-res", pack({**rich, "Doc_0/Pages/Page_0/PageRes.xml": b"<Res/>"}))
    yield Forgery("font-list", pack(replaced(rich, "Doc_0/PublicRes.xml", "FandolFang", "SimSun")))


@attack("side-file-changed", "A1", "Attachment, annotation, tags or metadata change.", CHANGED)
def side_file_changed(lab: Lab) -> Iterator[Forgery]:
    rich = lab.rich
    yield Forgery("attachment", pack({**rich, "Doc_0/Attachs/list.txt": "某旗区人民政府".encode()}))
    yield Forgery("attachment-name", pack(replaced(rich, "Doc_0/Attachs/Attachments.xml", "参会", "获奖")))
    yield Forgery("annotation", pack(replaced(rich, "Doc_0/Annots/Page_0/Annotation.xml", "收发员", "主任")))
    yield Forgery("tag", pack(replaced(rich, "Doc_0/Tags/Tag.xml", "标题", "正文")))
    yield Forgery("extension", pack({**rich, "Doc_0/Ext/data.xml": b"<data>1</data>"}))
    yield Forgery("title", pack(replaced(rich, ENTRY, "会议", "休假")))


@attack("part-deleted", "A1", "A protected file is gone.", "seal.content.missing_part")
def part_deleted(lab: Lab) -> Iterator[Forgery]:
    for label, name in (
        ("page", PAGE_2),
        ("attachment", "Doc_0/Attachs/list.txt"),
        ("annotation", "Doc_0/Annots/Page_0"),
        ("typeface", "Doc_0/Res/fang.otf"),
        ("picture", "Doc_0/Res/map.png"),
    ):
        yield Forgery(label, pack(without(lab.rich, name)))
