"""Words that stand in a dialog and were not handed in yet: closed, covered by an ended session or lost in a
crash, they are there again when it is opened. So are those that were handed in and refused."""

from __future__ import annotations

import json
from collections.abc import Mapping

from gongwen_client.domain.intents import IntentKind, RefusedWish
from gongwen_client.services.desk import Desk

_FORMS: dict[IntentKind, tuple[str, tuple[str, ...]]] = {
    IntentKind.REMIND: ("remind_dialog", ("text",)),
    IntentKind.RECALL: ("recall_dialog", ("reason",)),
    IntentKind.RESEND: ("resend_dialog", ("reason",)),
    IntentKind.PAPER: ("paper_dialog", ("carried_by", "note")),
    IntentKind.GRANT: ("grant_dialog", ("note",)),
    IntentKind.REFUSE: ("refuse_dialog", ("reason",)),
    IntentKind.RETURN: ("return_dialog", ("note",)),
    IntentKind.REQUEST: ("ask_copies_dialog", ("reason",)),
    IntentKind.REPLY: ("reply_dialog", ("posts", "contact", "note")),
    IntentKind.ARRIVE: ("arrival_dialog", ("note",)),
}
"""The dialog in which a wish was typed, and its fields, which are called as in the message."""


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

    def bring_back(self, wish: RefusedWish) -> None:
        """The exchange refused a wish: its words stand in their dialog again, unless others were typed there
        since. Raises KnownError: store.*."""
        if wish.kind not in _FORMS:
            return
        form, fields = _FORMS[wish.kind]
        message = json.loads(wish.payload)
        subject = wish.subject
        if wish.kind is IntentKind.REQUEST and message.get("kind") == "resend":
            form = "ask_resend_dialog"
        if wish.kind is IntentKind.ARRIVE:
            subject = f"{subject} {message.get('position')}"
        words = {name: _text(message.get(name)) for name in fields}
        if any(words.values()) and not any(self.kept(form, subject).values()):
            self.keep(form, subject, words)


def _text(value: object) -> str:
    return "、".join(value) if isinstance(value, list) else str(value or "")
