"""Chinese official typefaces under all their names, and what may stand in for each.

GB/T 9704 asks for 仿宋, 小标宋, 黑体 and 楷体; the same face is called 仿宋_GB2312, FangSong or simfang
depending on system and producer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """A typeface as people mean it.

    ``names`` are names of the face itself: finding one is no substitution. ``stand_ins`` resemble it, likest
    first; ``free`` is the Fandol file that set-up provides, ``free_bold`` its bold.
    """

    key: str
    names: tuple[str, ...]
    free: str
    free_bold: str
    stand_ins: tuple[str, ...]
    words: str
    """Pattern that recognises further names of this kind."""


_SERIF_CJK = ("Noto Serif CJK SC", "Source Han Serif SC", "思源宋体", "Noto Serif SC", "AR PL UMing CN")
_SANS_CJK = (
    *("Noto Sans CJK SC", "Source Han Sans SC", "思源黑体", "Noto Sans SC", "WenQuanYi Zen Hei"),
    "WenQuanYi Micro Hei",
)

FAMILIES = (
    Family(
        "仿宋",
        ("仿宋", "FangSong", "仿宋_GB2312", "FangSong_GB2312", "simfang", "仿宋体"),
        "FandolFang-Regular.otf",
        "FandolFang-Regular.otf",
        ("华文仿宋", "STFangsong", "方正仿宋_GBK", "方正仿宋简体", "FZFangSong-Z02", *_SERIF_CJK),
        "仿|fang.?song|simfang|stfang|^fzfs",
    ),
    Family(
        "楷体",
        ("楷体", "KaiTi", "楷体_GB2312", "KaiTi_GB2312", "simkai"),
        "FandolKai-Regular.otf",
        "FandolKai-Regular.otf",
        ("华文楷体", "STKaiti", "方正楷体_GBK", "方正楷体简体", "AR PL UKai CN", *_SERIF_CJK),
        "楷|kai|^fzkt",
    ),
    Family(
        "小标宋",
        (
            *("方正小标宋简体", "方正小标宋_GBK", "小标宋", "小标宋体", "FZXiaoBiaoSong-B05", "FZXBSJW"),
            *("FZXiaoBiaoSong-B05S", "方正小标宋", "XiaoBiaoSong", "方正小标宋_GBK0"),
        ),
        "FandolSong-Bold.otf",
        "FandolSong-Bold.otf",
        ("华文中宋", "STZhongsong", *_SERIF_CJK),
        "标宋|中宋|biao.?song|zhong.?song|^fzxbs|^fzdbs",
    ),
    Family(
        "黑体",
        ("黑体", "SimHei", "黑体_GB2312"),
        "FandolHei-Regular.otf",
        "FandolHei-Bold.otf",
        ("方正黑体_GBK", "方正黑体简体", "Microsoft YaHei", "微软雅黑", "STHeiti", "华文黑体", *_SANS_CJK),
        "黑|hei|gothic|sans|微软雅|圆|yahei|dengxian|等线|^fzht|^fzxh|pingfang|苹方|^stxihei|youyuan",
    ),
    Family(
        "宋体",
        ("宋体", "SimSun", "新宋体", "NSimSun", "宋体_GB2312"),
        "FandolSong-Regular.otf",
        "FandolSong-Bold.otf",
        ("华文宋体", "STSong", "方正书宋_GBK", "方正书宋简体", *_SERIF_CJK),
        "宋|song|sun|ming|明體|明体|serif|^fzss|^fzbs",
    ),
)

DEFAULT_FAMILY = FAMILIES[-1]

_LATIN_TWINS = {
    "Times": (
        *("timesnewroman", "times", "cambria", "georgia", "garamond", "palatino", "bookantiqua", "century"),
        *("liberationserif", "nimbusroman", "notoserif", "dejavuserif", "constantia"),
    ),
    "Helvetica": (
        *("arial", "helvetica", "calibri", "verdana", "tahoma", "segoeui", "trebuchet", "microsoftsansserif"),
        *("liberationsans", "nimbussans", "notosans", "dejavusans", "roboto", "opensans", "candara"),
    ),
    "Courier": (
        *("couriernew", "courier", "consolas", "lucidaconsole", "liberationmono", "nimbusmono", "ocrb"),
        *("menlo", "monaco", "dejavusansmono"),
    ),
    "Symbol": ("symbol",),
    "ZapfDingbats": ("zapfdingbats", "wingdings"),
}
LATIN = {prefix: base for base, prefixes in _LATIN_TWINS.items() for prefix in prefixes}
"""Latin faces, by the beginning of their folded names, whose similar twin is one of PDF's
base faces."""

BASE_FAMILIES = {
    "Times": "Nimbus Roman",
    "Helvetica": "Nimbus Sans",
    "Courier": "Nimbus Mono PS",
    "Symbol": "Standard Symbols PS",
    "ZapfDingbats": "D050000L",
}
"""What the faces for these that MuPDF carries are really called."""

LARGE_FACES = (
    *(
        "SimSun-ExtB",
        "SimSun-ExtG",
        "MingLiU-ExtB",
        "PMingLiU-ExtB",
        "宋体-方正超大字符集",
        "方正宋体-超大字符集",
    ),
    *("FZSong-Extended", "FZSongS-Extended(SIP)", "TH-Tshyn-P0", "TH-Tshyn-P1", "TH-Tshyn-P2", "天珩全字库"),
    *("HanaMinA", "HanaMinB", "花园明朝A", "花园明朝B", "Plangothic P1", "Plangothic P2", "遍黑体P1"),
    *("Jigmo", "Jigmo2", "Jigmo3", "BabelStone Han", "CESI宋体", "CESI_SS_GB18030", "FZXiHeiI"),
)
"""Faces with characters of the CJK extensions B and later."""

_NOISE = re.compile(r"[\s_\-]+")
_SUBSET_TAG = re.compile(r"^[A-Z]{6}\+")


def fold(name: str) -> str:
    """A font name reduced to what identifies it.

    No case, blanks or hyphens; no subset tag (``ABCDEF+``), no ``@`` of vertical writing, no style after a
    comma (``SimSun,Bold``).
    """
    name = _SUBSET_TAG.sub("", name.strip().lstrip("@")).partition(",")[0]
    return _NOISE.sub("", name).casefold()


def style_of(name: str) -> tuple[bool, bool]:
    """Bold and italic as a font name itself says them: ``SimSun,Bold``, ``Arial-BoldItalicMT``."""
    style = name[max(name.rfind(","), name.rfind("-")) + 1 :].casefold() if re.search("[,-]", name) else ""
    return "bold" in style, "italic" in style or "oblique" in style


def family_of(name: str) -> Family | None:
    """The family that a name belongs to, by table, then by the words in it."""
    folded = fold(name)
    for family in FAMILIES:
        if folded in {fold(item) for item in family.names}:
            return family
    for family in FAMILIES:
        if re.search(family.words, folded):
            return family
    return None


def latin_base(name: str) -> str | None:
    """The PDF base face for a Latin name: Times, Helvetica, Courier, Symbol or ZapfDingbats."""
    folded = fold(name)
    fitting = [prefix for prefix in LATIN if folded.startswith(prefix)]
    return LATIN[max(fitting, key=len)] if fitting else None
