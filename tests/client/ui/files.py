"""Files for the reader's tests: what the project's own writers make, and packages with one feature each."""

from __future__ import annotations

from pathlib import Path

from gongwen_docs.draw import open_drawing
from gongwen_docs.draw.png import png
from gongwen_docs.write import OfdWriter, Role, default_shelf
from gongwen_docs.write.metadata import DocumentInfo
from ofd_builder import OfdBuilder, path, text

LINES = (
    "为做好电子公文交换平台启用工作，现将有关事项通知如",
    "下：各单位应当在规定时限内完成准备，确保公文交换安",
    "全、及时、准确。",
)


def long_document(target: Path, pages: int, title: str = "长文件") -> Path:
    """Pages of three lines; each has its number in words of its own."""
    face = default_shelf().face(Role.FANG)
    writer = OfdWriter(DocumentInfo(title=title, elements={"FWZH": "示府发〔2026〕1号"}))
    for number in range(1, pages + 1):
        canvas = writer.page()
        canvas.text(28, 40, f"第{number}号说明", face, 5.6)
        for line, words in enumerate(LINES):
            canvas.text(28, 60 + line * 10, words, face, 5.6)
    target.write_bytes(writer.to_bytes())
    return target


def linked_document(target: Path, *, export: bool = True) -> Path:
    """Two pages: an outline, a bookmark, a link to page 2, a web address, permissions, a valid period."""

    def action(inside: str) -> str:
        return f'<ofd:Actions><ofd:Action Event="CLICK">{inside}</ofd:Action></ofd:Actions>'

    go = action('<ofd:Goto><ofd:Dest Type="XYZ" PageID="101" Top="20"/></ofd:Goto>')
    web = action('<ofd:URI URI="http://example.com/a"/>')
    words = text('<ofd:TextCode X="10" Y="20" DeltaX="6 6 6">请看附件</ofd:TextCode>', 'Size="6"')
    document = (
        f"<ofd:Permissions><ofd:Export>{str(export).lower()}</ofd:Export>"
        '<ofd:Print Printable="true" Copies="3"/>'
        '<ofd:ValidPeriod StartDate="2020-01-01T00:00:00" EndDate="2021-12-31T00:00:00"/></ofd:Permissions>'
        f'<ofd:Outlines><ofd:OutlineElem Title="第二部分">{go}</ofd:OutlineElem></ofd:Outlines>'
        '<ofd:Bookmarks><ofd:Bookmark Name="落款处"><ofd:Dest Type="Fit" PageID="101"/></ofd:Bookmark>'
        "</ofd:Bookmarks>"
        '<ofd:Actions><ofd:Action Event="DO"><ofd:URI URI="http://example.com/"/></ofd:Action></ofd:Actions>'
    )
    units = (
        words
        + path("M 0 0 L 20 0 L 20 10 L 0 10 C", inside=go, boundary="10 40 20 10")
        + path("M 0 0 L 20 0 L 20 10 L 0 10 C", inside=web, boundary="10 60 20 10")
    )
    builder = OfdBuilder(box_font=True, document=document).page(units).page(words)
    target.write_bytes(builder.build())
    return target


def carrying_document(target: Path, inside: bytes) -> Path:
    """One page that carries an OFD and a text file."""
    face = default_shelf().face(Role.FANG)
    writer = OfdWriter(DocumentInfo(title="带附件的文件"))
    writer.page().text(28, 40, "见附件。", face, 5.6)
    writer.attach("名单.ofd", inside)
    writer.attach("说明.txt", "说明".encode())
    target.write_bytes(writer.to_bytes())
    return target


def page_photographed(document: Path, folder: Path) -> Path:
    """The upper half of a document's first page, as a scanner writes it where the paper got stuck."""
    with open_drawing(document) as drawing:
        pixels = drawing.render(0, 110.0, (0.0, 0.0, 210.0, 150.0))
    path = folder / "卡纸的一页.png"
    path.write_bytes(png(pixels, 110.0))
    return path
