"""One seal on one file: a worker prepares, the key signs in its own process, a worker completes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gongwen_client.domain.drafts import StampPlace
from gongwen_client.render.pool import RenderPool
from gongwen_client.token.keys import KeyInfo
from gongwen_client.token.proxy import TokenBroker
from gongwen_crypto.errors import KnownError
from gongwen_docs.seals.model import Seal
from gongwen_docs.seals.parse import parse_seal


def seal_of(key: KeyInfo) -> Seal:
    """The seal that a key carries. Raises KnownError("token.no_seal")."""
    if key.seal_der is None:
        raise KnownError("token.no_seal", label=key.token_label)
    return parse_seal(key.seal_der)


def stamp(
    render: RenderPool,
    tokens: TokenBroker,
    key: KeyInfo,
    pin: str,
    source: Path,
    target: Path,
    place: StampPlace,
    at: datetime,
) -> str:
    """Write ``source`` with one more seal to ``target``; return the signature's id in the document.

    ``at`` is the time the signature claims (aware). On any error nothing is left at ``target``.
    Raises KnownError and RefusedError: token.*, seal.*, render.*, host.disk_full.
    """
    try:
        prepared = render.prepare_seal(
            source, target, seal_of(key).raw, key.certificate_der, key.algorithm_oid, place, at
        )
        value = tokens.sign(key.key_id, pin, prepared.to_sign)
        render.complete_seal(target, prepared, value)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return prepared.signature_id
