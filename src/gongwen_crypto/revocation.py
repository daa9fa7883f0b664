"""Certificate revocation lists (RFC 5280 5, GB/T 20518)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import crl

from gongwen_crypto import algorithms
from gongwen_crypto.certificates import DECODING_ERRORS, Certificate, unarmor
from gongwen_crypto.errors import KnownError
from gongwen_crypto.keys import verify_signature


@dataclass(frozen=True)
class RevocationList:
    """A list that says which certificates of one authority are revoked, and since when."""

    issuer_id: str  # normalised name
    this_update: datetime  # aware, UTC
    next_update: datetime | None
    revoked: dict[int, datetime]  # serial number → moment of revocation
    partial: bool  # a delta or a scoped list: what it names is revoked, absence from it proves nothing
    signed_part: bytes
    signature_algorithm: str
    signature: bytes

    @classmethod
    def load(cls, data: bytes) -> RevocationList:
        """Read DER or PEM. Raises KnownError("crypto.bad_revocation_list")."""
        try:
            parsed = crl.CertificateList.load(unarmor(data), strict=True)
            body = parsed["tbs_cert_list"]
            next_update = body["next_update"].native
            return cls(
                issuer_id=parsed.issuer.hashable,
                this_update=body["this_update"].native.astimezone(UTC),
                next_update=None if next_update is None else next_update.astimezone(UTC),
                revoked=dict(_lines(body["revoked_certificates"])),
                partial=bool(parsed.critical_extensions),
                signed_part=body.dump(),
                signature_algorithm=algorithms.signature_named(
                    parsed["signature_algorithm"]["algorithm"].dotted,
                    parsed["signature_algorithm"]["parameters"].dump(),
                ),
                signature=parsed["signature"].native,
            )
        except DECODING_ERRORS as error:
            raise KnownError("crypto.bad_revocation_list") from error

    def made_by(self, issuer: Certificate) -> bool:
        """Whether ``issuer`` signed this list and was allowed to."""
        allowed = issuer.key_usage is None or "crl_sign" in issuer.key_usage
        return (
            allowed
            and self.issuer_id == issuer.subject_id
            and verify_signature(
                issuer.public_key, self.signature_algorithm, self.signed_part, self.signature
            )
        )

    def clears(self, certificate: Certificate, at: datetime) -> bool:
        """Whether absence from this list proves that ``certificate`` was not revoked ``at`` that moment.

        The list must have been current at the moment or made after it, and made before the certificate
        expired: authorities drop expired certificates from their lists.
        """
        current = self.next_update is not None and at <= self.next_update
        return current and not self.partial and self.this_update <= certificate.not_after


def _lines(revoked: crl.RevokedCertificates) -> Iterator[tuple[int, datetime]]:
    """Serial number and moment of each certificate that the list's own maker revoked.

    A delta list names the certificates whose hold has ended too (removeFromCRL); an indirect list names
    those of other authorities after a line that says so (RFC 5280 5.3.1, 5.3.3).
    """
    for line in revoked:
        extensions = {
            extension["extn_id"].native: extension["extn_value"].parsed
            for extension in line["crl_entry_extensions"]
        }
        if "certificate_issuer" in extensions:
            return  # what follows is about other authorities' certificates
        reason = extensions.get("crl_reason")
        if reason is None or reason.native != "remove_from_crl":
            yield line["user_certificate"].native, line["revocation_date"].native.astimezone(UTC)
