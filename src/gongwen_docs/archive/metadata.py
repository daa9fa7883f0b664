"""元数据.xml: elements of DA/T 46-2009 under their Chinese names (文书类电子文件元数据方案), and those of the
document itself under the codes of GB/T 33480-2016.

The standard names the elements and leaves the XML to the regions; the nesting here follows its table of
contents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

_BARRED = dict.fromkeys(
    [*(code for code in range(32) if code not in (9, 10, 13)), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)


@dataclass(frozen=True)
class Act:
    """What was done with the record (业务行为): by which unit and post, when (ISO)."""

    name: str
    at: str
    unit: str
    post: str


@dataclass(frozen=True)
class RecordMetadata:
    """Texts as written in the document or stated by the exchange. ``seals``: (name, time) of each seal that
    the original carries; ``files``: (file name, format, bytes); ``elements``: code → (name, text)."""

    identifier: str
    code: str
    fonds: str
    unit: str
    year: str
    period: str
    number: str
    title: str
    doc_number: str
    author: str
    date: str
    kind: str
    urgency: str
    main: str
    copies_to: str
    pages: int
    files: tuple[tuple[str, str, int], ...]
    seals: tuple[tuple[str, str], ...]
    acts: tuple[Act, ...]
    elements: Mapping[str, tuple[str, str]]
    system: str


def metadata_xml(record: RecordMetadata) -> bytes:
    """UTF-8 with declaration; elements without a text are left out."""
    root = ElementTree.Element("电子文件元数据", {"依据": "DA/T 46-2009"})
    _texts(root, {"聚合层次": "件"})
    _group(root, "来源", {"立档单位名称": record.unit})
    _texts(root, {"电子文件号": record.identifier})
    _group(
        root,
        "档号",
        {
            "档号全称": record.code,
            "全宗号": record.fonds,
            "年度": record.year,
            "保管期限": record.period,
            "室编件号": record.number,
        },
    )
    _group(
        root,
        "内容描述",
        {
            "题名": record.title,
            "文件编号": record.doc_number,
            "责任者": record.author,
            "日期": record.date,
            "文种": record.kind,
            "紧急程度": record.urgency,
            "主送": record.main,
            "抄送": record.copies_to,
            "密级": "非密",
        },
    )
    _group(
        root,
        "形式特征",
        {
            "文件组合类型": "组合文件" if len(record.files) > 1 else "单件",
            "件数": "1",
            "页数": str(record.pages),
            "语种": "汉语",
            "稿本": "正本",
        },
    )
    for name, form, size in record.files:
        _group(
            root,
            "电子属性",
            {
                "格式信息": form,
                "计算机文件名": name,
                "计算机文件大小": str(size),
                "信息系统描述": record.system,
            },
        )
    for name, at in record.seals:
        _group(root, "电子签名", {"签名人": name, "签名时间": at, "说明": "原件所载电子印章，见包外验真包"})
    business = ElementTree.SubElement(root, "业务实体") if record.acts else None
    for act in record.acts:
        assert business is not None
        _group(
            business,
            "业务行为",
            {"行为名称": act.name, "行为时间": act.at, "机构名称": act.unit, "岗位": act.post},
        )
    if record.elements:
        stated = ElementTree.SubElement(root, "公文要素", {"依据": "GB/T 33480-2016"})
        for code, (name, text) in record.elements.items():
            ElementTree.SubElement(stated, "要素", {"代码": code, "名称": name}).text = text.translate(
                _BARRED
            )
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _group(parent: ElementTree.Element, name: str, texts: Mapping[str, str]) -> None:
    _texts(ElementTree.SubElement(parent, name), texts)


def _texts(parent: ElementTree.Element, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        if text:
            ElementTree.SubElement(parent, name).text = text.translate(_BARRED)
