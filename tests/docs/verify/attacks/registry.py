"""The attack corpus: classes of attacks, each a function that makes files, registered under its name.

A class says what is attacked, which verdict is due and under which code it must be found. Its function
takes the :class:`Lab` with the genuine originals and yields forgeries; one may be due something else than
its class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from docs.verify.attacks.lab import Lab
from gongwen_docs.verify import Expectation, Verdict

NO_RECORD = Expectation()


@dataclass(frozen=True)
class Forgery:
    """One file of a class. Fields left None are those of the class or of the lab.

    ``trust`` names one of the lab's trust stores; ``expected`` is the exchange's record that a client would
    compare with; ``witnessed_at`` the moment of its receipt.
    """

    name: str
    data: bytes
    verdict: Verdict | None = None
    code: str = ""
    trust: str = "trust"
    now: datetime | None = None
    witnessed_at: datetime | None = None
    expected: Expectation = NO_RECORD


@dataclass(frozen=True)
class AttackClass:
    """What is attacked and how it must be found. ``origin`` is its number in the catalogue of threats."""

    name: str
    origin: str
    story: str
    verdict: Verdict
    code: str
    build: Callable[[Lab], Iterator[Forgery]]
    family: str


CLASSES: dict[str, AttackClass] = {}


def attack(
    name: str, origin: str, story: str, code: str, verdict: Verdict = Verdict.INVALID
) -> Callable[[Callable[[Lab], Iterator[Forgery]]], Callable[[Lab], Iterator[Forgery]]]:
    """Register a builder as the class ``name``."""

    def register(build: Callable[[Lab], Iterator[Forgery]]) -> Callable[[Lab], Iterator[Forgery]]:
        assert name not in CLASSES, name
        family = build.__module__.rpartition(".")[2]
        CLASSES[name] = AttackClass(name, origin, story, verdict, code, build, family)
        return build

    return register
