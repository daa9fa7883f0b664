"""The state of a key that a person sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fakes.seal_keys import FROM, UNTIL, certified_key
from gongwen_client.token.keys import KeyInfo, KeyRole, KeyState, PinState, key_state, make_key_id

NOW = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def key() -> KeyInfo:
    certificate = certified_key().certificate_der
    key_id = make_key_id("keyfile", "1", certificate)
    oid = "1.2.156.10197.1.501"
    return KeyInfo(key_id, "keyfile", "盘", "1", certificate, None, oid, KeyRole.SIGNING, PinState(6), 6, 16)


@pytest.mark.parametrize(
    ("pin", "moment", "own", "active", "state"),
    [
        (PinState(6), NOW, True, True, KeyState.READY),
        (PinState(2, low=True), NOW, True, True, KeyState.PIN_LOW),
        (PinState(1, final_try=True), NOW, True, True, KeyState.PIN_LOW),
        (PinState(0, locked=True), NOW, True, True, KeyState.PIN_LOCKED),
        (PinState(6), UNTIL.replace(year=UNTIL.year - 1, month=12, day=15), True, True, KeyState.EXPIRING),
        (PinState(6), UNTIL.replace(month=2), True, True, KeyState.EXPIRED),
        (PinState(6), FROM.replace(year=FROM.year - 1), True, True, KeyState.EXPIRED),
        (PinState(0, locked=True), UNTIL.replace(month=2), True, True, KeyState.EXPIRED),
        (PinState(6), NOW, True, False, KeyState.SUSPENDED),
        (PinState(6), NOW, False, False, KeyState.FOREIGN),
    ],
)
def test_the_most_hindering_state_is_shown(
    key: KeyInfo, pin: PinState, moment: datetime, own: bool, active: bool, state: KeyState
) -> None:
    assert key_state(replace(key, pin=pin), moment, own=own, active=active) is state


def test_no_key_is_absent() -> None:
    assert key_state(None, NOW) is KeyState.ABSENT
