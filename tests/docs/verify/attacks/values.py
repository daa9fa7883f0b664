"""Attacks on SignedValue.dat: numbers, encodings, keys, other generations."""

from __future__ import annotations

from collections.abc import Iterator

from docs import producers
from docs.office import NOW, YEAR, Unit
from docs.verify.attacks.lab import (
    ESEAL,
    SIGNATURE,
    VALUE,
    Lab,
    Parts,
    reference_to,
    resigned,
)
from docs.verify.attacks.registry import Forgery, attack
from gongwen_crypto import der, sm2, sm3
from gongwen_crypto.sm2_reference import sign_digest
from gongwen_docs.ofd.container import pack
from gongwen_docs.seals.parse import parse_signed_value
from gongwen_docs.seals.write import to_sign
from gongwen_docs.verify import Verdict

TAMPERED = "seal.signature.tampered"
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


def _elements(value: bytes) -> list[bytes]:
    return [part.encoded for part in der.parse(value).children()]


def _with_numbers(parts: Parts, r: int, s: int) -> Parts:
    tbs, certificate, algorithm, *_ = _elements(parts[VALUE])
    value = der.sequence((der.integer(r), der.integer(s)))
    return {**parts, VALUE: der.sequence((tbs, certificate, algorithm, der.bits(value)))}


def _numbers(parts: Parts) -> tuple[int, int]:
    r, s = der.parse(parse_signed_value(parts[VALUE]).signature).children()
    return r.integer(), s.integer()


@attack("numbers", "A7", "The numbers of the signature are exchanged, zero, too large or negated.", TAMPERED)
def numbers(lab: Lab) -> Iterator[Forgery]:
    for name, parts in (("v4", lab.plain), ("v5", lab.v5)):
        r, s = _numbers(parts)
        for label, pair in (
            ("swapped", (s, r)),
            ("zero", (0, 0)),
            ("order", (_ORDER, _ORDER)),
            ("beyond", (r + _ORDER, s)),
            ("negated", (r, _ORDER - s)),
        ):
            yield Forgery(f"{name}-{label}", pack(_with_numbers(parts, *pair)))


@attack("bits", "A7", "One bit of what was signed is another: time, seal, digest, scope.", TAMPERED)
def bits(lab: Lab) -> Iterator[Forgery]:
    value = lab.plain[VALUE]
    body = parse_signed_value(value)
    assert body.signed_part is not None
    for label, needle in (
        ("time", b"20261120"),
        ("digest", body.data_hash),
        ("scope", b"/Doc_0/Signs"),
        ("seal-name", "东胜区".encode()),
    ):
        at = value.index(needle) if label == "seal-name" else value.rindex(needle)
        changed = bytearray(value)
        changed[at + 3] ^= 1
        yield Forgery(label, pack({**lab.plain, VALUE: bytes(changed)}))


@attack(
    "other-encoding",
    "A7",
    "The same structure in other lengths: equal to a lenient reader, another file.",
    "seal.format.not_der",
    verdict=Verdict.WARNING,
)
def other_encoding(lab: Lab) -> Iterator[Forgery]:
    value = lab.plain[VALUE]
    content = der.parse(value).content
    length = len(content).to_bytes(4)
    yield Forgery("long-length", pack({**lab.plain, VALUE: b"\x30\x84" + length + content}))
    yield Forgery("endless", pack({**lab.plain, VALUE: b"\x30\x80" + content + b"\0\0"}))
    tbs, certificate, algorithm, number = _elements(value)
    wide = b"\x04\x84" + len(lab.unit.signer.certificate_der).to_bytes(4) + lab.unit.signer.certificate_der
    assert certificate.endswith(lab.unit.signer.certificate_der)
    yield Forgery("certificate", pack({**lab.plain, VALUE: der.sequence((tbs, wide, algorithm, number))}))


@attack("loose-numbers", "A7", "The signature's own DER is padded, cut or followed by more.", TAMPERED)
def loose_numbers(lab: Lab) -> Iterator[Forgery]:
    tbs, certificate, algorithm, _ = _elements(lab.plain[VALUE])
    own = parse_signed_value(lab.plain[VALUE]).signature
    r, s = der.parse(own).children()
    padded = der.sequence((der.encode(der.INTEGER, b"\0\0" + r.content), s.encoded))
    for label, value in (("padded", padded), ("followed", own + b"\0"), ("cut", own[:-1])):
        data = der.sequence((tbs, certificate, algorithm, der.bits(value)))
        yield Forgery(label, pack({**lab.plain, VALUE: data}))


@attack(
    "loose-frame",
    "A7",
    "Bytes or elements behind the signature, unused bits, other tags.",
    "seal.format.bad_signature",
)
def loose_frame(lab: Lab) -> Iterator[Forgery]:
    value = lab.plain[VALUE]
    parts = _elements(value)
    yield Forgery("behind", pack({**lab.plain, VALUE: value + b"\0"}))
    yield Forgery("element", pack({**lab.plain, VALUE: der.sequence((*parts, der.integer(1)))}))
    unused = bytes((der.BIT_STRING,)) + parts[3][1:2] + b"\x03" + parts[3][3:]
    yield Forgery("unused-bits", pack({**lab.plain, VALUE: der.sequence((*parts[:3], unused))}))
    yield Forgery("cut", pack({**lab.plain, VALUE: value[:-9]}))
    yield Forgery("empty", pack({**lab.plain, VALUE: b""}))


