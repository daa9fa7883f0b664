"""The one place of sentences: every code says what happened, what to do, and which rule.

Each room keeps its codes in a TOML file of this folder; a test walks all codes raised in the sources and
fails where one has no sentence.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gongwen_crypto.errors import GongwenError
from gongwen_protocol.concordance import in_region
from gongwen_protocol.profile import RegionProfile


@dataclass(frozen=True)
class Sentence:
    """A code in words: ``what`` happened, what to ``do`` next, and the ``rule`` behind it (may be empty)."""

    code: str
    what: str
    do: str
    rule: str

    def __str__(self) -> str:
        small_print = " · ".join(part for part in (self.rule, self.code) if part)
        return f"{self.what}{self.do}（{small_print}）"


class _Facts(string.Formatter):
    """Fills facts into a sentence; a missing fact shows as a blank line, never as an error."""

    def __init__(self, facts: Mapping[str, object]) -> None:
        self._facts = facts

    def get_value(self, key: int | str, args: object, kwargs: object) -> object:
        return self._facts.get(str(key), "＿＿")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All codes with their raw texts. Raises ValueError when two rooms claim the same code."""
    entries: dict[str, dict[str, str]] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            if code in entries:
                raise ValueError(f"{code} has a sentence twice ({path.name})")
            entries[code] = entry
    return entries


class _Speaker:
    """In whose words this process speaks: a client belongs to one region."""

    region: RegionProfile | None = None


def speak_for(region: RegionProfile | None) -> None:
    """From now on sentences cite this region's articles; None: as the catalogue has them."""
    _Speaker.region = region


def sentence(error: GongwenError | str, region: RegionProfile | None = None, /, **facts: object) -> Sentence:
    """The sentence of an error, or of a bare code with its facts. A fact ``article`` is the article of the
    region's own rules and stands in for those that the catalogue names; these are cited as ``region`` (or
    else the one that this process speaks for) has them."""
    if isinstance(error, GongwenError):
        code, facts = error.code, {**error.facts, **facts}
    else:
        code = error
    entry = catalogue().get(code)
    if entry is None:
        entry = {"what": "程序遇到没有说明的情况。", "do": "请导出诊断信息并联系平台管理员。"}
    fill = _Facts(facts)
    speaker = region or _Speaker.region
    rule = entry.get("rule", "")
    if "article" in facts or "{article}" in rule:  # empty: the region is silent, and no other is cited
        rule = str(facts.get("article", ""))
    elif speaker is not None:
        rule = in_region(rule, speaker)
    return Sentence(code, fill.format(entry["what"]), fill.format(entry.get("do", "")), fill.format(rule))
