"""Units of the demonstration that have no window: their clerks look at the inbox, or only their machines do.

What the map of duty shows of them really happened, today; an exchange that was just founded has no past.
"""

from __future__ import annotations

from datetime import UTC, datetime

from gongwen_client.domain.intents import new_key
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.practice.cast import ACCOUNT, LOOKING, POLLING, DemoUnit
from gongwen_client.practice.passwords import replace_password
from gongwen_protocol.messages import (
    AttendedCheck,
    AttendedCheckAnswer,
    LoginRequest,
    SessionGrant,
    SyncAnswer,
)


def begin_the_day(url: str) -> None:
    """Each polls once; the clerks of some look as well. Raises network.* and session.*."""
    for unit in (*LOOKING, *POLLING):
        replace_password(url, unit, ACCOUNT, unit.initial_password, unit.password)
        _poll(url, unit, looks=unit in LOOKING)


def _poll(url: str, unit: DemoUnit, *, looks: bool) -> None:
    api = ExchangeApi(url)
    try:
        login = LoginRequest(unit_code=unit.code, account=ACCOUNT, password=unit.password)
        api.token = api.post("/v1/session", login, SessionGrant).token
        api.get("/v1/sync", SyncAnswer, {"cursor": "0", "tree": 0})
        if looks:
            check = AttendedCheck(looked_at=datetime.now(UTC))
            api.post("/v1/attended-checks", check, AttendedCheckAnswer, new_key())
    finally:
        api.close()
