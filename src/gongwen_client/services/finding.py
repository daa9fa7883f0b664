"""Searching everywhere at once: all lists of documents, and what the register books have on paper only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gongwen_client.domain.lists import ListName, ListQuery
from gongwen_client.domain.registers import Book, RegisterEntry, RegisterQuery
from gongwen_client.services.lists import ListService, Row
from gongwen_client.services.registers import RegisterService

MOST = 50
"""Of each list; its own page shows all."""
_PLACES = tuple(name for name in ListName if name is not ListName.RETURNED_TO_US)
"""A returned document is found among the sent ones."""


@dataclass(frozen=True)
class Hit:
    """A document and the list it is in, or a line of a book whose document came or went on paper."""

    place: ListName | Book
    found: Row | RegisterEntry


@dataclass(frozen=True)
class Hits:
    """``total`` counts also those that are not among ``hits``."""

    hits: tuple[Hit, ...]
    total: int


class FindService:
    """Asks what the lists ask, so the same words find the same documents."""

    def __init__(self, lists: ListService, registers: RegisterService) -> None:
        self._lists = lists
        self._registers = registers

    def find(self, words: str) -> Hits:
        """Slow. By title, number, unit and text; several words must all occur. Empty words find nothing."""
        if not words.strip():
            return Hits((), 0)
        hits: list[Hit] = []
        total = 0
        for name in _PLACES:
            found = self._lists.find(ListQuery(name, words=words))
            total += len(found.ids)
            hits += [Hit(name, row) for row in self._lists.rows(name, found.ids[:MOST])]
        for book in Book:
            on_paper = [Hit(book, entry) for entry in self._on_paper(book, words)]
            total += len(on_paper)
            hits += on_paper[:MOST]
        return Hits(tuple(hits), total)

    def _on_paper(self, book: Book, words: str) -> Iterator[RegisterEntry]:
        for year in self._registers.years(book):
            page = self._registers.page(RegisterQuery(book, year, words=words), 0, 10 * MOST)
            yield from (entry for entry in page.entries if not entry.subject)
