"""The words of the regions' rules, article by article, for whoever asks what a citation says.

``resources/articles/<profile>.toml`` holds one table for each paper (its short name) from article to text.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache

from gongwen_protocol.resources import resource_path

_CITED = re.compile(r"(?P<paper>\D*?)(?P<article>第[一二三四五六七八九十百]+条)")


@cache
def articles_of(profile_id: str) -> dict[str, dict[str, str]]:
    """Paper → article → text of one region; empty where the program has no text of its rules."""
    try:
        path = resource_path("articles", f"{profile_id}.toml")
    except FileNotFoundError:
        return {}
    papers: dict[str, dict[str, str]] = tomllib.loads(path.read_text("utf-8"))
    return papers


def article_text(profile_id: str, citation: str) -> str:
    """What the article says that ``citation`` names (管理办法第十条); empty when it is not known here."""
    match = _CITED.search(citation)
    if match is None:
        return ""
    return articles_of(profile_id).get(match["paper"].strip("《》 "), {}).get(match["article"], "")
