"""The documentation holds together: links lead somewhere, the index is complete, one term has one name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import pytest

from gongwen_client.domain import rows
from gongwen_protocol import messages, states

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ADRS = sorted((DOCS / "adr").glob("[0-9]*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)

#: Enumerations whose members a person meets as words on the screen.
WORDS: tuple[type[Enum], ...] = (
    states.DocumentState,
    states.DeliveryState,
    states.TicketState,
    messages.Role,
    messages.RecipientRole,
    messages.ReturnReason,
    messages.Finding,
    rows.IncomingState,
)


def prose(path: Path) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", path.read_text("utf-8"))


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    headings = re.findall(r"^#{1,6} +(.+?) *$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> Iterator[str]:
    """Relative links of a page that lead to no file or to no heading."""
    for target in LINK.findall(prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        place = (path.parent / name).resolve() if name else path
        missing = not place.exists()
        if missing or (anchor and place.suffix == ".md" and anchor not in anchors(place)):
            yield target


@dataclass(frozen=True)
class Term:
    """One row of the glossary, with the heading it stands under."""

    area: str
    term: str
    identifier: str


def glossary() -> list[Term]:
    """All rows of the glossary."""
    found, area = [], ""
    for line in prose(DOCS / "glossary.md").splitlines():
        if heading := re.fullmatch(r"#+ (.+)", line):
            area = heading[1]
        elif row := re.fullmatch(r"\| ([^|]+) \| `([^`|]+)` \| [^|]+ \|", line):
            found.append(Term(area, row[1], row[2]))
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_resolve(path: Path) -> None:
    assert not list(broken_links(path))


def test_every_adr_is_in_the_index_once_and_in_order() -> None:
    index = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", (DOCS / "adr" / "README.md").read_text("utf-8"))
    assert index == [path.name for path in ADRS]
    assert len({path.name[:4] for path in ADRS}) == len(ADRS)


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.name[:4])
def test_an_adr_has_its_parts(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {path.name[:4]} ")
    assert re.search(r"^- Status: (proposed|accepted|superseded by \d{4})$", text, re.MULTILINE)
    assert re.search(r"^- Date: \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[:2] == ["Context", "Decision"]
    assert headings[-1] == "Consequences"


def test_the_glossary_gives_each_identifier_once() -> None:
    counts = Counter(row.identifier for row in glossary())
    assert counts
    assert not [identifier for identifier, count in counts.items() if count > 1]


def test_the_glossary_has_each_term_once_in_its_area() -> None:
    counts = Counter((row.area, row.term) for row in glossary())
    assert not [row for row, count in counts.items() if count > 1]


def test_the_glossary_knows_every_word_that_the_protocol_can_say() -> None:
    known = {row.identifier for row in glossary()}
    wanted = {f"{kind.__name__}.{member.name}" for kind in WORDS for member in kind}
    assert not wanted - known


def test_the_glossary_names_no_state_that_is_gone() -> None:
    kinds = {kind.__name__: set(kind.__members__) for kind in WORDS}
    gone = []
    for row in glossary():
        kind, _, member = row.identifier.partition(".")
        if kind in kinds and member not in kinds[kind]:
            gone.append(row.identifier)
    assert not gone, "\n".join(sorted(gone))


def test_the_glossary_and_the_screen_use_the_same_words() -> None:
    words = pytest.importorskip("gongwen_client.ui.words")
    terms = {row.identifier: row.term for row in glossary()}
    tables = (
        words.DOCUMENT_STATES,
        words.DELIVERY_STATES,
        words.INCOMING_STATES,
        words.TICKET_STATES,
        words.KEY_STATES,
        words.FINDINGS,
        words.ROLES,
        words.RETURN_REASONS,
    )
    shown = {
        f"{type(member).__name__}.{member.name}": getattr(word, "word", word)
        for table in tables
        for member, word in table.items()
    }
    assert {name: (terms.get(name), word) for name, word in shown.items() if terms.get(name) != word} == {}
    assert {name: terms[name] for name in words.VERDICTS} == {
        name: state.word for name, state in words.VERDICTS.items()
    }


def test_the_bars_are_numbered_once() -> None:
    bars = re.findall(r"^\| ([RSPU]\d[a-z]?) \|", (DOCS / "bars.md").read_text("utf-8"), re.MULTILINE)
    assert bars
    assert len(bars) == len(set(bars))
