"""A PC is registered and logs in with its key; a session outlives the program; a renewed receipt key is
followed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.desk import DeskPc
from fakes.exchange import PASSWORD, RunningExchange
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_protocol.access import DeviceCodeRequest
from gongwen_protocol.messages import Role
from gongwen_server.services import administration, devices

Start = Callable[..., DeskPc]


def new_code(exchange: RunningExchange, unit: str) -> str:
    return devices.give_code(exchange.exchange, DeviceCodeRequest(unit_code=unit), "交换中心").code


def test_a_pc_registers_and_works(exchange: RunningExchange, pc: Start) -> None:
    one = pc("001", log_in=False)
    typed = new_code(exchange, "001").lower().replace("-", " ")
    view = one.devices.register(typed, "收发室一号机")
    assert (view.unit_code, view.name) == ("001", "收发室一号机")
    one.log_in("001")
    assert one.login.session is not None
    assert one.login.session.device_id == view.device_id
    one.wait_until(lambda: one.engine.connection.facts.last_heartbeat is not None)


def test_another_pc_is_told_what_to_do(exchange: RunningExchange, pc: Start) -> None:
    one = pc("001", log_in=False)
    one.devices.register(new_code(exchange, "001"))
    one.log_in("001")
    other = DeskPc(one.home.parent / "pc-other", exchange.url)
    with pytest.raises(RefusedError, match=r"device\.required") as refused:
        other.login.log_in("001", "clerk", PASSWORD)
    assert "管理办法第七条" in str(refused.value.facts["said"])
    other.start()
    other.stop()


def test_a_code_of_another_unit_does_not_take_a_pc_over(exchange: RunningExchange, pc: Start) -> None:
    one = pc("001")
    with pytest.raises(RefusedError, match=r"login\.other_unit"):
        one.devices.register(new_code(exchange, "002"))
    assert one.devices.identity is None
    with pytest.raises(RefusedError, match=r"device\.code_wrong"):
        one.devices.register("no code")


def test_a_session_outlives_the_program(exchange: RunningExchange, pc: Start) -> None:
    one = pc("001", log_in=False)
    one.devices.register(new_code(exchange, "001"))
    one.log_in("001")
    assert one.login.session is not None
    again = DeskPc(one.home, exchange.url)  # the same PC after a restart
    grant = again.login.resume()
    assert grant is not None
    assert grant.token == one.login.session.token
    again.login.log_out()
    assert again.devices.kept_session() is None
    again.start()
    again.stop()


def test_a_session_without_a_registered_pc_ends_with_the_program(pc: Start) -> None:
    one = pc("001")
    assert one.devices.kept_session() is None
    assert one.login.resume() == one.login.session


def test_a_renewed_receipt_key_is_followed(exchange: RunningExchange, pc: Start) -> None:
    one = pc("001")
    first = one.store.notes.get(Notes.SERVER_CERTIFICATE)
    for _ in range(2):
        exchange.stop()
        administration.renew_key(exchange.home)
        exchange.start()
    one.engine.poll_now()
    one.wait_until(lambda: one.store.notes.get(Notes.SERVER_CERTIFICATE) != first)
    one.wait_until(lambda: one.store.evidence.checkpoint() is not None)
    past = (one.store.notes.get(Notes.PAST_CERTIFICATES) or "").split()
    assert past[0] == first
    assert len(past) == 2


def test_a_key_that_nobody_handed_over_is_not_followed(
    exchange: RunningExchange, pc: Start, tmp_path: Path
) -> None:
    one = pc("001")
    one.login.log_out()
    imposter = RunningExchange(tmp_path / "imposter")
    imposter.populate()
    one.api._url = imposter.url
    with pytest.raises(KnownError, match=r"exchange\.certificate_changed"):
        one.login.log_in("001", "clerk", PASSWORD)
    imposter.stop()


def test_what_roles_do_not_allow_is_not_offered(exchange: RunningExchange, pc: Start) -> None:
    exchange.add_account("003", "inspector", roles=frozenset({Role.INSPECT}))
    one = pc("003", log_in=False)
    one.log_in("003", "inspector")
    with pytest.raises(RefusedError, match=r"session\.role_missing"):
        one.sending.send("0" * 32)
    one.wait_until(lambda: one.engine.connection.facts.last_heartbeat is not None)
