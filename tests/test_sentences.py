"""Every error code has its sentence, every sentence its code, and the facts of the one fit the other."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from gongwen_crypto.errors import GongwenError, KnownError
from gongwen_protocol.sentences import catalogue, sentence

SOURCES = Path(__file__).resolve().parent.parent / "src"
ERRORS = {"KnownError", "RefusedError", "BugError"}
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")

#: The two rules and the number of their last article.
RULES = {"管理办法": 24, "暂行办法": 41}
NUMERALS = {numeral: value for value, numeral in enumerate("一二三四五六七八九", start=1)}


@dataclass(frozen=True)
class Raised:
    """One place where an error with a literal code is made."""

    code: str
    facts: frozenset[str]
    open_ended: bool
    place: str


@cache
def trees() -> tuple[tuple[Path, ast.Module], ...]:
    """All source files with their syntax trees."""
    return tuple((path, ast.parse(path.read_text("utf-8"))) for path in sorted(SOURCES.rglob("*.py")))


def literals(node: ast.expr) -> Iterator[str]:
    """The texts an expression can give: a literal, or both arms of a conditional expression."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def raised() -> Iterator[Raised]:
    """Every ``KnownError("…")``, ``RefusedError("…")`` and ``BugError("…")`` of the sources."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in ERRORS:
                continue
            facts = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
            open_ended = any(keyword.arg is None for keyword in node.keywords)
            place = f"{path.relative_to(SOURCES)}:{node.lineno}"
            for code in literals(node.args[0]):
                yield Raised(code, facts, open_ended, place)


def mentioned() -> tuple[set[str], list[re.Pattern[str]]]:
    """All string literals of the sources, and the patterns of f-strings that could build a code."""
    texts: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.update((node.value, node.value.strip(".")))
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else r"[a-z0-9_.]+"
                    for part in node.values
                    if not isinstance(part, ast.Constant) or isinstance(part.value, str)
                ]
                head = node.values[0]
                if isinstance(head, ast.Constant) and re.match(r"[a-z0-9_]+\.", str(head.value)):
                    patterns.append(re.compile("".join(parts)))
    return texts, patterns


def fields(template: str) -> set[str]:
    """The facts that a sentence names. Raises ValueError when the template does not parse."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def article(text: str) -> int:
    """The value of a Chinese numeral below one hundred."""
    tens, found, ones = text.rpartition("十")
    return (NUMERALS.get(tens, 1) * 10 if found else 0) + NUMERALS.get(ones, 0)


def test_every_raised_code_has_a_sentence() -> None:
    missing = {f"{each.place} {each.code}" for each in raised() if each.code not in catalogue()}
    assert not missing, "\n".join(sorted(missing))


def test_every_raised_code_says_what_to_do_next() -> None:
    """Steps of a report may pass without advice; an error never leaves a person standing there."""
    silent = {
        each.code for each in raised() if each.code in catalogue() and not catalogue()[each.code].get("do")
    }
    assert not silent, "\n".join(sorted(silent))


def test_every_sentence_is_used() -> None:
    texts, patterns = mentioned()
    unused = {
        code
        for code in catalogue()
        if code not in texts
        and not set(code.rsplit(".", 1)) <= texts  # put together from a stem and a last word
        and not any(pattern.fullmatch(code) for pattern in patterns)
    }
    assert not unused, "\n".join(sorted(unused))


def test_facts_of_the_sentence_are_given_where_the_error_is_raised() -> None:
    """Otherwise a person would read a blank where the fact belongs."""
    blanks = set()
    for each in raised():
        entry = catalogue().get(each.code)
        if entry is None or each.open_ended:
            continue
        wanted = set().union(*(fields(text) for text in entry.values()))
        if wanted - each.facts:
            blanks.add(f"{each.place} {each.code} lacks {', '.join(sorted(wanted - each.facts))}")
    assert not blanks, "\n".join(sorted(blanks))


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_sentence_is_well_made(code: str) -> None:
    entry = catalogue()[code]
    assert CODE.fullmatch(code)
    assert set(entry) <= {"what", "do", "rule"}
    assert entry["what"], "a sentence says what happened"
    for text in entry.values():
        assert "!" not in text
        assert "！" not in text
        for _, name, specification, conversion in string.Formatter().parse(text):
            assert name is None or name.isidentifier()
            assert not specification, "a missing fact could not be shown with a format"
            assert not conversion
    for rule, number in re.findall(
        rf"({'|'.join(RULES)})第([一二三四五六七八九十]+)条", entry.get("rule", "")
    ):
        assert 1 <= article(number) <= RULES[rule]


def test_the_numerals_of_articles_are_understood() -> None:
    assert [article(text) for text in ("四", "十", "十五", "二十", "三十六")] == [4, 10, 15, 20, 36]


def test_a_sentence_reads_what_then_do_then_rule_and_code() -> None:
    words = sentence(KnownError("delivery.not_allowed", article="管理办法第十条"))
    assert words.what
    assert words.do
    assert str(words) == f"{words.what}{words.do}（{words.rule} · delivery.not_allowed）"


def test_a_code_without_a_sentence_still_tells_the_person_what_to_do() -> None:
    words = sentence("no.such_code")
    assert words.what
    assert words.do
    assert "no.such_code" in str(words)


def test_an_error_shows_its_code_and_facts() -> None:
    assert str(GongwenError("a.b")) == "a.b"
    assert str(GongwenError("a.b", tries_left=2)) == "a.b (tries_left=2)"
