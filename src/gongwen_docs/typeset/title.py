"""Titles in balanced lines: whole words, trapezoid or rhombus, never an hour-glass (7.3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from gongwen_docs.typeset.lines import NO_END, NO_START, is_half_width

#: Words that a line end may not tear apart; those of official titles.
_WORDS = (
    "人民政府",
    "办公厅",
    "办公室",
    "委员会",
    "领导小组",
    "自治区",
    "电子公文",
    "公文交换",
    "交换平台",
    "交换系统",
    "电子印章",
    "管理办法",
    "暂行办法",
    "实施方案",
    "工作方案",
    "实施意见",
    "实施细则",
    "工作规则",
    "管理规定",
    "应急预案",
    "关于",
    "印发",
    "转发",
    "批转",
    "公布",
    "启用",
    "做好",
    "开展",
    "加强",
    "推进",
    "进一步",
    "调整",
    "成立",
    "试行",
    "暂行",
    "工作",
    "管理",
    "电子",
    "公文",
    "平台",
    "系统",
    "交换",
    "印章",
    "通知",
    "通报",
    "通告",
    "公告",
    "意见",
    "决定",
    "报告",
    "请示",
    "批复",
    "纪要",
    "有关",
    "事项",
    "单位",
    "名单",
    "发送",
    "接收",
    "安全",
    "保密",
    *("部门", "预算", "执行", "情况", "编制", "草案", "方案", "制度", "规定", "办法", "建设", "服务", "信息"),
    *("网络", "数据", "政务", "公开", "监督", "检查", "考核", "会议", "召开", "举办", "加快", "发展", "改革"),
    *("项目", "资金", "财政", "教育", "卫生", "应急", "环境", "保护", "生产", "组织", "实施", "落实", "全市"),
)


def break_title(title: str, capacity: int) -> list[str]:
    """The lines of a title of at most ``capacity`` cells each. Newlines in it are kept as they are."""
    if "\n" in title:
        return [part for part in title.split("\n") if part]
    if _cells(title) <= capacity:
        return [title]
    torn = _torn(title)
    points = [i for i in range(1, len(title)) if i not in torn and _may_break(title, i)]
    least = -int(-_cells(title) // capacity)
    fitting = [
        lines
        for count in range(least, least + 2)
        for lines in (_cut(title, cuts) for cuts in combinations(points, count - 1))
        if all(_cells(line) <= capacity for line in lines)
    ]
    if fitting:
        return min(fitting, key=_cost)
    return [title[i : i + capacity] for i in range(0, len(title), capacity)]


def _cells(text: str) -> float:
    return sum(0.5 if is_half_width(char) else 1.0 for char in text)


def _cut(title: str, cuts: Sequence[int]) -> list[str]:
    edges = [0, *cuts, len(title)]
    return [title[a:b] for a, b in pairwise(edges)]


def _may_break(title: str, at: int) -> bool:
    return (
        title[at] not in NO_START
        and title[at - 1] not in NO_END
        and title[at] not in "的和及与等省市县区州盟旗"
    )


def _torn(title: str) -> set[int]:
    """Positions inside a word."""
    inside: set[int] = set()
    for word in _WORDS:
        at = title.find(word)
        while at >= 0:
            inside.update(range(at + 1, at + len(word)))
            at = title.find(word, at + 1)
    return inside


def _cost(lines: Sequence[str]) -> float:
    """Uneven shapes cost, an hour-glass costs most; breaks at natural joints are rewarded."""
    widths = [_cells(line) for line in lines]
    mean = sum(widths) / len(widths)
    cost = 4 * len(widths) + sum(abs(width - mean) for width in widths) / len(widths)
    middle = widths[1:-1]
    if middle and min(middle) < min(widths[0], widths[-1]):
        cost += 8
    if len(widths) > 1 and len(set(widths)) == 1:
        cost += 3
    for before, after in pairwise(lines):
        if after.startswith("关于"):
            cost -= 4
        elif before.endswith(("关于", "印发", "》")) or after.startswith("《"):
            cost -= 1
    return cost
