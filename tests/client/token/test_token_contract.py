"""What every kind of seal key promises, tested through the broker on each real kind."""

from __future__ import annotations

import queue
from collections.abc import Callable

import pytest

from fakes.token_rigs import PIN, Rig
from gongwen_client.token.keys import KeyRole, TokenChange, TokenEvent
from gongwen_client.token.proxy import Timeouts, TokenBroker, TokenSigner
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.keys import verify_signature
from gongwen_crypto.signer import Signer

MESSAGE = "经研究，现予印发。".encode()
WAIT = 30


@pytest.fixture
def broker(rig: Rig, open_broker: Callable[..., TokenBroker]) -> TokenBroker:
    return open_broker(rig.config)


def test_keys_are_found_without_a_pin(rig: Rig, broker: TokenBroker) -> None:
    keys = broker.list_keys()
    assert {key.algorithm_oid for key in keys} == rig.algorithms
    assert [key.seal_der for key in keys if key.seal_der] == [rig.seal]
    for key in keys:
        assert key.role is KeyRole.SIGNING
        assert key.key_id.startswith(f"{key.backend}:{key.serial}:")
        assert not key.pin.locked
        assert (key.min_pin_length, key.max_pin_length) == (6, 16)
        assert Certificate.load(key.certificate_der).common_name == "示范区人民政府办公室"


def test_each_key_signs_what_its_certificate_verifies(broker: TokenBroker) -> None:
    for key in broker.list_keys():
        signer: Signer = TokenSigner(broker, key, PIN)
        signature = signer.sign(MESSAGE)
        public = Certificate.load(signer.certificate_der).public_key
        assert verify_signature(public, signer.algorithm_oid, MESSAGE, signature)
        assert not verify_signature(public, signer.algorithm_oid, MESSAGE + b" ", signature)


def test_a_wrong_pin_is_told_and_the_right_one_still_works(rig: Rig, broker: TokenBroker) -> None:
    key = broker.list_keys()[0]
    with pytest.raises(KnownError) as caught:
        broker.sign(key.key_id, "00000000", MESSAGE)
    expected = "token.pin_wrong" if rig.counts_tries else "token.pin_wrong_uncounted"
    assert caught.value.code == expected
    low = broker.list_keys()[0].pin
    assert low.tries_left == 2 if rig.counts_tries else low.low
    assert broker.sign(key.key_id, PIN, MESSAGE)


def test_a_pin_of_impossible_length_costs_no_try(broker: TokenBroker) -> None:
    key = broker.list_keys()[0]
    for pin in ("", "12345", "x" * 17):
        with pytest.raises(KnownError, match=r"token\.pin_length"):
            broker.sign(key.key_id, pin, MESSAGE)
    assert broker.list_keys()[0].pin == key.pin


def test_the_pin_can_be_changed(broker: TokenBroker) -> None:
    key = broker.list_keys()[0]
    with pytest.raises(KnownError, match=r"token\.pin_weak"):
        broker.change_pin(key.key_id, PIN, "12345678")
    broker.change_pin(key.key_id, PIN, "Neu-48213")
    assert broker.sign(key.key_id, "Neu-48213", MESSAGE)
    with pytest.raises(KnownError, match=r"token\.pin_wrong"):
        broker.sign(key.key_id, PIN, MESSAGE)


def test_an_unknown_key_is_not_found(broker: TokenBroker) -> None:
    with pytest.raises(KnownError, match=r"token\.not_found"):
        broker.sign("keyfile:nobody:0000", PIN, MESSAGE)


def test_pulling_the_token_out_fails_cleanly_and_plugging_it_in_continues(
    rig: Rig, broker: TokenBroker
) -> None:
    key = broker.list_keys()[0]
    rig.unplug()
    assert broker.list_keys() == ()
    with pytest.raises(KnownError, match=r"token\.(not_found|removed)"):
        broker.sign(key.key_id, PIN, MESSAGE)
    rig.plug()
    assert broker.list_keys()[0].key_id == key.key_id
    assert broker.sign(key.key_id, PIN, MESSAGE)


def test_hot_plug_is_noticed(rig: Rig, broker: TokenBroker) -> None:
    events: queue.Queue[TokenEvent] = queue.Queue()
    broker.watch(events.put)
    first = events.get(timeout=WAIT)
    rig.unplug()
    second = events.get(timeout=WAIT)
    rig.plug()
    third = events.get(timeout=WAIT)
    assert [event.change for event in (first, second, third)] == [
        TokenChange.INSERTED,
        TokenChange.REMOVED,
        TokenChange.INSERTED,
    ]
    assert first.token == second.token == third.token


def test_a_token_that_was_back_before_the_next_look_is_told_of(
    rig: Rig, open_broker: Callable[..., TokenBroker]
) -> None:
    """A screen that looked in between shows no key: it has to hear that there is one again."""
    broker = open_broker(rig.config, timeouts=Timeouts(look=20, poll_every=2.0))
    events: queue.Queue[TokenEvent] = queue.Queue()
    broker.watch(events.put)
    assert events.get(timeout=WAIT).change is TokenChange.INSERTED
    assert broker.list_keys()
    rig.unplug()
    assert broker.list_keys() == ()
    rig.plug()
    changes = [events.get(timeout=WAIT).change for _ in range(2)]
    assert changes == [TokenChange.REMOVED, TokenChange.INSERTED]


def test_the_key_id_outlives_the_broker(rig: Rig, open_broker: Callable[..., TokenBroker]) -> None:
    first, second = open_broker(rig.config), open_broker(rig.config)
    assert [key.key_id for key in first.list_keys()] == [key.key_id for key in second.list_keys()]
