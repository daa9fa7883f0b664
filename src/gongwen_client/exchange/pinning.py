"""The certificate of the exchange's statements: learnt at the first contact, held to for good (ADR 0025), or
for as long as it hands over to the next itself (ADR 0048)."""

from __future__ import annotations

import base64

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.store import Store
from gongwen_client.store.notes import Notes
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_protocol.handover import follow
from gongwen_protocol.messages import ServerInfo


def pin_certificate(api: ExchangeApi, store: Store) -> ServerInfo:
    """Learn who the exchange is; the first certificate that it shows for its receipts is held to, and
    whichever that one handed over to.

    Raises KnownError: exchange.certificate_changed when it shows one that no hand-over leads to,
    network.not_exchange when what it shows is no certificate.
    """
    info = api.get("/v1/server", ServerInfo)
    try:
        Certificate.load(base64.b64decode(info.certificate, validate=True))
    except (ValueError, KnownError) as error:
        raise KnownError("network.not_exchange", detail="no certificate") from error
    with store.transaction():
        known = store.notes.get(Notes.SERVER_CERTIFICATE)
        if known is not None and known != info.certificate:
            followed = follow(known, info.certificate, info.handovers)
            if followed is None:
                raise KnownError("exchange.certificate_changed", exchange=info.name)
            _remember(store, (known, *followed[:-1]))
        store.notes.set(Notes.SERVER_CERTIFICATE, info.certificate)
        store.notes.set(Notes.SERVER_INFO, info.model_dump_json())
    return info


def pinned_certificates(store: Store) -> tuple[bytes, ...]:
    """DER certificates whose receipts count: the one held to, and those that handed over to it."""
    known = store.notes.get(Notes.SERVER_CERTIFICATE)
    return () if known is None else tuple(base64.b64decode(one) for one in (known, *_past(store)))


def is_pinned(store: Store, certificate: str) -> bool:
    """Whether statements of this certificate (base64 DER) can be judged."""
    return certificate in (store.notes.get(Notes.SERVER_CERTIFICATE), *_past(store))


def _past(store: Store) -> tuple[str, ...]:
    return tuple((store.notes.get(Notes.PAST_CERTIFICATES) or "").split())


def _remember(store: Store, certificates: tuple[str, ...]) -> None:
    past = dict.fromkeys((*_past(store), *certificates))
    store.notes.set(Notes.PAST_CERTIFICATES, " ".join(past))
