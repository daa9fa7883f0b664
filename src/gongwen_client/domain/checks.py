"""Results of automatic checks of this PC, in plain words for the person who reads them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """How a check came out. What could not be found out is never taken for good."""

    OK = "ok"
    NOTICE = "notice"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One check. ``said`` is what was found and ``do`` what to do now (empty when all is well). They are made
    of numbers, versions and fixed words: no name, title or secret gets in."""

    name: str
    title: str
    state: CheckState
    said: str
    do: str = ""
    rule: str = ""

    @property
    def good(self) -> bool:
        """Whether there is nothing to do."""
        return self.state is CheckState.OK


def ok(name: str, title: str, said: str) -> Check:
    """All is well."""
    return Check(name, title, CheckState.OK, said)


def failed(name: str, title: str, said: str, do: str) -> Check:
    """Something does not work."""
    return Check(name, title, CheckState.FAILED, said, do)


def notice(name: str, title: str, said: str, do: str) -> Check:
    """It works, but a person should know."""
    return Check(name, title, CheckState.NOTICE, said, do)


def unknown(name: str, title: str, said: str, do: str = "") -> Check:
    """It could not be found out."""
    return Check(name, title, CheckState.UNKNOWN, said, do)
