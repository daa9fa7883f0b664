"""The first log-in of an account of the demonstration, past the windows."""

from __future__ import annotations

from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.practice.cast import DemoUnit
from gongwen_protocol.messages import LoginRequest, PasswordChange, SessionGrant


def replace_password(url: str, unit: DemoUnit, account: str, initial: str, password: str) -> None:
    """Replace the initial password, as the clerk does at the first log-in. Raises network.* and session.*."""
    api = ExchangeApi(url)
    try:
        login = LoginRequest(unit_code=unit.code, account=account, password=initial)
        api.token = api.post("/v1/session", login, SessionGrant).token
        change = PasswordChange(old_password=initial, new_password=password)
        api.post("/v1/session/password", change, SessionGrant)
    finally:
        api.close()
