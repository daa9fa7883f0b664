"""Fault reports: kept once, with the region's clock, answered by the administrators of the unit's level."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fakes.exchange import Caller, RunningExchange
from gongwen_protocol.faults import (
    FaultAnswer,
    FaultFact,
    FaultKind,
    FaultList,
    FaultReport,
    FaultState,
    FaultView,
)
from gongwen_protocol.messages import Role
from gongwen_server import cli
from gongwen_server.services import administration

COUNTY = "示范市/东城区"


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    """A city with one county; its first unit has an administrator."""
    running = RunningExchange(tmp_path_factory.mktemp("faults") / "home")
    for rank, (code, name, place) in enumerate(
        (
            ("001", "示范市人民政府办公室", "示范市"),
            ("010", "东城区人民政府办公室", COUNTY),
            ("011", "东城区教育局", COUNTY),
        )
    ):
        running.add_unit(code, name, rank=rank, region=place)
        running.add_account(code)
        running.add_account(code, "admin", post="系统管理员", roles=frozenset({Role.ADMIN}))
    administration.add_account(
        running.exchange,
        "001",
        "platform",
        post="平台管理员",
        roles=frozenset({Role.ADMIN}),
        initial_password="initial secret 1",
        platform=True,
    )
    yield running
    running.stop()


def _report(**changes: object) -> FaultReport:
    values: dict[str, object] = {
        "ticket_id": uuid.uuid4().hex,
        "kind": FaultKind.SEAL,
        "said": "印章显示为空白。",
        "happened_at": datetime.now(UTC) - timedelta(hours=3),
        "facts": (FaultFact(check="字体", result="正常"),),
    }
    return FaultReport(**{**values, **changes})  # type: ignore[arg-type]


def _hand_in(caller: Caller, report: FaultReport) -> FaultView:
    answer = caller.post("/v1/faults", report, key=report.ticket_id)
    assert answer.status_code == 201, answer.text
    return FaultView.model_validate_json(answer.content)


def _list(caller: Caller, path: str = "/v1/faults") -> FaultList:
    return FaultList.model_validate_json(caller.get(path).content)


def test_a_county_unit_is_answered_by_its_county(region: RunningExchange) -> None:
    school, county, city = region.log_in("011"), region.log_in("010", "admin"), region.log_in("001", "admin")
    platform = region.log_in("001", "platform")
    report = _report()
    fault = _hand_in(school, report)
    assert (fault.state, fault.handled_by) == (FaultState.OPEN, "东城区人民政府办公室")
    assert fault.due_at is None  # Ordos: 及时, without a number
    assert [one.ticket_id for one in _list(county, "/v1/faults/all").faults] == [fault.ticket_id]
    assert _list(city, "/v1/faults/all").faults == ()
    assert fault.ticket_id in {one.ticket_id for one in _list(platform, "/v1/faults/all").faults}
    path = f"/v1/faults/{fault.ticket_id}/answer"
    said = FaultAnswer(answer="已重新制作印章，请再试。", closed=True)
    assert city.post(path, said, key="a" * 32).status_code == 404
    answered = FaultView.model_validate_json(county.post(path, said, key="b" * 32).content)
    assert (answered.state, answered.answer) == (FaultState.CLOSED, said.answer)
    assert _list(school).faults[0].closed_at is not None
    assert _list(region.log_in("001")).faults == ()
    for caller in (school, county, city, platform):
        caller.close()


def test_the_county_office_and_city_units_go_to_the_platform(region: RunningExchange) -> None:
    for code in ("010", "001"):
        caller = region.log_in(code)
        assert _hand_in(caller, _report()).handled_by == f"{region.exchange.name}平台管理员"
        caller.close()


def test_a_report_arrives_once(region: RunningExchange) -> None:
    clerk, stranger = region.log_in("011"), region.log_in("001")
    report = _report(kind=FaultKind.OTHER)
    first = _hand_in(clerk, report)
    again = clerk.post("/v1/faults", report, key=uuid.uuid4().hex)
    assert FaultView.model_validate_json(again.content) == first
    assert stranger.post("/v1/faults", report, key=uuid.uuid4().hex).status_code == 404
    clerk.close()
    stranger.close()


def test_jiangmen_answers_within_24_hours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    running = RunningExchange(home, profile_id="jiangmen-2008")
    running.populate()
    clerk = running.log_in("001")
    fault = _hand_in(clerk, _report(said="不能登录。\n提示时间不对。", kind=FaultKind.LOG_IN))
    assert fault.due_at == fault.handed_in_at + timedelta(hours=24)
    clerk.close()
    running.stop()
    assert cli.main(["faults", "list", "--open", "--home", str(home)]) == 0
    assert "不能登录" in capsys.readouterr().out
    assert cli.main(["faults", "answer", fault.ticket_id, "请校正时间", "--close", "--home", str(home)]) == 0
    assert cli.main(["faults", "show", fault.ticket_id, "--home", str(home)]) == 0
    assert "请校正时间" in capsys.readouterr().out
    assert cli.main(["faults", "show", "f" * 32, "--home", str(home)]) == 2
    assert cli.main(["faults", "list", "--open", "--home", str(home)]) == 0
    assert capsys.readouterr().out == ""
