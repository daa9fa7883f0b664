"""Recipients against the 主送 and 抄送 that the document prints: who is missing, who is too many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gongwen_client.domain.addressees import AddressBook, Addressed, Kind, resolve_all
from gongwen_protocol.messages import Recipient, RecipientRole, Unit


@dataclass(frozen=True)
class Missing:
    """The text names ``unit``; it is not among the recipients. ``obstacle``: the code of why it cannot be,
    empty where it can."""

    unit: Unit
    role: RecipientRole
    phrase: str
    obstacle: str = ""


@dataclass(frozen=True)
class Unclear:
    """A phrase that means one of several units, or none that the directory knows."""

    phrase: str
    role: RecipientRole
    choices: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """``compared`` is False where the document prints no addressees that could be read."""

    compared: bool = False
    matched: int = 0
    missing: tuple[Missing, ...] = ()
    extra: tuple[Recipient, ...] = ()
    other_role: tuple[Recipient, ...] = ()
    unclear: tuple[Unclear, ...] = ()

    @property
    def agrees(self) -> bool:
        """Nothing to be looked at."""
        return not (self.missing or self.extra or self.other_role or self.unclear)

    @property
    def unknown_groups(self) -> tuple[Unclear, ...]:
        """Collective names that could not be resolved: units that seem too many may belong to them."""
        return tuple(one for one in self.unclear if not one.choices and "各" in one.phrase)


def compare(
    book: AddressBook,
    main_text: str,
    cc_text: str,
    recipients: Sequence[Recipient],
    obstacle: Callable[[Unit], str] = lambda _unit: "",
    in_place_of: Callable[[Unit], Unit] = lambda unit: unit,
) -> Comparison:
    """What differs. Of an ambiguous phrase the one candidate that is a recipient is taken to be meant; a unit
    that another follows by now stands for that one."""
    if not main_text.strip() and not cc_text.strip():
        return Comparison()
    chosen = {one.unit_code: one for one in recipients}
    named: dict[str, tuple[Unit, RecipientRole, str]] = {}
    unclear: list[Unclear] = []
    for role, text in ((RecipientRole.MAIN, main_text), (RecipientRole.CC, cc_text)):
        for addressed in resolve_all(book, text):
            units = _meant(addressed, chosen)
            if not units:
                unclear.append(Unclear(addressed.phrase, role, addressed.units))
            for unit in map(in_place_of, units):
                named.setdefault(unit.code, (unit, role, addressed.phrase))
    missing = tuple(
        Missing(unit, role, phrase, obstacle(unit))
        for code, (unit, role, phrase) in named.items()
        if code not in chosen
    )
    return Comparison(
        compared=True,
        matched=sum(code in named for code in chosen),
        missing=missing,
        extra=tuple(one for code, one in chosen.items() if code not in named),
        other_role=tuple(one for code, one in chosen.items() if code in named and named[code][1] != one.role),
        unclear=tuple(unclear),
    )


def _meant(addressed: Addressed, chosen: dict[str, Recipient]) -> tuple[Unit, ...]:
    if addressed.kind is Kind.AMBIGUOUS:
        among = tuple(unit for unit in addressed.units if unit.code in chosen)
        return among if len(among) == 1 else ()
    return addressed.units
