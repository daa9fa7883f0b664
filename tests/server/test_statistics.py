"""Figures and the map of duty, over the wire, against what was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fakes.clock import FakeClock
from fakes.documents import accept, delivery_of, new_key, send
from fakes.exchange import INITIAL_PASSWORD, UNITS, Caller, RunningExchange
from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.messages import AttendedCheck, DocumentView, Problem, ReturnReason, ReturnRequest, Role
from gongwen_protocol.profile import load_profile
from gongwen_protocol.resources import resource_path
from gongwen_protocol.statistics import (
    DutyMap,
    Leave,
    LeaveList,
    MonthFigures,
    Statistics,
    receive_by,
    total,
)
from gongwen_server.services import administration
from gongwen_server.services.duty import Heartbeats

MONDAY = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)  # 09:12 in Beijing


@dataclass
class City:
    """An exchange whose days pass when told, and its people."""

    running: RunningExchange
    clock: FakeClock
    callers: dict[str, Caller]

    def pass_time(self, **duration: float) -> None:
        """Sessions end meanwhile: everybody logs in again."""
        self.clock.advance(**duration)
        for name, caller in self.callers.items():
            again = self.running.log_in(name, "clerk") if name in UNITS else self.running.log_in("001", name)
            assert again.grant is not None
            caller.use(again.grant)
            again.close()

    def check(self, code: str) -> None:
        """A person of the unit looks."""
        answer = self.callers[code].post(
            "/v1/attended-checks", AttendedCheck(looked_at=self.clock.now()), key=new_key()
        )
        assert answer.status_code == 201, answer.text

    def poll(self, code: str) -> None:
        """The unit's machine looks."""
        heartbeats = Heartbeats(self.running.exchange)
        heartbeats.beat(code)
        heartbeats.flush()

    def map(self, first: date, last: date, caller: str = "inspector") -> DutyMap:
        answer = self.callers[caller].get(f"/v1/statistics/duty?from={first}&to={last}")
        assert answer.status_code == 200, answer.text
        return DutyMap.model_validate_json(answer.content)

    def figures(self, first: date, last: date, caller: str = "inspector") -> Statistics:
        answer = self.callers[caller].get(f"/v1/statistics?from={first}&to={last}")
        assert answer.status_code == 200, answer.text
        return Statistics.model_validate_json(answer.content)

    def of(self, code: str, caller: str = "inspector") -> MonthFigures:
        """A unit's November."""
        found = self.figures(date(2026, 11, 1), date(2026, 11, 30), caller)
        return total(next(unit.months for unit in found.units if unit.unit_code == code))


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    yield from found(tmp_path, "ordos-2018")


@pytest.fixture
def coast(tmp_path: Path) -> Iterator[City]:
    yield from found(tmp_path, "jiangmen-2008")


def found(home: Path, profile: str) -> Iterator[City]:
    clock = FakeClock(MONDAY)
    running = RunningExchange(home / "home", profile_id=profile, clock=clock)
    running.populate()
    running.add_account("001", "head", roles=frozenset({Role.ADMIN}))
    administration.add_account(
        running.exchange,
        "001",
        "inspector",
        post="督查人员",
        roles=frozenset({Role.INSPECT}),
        initial_password=INITIAL_PASSWORD,
        platform=True,
    )
    callers = {code: running.log_in(code) for code in ("001", "002", "003")}
    callers |= {name: running.log_in("001", name) for name in ("inspector", "head")}
    yield City(running, clock, callers)
    for caller in callers.values():
        caller.close()
    running.stop()


def give_back(caller: Caller, document: DocumentView) -> None:
    request = ReturnRequest(reason=ReturnReason.SEAL_FAULT)
    delivery = delivery_of(document, caller).delivery_id
    assert caller.post(f"/v1/deliveries/{delivery}/return", request, key=new_key()).status_code == 200


def cells(found: DutyMap, code: str) -> str:
    return next(unit.cells for unit in found.units if unit.unit_code == code)


def test_the_map_keeps_persons_and_machines_apart(city: City) -> None:
    city.check("001")
    city.poll("002")
    city.pass_time(hours=5)  # 14:12
    city.check("001")
    city.check("002")
    city.pass_time(hours=12)  # Tuesday, 02:12
    found = city.map(date(2026, 11, 23), date(2026, 11, 24))
    assert [cells(found, code) for code in ("001", "002", "003")] == ["CCFF", "PCFF", "NNFF"]
    assert [(unit.met, unit.wanted) for unit in found.units] == [(2, 2), (1, 2), (0, 2)]
    assert "第十一条" in found.rule


def test_days_off_and_make_up_days_count_as_the_calendar_says(city: City) -> None:
    found = city.map(date(2026, 2, 14), date(2026, 2, 17))
    assert [(day.workday, day.name) for day in found.days] == [
        (True, "调休上班"),
        (False, "春节"),
        (False, "春节"),
        (False, "春节"),
    ]
    assert cells(found, "001") == "NN" + "--" * 3
    saturday = city.map(date(2026, 11, 28), date(2026, 11, 28))
    assert cells(saturday, "001") == "--"


def test_leave_on_record_excuses_ahead_but_not_afterwards(city: City) -> None:
    head = city.callers["head"]
    leave = Leave(unit_code="001", first=date(2026, 11, 24), last=date(2026, 11, 25), reason="搬迁")
    assert head.post("/v1/leaves", leave).status_code == 201
    yesterday = leave.model_copy(update={"first": date(2026, 11, 20)})
    answer = head.post("/v1/leaves", yesterday)
    assert Problem.model_validate_json(answer.content).code == "statistics.leave_wrong"
    foreign = leave.model_copy(update={"unit_code": "002"})
    assert head.post("/v1/leaves", foreign).status_code == 403
    city.pass_time(days=3)
    found = city.map(date(2026, 11, 23), date(2026, 11, 26))
    assert cells(found, "001") == "NNLLLLFF"
    (own,) = LeaveList.model_validate_json(city.callers["001"].get("/v1/leaves").content).leaves
    assert (own.reason, own.by_account) == ("搬迁", "001/head")


