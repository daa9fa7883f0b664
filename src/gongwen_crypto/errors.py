"""The one family of errors of this project (ADR 0002: one code, one sentence).

An error carries a stable code such as ``token.pin_locked`` and the facts that its sentence needs. The
sentences themselves live in ``gongwen_protocol.sentences``; a code without a sentence fails a test.
"""

from __future__ import annotations


class GongwenError(Exception):
    """Base of all errors that reach a person.

    ``code`` is a stable dotted string; ``facts`` are the named values of its sentence. Facts hold no
    secrets (no PIN, no password, no document text).
    """

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        if not self.facts:
            return self.code
        return f"{self.code} ({', '.join(f'{name}={value!r}' for name, value in self.facts.items())})"


class KnownError(GongwenError):
    """The environment or the user can act: no key inserted, disk full, file damaged, server away."""


class RefusedError(GongwenError):
    """A rule or the exchange said no. The sentence names the article."""


class BugError(GongwenError):
    """Our own mistake. Never swallowed: it becomes a crash report."""
