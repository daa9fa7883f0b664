"""What surrounds the pages: several documents, versions, tags, extensions, preferences, boxes of a page."""

from __future__ import annotations

import pytest

from gongwen_crypto.errors import KnownError
from gongwen_docs.ofd.container import Package, pack
from gongwen_docs.ofd.document import OfdDocument
from gongwen_docs.ofd.values import Box
from ofd_builder import OfdBuilder


def opened(builder: OfdBuilder, body: int = 0) -> OfdDocument:
    return OfdDocument(Package.open(builder.build()), body)


def test_a_package_of_several_documents() -> None:
    parts = dict(OfdBuilder().page("").parts())
    second = OfdBuilder().page("").page("").parts()
    parts["Doc_1/Document.xml"] = second["Doc_0/Document.xml"]
    parts["OFD.xml"] = parts["OFD.xml"].replace(
        b"</ofd:OFD>",
        b"<ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_1/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
    )
    data = pack(parts)
    with OfdDocument(Package.open(data)) as first, OfdDocument(Package.open(data), 1) as other:
        assert (first.entry.bodies, len(first.pages)) == (2, 1)
        assert len(other.pages) == 2
        assert other.pages[0].path == "Doc_1/Pages/Page_0/Content.xml"
    with pytest.raises(KnownError, match="no_root"):
        OfdDocument(Package.open(data), 2)


def test_versions_are_told_and_not_followed() -> None:
    builder = OfdBuilder(
        body='<ofd:Versions><ofd:Version ID="1" Index="1" Current="true" BaseLoc="Doc_0/Versions/V.xml"/>'
        '<ofd:Version ID="2" Index="2" BaseLoc="Doc_0/Versions/Gone.xml"/></ofd:Versions>'
    ).page("")
    builder.files["Doc_0/Versions/V.xml"] = builder.xml(
        "DocVersion",
        '<ofd:FileList><ofd:File ID="1">../Document.xml</ofd:File></ofd:FileList>'
        "<ofd:DocRoot>../Other.xml</ofd:DocRoot>",
        'ID="1" Version="1.0" Name="初稿" CreationDate="2026-01-01"',
    )
    with opened(builder) as document:
        first, second = document.versions
        assert (first.name, first.current, first.created) == ("初稿", True, "2026-01-01")
        assert (first.root, first.files) == ("Doc_0/Other.xml", ("Doc_0/Document.xml",))
        assert (second.root, second.current) == ("", False)
        assert document.entry.root == "Doc_0/Document.xml"


def test_custom_tags_by_text_and_by_schema() -> None:
    builder = OfdBuilder(document="<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>").page("")
    builder.files["Doc_0/Tags/CustomTags.xml"] = builder.xml(
        "CustomTags",
        '<ofd:CustomTag TypeID="0"><ofd:FileLoc>Tag_OfficialDoc.xml</ofd:FileLoc></ofd:CustomTag>'
        '<ofd:CustomTag NameSpace="urn:x"><ofd:SchemaLoc>x.xsd</ofd:SchemaLoc>'
        "<ofd:FileLoc>x.xml</ofd:FileLoc></ofd:CustomTag>",
    )
    with opened(builder) as document:
        kinds = [(tag.kind, tag.path, tag.schema_path) for tag in document.custom_tags]
    assert kinds == [
        ("0", "Doc_0/Tags/Tag_OfficialDoc.xml", ""),
        ("urn:x", "Doc_0/Tags/x.xml", "Doc_0/Tags/x.xsd"),
    ]


def test_extensions() -> None:
    builder = OfdBuilder(document="<ofd:Extensions>Extensions.xml</ofd:Extensions>").page("")
    builder.files["Doc_0/Extensions.xml"] = builder.xml(
        "Extensions",
        '<ofd:Extension AppName="a" Company="b" AppVersion="1" RefId="7"><ofd:Property Name="n" Type="t">v'
        "</ofd:Property><ofd:ExtendData>e.xml</ofd:ExtendData></ofd:Extension>",
    )
    with opened(builder) as document:
        (extension,) = document.extensions
    assert (extension.app_name, extension.object_id, extension.properties) == ("a", "7", (("n", "t", "v"),))
    assert extension.data_path == "Doc_0/e.xml"


def test_preferences_and_their_defaults() -> None:
    told = (
        "<ofd:VPreferences><ofd:PageMode>UseAttatchs</ofd:PageMode><ofd:HideToolbar>true</ofd:HideToolbar>"
        "<ofd:Zoom>200</ofd:Zoom></ofd:VPreferences>"
    )
    with opened(OfdBuilder(document=told).page("")) as document:
        preferences = document.preferences
    assert (preferences.page_mode, preferences.hide_toolbar, preferences.zoom) == ("UseAttatchs", True, 64.0)
    with opened(OfdBuilder().page("")) as document:
        assert (document.preferences.page_layout, document.preferences.zoom) == ("OneColumn", None)


def test_the_boxes_of_a_page() -> None:
    builder = OfdBuilder()
    builder.pages.append(
        "<ofd:Area><ofd:PhysicalBox>0 0 216 303</ofd:PhysicalBox><ofd:ApplicationBox>3 3 210 297"
        "</ofd:ApplicationBox><ofd:ContentBox>28 37 156 225</ofd:ContentBox><ofd:BleedBox>-3 -3 222 309"
        "</ofd:BleedBox></ofd:Area>"
    )
    with opened(builder) as document:
        area = document.pages[0].area
    assert (area.physical, area.application) == (Box(0, 0, 216, 303), Box(3, 3, 210, 297))
    assert (area.content, area.bleed) == (Box(28, 37, 156, 225), Box(-3, -3, 222, 309))


def test_annotations_with_all_they_say() -> None:
    builder = OfdBuilder(document="<ofd:Annotations>A.xml</ofd:Annotations>").page("")
    builder.files["Doc_0/A.xml"] = builder.xml(
        "Annotations", '<ofd:Page PageID="100"><ofd:FileLoc>P.xml</ofd:FileLoc></ofd:Page>'
    )
    builder.files["Doc_0/P.xml"] = builder.xml(
        "PageAnnot",
        '<ofd:Annot ID="9" Type="Highlight" Subtype="s" Creator="收发员" LastModDate="2026-11-20" '
        'Print="false" NoZoom="true" NoRotate="1" ReadOnly="false"><ofd:Remark>请阅</ofd:Remark>'
        '<ofd:Parameters><ofd:Parameter Name="k">v</ofd:Parameter></ofd:Parameters>'
        '<ofd:Appearance Boundary="1 2 3 4"/>'
        "</ofd:Annot>",
    )
    with opened(builder) as document:
        (annotation,) = document.page_annotations("100")
        assert document.page_annotations("4711") == ()
    assert (annotation.type, annotation.visible, annotation.print) == ("Highlight", True, False)
    assert (annotation.no_zoom, annotation.no_rotate, annotation.read_only) == (True, True, False)
    assert (annotation.remark, annotation.modified, annotation.parameters) == (
        "请阅",
        "2026-11-20",
        {"k": "v"},
    )
    assert annotation.boundary == Box(1, 2, 3, 4)
