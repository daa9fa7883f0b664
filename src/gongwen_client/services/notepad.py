"""Words that stand in a dialog and were not handed in yet: closed, covered by an ended session or lost in a
crash, they are there again when it is opened."""

from __future__ import annotations

from collections.abc import Mapping

from gongwen_client.services.desk import Desk


class NotepadService:
    """``form`` is the dialog, ``subject`` the document, delivery or request that it is about."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def keep(self, form: str, subject: str, words: Mapping[str, str]) -> None:
        """Keep what was typed, by field."""
        self._desk.store.kept_words.keep(form, subject, words, self._desk.clock.now())

    def kept(self, form: str, subject: str) -> dict[str, str]:
        """What was typed, empty when nothing was."""
        return self._desk.store.kept_words.kept(form, subject)

    def forget(self, form: str, subject: str) -> None:
        """It was handed in."""
        self._desk.store.kept_words.forget(form, subject)
