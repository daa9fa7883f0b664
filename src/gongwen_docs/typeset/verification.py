"""The report of a verification as an A4 document (OFD): what a clerk files, prints or hands on.

It gets finished words and sets them; what they are is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass

from gongwen_docs.typeset.flow import BLUE_GREY, GREY, Flow, Style
from gongwen_docs.write import BLACK, Box, Color, DocumentInfo, FaceShelf, OfdWriter, Role, default_shelf

_TITLE = Style(Role.TITLE, 6.4)
_HEADING = Style(Role.HEI, 4.6)
_WORD = Style(Role.HEI, 5.6)
_BODY = Style(Role.SONG, 3.7)
_NAME = Style(Role.SONG, 3.7, GREY)
_SMALL = Style(Role.SONG, 2.9, GREY)
_LEFT, _WIDTH, _NAMES = 22.0, 166.0, 30.0

#: Green, amber, grey-blue, red, grey: as the window shows them; the word always stands beside.
_COLORS = {
    "valid": Color(22, 120, 60),
    "warning": Color(176, 108, 0),
    "unknown": Color(70, 90, 120),
    "invalid": Color(190, 20, 20),
    "unsigned": Color(90, 90, 90),
    "ok": Color(22, 120, 60),
    "warn": Color(176, 108, 0),
    "fail": Color(190, 20, 20),
}


@dataclass(frozen=True)
class StepText:
    """One step: its status (ok, warn, unknown, fail), that status in a word, the sentence, code and rule."""

    status: str
    word: str
    sentence: str
    small_print: str


@dataclass(frozen=True)
class SealText:
    """One signature. ``picture`` is PNG, drawn ``width`` × ``height`` mm, empty where it cannot be shown."""

    heading: str
    verdict: str
    word: str
    picture: bytes
    width: float
    height: float
    facts: tuple[tuple[str, str], ...]
    steps: tuple[StepText, ...]


@dataclass(frozen=True)
class VerificationText:
    """Everything that the report says."""

    title: str
    verdict: str
    word: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    seals: tuple[SealText, ...]
    steps: tuple[StepText, ...]
    footer: str


def typeset_verification(text: VerificationText, shelf: FaceShelf | None = None) -> bytes:
    """Set the report; answers an OFD package with embedded fonts. Raises ``KnownError`` ``write.*``."""
    writer = OfdWriter(DocumentInfo(title=text.title))
    flow = Flow(writer, shelf or default_shelf(), _LEFT, _WIDTH)
    flow.centred(text.title, _TITLE)
    flow.space(4)
    _set_verdict(flow, text)
    flow.space(3)
    _set_facts(flow, text.facts, _LEFT, _WIDTH)
    for seal in text.seals:
        _set_seal(flow, seal)
    if text.steps:
        _set_heading(flow, "文件整体")
        _set_steps(flow, text.steps)
    _set_footers(flow, text.footer)
    return writer.to_bytes()


def _set_verdict(flow: Flow, text: VerificationText) -> None:
    color = _COLORS.get(text.verdict, BLACK)
    top = flow.y
    flow.keep(20)
    flow.space(3)
    flow.at(_LEFT + 6, _WIDTH - 12, text.word, Style(_WORD.role, _WORD.size, color))
    flow.space(1)
    flow.at(_LEFT + 6, _WIDTH - 12, text.summary, _BODY)
    flow.space(2)
    flow.frame(Box(_LEFT, top, _WIDTH, flow.y - top), color)


def _set_heading(flow: Flow, heading: str) -> None:
    flow.keep(24)
    flow.space(6)
    flow.at(_LEFT, _WIDTH, heading, _HEADING)
    flow.rule(BLUE_GREY)
    flow.space(1.5)


def _set_facts(flow: Flow, facts: tuple[tuple[str, str], ...], left: float, width: float) -> None:
    for name, value in facts:
        flow.keep(6)
        top = flow.y
        flow.at(left, _NAMES, name, _NAME)
        below = flow.y
        flow.y = top
        flow.at(left + _NAMES, width - _NAMES, value, _BODY)
        flow.y = max(flow.y, below) + 0.8


def _set_seal(flow: Flow, seal: SealText) -> None:
    _set_heading(flow, seal.heading)
    flow.keep(50 if seal.picture else 20)
    color = _COLORS.get(seal.verdict, BLACK)
    flow.at(_LEFT, _WIDTH, seal.word, Style(_HEADING.role, _HEADING.size, color))
    flow.space(1)
    page, top, indent = flow.page, flow.y, 0.0
    if seal.picture:
        scale = min(1.0, 42 / max(seal.width, seal.height, 1.0))
        place = Box(_LEFT, top, seal.width * scale, seal.height * scale)
        flow.image(place, seal.picture)
        indent = 48.0
    _set_facts(flow, seal.facts, _LEFT + indent, _WIDTH - indent)
    if seal.picture and flow.page == page:
        flow.y = max(flow.y, top + 44)
    flow.space(2)
    _set_steps(flow, seal.steps)


def _set_steps(flow: Flow, steps: tuple[StepText, ...]) -> None:
    for number, step in enumerate(steps, 1):
        flow.keep(11)
        top = flow.y
        color = _COLORS.get(step.status, BLACK)
        flow.at(_LEFT, 10, f"{number}.", _NAME)
        flow.y = top
        flow.at(_LEFT + 8, 20, step.word, Style(Role.HEI, _BODY.size, color))
        flow.y = top
        flow.at(_LEFT + 28, _WIDTH - 28, step.sentence, _BODY)
        if step.small_print:
            flow.at(_LEFT + 28, _WIDTH - 28, step.small_print, _SMALL)
        flow.space(1.2)


def _set_footers(flow: Flow, footer: str) -> None:
    count = len(flow.pages)
    for number, _ in enumerate(flow.pages):
        flow.footer(number, f"{footer}　第 {number + 1} 页，共 {count} 页", _SMALL)
