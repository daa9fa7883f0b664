"""The page of states, printed from the table: ``python -m gongwen_protocol.states_page > docs/states.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum

from gongwen_protocol.profile import RegionProfile, load_profile, profile_ids
from gongwen_protocol.sentences import sentence
from gongwen_protocol.transitions import TABLES, Refusal, Table, When

_TITLES = {
    "document": "公文",
    "delivery": "发往一个单位的公文",
    "ticket": "一份打印原件",
    "request": "收文单位的申请",
}


def page() -> str:
    """The whole page."""
    profiles = [load_profile(profile_id) for profile_id in profile_ids()]
    lines = [
        "# States",
        "",
        "What every event does in every state: the next state, or the refusal with its code. Printed from",
        "`gongwen_protocol.transitions` by `python -m gongwen_protocol.states_page`; a test compares them.",
        "*italic*: where the region's rule allows it; `code`: refused.",
    ]
    refusals: dict[str, Refusal] = {}
    for table in TABLES:
        lines += ["", f"## {table.name} ({_TITLES[table.name]})", "", *_table(table)]  # type: ignore[arg-type]
        for _, _, cell in table.cells():
            refusal = cell.refusal if isinstance(cell, When) else cell
            if isinstance(refusal, Refusal):
                refusals.setdefault(f"{refusal.code} {refusal.rule}", refusal)
    lines += ["", "## Refusals and the articles they cite", "", *_refusals(refusals, profiles)]
    return "\n".join(lines) + "\n"


def _table(table: Table[StrEnum, StrEnum]) -> Iterator[str]:
    yield "| " + " | ".join(["event", *(state.value for state in table.states)]) + " |"
    yield "|---" * (len(list(table.states)) + 1) + "|"
    for event in table.events:
        cells = (_cell(table.cell(state, event)) for state in table.states)
        yield "| " + " | ".join([event.value, *cells]) + " |"


def _cell(cell: StrEnum | When[StrEnum] | Refusal) -> str:
    if isinstance(cell, Refusal):
        return f"`{cell.code}`"
    return f"*{cell.state.value}*" if isinstance(cell, When) else f"**{cell.value}**"


def _refusals(refusals: dict[str, Refusal], profiles: list[RegionProfile]) -> Iterator[str]:
    yield "| " + " | ".join(["code", "says", *(profile.region for profile in profiles)]) + " |"
    yield "|---" * (len(profiles) + 2) + "|"
    for _, refusal in sorted(refusals.items()):
        articles = (profile.article_of(refusal.rule) or "–" for profile in profiles)
        yield "| " + " | ".join([f"`{refusal.code}`", sentence(refusal.code).what, *articles]) + " |"


if __name__ == "__main__":
    sys.stdout.write(page())
