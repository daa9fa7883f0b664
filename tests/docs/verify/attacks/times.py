"""Attacks on time stamps: of other signatures, forged, from clocks that do not count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from docs import producers
from docs.office import DAY, NOW, YEAR
from docs.verify.attacks.lab import VALUE, Lab
from docs.verify.attacks.registry import Forgery, attack
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.ofd.container import pack
from gongwen_docs.verify import Verdict

_SOON = NOW + timedelta(minutes=1)


@attack("stamp-of-another", "A14", "The token is over another signature.", "seal.timestamp.tampered")
def stamp_of_another(lab: Lab) -> Iterator[Forgery]:
    for label, signature in (("text", b"another"), ("empty", b""), ("cut", lab.plain[VALUE][-40:])):
        yield Forgery(label, pack(lab.with_token(lab.clock, _SOON, signature)))


@attack("stamp-changed", "A14", "The token's time or certificate was changed.", "seal.timestamp.tampered")
def stamp_changed(lab: Lab) -> Iterator[Forgery]:
    value = lab.stamped[VALUE]
    times = _SOON.strftime("%Y%m%d%H%M%SZ").encode()
    yield Forgery("time", pack({**lab.stamped, VALUE: value.replace(times, b"2026" + b"1101" + times[8:])}))
    year = value.replace(times, b"2025" + times[4:])
    yield Forgery("year", pack({**lab.stamped, VALUE: year}))
    policy = value.replace(b"\x06\x03\x2a\x03\x04", b"\x06\x03\x2a\x03\x05")
    yield Forgery("policy", pack({**lab.stamped, VALUE: policy}))


@attack(
    "clock-not-certified",
    "A14",
    "A unit's own key makes the token: certified, but not as a clock.",
    "seal.timestamp.not_authority",
    verdict=Verdict.WARNING,
)
def clock_not_certified(lab: Lab) -> Iterator[Forgery]:
    for label, signer in (
        ("signer", lab.unit.signer),
        ("accomplice", lab.second.signer),
        ("seal-maker", lab.authority.maker),
    ):
        yield Forgery(label, pack(lab.with_token(signer, _SOON)))


@attack(
    "clock-unknown",
    "A14",
    "The clock's authority is not trusted here.",
    "seal.timestamp.untrusted",
    verdict=Verdict.WARNING,
)
def clock_unknown(lab: Lab) -> Iterator[Forgery]:
    other = lab.impostor.certify("时间戳机构", usage=Usage.TIME_STAMPING)
    yield Forgery(
        "same-names",
        pack(lab.with_token(other, _SOON)),
        code="seal.timestamp.broken",
        verdict=Verdict.INVALID,
    )
    home = make_root(Subject("自建根", "自建"), NOW - YEAR, NOW + YEAR)
    for label in ("home-made", "home-made-later"):
        key = SoftwareSigner.generate()
        made = issue(home, Subject("钟", "钟"), key.public_key, Usage.TIME_STAMPING, NOW - YEAR, NOW + YEAR)
        at = _SOON if label == "home-made" else _SOON + DAY / 2
        yield Forgery(label, pack(lab.with_token(key.with_certificate(made), at)))


@attack("clock-revoked", "A14", "The clock's certificate was revoked or over.", "seal.timestamp.revoked")
def clock_revoked(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("revoked", pack(lab.stamped), trust="clock-revoked")
    over = lab.authority.certify("时间戳机构", NOW - 2 * YEAR, NOW - DAY, usage=Usage.TIME_STAMPING)
    yield Forgery("over", pack(lab.with_token(over, _SOON)), code="seal.timestamp.expired")
    later = lab.authority.certify("时间戳机构", NOW + DAY, NOW + YEAR, usage=Usage.TIME_STAMPING)
    yield Forgery("not-yet", pack(lab.with_token(later, _SOON)), code="seal.timestamp.expired")


@attack(
    "stamp-unreadable",
    "A14",
    "Junk where a token should be.",
    "seal.timestamp.unreadable",
    verdict=Verdict.WARNING,
)
def stamp_unreadable(lab: Lab) -> Iterator[Forgery]:
    for label, token in (("junk", b"junk"), ("empty", b""), ("deep", b"\x30\x80" * 100)):
        yield Forgery(label, pack({**lab.plain, VALUE: producers.with_time_stamp(lab.plain[VALUE], token)}))


@attack(
    "stamp-far-off",
    "A14",
    "The claimed time lies far from the token's.",
    "seal.time.before_stamp",
    verdict=Verdict.WARNING,
)
def stamp_far_off(lab: Lab) -> Iterator[Forgery]:
    for days in (2, 20, 25):
        at = NOW + days * DAY
        yield Forgery(f"{days}-days-late", pack(lab.with_token(lab.clock, at)), now=at + DAY / 24)
    early = pack(lab.with_token(lab.clock, NOW - DAY))
    yield Forgery("before-the-claim", early, code="seal.time.after_proof")
