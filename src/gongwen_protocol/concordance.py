"""Where the two seeds state the same thing: the article that a sentence cites, in another region.

Sentences of the catalogue cite the seed that states the matter most plainly. Each such article stands for a
topic: a parameter of the region profile or one of its citations. Under another region its own article is
cited, or none where it is silent.
"""

from __future__ import annotations

import re

from gongwen_protocol.profile import RegionProfile

TOPICS = {
    "管理办法第二条": "body_formats",
    "管理办法第三条": "paper_equality",
    "管理办法第七条": "dedicated_computer",
    "管理办法第九条": "urgency_allowed",
    "管理办法第十条": "checks_before_acceptance",
    "管理办法第十一条": "daily_checks",
    "管理办法第十二条": "fault_report",
    "管理办法第十三条": "paper_fallback",
    "管理办法第十五条": "seal_custody",
    "管理办法第十六条": "seal_renewal",
    "管理办法第十八条": "seal_misuse",
    "管理办法第十九条": "forbidden_marks",
    "管理办法第二十条": "password_first_change",
    "管理办法第二十一条": "computer_safety",
    "暂行办法第四条": "forbidden_marks",
    "暂行办法第十八条": "seal_kinds",
    "暂行办法第二十七条": "body_formats",
    "暂行办法第二十九条": "sending_steps",
    "暂行办法第三十条": "print_quota_required",
    "暂行办法第三十三条": "checks_before_acceptance",
    "暂行办法第三十四条": "original_print_needs_verifying_seal",
    "暂行办法第三十六条": "receipt_moment",
    "暂行办法第三十七条": "extra_copies",
}
_ARTICLE = re.compile(r"(管理办法|暂行办法)第[一二三四五六七八九十]+条")


def in_region(rule: str, profile: RegionProfile) -> str:
    """The citation of a catalogue's sentence as this region has it; other standards stay as they are."""
    articles = [match.group() for match in _ARTICLE.finditer(rule)]
    if not articles:
        return rule
    own = [article for article in articles if article.startswith(profile.rule_short_name)]
    if own:
        return "；".join(own)
    known = [profile.article_of(TOPICS[article]) for article in articles if article in TOPICS]
    return "；".join(dict.fromkeys(citation for citation in known if citation))
