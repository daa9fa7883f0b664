"""Documents that lead in circles or promise too much: pages, templates, resources, side files."""

from __future__ import annotations

from docs.bombs import drawn, refused, reported
from docs.bombs.containers import PAGE, harmless
from gongwen_docs.ofd.container import pack
from ofd_builder import OfdBuilder, filled

SQUARE = "M 0 0 L 9 0 L 9 9 L 0 9 C"


@refused("ofd.document.too_many_pages")
def thirty_thousand_pages() -> bytes:
    parts = harmless()
    page = b'<ofd:Page ID="100" BaseLoc="Pages/Page_0/Content.xml"/>'
    parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(page, page * 30_000)
    return pack(parts)


@refused("ofd.document.no_root")
def document_that_is_its_own_entry() -> bytes:
    parts = harmless()
    parts["OFD.xml"] = parts["OFD.xml"].replace(b"Doc_0/Document.xml", b"OFD.xml")
    return pack(parts)


@drawn
def page_that_is_the_document() -> bytes:
    parts = harmless()
    parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(
        b"Pages/Page_0/Content.xml", b"Document.xml"
    )
    return pack(parts)


@drawn
def template_of_itself() -> bytes:
    use = '<ofd:Template TemplateID="7"/>'
    builder = OfdBuilder(common='<ofd:TemplatePage ID="7" BaseLoc="T.xml"/>')
    builder.files["Doc_0/T.xml"] = builder.xml("Page", use)
    return builder.page(filled(SQUARE), before=use).build()


@drawn
def template_used_a_thousand_times() -> bytes:
    builder = OfdBuilder(common='<ofd:TemplatePage ID="7" BaseLoc="T.xml"/>')
    layer = f'<ofd:Content><ofd:Layer ID="2">{filled(SQUARE) * 100}</ofd:Layer></ofd:Content>'
    builder.files["Doc_0/T.xml"] = builder.xml("Page", layer)
    return builder.page("", before='<ofd:Template TemplateID="7"/>' * 1000).build()


@drawn
def draw_parameters_in_a_circle() -> bytes:
    parameters = "".join(
        f'<ofd:DrawParam ID="{n}" Relative="{60 + (n + 1) % 20}" LineWidth="1"/>' for n in range(60, 80)
    )
    builder = OfdBuilder(resources=f"<ofd:DrawParams>{parameters}</ofd:DrawParams>")
    return builder.page(filled(SQUARE, attributes='DrawParam="60"')).build()


@drawn
def chain_of_ten_thousand_draw_parameters() -> bytes:
    parameters = "".join(f'<ofd:DrawParam ID="{n}" Relative="{n + 1}"/>' for n in range(10_000))
    builder = OfdBuilder(resources=f"<ofd:DrawParams>{parameters}</ofd:DrawParams>")
    return builder.page(filled(SQUARE, attributes='DrawParam="0"') * 20).build()


def composites(count: int, uses: int, last: str) -> str:
    """Composites of which each shows the next one ``uses`` times."""
    units = "".join(
        f'<ofd:CompositeGraphicUnit ID="{800 + n}" Width="9" Height="9"><ofd:Content>'
        + f'<ofd:CompositeObject ID="4" ResourceID="{801 + n}" Boundary="0 0 9 9"/>' * uses
        + "</ofd:Content></ofd:CompositeGraphicUnit>"
        for n in range(count)
    )
    end = (
        f'<ofd:CompositeGraphicUnit ID="{800 + count}" Width="9" Height="9">'
        f"<ofd:Content>{last}</ofd:Content></ofd:CompositeGraphicUnit>"
    )
    return f"<ofd:CompositeGraphicUnits>{units}{end}</ofd:CompositeGraphicUnits>"


OUTERMOST = '<ofd:CompositeObject ID="4" ResourceID="800" Boundary="0 0 9 9" Alpha="200"/>'


@reported("draw.too_complex")
def composite_of_itself() -> bytes:
    return OfdBuilder(resources=composites(0, 0, OUTERMOST)).page(OUTERMOST).build()


@reported("draw.too_complex")
def composites_that_multiply() -> bytes:
    return OfdBuilder(resources=composites(10, 10, filled(SQUARE))).page(OUTERMOST).build()


@drawn
def resource_file_that_is_a_page() -> bytes:
    parts = harmless()
    parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(
        b"PublicRes.xml", b"Pages/Page_0/Content.xml"
    )
    return pack(parts)


@drawn
def resources_named_a_hundred_thousand_times() -> bytes:
    fonts = "".join(f'<ofd:Font ID="{n}" FontName="\u5b8b{n}"/>' for n in range(100_000))
    return OfdBuilder(resources=f"<ofd:Fonts>{fonts}</ofd:Fonts>").page(filled(SQUARE)).build()


def annotated(count: int, appearance: str) -> bytes:
    builder = OfdBuilder(document="<ofd:Annotations>A.xml</ofd:Annotations>")
    listed = '<ofd:Page PageID="100"><ofd:FileLoc>P.xml</ofd:FileLoc></ofd:Page>'
    builder.files["Doc_0/A.xml"] = builder.xml("Annotations", listed)
    inside = f'<ofd:Appearance Boundary="0 0 9 9">{appearance}</ofd:Appearance>'
    item = f'<ofd:Annot ID="9" Type="Stamp">{inside}</ofd:Annot>'
    builder.files["Doc_0/P.xml"] = builder.xml("PageAnnot", item * count)
    return builder.page("").build()


@drawn
def flood_of_annotations() -> bytes:
    return annotated(20_000, "")


@drawn
def annotation_list_of_itself() -> bytes:
    builder = OfdBuilder(document="<ofd:Annotations>A.xml</ofd:Annotations>")
    listed = '<ofd:Page PageID="100"><ofd:FileLoc>A.xml</ofd:FileLoc></ofd:Page>'
    builder.files["Doc_0/A.xml"] = builder.xml("Annotations", listed * 1000)
    return builder.page("").build()


@drawn
def outline_of_outlines() -> bytes:
    entry = '<ofd:OutlineElem Title="a">'
    deep = entry * 80 + "</ofd:OutlineElem>" * 80
    return OfdBuilder(document=f"<ofd:Outlines>{deep * 2000}</ofd:Outlines>").page("").build()


@drawn
def actions_that_run_programs() -> bytes:
    """Actions are told, never run; the address of none is opened (attack class A12)."""
    address = '<ofd:URI URI="file:///bin/sh"/>'
    action = f'<ofd:Actions><ofd:Action Event="DO">{address}</ofd:Action></ofd:Actions>'
    return OfdBuilder(document=action * 1000).page("").build()


@drawn
def locations_that_climb() -> bytes:
    parts = harmless()
    parts["Doc_0/Document.xml"] = parts["Doc_0/Document.xml"].replace(
        b"Pages/Page_0/Content.xml", b"../../../../etc/passwd"
    )
    del parts[PAGE]
    return pack(parts)
