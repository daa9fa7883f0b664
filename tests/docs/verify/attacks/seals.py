"""Attacks on the seal itself: made by others, altered, out of its time, in wrong hands."""

from __future__ import annotations

from collections.abc import Iterator

from docs.office import NOW, YEAR, Unit, document_parts, png
from docs.verify.attacks.lab import ESEAL, VALUE, Lab, Parts, listing_only, protected_names, resigned
from docs.verify.attacks.registry import Forgery, attack
from gongwen_crypto import der
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.ofd.container import pack
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.sign import Placement
from gongwen_docs.verify import Verdict


def sealed_with(lab: Lab, unit: Unit) -> Parts:
    """The plain document under another seal, signed over exactly that."""
    parts = {**lab.plain, ESEAL: unit.seal}
    return listing_only(parts, unit, protected_names(parts))


def _altered(lab: Lab, old: bytes, new: bytes) -> Unit:
    assert old in lab.unit.seal
    return Unit(lab.unit.signer, lab.unit.seal.replace(old, new, 1))


@attack(
    "seal-altered",
    "A7",
    "The holder of a seal changes it: name, picture, period, holders.",
    "seal.made.tampered",
)
def seal_altered(lab: Lab) -> Iterator[Forgery]:
    picture = png()
    for label, old, new in (
        ("name", "东胜区人民政府".encode(), "东胜区人民法院".encode()),
        ("picture", picture, picture[:-20] + bytes(20)),
        ("period", b"20271120", b"20291120"),
        ("code", b"15060200000001", b"15060200000009"),
    ):
        yield Forgery(label, pack(sealed_with(lab, _altered(lab, old, new))))


@attack(
    "seal-of-a-stranger",
    "A10",
    "A seal in the right name by a maker of the right name with another key.",
    "seal.maker.broken",
)
def seal_of_a_stranger(lab: Lab) -> Iterator[Forgery]:
    signer = lab.unit.signer
    yield Forgery("same-names", pack(sealed_with(lab, lab.seal_of(signer, lab.impostor.maker))))
    self_made = make_root(Subject("演示根证书", "演示制章机构"), NOW - YEAR, NOW + YEAR)
    maker = SoftwareSigner.generate()
    subject = Subject("演示制章签名", "演示制章机构")
    forged = issue(self_made, subject, maker.public_key, Usage.SIGNING, NOW - YEAR, NOW + YEAR)
    yield Forgery(
        "forged-root",
        pack(sealed_with(lab, lab.seal_of(signer, maker.with_certificate(forged)))),
    )
    yield Forgery(
        "root-itself",
        pack(sealed_with(lab, lab.seal_of(signer, self_made))),
        code="seal.maker.usage",
    )


@attack(
    "seal-made-at-home",
    "A10",
    "A unit makes itself a seal, in its own or another's name.",
    "seal.maker.untrusted",
    verdict=Verdict.UNKNOWN,
)
def seal_made_at_home(lab: Lab) -> Iterator[Forgery]:
    own, partner = lab.unit.signer, lab.second.signer
    yield Forgery("own-key", pack(sealed_with(lab, lab.seal_of(own, own))))
    yield Forgery("partner-key", pack(sealed_with(lab, lab.seal_of(own, partner))))
    yield Forgery(
        "other-name", pack(sealed_with(lab, lab.seal_of(own, partner, name="内蒙古自治区人民政府")))
    )


@attack("seal-out-of-time", "A14", "Sealed before or after the seal's own period.", "seal.period.outside")
def seal_out_of_time(lab: Lab) -> Iterator[Forgery]:
    signer = lab.unit.signer
    for label, start, end in (
        ("over", NOW - 2 * YEAR, NOW - YEAR),
        ("not-yet", NOW + YEAR, NOW + 2 * YEAR),
        ("reversed", NOW + YEAR, NOW - YEAR),
    ):
        unit = lab.seal_of(signer, valid_from=start, valid_to=end)
        yield Forgery(label, pack(sealed_with(lab, unit)))


@attack("maker-revoked", "A10", "The maker's certificate was revoked or may not sign.", "seal.maker.revoked")
def maker_revoked(lab: Lab) -> Iterator[Forgery]:
    for name in ("plain", "joint", "seam"):
        trust = "maker-revoked"
        yield Forgery(name, pack(lab.originals[name]), trust=trust)


@attack("maker-usage", "A10", "The maker's certificate is for something else.", "seal.maker.usage")
def maker_usage(lab: Lab) -> Iterator[Forgery]:
    for label, usage in (("encryption", Usage.ENCRYPTION), ("authority", Usage.AUTHORITY)):
        maker = lab.authority.certify("演示制章签名", usage=usage)
        yield Forgery(label, pack(sealed_with(lab, lab.seal_of(lab.unit.signer, maker))))
    yield Forgery("root", pack(sealed_with(lab, lab.seal_of(lab.unit.signer, lab.authority.root))))


@attack("not-a-holder", "A10", "The signer is not among those whom the seal names.", "seal.signer.not_listed")
def not_a_holder(lab: Lab) -> Iterator[Forgery]:
    seal = lab.unit.seal
    for label, signer in (
        ("new-certificate", lab.authority.certify("东胜区人民政府")),
        ("other-unit", lab.second.signer),
        ("stranger", lab.impostor.certify("东胜区人民政府")),
    ):
        yield Forgery(label, pack(resigned(lab.plain, Unit(signer, seal))))


@attack(
    "one-code-two-pictures",
    "A10",
    "Two seals of one code with different pictures on one document.",
    "seal.stamp.two_pictures",
    verdict=Verdict.WARNING,
)
def one_code_two_pictures(lab: Lab) -> Iterator[Forgery]:
    for label, size in (("bigger", 12), ("smaller", 4), ("other", 20)):
        twin = lab.seal_of(lab.unit.signer, picture=SealPicture("PNG", png(size), 42, 42))
        parts = lab.seal(document_parts(), lab.unit)
        yield Forgery(label, pack(lab.seal(parts, twin, Placement(1, Box(20, 200, 42, 42)))))


@attack(
    "seal-data-broken",
    "A13",
    "Seal structures that are cut, nested or of wild types.",
    "seal.format.bad_signature",
)
def seal_data_broken(lab: Lab) -> Iterator[Forgery]:
    tbs, *rest = (part.encoded for part in der.parse(lab.plain[VALUE]).children())
    version, seal, *fields = (part.encoded for part in der.parse(tbs).children())
    for label, other in (
        ("cut", der.sequence((seal[4:-40],))),
        ("empty", der.sequence(())),
        ("number", der.integer(7)),
        ("deep", b"\x30\x80" * 200 + b"\0\0" * 200),
    ):
        body = der.sequence((version, other, *fields))
        yield Forgery(label, pack({**lab.plain, VALUE: der.sequence((body, *rest))}))


@attack("seal-stopped", "A14", "A seal that was suspended or cancelled is used.", "seal.status.suspended")
def seal_stopped(lab: Lab) -> Iterator[Forgery]:
    for name in ("plain", "joint", "v5", "stamped"):
        yield Forgery(name, pack(lab.originals[name]), trust="seal-suspended")
    yield Forgery("cancelled", pack(lab.plain), trust="seal-cancelled", code="seal.status.cancelled")
    yield Forgery(
        "back-dated",
        pack(lab.plain),
        trust="seal-stopped-since",
        verdict=Verdict.WARNING,
        code="seal.status.stopped_since",
    )
