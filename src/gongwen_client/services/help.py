"""In-place help: a short text for each page, and the words of the articles that stand behind it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from gongwen_crypto.errors import GongwenError
from gongwen_protocol.articles import article_text
from gongwen_protocol.profile import RegionProfile, load_profile
from gongwen_protocol.resources import resource_path

FALLBACK_PROFILE = "ordos-2018"
_FENCE = "+++\n"


@dataclass(frozen=True)
class Article:
    """A citation (管理办法第十条) and what it says; ``text`` is empty where the program does not have it."""

    citation: str
    text: str


@dataclass(frozen=True)
class Topic:
    """One page of help. ``shown``: names of windows, pages and dialogs it belongs to. ``rules``: parameters
    and citations of the region profile."""

    name: str
    title: str
    text: str
    rules: tuple[str, ...]
    shown: tuple[str, ...]

    def matches(self, words: str) -> bool:
        """Whether every word stands in title or text."""
        inside = f"{self.title}\n{self.text}".casefold()
        return all(word in inside for word in words.casefold().split())


@cache
def topics() -> tuple[Topic, ...]:
    """All of them, by title."""
    found = [_read(path.stem, path.read_text("utf-8")) for path in resource_path("help").glob("*.md")]
    return tuple(sorted(found, key=lambda topic: topic.title))


def topic_of(place: str) -> Topic | None:
    """The help of a window, page or dialog by its object name, or a topic by its own name."""
    return next((topic for topic in topics() if place == topic.name or place in topic.shown), None)


class HelpService:
    """``region`` answers the rules of the unit's region; before the first log-in there are none yet."""

    def __init__(self, region: Callable[[], RegionProfile]) -> None:
        self._region = region

    def region(self) -> RegionProfile:
        """The region's rules; those that ship with the program while the exchange has not told its own."""
        try:
            return self._region()
        except GongwenError:
            return load_profile(FALLBACK_PROFILE)

    def articles(self, topic: Topic) -> tuple[Article, ...]:
        """What the region says about a topic, each article once; rules on which it is silent are left out."""
        region = self.region()
        cited = dict.fromkeys(region.article_of(rule) for rule in topic.rules if _has(region, rule))
        return tuple(Article(one, article_text(region.profile_id, one)) for one in cited if one)

    def search(self, words: str) -> tuple[Topic, ...]:
        """Topics with all these words, titles first."""
        found = [topic for topic in topics() if topic.matches(words)]
        return tuple(sorted(found, key=lambda topic: words.strip() not in topic.title))


def _has(region: RegionProfile, rule: str) -> bool:
    """Rules that came later may be absent."""
    return hasattr(region.citations, rule) or getattr(region, rule, None) is not None


def _read(name: str, source: str) -> Topic:
    _, head, text = source.split(_FENCE, 2)
    said = tomllib.loads(head)
    return Topic(
        name, said["title"], text.strip(), tuple(said.get("rules", ())), tuple(said.get("shown", (name,)))
    )
