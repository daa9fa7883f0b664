"""Attacks with certificates: out of time, revoked, for other purposes, from impostors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from asn1crypto import x509

from docs.office import DAY, NOW, YEAR
from docs.verify.attacks.lab import Lab, resigned
from docs.verify.attacks.registry import Forgery, attack
from docs.verify.attacks.seals import sealed_with
from gongwen_crypto import issue as making
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.issue import Subject, Usage, issue, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.ofd.container import pack
from gongwen_docs.verify import Verdict


def _sealed_by(lab: Lab, signer: SoftwareSigner) -> bytes:
    return pack(sealed_with(lab, lab.seal_of(signer)))


@attack("signer-expired", "A14", "Signed outside the certificate's period.", "seal.signer.expired")
def signer_expired(lab: Lab) -> Iterator[Forgery]:
    for label, start, end in (
        ("over", NOW - 2 * YEAR, NOW - DAY),
        ("not-yet", NOW + DAY, NOW + YEAR),
        ("long-over", NOW - 4 * YEAR, NOW - 3 * YEAR),
    ):
        signer = lab.authority.certify("东胜区人民政府", start, end)
        yield Forgery(label, _sealed_by(lab, signer))


@attack("signer-revoked", "A14", "Signed after the certificate was revoked.", "seal.signer.revoked")
def signer_revoked(lab: Lab) -> Iterator[Forgery]:
    for name in ("plain", "joint", "v5", "cms"):
        yield Forgery(name, pack(lab.originals[name]), trust="revoked")


@attack(
    "claimed-earlier",
    "A14",
    "A revoked or expired key signs and claims a time before its end.",
    "seal.time.unproven",
    verdict=Verdict.WARNING,
)
def claimed_earlier(lab: Lab) -> Iterator[Forgery]:
    yield Forgery("revoked-since", pack(lab.plain), trust="revoked-after")
    late = NOW + timedelta(hours=3)
    yield Forgery("revoked-before-receipt", pack(lab.plain), trust="revoked-after", witnessed_at=late)
    yield Forgery("expired-since", pack(lab.plain), now=NOW + 2 * YEAR)
    yield Forgery("expired-before-receipt", pack(lab.plain), now=NOW + 3 * YEAR, witnessed_at=NOW + 2 * YEAR)
    ending = lab.seal_of(lab.unit.signer, valid_to=NOW + timedelta(hours=1))
    yield Forgery("seal-ended-since", pack(sealed_with(lab, ending)))
    yield Forgery(
        "seal-ended-before-receipt", pack(sealed_with(lab, ending)), witnessed_at=NOW + timedelta(hours=5)
    )


@attack(
    "wrong-usage",
    "A10",
    "The signer's certificate is for encryption, authority or time stamps.",
    "seal.signer.usage",
)
def wrong_usage(lab: Lab) -> Iterator[Forgery]:
    for label, usage in (("encryption", Usage.ENCRYPTION), ("authority", Usage.AUTHORITY)):
        yield Forgery(label, _sealed_by(lab, lab.authority.certify("东胜区人民政府", usage=usage)))
    yield Forgery("root", _sealed_by(lab, lab.authority.root))


@attack(
    "unknown-issuer",
    "A10",
    "Certified by an authority that nobody declared trustworthy.",
    "seal.signer.untrusted",
    verdict=Verdict.UNKNOWN,
)
def unknown_issuer(lab: Lab) -> Iterator[Forgery]:
    for name in ("plain", "joint", "cms"):
        yield Forgery(name, pack(lab.originals[name]), trust="nobody")
    key = SoftwareSigner.generate()
    subject = Subject("东胜区人民政府", "东胜区人民政府")
    home = Subject("自建根", "自建")
    root = make_root(home, NOW - YEAR, NOW + YEAR)
    certificate = issue(root, subject, key.public_key, Usage.SIGNING, NOW - YEAR, NOW + YEAR)
    yield Forgery("home-made", _sealed_by(lab, key.with_certificate(certificate)))


@attack(
    "impostor-root",
    "A10",
    "The issuer bears a trusted authority's name and has another key.",
    "seal.signer.broken",
)
def impostor_root(lab: Lab) -> Iterator[Forgery]:
    forged = lab.impostor.certify("东胜区人民政府")
    yield Forgery("named", _sealed_by(lab, forged))
    yield Forgery("other-unit", _sealed_by(lab, lab.impostor.certify("内蒙古自治区人民政府")))
    both = lab.seal_of(forged, lab.impostor.maker)
    yield Forgery("with-its-own-seal", pack(sealed_with(lab, both)))


@attack(
    "unit-as-authority",
    "A10",
    "A unit's certificate issues another one.",
    "seal.signer.untrusted",
    verdict=Verdict.UNKNOWN,
)
def unit_as_authority(lab: Lab) -> Iterator[Forgery]:
    for label, name in (("superior", "内蒙古自治区人民政府"), ("same", "东胜区人民政府"), ("post", "收发员")):
        key = SoftwareSigner.generate()
        certificate = _issued_by(lab.unit.signer, name, key)
        yield Forgery(label, _sealed_by(lab, key.with_certificate(certificate)))


def _issued_by(signer: SoftwareSigner, name: str, key: SoftwareSigner) -> bytes:
    """What ``issue`` refuses to do: a certificate signed with a unit's key."""

    issuer = x509.Certificate.load(signer.certificate_der).subject
    subject = Subject(name, name).name()
    body = making._body(issuer, subject, key.public_key, Usage.SIGNING, NOW - YEAR, NOW + YEAR)
    making._identify_issuer(body, Certificate.load(signer.certificate_der).public_key)
    return making._signed(body, signer)


@attack(
    "no-revocation-list",
    "A14",
    "Nobody can say whether the certificate was revoked.",
    "seal.signer.revocation_unknown",
    verdict=Verdict.UNKNOWN,
)
def no_revocation_list(lab: Lab) -> Iterator[Forgery]:
    for name in ("plain", "joint", "v5", "cms"):
        yield Forgery(name, pack(lab.originals[name]), trust="no-lists")


@attack(
    "in-the-future",
    "A14",
    "Sealed at a time that has not come.",
    "seal.time.in_future",
    verdict=Verdict.WARNING,
)
def in_the_future(lab: Lab) -> Iterator[Forgery]:
    for days in (2, 10, 20):
        yield Forgery(f"{days}-days", pack(resigned(lab.plain, lab.unit, at=NOW + days * DAY)))


@attack(
    "after-its-receipt",
    "A14",
    "The claimed time is later than the exchange's receipt.",
    "seal.time.after_proof",
    verdict=Verdict.WARNING,
)
def after_its_receipt(lab: Lab) -> Iterator[Forgery]:
    for name in ("plain", "v5", "seam"):
        yield Forgery(name, pack(lab.originals[name]), witnessed_at=NOW - timedelta(hours=1))
