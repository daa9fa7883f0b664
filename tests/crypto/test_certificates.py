"""Certificates of our own authority, their paths at a moment, revocation, and key files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.commands import needs_openssl, openssl
from gongwen_crypto import algorithms, sm2
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.issue import Revoked, Subject, Usage, issue, issue_revocation_list, make_root
from gongwen_crypto.keys import KeyKind, PublicKey, verify_signature
from gongwen_crypto.paths import PathStatus, TrustStore, build_path
from gongwen_crypto.revocation import RevocationList
from gongwen_crypto.software import SoftwareSigner, load_key, save_key

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = 365 * DAY
UNIT = Subject("东胜区人民政府", "鄂尔多斯市东胜区人民政府", "办公室")


@pytest.fixture(scope="module")
def root() -> SoftwareSigner:
    return make_root(Subject("演示根", "演示制章机构"), NOW - YEAR, NOW + 10 * YEAR)


@pytest.fixture(scope="module")
def middle(root: SoftwareSigner) -> SoftwareSigner:
    return authority_under(root, "演示制章中心")


@pytest.fixture(scope="module")
def leaf(middle: SoftwareSigner) -> Certificate:
    return certify(middle)


def authority_under(root: SoftwareSigner, name: str) -> SoftwareSigner:
    signer = SoftwareSigner.generate()
    subject = Subject(name, "演示制章机构")
    return signer.with_certificate(
        issue(root, subject, signer.public_key, Usage.AUTHORITY, NOW - YEAR, NOW + 5 * YEAR)
    )


def certify(authority: SoftwareSigner, usage: Usage = Usage.SIGNING) -> Certificate:
    key = SoftwareSigner.generate().public_key
    return Certificate.load(issue(authority, UNIT, key, usage, NOW - DAY, NOW + YEAR))


def certificate(signer: SoftwareSigner) -> Certificate:
    return Certificate.load(signer.certificate_der)


def lists(
    *authorities: SoftwareSigner, revoked: tuple[Revoked, ...] = (), at: datetime = NOW
) -> tuple[RevocationList, ...]:
    return tuple(
        RevocationList.load(issue_revocation_list(authority, revoked, at - DAY, at + DAY))
        for authority in authorities
    )


def test_a_certificate_says_what_was_asked(leaf: Certificate, middle: SoftwareSigner) -> None:
    assert leaf.common_name == "东胜区人民政府"
    assert leaf.organization == "鄂尔多斯市东胜区人民政府"
    assert leaf.subject == "东胜区人民政府, 办公室, 鄂尔多斯市东胜区人民政府, CN"
    assert leaf.issuer.startswith("演示制章中心")
    assert (leaf.not_before, leaf.not_after) == (NOW - DAY, NOW + YEAR)
    assert leaf.public_key.kind is KeyKind.SM2
    assert leaf.may_sign
    assert not leaf.is_ca
    assert not leaf.may_issue
    assert leaf.signed_by(certificate(middle))
    assert Certificate.load(leaf.der) == leaf


def test_encryption_certificates_may_not_sign(middle: SoftwareSigner) -> None:
    assert not certify(middle, Usage.ENCRYPTION).may_sign


def test_a_leaf_cannot_issue(middle: SoftwareSigner) -> None:
    signer = SoftwareSigner.generate()
    der = issue(middle, UNIT, signer.public_key, Usage.SIGNING, NOW, NOW + DAY)
    with pytest.raises(KnownError, match=r"crypto\.not_an_authority"):
        issue(signer.with_certificate(der), UNIT, signer.public_key, Usage.SIGNING, NOW, NOW + DAY)


def test_legacy_keys_verify() -> None:
    message = b"message"
    p256 = ec.generate_private_key(ec.SECP256R1())
    legacy = rsa.generate_private_key(65537, 2048)
    for private, oid, signature in (
        (p256, algorithms.ECDSA_WITH_SHA256, p256.sign(message, ec.ECDSA(hashes.SHA256()))),
        (
            legacy,
            algorithms.SHA256_WITH_RSA,
            legacy.sign(message, padding.PKCS1v15(), hashes.SHA256()),
        ),
    ):
        spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        key = PublicKey.from_spki(spki)
        assert verify_signature(key, oid, message, signature)
        assert not verify_signature(key, oid, message + b".", signature)
        assert not verify_signature(key, oid, message, b"")
        assert not verify_signature(key, algorithms.SM2_WITH_SM3, message, signature)


def test_a_p256_key_can_be_certified(middle: SoftwareSigner) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    spki = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    der = issue(middle, UNIT, PublicKey.from_spki(spki), Usage.SIGNING, NOW, NOW + DAY)
    assert Certificate.load(der).public_key == PublicKey.from_spki(spki)


def test_curve_keys_are_rebuilt_from_their_point() -> None:
    pair = sm2.generate()
    key = PublicKey.from_point(KeyKind.SM2, pair.point)
    assert PublicKey.from_spki(key.spki) == key


@pytest.mark.parametrize("data", [b"", b"\x30\x03\x02\x01\x01", b"-----BEGIN CERTIFICATE-----\n"])
def test_damaged_certificates_are_refused(data: bytes) -> None:
    with pytest.raises(KnownError, match=r"crypto\.bad_certificate"):
        Certificate.load(data)


def test_every_cut_of_a_certificate_is_refused(leaf: Certificate) -> None:
    for length in range(0, len(leaf.der), 7):
        with pytest.raises(KnownError):
            Certificate.load(leaf.der[:length])


class TestPaths:
    def test_a_complete_path_is_good(
        self, leaf: Certificate, middle: SoftwareSigner, root: SoftwareSigner
    ) -> None:
        store = TrustStore((certificate(root),), lists(root, middle))
        result = build_path(leaf, store, NOW, [certificate(middle)])
        assert result.status is PathStatus.OK
        assert result.chain == (leaf, certificate(middle), certificate(root))

    def test_without_the_middle_nothing_is_proved(self, leaf: Certificate, root: SoftwareSigner) -> None:
        result = build_path(leaf, TrustStore((certificate(root),)), NOW)
        assert result.status is PathStatus.UNTRUSTED

    def test_a_foreign_root_is_untrusted(self, leaf: Certificate, middle: SoftwareSigner) -> None:
        stranger = make_root(Subject("别家根", "别家"), NOW - DAY, NOW + DAY)
        store = TrustStore((certificate(stranger),))
        assert build_path(leaf, store, NOW, [certificate(middle)]).status is PathStatus.UNTRUSTED

    def test_an_impostor_of_a_trusted_name_is_broken(self, root: SoftwareSigner) -> None:
        impostor = make_root(Subject("演示根", "演示制章机构"), NOW - YEAR, NOW + YEAR)
        store = TrustStore((certificate(root),), lists(root))
        assert build_path(certify(impostor), store, NOW).status is PathStatus.BROKEN

    def test_a_leaf_used_as_authority_is_broken(self, middle: SoftwareSigner, root: SoftwareSigner) -> None:
        signer = SoftwareSigner.generate()
        der = issue(
            middle, Subject("某单位", "某单位"), signer.public_key, Usage.SIGNING, NOW - DAY, NOW + DAY
        )
        false_authority = make_root(Subject("某单位", "某单位"), NOW - DAY, NOW + DAY)
        forged = certify(SoftwareSigner(signer.pair, false_authority.certificate_der))
        store = TrustStore((certificate(root),), lists(root, middle))
        others = [Certificate.load(der), certificate(middle)]
        assert build_path(forged, store, NOW, others).status is PathStatus.BROKEN

    def test_time_decides(self, leaf: Certificate, middle: SoftwareSigner) -> None:
        store = TrustStore((certificate(middle),), lists(middle, at=NOW + 2 * YEAR))
        assert build_path(leaf, store, NOW - 2 * DAY).status is PathStatus.EXPIRED
        assert build_path(leaf, store, NOW + 2 * YEAR).status is PathStatus.EXPIRED

    def test_no_or_stale_lists_leave_revocation_unknown(
        self, leaf: Certificate, middle: SoftwareSigner, root: SoftwareSigner
    ) -> None:
        anchor = certificate(middle)
        assert build_path(leaf, TrustStore((anchor,)), NOW).status is PathStatus.REVOCATION_UNKNOWN
        stale = TrustStore((anchor,), lists(middle, at=NOW - 9 * DAY))
        assert build_path(leaf, stale, NOW).status is PathStatus.REVOCATION_UNKNOWN
        foreign = TrustStore((anchor,), lists(root))
        assert build_path(leaf, foreign, NOW).status is PathStatus.REVOCATION_UNKNOWN

    def test_revocation_counts_from_its_moment(self, leaf: Certificate, middle: SoftwareSigner) -> None:
        revoked = (Revoked(leaf.serial, NOW),)
        store = TrustStore((certificate(middle),), lists(middle, revoked=revoked))
        before = build_path(leaf, store, NOW - timedelta(hours=1))
        assert (before.status, before.revoked_at) == (PathStatus.OK, NOW)
        after = build_path(leaf, store, NOW + timedelta(hours=1))
        assert (after.status, after.revoked_at, after.culprit) == (PathStatus.REVOKED, NOW, leaf)

    def test_a_delta_list_adds_and_lifts(self, middle: SoftwareSigner) -> None:
        """RFC 5280 5.2.4: a delta names what was revoked since, and what is no longer on hold."""
        held, revoked = certify(middle), certify(middle)
        complete = issue_revocation_list(middle, (), NOW - DAY, NOW + DAY)
        lines = (Revoked(revoked.serial, NOW), Revoked(held.serial, NOW, "remove_from_crl"))
        delta = issue_revocation_list(middle, lines, NOW, NOW + DAY, number=2, base=1)
        loaded = tuple(map(RevocationList.load, (complete, delta)))
        assert [one.partial for one in loaded] == [False, True]
        store = TrustStore((certificate(middle),), loaded)
        assert build_path(revoked, store, NOW).status is PathStatus.REVOKED
        assert build_path(held, store, NOW).status is PathStatus.OK
        alone = TrustStore((certificate(middle),), loaded[1:])
        assert build_path(certify(middle), alone, NOW).status is PathStatus.REVOCATION_UNKNOWN

    def test_a_heap_of_certificates_ends(self, root: SoftwareSigner) -> None:
        """Many authorities of one name that all issued one another (a certificate bomb)."""
        pair = SoftwareSigner.generate()
        name = Subject("循环", "循环")
        self_made = make_root(name, NOW - DAY, NOW + DAY)
        heap = [
            Certificate.load(issue(self_made, name, pair.public_key, Usage.AUTHORITY, NOW - DAY, NOW + DAY))
            for _ in range(40)
        ]
        loop = pair.with_certificate(heap[0].der)
        heap += [
            Certificate.load(issue(loop, name, pair.public_key, Usage.AUTHORITY, NOW - DAY, NOW + DAY))
            for _ in range(40)
        ]
        result = build_path(certify(loop), TrustStore((certificate(root),)), NOW, heap)
        assert result.status is PathStatus.UNTRUSTED

    def test_a_store_is_read_from_a_folder(
        self, leaf: Certificate, middle: SoftwareSigner, tmp_path: Path
    ) -> None:
        (tmp_path / "middle.cer").write_bytes(middle.certificate_der)
        (tmp_path / "middle.crl").write_bytes(issue_revocation_list(middle, (), NOW - DAY, NOW + DAY))
        (tmp_path / "README.txt").write_text("not a certificate")
        assert build_path(leaf, TrustStore.load(tmp_path), NOW).status is PathStatus.OK
        assert TrustStore.load(tmp_path).for_seal_makers.roots == (certificate(middle),)
        (tmp_path / "seal-makers").mkdir()
        (tmp_path / "seal-makers" / "maker.cer").write_bytes(leaf.der)
        assert TrustStore.load(tmp_path).for_seal_makers.roots == (leaf,)
        (tmp_path / "broken.crt").write_bytes(b"nothing")
        with pytest.raises(KnownError, match=r"trust_store_unreadable.*broken\.crt"):
            TrustStore.load(tmp_path)


class TestKeyFiles:
    def test_a_key_survives_its_file(self) -> None:
        pair = sm2.generate()
        assert load_key(save_key(pair, "口令 12345678"), "口令 12345678") == pair

    def test_a_wrong_password_is_told(self) -> None:
        with pytest.raises(KnownError, match=r"crypto\.key_password_wrong"):
            load_key(save_key(sm2.generate(), "right"), "wrong")

    @pytest.mark.parametrize("data", [b"", b"\x30\x00", b"junk", b"-----BEGIN PRIVATE KEY-----"])
    @pytest.mark.parametrize("password", [None, "password"])
    def test_damaged_files_are_refused(self, data: bytes, password: str | None) -> None:
        with pytest.raises(KnownError, match=r"crypto\.bad_key_file"):
            load_key(data, password)

    @needs_openssl
    def test_openssl_reads_our_files_and_we_read_its(self, tmp_path: Path) -> None:
        path = tmp_path / "key.p8"
        pair = sm2.generate()
        path.write_bytes(save_key(pair, "pass"))
        plain = openssl("pkey", "-inform", "DER", "-in", str(path), "-passin", "pass:pass", "-outform", "DER")
        assert pair.private in plain
        assert pair.point in plain
        assert load_key(openssl("pkcs8", "-topk8", "-nocrypt", "-inform", "DER", "-in", str(path), "-passin",
                                "pass:pass"), None) == pair  # fmt: skip


@needs_openssl
def test_openssl_verifies_our_certificates_and_reads_our_list(
    leaf: Certificate, middle: SoftwareSigner, root: SoftwareSigner, tmp_path: Path
) -> None:
    files = {}
    for name, der in (("leaf", leaf.der), ("middle", middle.certificate_der), ("root", root.certificate_der)):
        files[name] = str(tmp_path / f"{name}.pem")
        (tmp_path / f"{name}.der").write_bytes(der)
        openssl("x509", "-inform", "DER", "-in", str(tmp_path / f"{name}.der"), "-out", files[name])
    # Link by link: OpenSSL 3.0 passes the distinguishing ID to the certificate under test only.
    options = ("-vfyopt", "distid:1234567812345678", "-x509_strict", "-attime", str(int(NOW.timestamp())))
    for certificate_name, issuer in (("leaf", "middle"), ("middle", "root")):
        output = openssl(
            "verify", *options, "-partial_chain", "-CAfile", files[issuer], files[certificate_name]
        )
        assert b"OK" in output
    revocation_list = tmp_path / "root.crl"
    revocation_list.write_bytes(
        issue_revocation_list(root, (Revoked(leaf.serial, NOW),), NOW - DAY, NOW + DAY)
    )
    text = openssl("crl", "-inform", "DER", "-in", str(revocation_list), "-noout", "-text")
    assert leaf.serial_text.encode() in text
