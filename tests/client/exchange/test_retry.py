"""When to ask again: ever more rarely, out of step with others, never less often than the region wants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from fakes.desk import DeskPc
from gongwen_client.exchange.retry import Backoff, RetryTimes, is_worth_a_repeat
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.duties import longest_poll_gap


@pytest.mark.parametrize("attempts", [0, 1, 2, 3, 4, 5, 10, 16, 1000])
def test_pauses_double_up_to_a_bound_and_differ(attempts: int) -> None:
    """Units that lost the exchange together do not come back in step."""
    backoff = Backoff(base=1.0, cap=30.0)
    ceiling = min(30.0, 2.0 ** min(attempts, 16))
    pauses = [backoff.delay(attempts) for _ in range(200)]
    assert all(ceiling / 2 <= pause <= ceiling for pause in pauses)
    assert len(set(pauses)) > 100
    assert max(pauses) - min(pauses) > ceiling / 4


def test_what_failed_waits_and_a_click_forgets_it() -> None:
    retries = RetryTimes(Backoff(base=1000.0, cap=1000.0))
    assert retries.is_due("send")
    retries.failed("send")
    assert not retries.is_due("send")
    assert retries.is_due("another"), "one that waits holds up no other"
    assert 0 < retries.seconds_until_next() <= 1000
    retries.forget()
    assert retries.is_due("send")
    retries.failed("send")
    retries.succeeded("send")
    assert retries.is_due("send")


def test_what_may_pass_by_itself() -> None:
    assert is_worth_a_repeat(KnownError("network.interrupted"))
    assert is_worth_a_repeat(RefusedError("device.proof_stale"))
    assert not is_worth_a_repeat(RefusedError("send.too_large"))
    assert not is_worth_a_repeat(KnownError("host.disk_full"))


def test_never_less_often_than_the_region_wants(pc: Callable[..., DeskPc]) -> None:
    """The administrator set a day between two polls; Ordos wants a look each half-day."""
    one = pc("001", poll_seconds=86_400.0)
    one.wait_until(lambda: one.store.rules.in_force() is not None)
    one.duty.poll_now()
    profile = one.store.rules.in_force()
    assert profile is not None
    longest = timedelta(seconds=longest_poll_gap(profile) + 1)

    def planned() -> bool:
        state = one.duty.state()
        return (
            state.next_poll is not None and timedelta(0) < state.next_poll - one.desk.clock.now() <= longest
        )

    one.wait_until(planned)
