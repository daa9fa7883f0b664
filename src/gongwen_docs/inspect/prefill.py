"""What the send form can take from the document itself: metadata first, else what the pages show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median

from gongwen_docs.inspect.pages import PageView
from gongwen_docs.inspect.signing_place import SigningPlace
from gongwen_docs.inspect.text_lines import TextLine, plain
from gongwen_docs.typeset.circular import document_kind

_DOC_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}[〔［\[(（]\d{4}[〕］\])）]第?\d+号")
_URGENCIES = ("特急", "加急")
_SIGNER = re.compile(r"签发人[:：](.{1,40})$")
_NOTE = re.compile(r"^附件[:：]")
_NUMBERED = re.compile(r"^\d{1,2}[.．、]")
_REMARK = re.compile(r"^[（(](.{1,100})[）)]$")
_PRINTED = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日印发$")
_TITLE_SIZE = 1.15
_MOST_TITLE_LINES = 5
_MOST_RECIPIENT_LINES = 6


@dataclass(frozen=True)
class Prefill:
    """Elements of a document for the form; empty where unknown. ``from_metadata`` names the fields that
    DocInfo gave, all others were read from the pages and are to be checked by a person."""

    title: str = ""
    doc_number: str = ""
    kind: str = ""
    issuer: str = ""
    main_recipients: str = ""
    cc: str = ""
    issue_date: str = ""
    document_id: str = ""
    urgency: str = ""
    signer: str = ""
    attachment_note: str = ""
    remark: str = ""
    print_office: str = ""
    print_date: str = ""
    from_metadata: tuple[str, ...] = ()

    def values(self) -> dict[str, str]:
        """Every element by its name here, empty ones too."""
        return {name: str(value) for name, value in asdict(self).items() if name != "from_metadata"}

    def to_json(self) -> dict[str, object]:
        return asdict(self)


#: Codes of GB/T 33480 and spellings of other producers.
_CODES: Mapping[str, tuple[str, ...]] = {
    "title": ("BT", "标题", "document_title"),
    "doc_number": ("FWZH", "发文字号", "issued_number_of_document"),
    "kind": ("WZ", "文种", "document_type"),
    "issuer": ("FWJGSM", "发文机关署名", "signature_of_document_issuing_agency"),
    "main_recipients": ("ZSJG", "主送机关", "main_receiver_department"),
    "cc": ("CSJG", "抄送机关", "copy_to_department"),
    "issue_date": ("CWRQ", "成文日期", "date_of_document"),
    "document_id": ("GWBS", "公文标识", "document_identifier"),
    "urgency": ("JJCD", "紧急程度"),
    "signer": ("QFR", "签发人"),
    "attachment_note": ("FJSM", "附件说明"),
    "remark": ("FZ", "附注"),
    "print_office": ("YFJG", "印发机关"),
    "print_date": ("YFRQ", "印发日期"),
}


def prefill(
    pages: Sequence[PageView], signing: SigningPlace | None, custom: Mapping[str, str], title: str
) -> Prefill:
    """Merge metadata and page text. ``title`` is DocInfo's or the PDF's own title, the last resort."""
    given = {
        name: value
        for name, codes in _CODES.items()
        if (value := next((custom[code].strip() for code in codes if custom.get(code, "").strip()), ""))
    }
    read = _from_pages(pages, signing)
    merged = replace(read, **given, from_metadata=tuple(given))
    if not merged.title:
        merged = replace(merged, title=title.strip())
    if not merged.kind:
        merged = replace(merged, kind=document_kind(merged.title))
    return merged


def _from_pages(pages: Sequence[PageView], signing: SigningPlace | None) -> Prefill:
    if not pages:
        return Prefill()
    first = pages[0]
    dark = [line for line in first.lines if not first.ink.is_red(line.region)]
    marks = [line for line in first.lines if first.ink.is_red(line.region)]
    numbered = next((i for i, line in enumerate(dark) if _DOC_NUMBER.search(line.text)), None)
    number = _DOC_NUMBER.search(dark[numbered].text) if numbered is not None else None
    rest = dark[numbered + 1 :] if numbered is not None else dark
    title = _title(rest, first)
    mark = max(marks, key=lambda line: line.height, default=None)
    issuer = signing.signature if signing else ""
    office, printed = _imprint(pages)
    if not issuer and mark:
        issuer = mark.text.removesuffix("文件")
    return Prefill(
        title="".join(line.text for line in title),
        doc_number=number[0] if number else "",
        issuer=issuer,
        main_recipients=_recipients(rest, title),
        cc=_cc(pages),
        issue_date=signing.issue_date.isoformat() if signing else "",
        urgency=_urgency(first),
        signer=_signer(first),
        attachment_note=_attachment_note(pages, signing),
        remark=_remark(pages, signing),
        print_office=office,
        print_date=printed,
    )


def _urgency(page: PageView) -> str:
    """A line of its own in the upper third of the first page."""
    head = (line.text for line in page.lines if line.region.top < page.height_mm / 3)
    return next((text for text in head if text in _URGENCIES), "")


def _signer(page: PageView) -> str:
    """签发人 beside the document number, in documents to a higher body (GB/T 9704-2012, 7.2.6)."""
    found = (_SIGNER.search(line.text) for line in page.lines if line.region.top < page.height_mm / 2)
    return next((match[1] for match in found if match), "")


def _attachment_note(pages: Sequence[PageView], signing: SigningPlace | None) -> str:
    """附件： under the text and the lines that go on with it, above the signature (7.3.4)."""
    if signing is None:
        return ""
    limit = signing.signature_region or signing.date_region
    lines = [line for line in pages[signing.page].lines if line.region.bottom < limit.top]
    if not any(_NOTE.match(line.text) for line in lines) and signing.page:
        lines = [*pages[signing.page - 1].lines, *lines]
    start = next((i for i in range(len(lines) - 1, -1, -1) if _NOTE.match(lines[i].text)), None)
    if start is None:
        return ""
    first = lines[start]
    named = [_NOTE.sub("", first.text)]
    for line in lines[start + 1 :]:
        if not _NUMBERED.match(line.text) and line.region.left <= first.region.left + first.height:
            break
        named.append(line.text)
    return "；".join(_joined(named))


def _joined(lines: Sequence[str]) -> list[str]:
    """Lines that go on are put to the one that began."""
    whole: list[str] = []
    for text in lines:
        if whole and not _NUMBERED.match(text):
            whole[-1] += text
        else:
            whole.append(text)
    return whole


def _remark(pages: Sequence[PageView], signing: SigningPlace | None) -> str:
    """附注: in round brackets under the date (7.3.7)."""
    if signing is None:
        return ""
    for line in pages[signing.page].lines:
        if line.region.top >= signing.date_region.bottom:
            found = _REMARK.match(line.text)
            return found[1] if found else ""
    return ""


def _imprint(pages: Sequence[PageView]) -> tuple[str, str]:
    """印发机关和印发日期: the last line of the document (7.4.3), in one piece or two."""
    for page in reversed(pages):
        for index, line in enumerate(page.lines):
            found = _PRINTED.search(line.text)
            if not found:
                continue
            office = line.text[: found.start()]
            beside = page.lines[index - 1] if index and not office else None
            if beside and abs(beside.region.center[1] - line.region.center[1]) < line.height / 2:
                office = beside.text
            year, month, day = (int(part) for part in found.groups())
            return office, f"{year:04}-{month:02}-{day:02}"
    return "", ""


def _title(lines: Sequence[TextLine], page: PageView) -> list[TextLine]:
    """The first lines that stand out by size and stand in the middle."""
    sizes = [line.height for line in page.lines for _ in line.text]
    if not sizes:
        return []
    usual = median(sizes)
    title: list[TextLine] = []
    for line in lines:
        center = abs(line.region.center[0] - page.width_mm / 2)
        if line.height >= usual * _TITLE_SIZE and center < page.width_mm * 0.12:
            title.append(line)
            if len(title) == _MOST_TITLE_LINES:
                break
        elif title:
            break
    return title


def _recipients(lines: Sequence[TextLine], title: Sequence[TextLine]) -> str:
    """The lines after the title up to the one that a colon ends."""
    if not title:
        return ""
    after = list(lines)[list(lines).index(title[-1]) + 1 :]
    taken = []
    for line in after[:_MOST_RECIPIENT_LINES]:
        taken.append(line.text)
        if line.text.endswith(("：", ":")):
            return "".join(taken).rstrip("：:")
        if "。" in line.text:
            break
    return ""


def _cc(pages: Sequence[PageView]) -> str:
    """抄送 of the last imprint, without its full stop."""
    for page in reversed(pages):
        for index, line in enumerate(page.lines):
            if not line.text.startswith(("抄送：", "抄送:")):
                continue
            text = line.text[3:]
            for following in page.lines[index + 1 :]:
                if text.endswith("。") or "印发" in following.text:
                    break
                text += following.text
            return plain(text).rstrip("。")
    return ""
