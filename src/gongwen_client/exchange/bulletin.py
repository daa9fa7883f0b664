"""Believing announcements only under a signature that counts, however they came."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.pinning import pin_certificate, pinned_certificates
from gongwen_client.store import Store
from gongwen_crypto.errors import KnownError
from gongwen_protocol.announcements import NoticeList, NoticeProblem, SignedNotice, judge_notice

_log = logging.getLogger(__name__)


def fetch_notices(api: ExchangeApi, store: Store, *, pin: bool = False) -> bool:
    """Ask the exchange for all; True when there was a new one. ``pin``: where this PC has never met the
    exchange, learn first who it is. Raises what ``ExchangeApi`` raises."""
    if pin and not pinned_certificates(store):
        pin_certificate(api, store)
    found = api.get("/v1/notices", NoticeList)
    return keep_notices(store, found.notices, found.server_time) == ""  # a problem is told by the sync


def keep_notices(store: Store, offered: Iterable[SignedNotice], now: datetime) -> str | None:
    """Keep those that are to be believed. Empty: something is new; None: nothing is; else the code of what is
    wrong with one of them (the others are kept)."""
    trusted = pinned_certificates(store)
    answer: str | None = None
    for signed in offered:
        problem = judge_notice(signed, trusted, now)
        try:
            if problem not in (None, NoticeProblem.EXPIRED):
                raise KnownError(f"notice.{problem}")
            if store.notices.add(signed, by_file=False) and answer is None:
                answer = ""
        except KnownError as error:
            _log.error("notice %s refused: %s", signed.notice.notice_id, error)
            answer = error.code
    return answer