@attack(
    "other-key",
    "A10",
    "Signed with another key whose certificate bears the same names.",
    "seal.signer.not_listed",
)
def other_key(lab: Lab) -> Iterator[Forgery]:
    twin = lab.authority.certify("东胜区人民政府")
    yield Forgery("same-authority", pack(resigned(lab.plain, Unit(twin, lab.unit.seal))))
    forged = lab.impostor.certify("东胜区人民政府")
    yield Forgery("same-names", pack(resigned(lab.plain, Unit(forged, lab.unit.seal))))
    yield Forgery("other-unit", pack(resigned(lab.plain, Unit(lab.second.signer, lab.unit.seal))))


@attack("certificate-swapped", "A10", "The certificate beside the value is another or none.", TAMPERED)
def certificate_swapped(lab: Lab) -> Iterator[Forgery]:
    tbs, _, algorithm, number = _elements(lab.plain[VALUE])
    for label, certificate, code in (
        ("other-unit", lab.second.signer.certificate_der, ""),
        ("same-names", lab.impostor.certify("东胜区人民政府").certificate_der, ""),
        ("authority", lab.authority.root.certificate_der, ""),
        ("none", b"", "seal.signature.bad_certificate"),
    ):
        value = der.sequence((tbs, der.encode(der.OCTET_STRING, certificate), algorithm, number))
        yield Forgery(label, pack({**lab.plain, VALUE: value}), code=code)


@attack("other-identity", "A7", "Signed under another SM2 identity than the national default.", TAMPERED)
def other_identity(lab: Lab) -> Iterator[Forgery]:
    tbs, certificate, algorithm, _ = _elements(lab.plain[VALUE])
    key = lab.unit.signer.pair
    for label, identity in (("empty", b""), ("other", b"ALICE123@YAHOO.COM"), ("shorter", b"12345678")):
        digest = int.from_bytes(sm2.message_digest(key.point, tbs, identity))
        pair = sign_digest(int.from_bytes(key.private), digest, 0x59276E27D506861A16680F3AD9C02DCC)
        assert pair is not None
        value = der.sequence((tbs, certificate, algorithm, der.bits(sm2.encode_signature(*pair))))
        yield Forgery(label, pack({**lab.plain, VALUE: value}))


@attack(
    "bare-numbers",
    "A10",
    "Nothing but two numbers: no signer, no seal, no time.",
    "seal.format.bare_signature",
    verdict=Verdict.UNKNOWN,
)
def bare_numbers(lab: Lab) -> Iterator[Forgery]:
    for label, message in (
        ("over-the-list", lab.plain[SIGNATURE]),
        ("over-its-digest", sm3.digest(lab.plain[SIGNATURE])),
        ("over-nothing", b""),
    ):
        value = lab.unit.signer.sign(message)
        yield Forgery(label, pack({**lab.plain, VALUE: value}))


@attack(
    "stamp-without-seal",
    "A10",
    "A signature without a seal lets pages show one.",
    "seal.format.stamp_without_seal",
)
def stamp_without_seal(lab: Lab) -> Iterator[Forgery]:
    stranger = lab.impostor.certify("东胜区人民政府")
    for label, signer in (("own", lab.unit.signer), ("other", lab.second.signer), ("stranger", stranger)):
        value = producers.cms(signer, sm3.digest(lab.plain[SIGNATURE]), NOW)
        yield Forgery(label, pack({**lab.plain, VALUE: value}))


def _first_generation(lab: Lab, habit: str) -> Parts:
    listed = lab.plain[SIGNATURE].replace(reference_to(lab.plain, ESEAL), b"")
    seal = producers.seal_v1(lab.authority, lab.unit, NOW - YEAR, NOW + YEAR)
    value = producers.signature_v1(seal, lab.unit.signer, NOW, listed, habit)
    return {**lab.plain, ESEAL: seal, SIGNATURE: listed, VALUE: value}


@attack(
    "first-generation",
    "D3",
    "The rules of 2014 and the habits of its makers, which bind neither seal nor time.",
    "seal.format.older_generation",
    verdict=Verdict.WARNING,
)
def first_generation(lab: Lab) -> Iterator[Forgery]:
    for habit in ("standard", "list", "hash"):
        yield Forgery(habit, pack(_first_generation(lab, habit)))


@attack(
    "first-generation-changed",
    "D3",
    "What a signature of those habits leaves open is changed.",
    "seal.made.tampered",
)
def first_generation_changed(lab: Lab) -> Iterator[Forgery]:
    for habit in ("standard", "list", "hash"):
        parts = _first_generation(lab, habit)
        old, new = "旧章".encode(), "新章".encode()
        data = {**parts, VALUE: parts[VALUE].replace(old, new), ESEAL: parts[ESEAL].replace(old, new)}
        yield Forgery(habit, pack(data))


@attack(
    "signed-again",
    "A5",
    "The seal, copied from a genuine file, under a forger's own signature.",
    "seal.signer.not_listed",
)
def signed_again(lab: Lab) -> Iterator[Forgery]:
    for label, signer in (
        ("certified", lab.authority.certify("某公司")),
        ("uncertified", lab.impostor.certify("某公司")),
        ("seal-maker", lab.authority.maker),
    ):
        tbs = to_sign(lab.unit.seal, NOW, sm3.digest(lab.plain[SIGNATURE]), f"/{SIGNATURE}")
        value = der.sequence(
            (
                tbs,
                der.encode(der.OCTET_STRING, signer.certificate_der),
                der.oid(signer.algorithm_oid),
                der.bits(signer.sign(tbs)),
            )
        )
        yield Forgery(label, pack({**lab.plain, VALUE: value}))
