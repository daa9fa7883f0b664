"""The certificate of the exchange's statements: learnt at the first contact, held to for good (ADR 0025)."""

from __future__ import annotations

import base64

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import ServerInfo


def pin_certificate(api: ExchangeApi, store: Store) -> ServerInfo:
    """Learn who the exchange is; the first certificate that it shows for its receipts is the one for good.

    Raises KnownError: exchange.certificate_changed when it shows another one later, network.not_exchange
    when what it shows is no certificate.
    """
    info = api.get("/v1/server", ServerInfo)
    try:
        Certificate.load(base64.b64decode(info.certificate, validate=True))
    except (ValueError, KnownError) as error:
        raise KnownError("network.not_exchange", detail="no certificate") from error
    with store.transaction():
        known = store.notes.get(Notes.SERVER_CERTIFICATE)
        if known is not None and known != info.certificate:
            raise KnownError("exchange.certificate_changed", exchange=info.name)
        store.notes.set(Notes.SERVER_CERTIFICATE, info.certificate)
        store.notes.set(Notes.SERVER_INFO, info.model_dump_json())
    return info


def pinned_certificates(store: Store) -> tuple[bytes, ...]:
    """DER certificates whose receipts count."""
    known = store.notes.get(Notes.SERVER_CERTIFICATE)
    return () if known is None else (base64.b64decode(known),)
