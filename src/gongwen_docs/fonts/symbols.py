"""What the letters of symbol fonts show, for documents that name such a font and do not carry it.

Clerks' forms tick boxes with them. Characters are as the font codes them, 0x20 to 0xFF, or the same in the
private block from U+F000 on, as word processors write them.
"""

from __future__ import annotations

from collections.abc import Mapping

_PRIVATE = 0xF000
_WINGDINGS = {
    **dict(zip("lmnopqrstuvwxy", "●❍■□❐❑❒⬧⧫◆❖⬥⌧⍓", strict=True)),
    **{chr(0x80 + number): sign for number, sign in enumerate("⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿")},
    **{chr(0xA1 + number): sign for number, sign in enumerate("○⭕◉◎◉○▪□")},
    "§": "▪",
    "¨": "□",
    "«": "★",
    "Ø": "➢",
    "ß": "←",
    "à": "→",
    "á": "↑",
    "â": "↓",
    "è": "➔",
    "ð": "⇨",
    "û": "✗",
    "ü": "✓",
    "ý": "☒",
    "þ": "☑",
    "!": "✏",
    '"': "✂",
    "(": "☎",
    "*": "✉",
    "F": "☞",
    "J": "☺",
}
_WINGDINGS_2 = {
    "O": "✗",
    "P": "✓",
    "Q": "☒",
    "R": "☑",
    "S": "☒",
    "T": "☒",
    "U": "⊗",
    "V": "⊗",
    "\x96": "•",
    "\x97": "●",
    "\x98": "●",
    "£": "□",
    "¤": "□",
    "¡": "■",
    "¢": "■",
}
_SYMBOL = {
    **dict(zip("abcdefghijklmnopqrstuvwxyz", "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
    **dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    **dict(zip("£¥¬\xad®¯°±³´¶·¹º»¼ÅÆÇÈÎÑÕÖÙÚ", "≤∞←↑→↓°±≥×∂•≠≡≈…⊕∅∩∪∈∇∏√∧∨", strict=True)),
}
_FONTS: Mapping[str, Mapping[str, str]] = {
    "wingdings": _WINGDINGS,
    "wingdings2": _WINGDINGS_2,
    "symbol": _SYMBOL,
    "symbolmt": _SYMBOL,
}


def signs_of(name: str) -> Mapping[str, str]:
    """The signs of a font by its name, by character; empty for fonts of letters."""
    return _FONTS.get(name.casefold().replace(" ", "").replace("-", "").removesuffix("regular"), {})


def sign_of(signs: Mapping[str, str], character: str) -> str:
    """What a character of a symbol font shows; the character itself where that is not known."""
    code = ord(character)
    letter = chr(code - _PRIVATE) if _PRIVATE <= code < _PRIVATE + 0x100 else character
    return signs.get(letter, character)
