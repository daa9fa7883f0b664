"""Searching: heads (title, number, sender) by characters, bodies by pairs of characters (ADR 0052).

Chinese has no spaces between words. A head is short, so its characters stand apart and a word is a phrase of
them. A body is long, and lists of single characters would name nearly every document; pairs are rare enough
that a word of two characters is one look-up.
"""

from __future__ import annotations

import re
import sqlite3

from gongwen_client.store.database import Database

LONGEST_TEXT = 200_000
"""Characters of a body that are searched; later ones are left out."""
_CJK = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ONE = re.compile(f"([{_CJK}])")
_RUN = re.compile(f"[{_CJK}]+|[^{_CJK}]+")
_BREAK = re.compile(f"(?<=[{_CJK}])\\s+(?=[{_CJK}])")
_WORD = re.compile(r"\w+")


def spread(text: str) -> str:
    """Chinese characters apart, so that a word of any length is found as a phrase of characters."""
    return _ONE.sub(r" \1 ", text)


def pairs(text: str) -> str:
    """Chinese characters in overlapping pairs, a run's last one alone: 防汛抗旱 → 防汛 汛抗 抗旱 旱. The end
    of a line is no end of a word."""
    parts: list[str] = []
    for run in _RUN.findall(_BREAK.sub("", text)):
        if _ONE.match(run):
            parts += (run[place : place + 2] for place in range(len(run)))
        else:
            parts.append(run)
    return " ".join(parts)


def head_phrase(word: str) -> str:
    """A word as a question to the index of heads; empty where nothing of it can be found."""
    return _phrase(_WORD.findall(spread(word)))


def head_phrases(text: str) -> list[str]:
    """The words of a question, each as :func:`head_phrase`."""
    return [phrase for phrase in map(head_phrase, text.split()) if phrase]


def body_phrase(word: str) -> str:
    """A word as a question to the index of bodies."""
    tokens = _WORD.findall(pairs(word))
    if len(tokens) > 1 and _ONE.match(word[-1]) and _ONE.match(word[-2]):
        tokens.pop()  # in the text the run may go on
    return _phrase(tokens)


def _phrase(tokens: list[str]) -> str:
    return f'"{" ".join(tokens)}"*' if tokens else ""


def index_body(connection: sqlite3.Connection, document_id: str, text: str) -> None:
    """Within a transaction: make a document's body searchable, once."""
    row = connection.execute(
        "SELECT row_id FROM documents WHERE document_id = ? AND text_known = 0", (document_id,)
    ).fetchone()
    if row is not None:
        words = pairs(text[:LONGEST_TEXT])
        connection.execute("INSERT INTO body_search (rowid, words) VALUES (?, ?)", (row[0], words))
        connection.execute("UPDATE documents SET text_known = 1 WHERE row_id = ?", (row[0],))


class BodyTexts:
    """The text of bodies, as the render workers read it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def documents_wanted(self, limit: int) -> list[str]:
        """Received documents that a person has looked at, whose files are here and text is not; the newest
        first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT document_id FROM documents AS d WHERE text_known = 0 AND fetch = 2 AND EXISTS"
                " (SELECT 1 FROM deliveries AS v WHERE v.document_id = d.document_id AND v.to_us = 1"
                " AND (v.opened = 1 OR v.state <> 'delivered')) ORDER BY row_id DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [str(row[0]) for row in rows]

    def drafts_wanted(self, limit: int) -> list[str]:
        """Drafts whose present body was not read."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT document_id FROM drafts LEFT JOIN draft_texts AS t USING (document_id)"
                " WHERE state IN ('draft', 'awaiting_seal', 'ready', 'sending') AND body IS NOT NULL"
                " AND t.digest IS NOT json_extract(body, '$.digest') LIMIT ?",
                (limit,),
            ).fetchall()
        return [str(row[0]) for row in rows]

    def add(self, document_id: str, text: str) -> None:
        """Make a sent or received document's body searchable; an empty text says that it has none to read."""
        with self._database.transaction() as connection:
            index_body(connection, document_id, text)

    def set_draft(self, document_id: str, digest: str, text: str) -> None:
        """The text of a draft's body with this digest; of a draft that is gone nothing is kept."""
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM drafts WHERE document_id = ?", (document_id,)).fetchone():
                connection.execute(
                    "INSERT OR REPLACE INTO draft_texts (document_id, digest, text) VALUES (?, ?, ?)",
                    (document_id, digest, _BREAK.sub("", text[:LONGEST_TEXT])),
                )
