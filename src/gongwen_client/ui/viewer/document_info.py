"""The tab 文件信息: what the file says about itself, what it permits, what could not be shown as written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from gongwen_client.host.clock import LOCAL, to_local
from gongwen_client.render import DocumentFacts, Remark
from gongwen_client.ui import words
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.viewer.layout import PageSize
from gongwen_client.ui.viewer.panel import FactList, Section, step_line
from gongwen_client.ui.widgets.basics import column, holder, label
from gongwen_client.ui.words import StateWord
from gongwen_docs.ofd.navigation import Action, ActionKind
from gongwen_docs.ofd.sidefiles import Permissions
from gongwen_protocol.metadata import NAMES
from gongwen_protocol.sentences import sentence

_SHORT = {"FWJGSM": "署名"}
"""Names that would take the room of the values."""
_ALLOWED = StateWord("允许", "check", Tone.VALID)
_FORBIDDEN = StateWord("不允许", "stop", Tone.INVALID)
_SHEETS = {(210, 297): "A4", (297, 420): "A3", (148, 210): "A5", (176, 250): "B5", (184, 260): "16开"}
_MOST_SIZES = 4
_SUBSTITUTED = "draw.font_substituted"
_RIGHTS = (
    ("printable", "打印"),
    ("export", "复制文字、另存附件"),
    ("annotate", "批注"),
    ("edit", "编辑"),
    ("sign", "签章"),
    ("watermark", "加水印"),
    ("print_screen", "截屏"),
)
_BY_ITSELF = {
    ActionKind.GO_TO: "转到其他页",
    ActionKind.URI: "打开网址",
    ActionKind.ATTACHMENT: "打开附件",
    ActionKind.PLAY: "播放音像",
}


def info_sections(
    facts: DocumentFacts,
    sizes: Sequence[PageSize],
    remarks: Sequence[Remark],
    by_itself: Sequence[Action],
    now: datetime,
) -> list[QWidget]:
    """Sections of the tab, the most important first."""
    result: list[QWidget] = []
    remarks = [
        remark for remark in remarks if remark.code != _SUBSTITUTED
    ]  # they have a section of their own
    if remarks:
        result.append(Section("未能照原样显示", *[_remark(remark) for remark in remarks]))
    if by_itself:
        told = "、".join(dict.fromkeys(_BY_ITSELF[action.kind] for action in by_itself))
        note = label(f"文件要求打开时{told}，没有执行。", wrap=True, tone="warning")
        result.append(Section("未执行的动作", note))
    result.append(Section("文件", FactList(_about(facts, sizes))))
    if facts.custom:
        pairs = [(_SHORT.get(name) or NAMES.get(name, name), value) for name, value in facts.custom.items()]
        result.append(Section("文件自带的公文要素", FactList(pairs)))
    result.append(Section("权限", *_rights(facts.permissions, now)))
    if facts.substitutions:
        lines = [label(f"{item.name} → {item.family}", wrap=True) for item in facts.substitutions]
        note = label("文件没有带上这些字体，以右边的字体代替显示；文字和位置不变。", "small", wrap=True)
        result.append(Section("代替显示的字体", *lines, note))
    return result


def _about(facts: DocumentFacts, pages: Sequence[PageSize]) -> list[tuple[str, str]]:
    return [
        ("标题", facts.title),
        ("格式", " ".join(part for part in (facts.kind.upper(), facts.version) if part)),
        ("页数", f"{facts.page_count} 页"),
        ("页面", _sizes(pages)),
        ("签章", f"{facts.signatures} 处" if facts.signatures else "没有"),
        ("作者", facts.author),
        ("生成程序", facts.creator),
        ("创建日期", words.chinese_date(facts.creation_date)),
        ("修改日期", words.chinese_date(facts.modification_date)),
        ("文件标识", _broken(facts.doc_id)),
    ]


def _broken(code: str, length: int = 16) -> str:
    """A long code on several lines: it has no place where a line could end."""
    return "\n".join(code[start : start + length] for start in range(0, len(code), length))


def _sizes(pages: Sequence[PageSize]) -> str:
    """Page sizes, the most frequent first."""
    counted = Counter((round(page.width), round(page.height)) for page in pages)
    told = []
    for (width, height), count in counted.most_common(_MOST_SIZES):
        name = _SHEETS.get((min(width, height), max(width, height)), "")
        turned = "横向" if name and width > height else ""
        words_ = f"{name}{turned}（{width}×{height} 毫米）" if name else f"{width}×{height} 毫米"
        told.append(words_ if len(counted) == 1 else f"{words_} {count} 页")
    return "、".join(told) + ("等" if len(counted) > _MOST_SIZES else "")


def _rights(permissions: Permissions, now: datetime) -> list[QWidget]:
    lines: list[QWidget] = []
    forbidden = [(name, title) for name, title in _RIGHTS if not getattr(permissions, name)]
    if permissions.copies == 0 and permissions.printable:
        forbidden.insert(0, ("copies", "打印"))
    for _name, title in forbidden:
        lines.append(step_line(_FORBIDDEN, title))
    if not forbidden:
        lines.append(step_line(_ALLOWED, "文件没有限制打印、复制和编辑"))
    facts = []
    if permissions.printable and permissions.copies > 0:
        facts.append(("打印份数", f"文件写明最多 {permissions.copies} 份"))
    period = valid_period(permissions)
    if period:
        facts.append(("有效期", period))
    if facts:
        lines.append(FactList(facts))
    outside = outside_period(permissions, now)
    if outside:
        lines.append(label(outside, wrap=True, tone="warning"))
    lines.append(label("文件自带的权限，不改变公文交换的打印份数。", "small", wrap=True))
    return lines


def valid_period(permissions: Permissions) -> str:
    """The valid period in words; empty where none is stated."""
    first, last = permissions.valid_from.strip(), permissions.valid_until.strip()
    if not first and not last:
        return ""
    start = f"{_moment(first)} 起" if first else ""
    end = f"至 {_moment(last)}" if last else ""
    return " ".join(part for part in (start, end) if part)


def outside_period(permissions: Permissions, now: datetime) -> str:
    """A sentence when ``now`` lies outside the stated period; unreadable dates say nothing."""
    start, end = _read(permissions.valid_from), _read(permissions.valid_until, last=True)
    if start is not None and now < start:
        return "文件的有效期还没有开始，请向发文单位核实。"
    if end is not None and now > end:
        return "文件的有效期已过，请向发文单位核实。"
    return ""


def _read(text: str, *, last: bool = False) -> datetime | None:
    """Local time; a bare date means its first moment, or its ``last``."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if last and len(text.strip()) <= len("2026-01-01"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return to_local(moment) if moment.tzinfo else moment.replace(tzinfo=LOCAL)


def _moment(text: str) -> str:
    moment = _read(text)
    return text if moment is None else f"{moment:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


def _remark(remark: Remark) -> QWidget:
    said = sentence(remark.code, **remark.facts)
    return holder(
        column(
            label(said.what, wrap=True),
            label(said.do, "muted", wrap=True),
            label(said.code, "small", wrap=True),
            gap=2,
        )
    )
