"""Opening a received document whose content key only a token can unwrap: the PIN opens this one document."""

from __future__ import annotations

from gongwen_client.domain.rows import IncomingFiles
from gongwen_client.exchange.opening import EnvelopeOpener
from gongwen_client.services.incoming import IncomingService
from gongwen_client.token.keys import KeyInfo, KeyRole
from gongwen_client.token.proxy import TokenBroker
from gongwen_crypto import envelope
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError


class TokenHolder:
    """A key on a token as a ``KeyHolder``, for one call with one PIN."""

    def __init__(self, tokens: TokenBroker, key: KeyInfo, pin: str) -> None:
        self._tokens = tokens
        self._key = key
        self._pin = pin
        self._certificate = Certificate.load(key.certificate_der)

    def open(self, fingerprint: str, sealed: bytes) -> bytes:
        """As ``KeyHolder`` says, and KnownError: token.*. One try of the PIN, and none when the envelope is
        for another key."""
        if self._certificate.fingerprint != fingerprint:
            raise KnownError("secrecy.key_missing", certificate=fingerprint[:16])
        return envelope.open_by(
            sealed,
            self._certificate,
            lambda wrapped: self._tokens.unwrap(self._key.key_id, self._pin, wrapped),
        )


class UnsealingService:
    """For units whose encryption key never leaves its token."""

    def __init__(self, incoming: IncomingService, opener: EnvelopeOpener, tokens: TokenBroker) -> None:
        self._incoming = incoming
        self._opener = opener
        self._tokens = tokens

    def tokens(self) -> list[KeyInfo]:
        """Slow. Encryption keys that are plugged in. Raises KnownError: token.*."""
        return [key for key in self._tokens.list_keys() if key.role is KeyRole.ENCRYPTION]

    def open(self, delivery_id: str, key: KeyInfo, pin: str) -> IncomingFiles:
        """Slow. The files of a document, decrypted with this key; they stay readable on this PC from then on.

        Raises as :meth:`IncomingService.files`, and KnownError: token.*.
        """
        return self._incoming.files(delivery_id, self._opener.held_by(TokenHolder(self._tokens, key, pin)))
