"""Where a document leads: told, with pages that exist, whatever the file says."""

from __future__ import annotations

from gongwen_docs.draw import open_drawing
from gongwen_docs.draw.catalogue import catalogue
from gongwen_docs.ofd.navigation import ActionKind, Link, Navigation
from ofd_builder import OfdBuilder, path

GO = '<ofd:Action Event="CLICK"><ofd:Goto><ofd:Dest Type="XYZ" PageID="{}" Top="{}"/></ofd:Goto></ofd:Action>'


def entry(title: str, page: str = "", inside: str = "", top: float = 0) -> str:
    actions = f"<ofd:Actions>{GO.format(page, top)}</ofd:Actions>" if page else ""
    return f'<ofd:OutlineElem Title="{title}">{actions}{inside}</ofd:OutlineElem>'


def read(document: str) -> Navigation:
    builder = OfdBuilder(document=document).page(path("M 0 0 L 9 9")).page(path("M 0 0 L 9 9"))
    with open_drawing(builder.build()) as drawing:
        return drawing.navigation()


def links(units: str) -> tuple[Link, ...]:
    with open_drawing(OfdBuilder().page(units).page("").build()) as drawing:
        return drawing.links(0)


def test_outline_in_reading_order_with_levels() -> None:
    found = read(
        "<ofd:Outlines>"
        + entry("一、总则", "100", entry("（一）目的", "101", top=42.5))
        + entry("二、附则", "no-such-page")
        + "</ofd:Outlines>"
    ).outline
    assert [(item.title, item.level) for item in found] == [
        ("一、总则", 0),
        ("（一）目的", 1),
        ("二、附则", 0),
    ]
    target = found[1].action
    assert target is not None
    assert (target.kind, target.page, target.top) == (ActionKind.GO_TO, 1, 42.5)
    assert found[2].action is None


def test_bookmarks_and_what_leads_to_them() -> None:
    found = read(
        '<ofd:Outlines><ofd:OutlineElem Title="签名处"><ofd:Actions><ofd:Action Event="CLICK"><ofd:Goto>'
        '<ofd:Bookmark Name="落款"/></ofd:Goto></ofd:Action></ofd:Actions></ofd:OutlineElem></ofd:Outlines>'
        '<ofd:Bookmarks><ofd:Bookmark Name="落款"><ofd:Dest Type="Fit" PageID="101"/></ofd:Bookmark>'
        '<ofd:Bookmark Name="坏的"><ofd:Dest Type="Fit" PageID="9"/></ofd:Bookmark></ofd:Bookmarks>'
    )
    assert [(mark.name, mark.page) for mark in found.bookmarks] == [("落款", 1)]
    assert found.outline[0].action is not None
    assert found.outline[0].action.page == 1


def test_what_runs_on_opening_is_told() -> None:
    found = read(
        '<ofd:Actions><ofd:Action Event="DO"><ofd:URI URI="http://example.com/"/></ofd:Action></ofd:Actions>'
    )
    assert [(action.kind, action.target) for action in found.by_itself] == [
        (ActionKind.URI, "http://example.com/")
    ]


def test_links_of_units_lie_where_the_units_do() -> None:
    action = '<ofd:Actions><ofd:Action Event="CLICK"><ofd:URI URI="x.htm" Base="http://a/"/></ofd:Action></ofd:Actions>'
    sound = '<ofd:Actions><ofd:Action Event="CLICK"><ofd:Sound ResourceID="1"/></ofd:Action></ofd:Actions>'
    goto = f"<ofd:Actions>{GO.format('101', 10)}</ofd:Actions>"
    found = links(
        path("M 0 0 L 9 9", inside=action, boundary="10 20 30 40")
        + path("M 0 0 L 9 9", inside=sound, boundary="0 0 5 5")
        + path("M 0 0 L 9 9", inside=goto, boundary="50 50 5 5")
        + path("M 0 0 L 9 9", inside=goto.replace("CLICK", "PO"), boundary="50 50 5 5")
    )
    assert [link.action.kind for link in found] == [ActionKind.URI, ActionKind.PLAY, ActionKind.GO_TO]
    assert tuple(found[0].box) == (10, 20, 30, 40)
    assert found[0].action.target == "http://a/x.htm"
    assert found[2].action.page == 1


def test_an_outline_of_any_depth_is_read() -> None:
    deep = ""
    for number in range(60):
        deep = entry(f"{number}", "100", deep)
    found = read(f"<ofd:Outlines>{deep}</ofd:Outlines>").outline
    assert len(found) == 60
    assert max(item.level for item in found) < 20


def test_what_pages_would_do_is_told() -> None:
    address = '<ofd:URI URI="http://example.org"/>'
    shown = f'<ofd:Actions><ofd:Action Event="PO">{address}</ofd:Action></ofd:Actions>'
    builder = OfdBuilder().page("").page("")
    builder.pages[1] += shown
    with open_drawing(builder.build()) as drawing:
        told = catalogue(drawing)["page_actions"]
    assert [(item["page"], item["event"], item["action"]["target"]) for item in told] == [
        (2, "PO", "http://example.org")
    ]
