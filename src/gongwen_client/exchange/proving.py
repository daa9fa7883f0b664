"""Signs requests with the key of this PC, so that the session's token is of no use anywhere else (ADR
0047)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gongwen_client.host.clock import Clock
from gongwen_crypto import sm3
from gongwen_crypto.signer import Signer
from gongwen_protocol.messages import IDEMPOTENCY_HEADER
from gongwen_protocol.proofs import PROOF_HEADER, Presented, body_digest, make_proof


@dataclass(frozen=True)
class DeviceIdentity:
    """A registered PC: its number at the exchange and its key."""

    device_id: str
    unit_code: str
    signer: Signer


class Prover:
    """Thread-safe. Goes by the exchange's clock, as far as it has heard of it: a PC's own may be wrong."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = timedelta(0)
        self._identity: DeviceIdentity | None = None
        self._lock = threading.Lock()

    @property
    def identity(self) -> DeviceIdentity | None:
        """This PC, where it is registered."""
        with self._lock:
            return self._identity

    def use(self, identity: DeviceIdentity | None) -> None:
        """Sign as this PC from now on; None: not at all."""
        with self._lock:
            self._identity = identity

    def set_clock(self, server_time: datetime) -> None:
        """The exchange has just said what time it is."""
        with self._lock:
            self._ahead = server_time - self._clock.now()

    def headers(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str], token: str | None
    ) -> dict[str, str]:
        """What to add to a request; nothing for a PC that is not registered."""
        with self._lock:
            identity, now = self._identity, self._clock.now() + self._ahead
        if identity is None:
            return {}
        presented = Presented(
            method=method,
            target=target,
            body=body_digest(method, body),
            key=headers.get(IDEMPOTENCY_HEADER, ""),
            token=None if token is None else sm3.digest(token.encode()).hex(),
        )
        nonce = secrets.token_hex(16)
        return {PROOF_HEADER: make_proof(presented, identity.device_id, identity.signer, now, nonce)}