def test_a_unit_takes_part_from_its_batch_on(city: City) -> None:
    city.running.add_unit("009", "后启用单位", enabled=False)
    assert cells(city.map(date(2026, 11, 23), date(2026, 11, 23)), "009") == "UU"


def test_a_region_that_wants_the_afternoon_only(coast: City) -> None:
    coast.pass_time(days=1)
    found = coast.map(date(2026, 11, 23), date(2026, 11, 23))
    assert cells(found, "001") == "-N"


def test_receiving_is_counted_against_the_deadline(city: City) -> None:
    sender, receiver = city.callers["001"], city.callers["002"]
    in_time, late = send(sender, ("002", 1)), send(sender, ("002", 1), ("003", 1))
    send(sender, ("002", 1))
    returned = send(sender, ("002", 1))
    accept(receiver, in_time)
    give_back(receiver, returned)
    city.pass_time(hours=30)
    accept(receiver, late)
    figures = city.of("002")
    assert (figures.delivered, figures.in_time, figures.late, figures.waiting, figures.overdue) == (
        4,
        1,
        1,
        1,
        1,
    )
    assert (figures.returned, figures.untimed, figures.minutes) == (1, 0, 30 * 60)
    parts = ("in_time", "late", "untimed", "waiting", "returned", "recalled", "replaced", "on_paper")
    assert figures.delivered == sum(getattr(figures, part) for part in parts)
    ours = city.of("001")
    assert (ours.sent, ours.sent_to, ours.sent_returned) == (4, 5, 1)


@pytest.mark.parametrize(
    ("profile", "sent", "due"),
    [
        ("jiangmen-2008", "2026-11-23T15:29:59", "2026-11-23T17:30:00"),
        ("jiangmen-2008", "2026-11-23T15:30:00", "2026-11-24T17:30:00"),
        ("jiangmen-2008", "2026-02-14T15:29:59", "2026-02-14T17:30:00"),  # a make-up Saturday
        ("jiangmen-2008", "2026-11-27T16:00:00", "2026-11-30T17:30:00"),
        ("ordos-2018", "2026-11-23T09:00:00", "2026-11-24T10:30:00"),
    ],
)
def test_the_deadline_is_the_regions(profile: str, sent: str, due: str) -> None:
    china = ZoneInfo("Asia/Shanghai")
    texts = [path.read_text("utf-8") for path in sorted(resource_path("calendar").glob("*.json"))]
    found = receive_by(
        load_profile(profile),
        WorkCalendar.from_json(texts),
        datetime.fromisoformat(sent).replace(tzinfo=china),
        "",
    )
    assert found == datetime.fromisoformat(due).replace(tzinfo=china)


def test_months_are_those_of_the_region(city: City) -> None:
    city.pass_time(days=7, hours=15.5)  # 00:42 of the first of December in Beijing
    send(city.callers["001"], ("002", 1))
    found = city.figures(date(2026, 11, 15), date(2026, 12, 31))
    assert found.months == ("2026-11", "2026-12")
    assert [month.month for unit in found.units for month in unit.months] == ["2026-12", "2026-12"]


def test_who_sees_whose(city: City) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    assert [unit.unit_code for unit in city.figures(first, last, "001").units] == ["001"]
    assert [unit.unit_code for unit in city.map(first, last, "head").units] == ["001"]
    assert len(city.figures(first, last).units) == 3
    answer = city.callers["001"].get(f"/v1/statistics?from={first}&to={last}&unit=002")
    assert Problem.model_validate_json(answer.content).code == "statistics.other_unit"


def test_figures_hold_no_title(city: City) -> None:
    send(city.callers["001"], ("002", 1))
    for path in ("/v1/statistics", "/v1/statistics/duty"):
        text = city.callers["inspector"].get(f"{path}?from=2026-11-01&to=2026-11-30").text
        assert "关于" not in text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-11-02&to=2026-11-01", "statistics.period_wrong"),
        ("from=2020-01-01&to=2026-11-01", "statistics.period_wrong"),
        ("from=0001-01-01&to=0001-01-01", "statistics.period_wrong"),
        ("from=9999-12-31&to=9999-12-31", "statistics.period_wrong"),
    ],
)
def test_periods_that_are_none(city: City, query: str, code: str) -> None:
    answer = city.callers["001"].get(f"/v1/statistics?{query}")
    assert Problem.model_validate_json(answer.content).code == code


def test_polls_are_written_once_for_a_half_day(city: City) -> None:
    heartbeats = Heartbeats(city.running.exchange)
    for _ in range(3):
        heartbeats.beat("003")
        heartbeats.flush()
        city.pass_time(minutes=10)
    city.pass_time(hours=4)
    heartbeats.beat("003")
    heartbeats.flush()
    city.pass_time(days=1)
    assert cells(city.map(date(2026, 11, 23), date(2026, 11, 23)), "003") == "PP"


def test_a_check_counts_by_the_exchange_not_by_the_pc(city: City) -> None:
    late = AttendedCheck(looked_at=city.clock.now() - timedelta(days=1))
    assert city.callers["001"].post("/v1/attended-checks", late, key=new_key()).status_code == 201
    assert cells(city.map(date(2026, 11, 22), date(2026, 11, 23)), "001") == "--CF"
