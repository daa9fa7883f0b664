"""Classified and urgent marks: where they stand, and whether they are marks or mere words.

A mark stands by itself in the head of the first page, carries ★, or is metadata; then the document must
not be exchanged (管理办法第十九条, 暂行办法第四条). The same words in running text are a hint that a person
judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from gongwen_docs.inspect.findings import Finding, Weight
from gongwen_docs.inspect.pages import PageView
from gongwen_docs.inspect.text_lines import TextLine, plain

_LEVEL = "绝密|机密|秘密"
_PERIOD = r"(?:长期|\d{1,2}(?:年|个月|天|日)|[一二三四五六七八九十]+年)"
#: 秘密★1年 and its kin: a mark wherever it stands.
_STARRED = re.compile(rf"({_LEVEL})[★☆✩✭⭐*＊]\s*({_PERIOD})?|[★☆]({_LEVEL})")
#: A level or period alone on a line.
_ALONE = re.compile(rf"^[（(【\[]?(?:密级[:：]?)?({_LEVEL})级?(?:[（(]?{_PERIOD}[）)]?)?[）)】\]]?$")
_BRACKETED = re.compile(rf"[（(【\[〔]({_LEVEL}|内部资料)[）)】\]〕]")
_INTERNAL = re.compile(
    r"^[（(【\[]?(内部(?:资料|文件|刊物|材料|情况|使用))(?:[，,·]?(?:注意保存|请勿外传|不得外传|妥善保管))?[）)】\]]?$"
)
_URGENT = re.compile(r"^(?:紧急程度[:：]?)?(特提|特急|加急|平急|特急件|急件|紧急)$")
_MENTION = re.compile(rf"国家秘密|工作秘密|(?<![非不])涉密|{_LEVEL}|内部资料")

#: Part of the first page's height that counts as head where no document number ends it.
_HEAD_SHARE = 1 / 3
_DOC_NUMBER = re.compile(r"[〔［\[(（]\d{4}[〕］\])）]第?\d+号")
#: First characters of the levels; the second may stand this many heights away.
_FIRST = frozenset("绝机秘")
_REACH = 12
_HEAD_LINES = 6
_MENTIONED = "document.secrecy_mentioned"
_MOST_MENTIONS = 20
_NOT_CLASSIFIED = frozenset(("", "无", "公开", "非密", "普通", "一般", "非涉密"))
_NOT_URGENT = frozenset(("", "无", "平件", "普通", "一般", "常规"))


def find_marks(pages: Sequence[PageView], custom: Mapping[str, str]) -> list[Finding]:
    """All marks of a document: from its pages and from its metadata (codes of GB/T 33480)."""
    found = list(_metadata_marks(custom))
    for page in pages:
        head_bottom = _head_bottom(page)
        head = [line for line in page.lines if line.region.top < head_bottom]
        for line in page.lines:
            found += _line_marks(line, line.region.top < head_bottom)
        found += _spread_marks(head)
    mentions = [finding for finding in found if finding.code == _MENTIONED]
    return [finding for finding in found if finding.code != _MENTIONED] + mentions[:_MOST_MENTIONS]


def _head_bottom(page: PageView) -> float:
    """Lower end in mm of the zone above the document number; 0 on later pages."""
    if page.index:
        return 0.0
    numbers = [line.region.top for line in page.lines if _DOC_NUMBER.search(line.text)]
    limit = page.height_mm * _HEAD_SHARE
    return max(min(numbers, default=limit), limit)


def _line_marks(line: TextLine, in_head: bool) -> Iterable[Finding]:
    number = line.page + 1
    text = line.text
    if starred := _STARRED.search(text):
        yield _mark("document.classified_mark", Weight.REFUSE, line, starred, number)
        return
    if alone := _ALONE.match(text):
        if in_head:
            yield _mark("document.classified_mark", Weight.REFUSE, line, alone, number)
            return
    elif internal := _INTERNAL.match(text):
        if in_head:
            yield _mark("document.internal_mark", Weight.REFUSE, line, internal, number)
            return
    elif in_head and (urgent := _URGENT.match(text)):
        yield _mark("document.urgent_mark", Weight.BY_RULE, line, urgent, number)
        return
    for mention in _MENTION.finditer(text):
        yield _mark(_MENTIONED, Weight.HINT, line, mention, number)


def _spread_marks(head: Sequence[TextLine]) -> Iterable[Finding]:
    """A level whose two characters stand far apart, beside or above one another."""
    for first in (line for line in head if line.text in _FIRST):
        for second in head:
            if second is first or not second.text.startswith("密"):
                continue
            across = abs(second.region.center[1] - first.region.center[1])
            along = abs(second.region.left - first.region.left)
            near = _REACH * first.height
            if (across < first.height / 2 and along < near) or (along < first.height and across < near / 2):
                text = first.text + second.text
                facts: dict[str, str | int] = {"mark": text, "page": first.page + 1, "context": text}
                yield Finding("document.classified_mark", Weight.REFUSE, first.page, first.region, facts)


def _mark(code: str, weight: Weight, line: TextLine, found: re.Match[str], number: int) -> Finding:
    start, end = found.span()
    around = line.text[max(start - 8, 0) : end + 8]
    facts: dict[str, str | int] = {"mark": found[0], "page": number, "context": around}
    return Finding(code, weight, line.page, line.part(start, end), facts)


def _metadata_marks(custom: Mapping[str, str]) -> Iterable[Finding]:
    level = plain(_value(custom, "MJHBMQX", "密级和保密期限", "密级"))
    if level not in _NOT_CLASSIFIED:
        yield Finding("document.classified_metadata", Weight.REFUSE, facts={"mark": level})
    for value in map(plain, custom.values()):
        if level not in _NOT_CLASSIFIED:
            break
        if found := _STARRED.search(value) or _ALONE.match(value) or _INTERNAL.match(value):
            yield Finding("document.classified_metadata", Weight.REFUSE, facts={"mark": found[0]})
            break
    urgency = plain(_value(custom, "JJCD", "紧急程度"))
    if urgency not in _NOT_URGENT:
        yield Finding("document.urgent_metadata", Weight.BY_RULE, facts={"mark": urgency})


def name_marks(file_name: str) -> list[Finding]:
    """Marks in the name of a file: a level with ★ or in brackets refuses, a mere word is a hint."""
    text = plain(file_name)
    if found := _STARRED.search(text) or _BRACKETED.search(text):
        return [
            Finding("document.classified_name", Weight.REFUSE, facts={"mark": found[0], "file": file_name})
        ]
    if found := _MENTION.search(text):
        return [Finding("document.secrecy_in_name", Weight.HINT, facts={"mark": found[0], "file": file_name})]
    return []


def text_marks(lines: Iterable[str]) -> list[Finding]:
    """Marks in a text without pages. The first lines are its head: a level alone on one is a mark."""
    found: list[Finding] = []
    mentions: list[Finding] = []
    for number, line in enumerate(filter(None, map(plain, lines))):
        head = number < _HEAD_LINES and (_ALONE.match(line) or _INTERNAL.match(line))
        mark = _STARRED.search(line) or head or None
        if mark:
            found.append(_text_mark("document.classified_mark", Weight.REFUSE, line, mark))
            continue
        mentions += (
            _text_mark(_MENTIONED, Weight.HINT, line, mention) for mention in _MENTION.finditer(line)
        )
    return found + mentions[:_MOST_MENTIONS]


def _text_mark(code: str, weight: Weight, line: str, found: re.Match[str]) -> Finding:
    start, end = found.span()
    around = line[max(start - 8, 0) : end + 8]
    return Finding(code, weight, facts={"mark": found[0], "page": 0, "context": around})


def _value(custom: Mapping[str, str], *names: str) -> str:
    return next((custom[name] for name in names if custom.get(name)), "")
