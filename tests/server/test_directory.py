"""The 93 units of Jiangmen in their three batches; groups, regions, name plates, readiness."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.clock import FakeClock
from fakes.documents import OFD, letter, new_key, sync, upload
from fakes.exchange import UNITS, RunningExchange
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.actions import ResendRequest
from gongwen_protocol.messages import (
    AttendedCheck,
    Directory,
    DocumentView,
    Problem,
    Readiness,
    Recipient,
    RecipientRole,
    ReturnReason,
    ReturnRequest,
    SupplementRequest,
    UnitGroup,
    UnitReadiness,
)
from gongwen_protocol.regions import region_tree
from gongwen_protocol.resources import resource_path
from gongwen_protocol.sentences import sentence
from gongwen_server.services import administration, directory

ROSTER = resource_path("directories", "jiangmen-2008.toml")


def test_the_93_units(tmp_path: Path) -> None:
    clock = FakeClock()
    running = RunningExchange(tmp_path / "home", profile_id="jiangmen-2008", clock=clock)
    assert administration.import_roster(running.exchange, ROSTER) == (93, 0)
    found = directory.directory(running.exchange)
    assert Counter(unit.batch for unit in found.units) == {1: 22, 2: 32, 3: 39}
    assert len({unit.name for unit in found.units}) == 93
    tree = region_tree(found.units)
    city = tree.children["江门市"]
    assert list(city.children) == ["蓬江区", "江海区", "新会区", "台山市", "开平市", "鹤山市", "恩平市"]
    assert [len(county.units) for county in city.children.values()] == [2] * 7
    assert (len(city.units), len(tree.all_units())) == (79, 93)
    sizes = {group.name: len(group.unit_codes) for group in found.groups}
    assert sizes["三区四市政府"] == 7
    assert sizes["第三批应用单位"] == 39
    running.stop()


def test_a_batch_opens_on_its_day(tmp_path: Path) -> None:
    clock = FakeClock()
    running = RunningExchange(tmp_path / "home", clock=clock)
    running.populate()
    today = clock.now().date()
    running.add_unit("100", "市粮食局", batch=3, enabled_from=(today + timedelta(days=1)).isoformat())
    sender = running.log_in("001")
    request = letter(upload(sender, OFD), ("100", 1))
    refused = sender.post("/v1/documents", request, key=new_key())
    assert Problem.model_validate_json(refused.content).code == "send.recipient_not_enabled"
    listed = Directory.model_validate_json(sender.get("/v1/directory").content).units
    assert {unit.code: unit.enabled for unit in listed}["100"] is False
    clock.advance(hours=15)  # past midnight in Beijing: a session of twelve hours is over
    sender = running.log_in("001")
    assert sender.post("/v1/documents", request, key=new_key()).status_code == 201
    sender.close()
    running.stop()


def test_name_plates_and_groups(tmp_path: Path) -> None:
    running = RunningExchange(tmp_path / "home")
    running.populate()
    running.add_unit("100", "市政府办公室", plates=("市政府外事办公室", "市金融工作办公室"))
    group = UnitGroup(name="防汛成员单位", unit_codes=("003", "100"))
    directory.set_groups(running.exchange, [group])
    found = directory.directory(running.exchange)
    assert {unit.code: unit.plates for unit in found.units}["100"] == ("市政府外事办公室", "市金融工作办公室")
    assert found.groups == (group,)
    with pytest.raises(RefusedError, match=r"directory\.unknown_unit"):
        directory.set_groups(running.exchange, [UnitGroup(name="x", unit_codes=("999",))])
    assert directory.directory(running.exchange).groups == (group,)
    running.stop()


def test_readiness(tmp_path: Path) -> None:
    clock = FakeClock()
    running = RunningExchange(tmp_path / "home", clock=clock)
    running.populate()
    receiver = running.log_in("002")
    receiver.post("/v1/attended-checks", AttendedCheck(looked_at=clock.now()), key=new_key())
    directory.note_certificate(running.exchange, "002", clock.now() + timedelta(days=30, hours=1))
    directory.note_certificate(running.exchange, "003", clock.now() - timedelta(hours=1))
    directory.enable_unit(running.exchange, "001", enabled=False)
    found = Readiness.model_validate_json(receiver.get("/v1/readiness").content)
    assert found.units == (
        UnitReadiness(unit_code="001", enabled=False),
        UnitReadiness(unit_code="002", enabled=True, last_check=clock.now(), certificate_days=30),
        UnitReadiness(unit_code="003", enabled=True, certificate_days=-1),
    )
    receiver.close()
    running.stop()


def test_a_unit_that_another_follows(tmp_path: Path) -> None:
    clock = FakeClock()
    running = RunningExchange(tmp_path / "home", clock=clock)
    running.populate()
    running.add_unit("004", "市水务局")
    running.add_account("004")
    today = clock.now().date()
    tomorrow = today + timedelta(days=1)
    directory.supersede_unit(running.exchange, "002", "003", tomorrow)
    directory.supersede_unit(running.exchange, "003", "004", today)
    for code, successor, why in (
        ("004", "002", "directory.own_successor"),
        ("003", "003", "directory.own_successor"),
        ("002", "999", "directory.unknown_unit"),
    ):
        with pytest.raises(RefusedError, match=why.replace(".", r"\.")):
            directory.supersede_unit(running.exchange, code, successor, today)
    sender, receiver = running.log_in("001"), running.log_in("002")
    body = upload(sender, OFD)
    sent = DocumentView.model_validate_json(
        sender.post("/v1/documents", letter(body, ("002", 1)), key=new_key()).content
    )
    assert sent.deliveries[0].unit_code == "002", "the directory as of the day of sending"
    clock.advance(hours=15)  # past midnight in Beijing
    sender, receiver = running.log_in("001"), running.log_in("002")
    refused = sender.post("/v1/documents", letter(body, ("002", 1)), key=new_key())
    problem = Problem.model_validate_json(refused.content)
    assert (refused.status_code, problem.code) == (409, "send.unit_superseded")
    assert problem.facts["successor"] == "市水务局", "the last of the line"
    assert problem.facts["article"] == "管理办法第十六条"
    assert sentence(problem.code, **problem.facts).what == (
        f"收文单位“{UNITS['002']}”自 {tomorrow} 起由“市水务局”承接，不再接收新的公文。"
    )
    units = {
        one.code: one for one in Directory.model_validate_json(sender.get("/v1/directory").content).units
    }
    assert (units["002"].successor_code, units["002"].successor_since) == ("003", tomorrow.isoformat())

    # What came before: its old unit may finish it; to send it again means a supplement to the successor.
    path = f"/v1/documents/{sent.document_id}"
    returned = ReturnRequest(reason=ReturnReason.MISDIRECTED)
    delivery = sent.deliveries[0].delivery_id
    assert receiver.post(f"/v1/deliveries/{delivery}/return", returned, key=new_key()).ok
    again = ResendRequest(reason="重发", unit_codes=("002",))
    refused = sender.post(f"{path}/resend", again, key=new_key())
    assert Problem.model_validate_json(refused.content).code == "send.unit_superseded"
    more = SupplementRequest(recipients=(Recipient(unit_code="004", role=RecipientRole.MAIN, copies=1),))
    assert sender.post(f"{path}/supplement", more, key=new_key()).ok
    follower = running.log_in("004")
    assert [one.document_id for one in sync(follower).documents] == [sent.document_id]
    for caller in (sender, receiver, follower):
        caller.close()
    running.stop()
