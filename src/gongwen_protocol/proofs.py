"""Proof of possession: a request of a session is signed with the key of the PC that the session belongs to.

What RFC 9449 (DPoP) does for OAuth, with SM2 and without JOSE: the signature covers method, target, SM3 of
the body, the idempotency key, SM3 of the token, the moment and a nonce. A token that was copied is worth
nothing on another machine, and a recorded request nothing later.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from gongwen_crypto import sm3
from gongwen_crypto.algorithms import SM2_WITH_SM3
from gongwen_crypto.certificates import verify_signature
from gongwen_crypto.errors import RefusedError
from gongwen_crypto.keys import PublicKey
from gongwen_crypto.signer import Signer
from gongwen_protocol.basics import Digest, Id, Message, Moment
from gongwen_protocol.canonical import canonical_bytes

PROOF_HEADER = "Device-Proof"
PROOF_WINDOW = timedelta(minutes=2)
"""How far a proof's moment may lie from the exchange's clock, either way."""

STREAMED = ""
"""Digest in proofs of uploads' pieces: their bytes come as a stream and are checked against the announced
file."""

_MAX_HEADER = 1024


class ProofStatement(Message):
    """What the device signs. ``target`` is path and query as they stand in the request line."""

    purpose: str = "gongwen-request-1"
    device_id: str
    method: str
    target: str
    body: str = Field(description="SM3 of the body, or STREAMED")
    key: str = Field(description="the idempotency key, empty without one")
    token: str = Field(description="SM3 of the session's token, empty before there is one")
    at: Moment
    nonce: str


class Proof(Message):
    """The header's content: the rest of the statement is the request itself."""

    device_id: Id
    at: Moment
    nonce: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    signature: Annotated[str, StringConstraints(max_length=200)]


class Presented(Message):
    """A request as either side sees it."""

    method: str
    target: str
    body: str
    key: str
    token: Digest | None

    def statement(self, device_id: str, at: datetime, nonce: str) -> ProofStatement:
        """What is to be signed for it."""
        return ProofStatement(
            device_id=device_id,
            method=self.method,
            target=self.target,
            body=self.body,
            key=self.key,
            token=self.token or "",
            at=at,
            nonce=nonce,
        )


def body_digest(method: str, body: bytes) -> str:
    """The digest that a proof states for a body."""
    return STREAMED if method == "PATCH" else sm3.digest(body).hex()


def make_proof(request: Presented, device_id: str, signer: Signer, at: datetime, nonce: str) -> str:
    """The header's value."""
    signature = signer.sign(canonical_bytes(request.statement(device_id, at, nonce)))
    proof = Proof(device_id=device_id, at=at, nonce=nonce, signature=base64.b64encode(signature).decode())
    return base64.urlsafe_b64encode(proof.model_dump_json().encode()).decode()


def read_proof(header: str) -> Proof:
    """Raises RefusedError("device.proof_wrong") for anything that is none."""
    try:
        if len(header) > _MAX_HEADER:
            raise ValueError("too long")
        return Proof.model_validate_json(base64.urlsafe_b64decode(header.encode()))
    except (binascii.Error, ValueError, ValidationError) as error:
        raise RefusedError("device.proof_wrong") from error


def require_proof(request: Presented, proof: Proof, key: PublicKey, now: datetime) -> None:
    """Raise RefusedError: device.proof_stale (its moment is too far from ``now``; the fact ``server_time``
    lets the client mend its clock), device.proof_wrong. Whether the nonce was used before is the caller's
    affair."""
    if abs(proof.at - now) > PROOF_WINDOW:
        raise RefusedError("device.proof_stale", server_time=now.isoformat())
    statement = canonical_bytes(request.statement(proof.device_id, proof.at, proof.nonce))
    try:
        signature = base64.b64decode(proof.signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError("device.proof_wrong") from error
    if not verify_signature(key, SM2_WITH_SM3, statement, signature):
        raise RefusedError("device.proof_wrong")
