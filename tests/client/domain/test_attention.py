"""How loudly waiting documents ask, by working time, on real rules and a real calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gongwen_client.domain.attention import CheckState, Step, Waiting, attention, clocks, pace
from gongwen_protocol.actions import Reminder
from gongwen_protocol.calendar import WorkCalendar, read_year
from gongwen_protocol.profile import ReminderLevel, load_profile
from gongwen_protocol.resources import resource_path

BEIJING = ZoneInfo("Asia/Shanghai")
ORDOS, JIANGMEN = load_profile("ordos-2018"), load_profile("jiangmen-2008")
CALENDAR = WorkCalendar.of(
    read_year(path.read_text("utf-8")) for path in sorted(resource_path("calendar").glob("*.json"))
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def waiting(since: str, urgency: str = "", *, unread: bool = True) -> Waiting:
    return Waiting("d1", "关于防汛工作的通知", "市政府办公室", urgency, local(since), unread)


def step(one: Waiting, now: str, *checks: str) -> Step:
    return (
        attention(ORDOS, CALENDAR, [one], [local(text) for text in checks], local(now)).at(Step.NEW)[0].step
    )


def test_the_pace_follows_the_hours_of_the_region() -> None:
    assert pace(ORDOS, "特急").again == timedelta(minutes=7.5)
    assert pace(ORDOS, "特急").urgent == timedelta(minutes=30)
    assert pace(ORDOS, "特急", earlier=True).urgent == timedelta(minutes=15)
    assert pace(ORDOS, "") == pace(JIANGMEN, ""), "without hours: as for eight"


@pytest.mark.parametrize(
    ("urgency", "now", "wanted"),
    [
        ("", "2026-11-23T09:29", Step.NEW),
        ("", "2026-11-23T09:30", Step.AGAIN),
        ("", "2026-11-23T11:00", Step.URGENT),
        ("特急", "2026-11-23T09:08", Step.AGAIN),
        ("特急", "2026-11-23T09:30", Step.URGENT),
        ("加急", "2026-11-23T09:14", Step.NEW),
    ],
)
def test_what_nobody_looks_at_grows_louder(urgency: str, now: str, wanted: Step) -> None:
    assert step(waiting("2026-11-23T09:00", urgency), now) is wanted


def test_time_does_not_run_at_night_and_at_weekends() -> None:
    friday = waiting("2026-11-20T17:29")
    assert step(friday, "2026-11-23T08:30") is Step.NEW
    found = attention(ORDOS, CALENDAR, [friday], [], local("2026-11-21T10:00"))
    assert found.quiet
    assert not attention(ORDOS, CALENDAR, [friday], [], local("2026-11-23T10:00")).quiet


def test_looking_ends_it_until_the_sender_reminds_or_the_time_is_up() -> None:
    one = waiting("2026-11-23T09:00")
    checked = ("2026-11-23T10:00",)

    def alerts(now: str, what: Waiting = one) -> list[Step]:
        found = attention(ORDOS, CALENDAR, [what], [local(text) for text in checked], local(now))
        return [alert.step for alert in found.alerts]

    assert alerts("2026-11-23T11:30") == [Step.NONE]
    assert alerts("2026-11-24T15:00") == [Step.URGENT], "eight hours have passed"
    urged = Reminder(level=ReminderLevel.URGE, text="请尽快", at=local("2026-11-23T11:00"), by_post="收发员")
    assert alerts("2026-11-23T11:30", replace(one, reminders=(urged,))) == [Step.AGAIN]
    before = urged.model_copy(update={"at": local("2026-11-23T09:30")})
    assert alerts("2026-11-23T11:30", replace(one, reminders=(before,))) == [Step.NONE]
    supervised = urged.model_copy(update={"level": ReminderLevel.SUPERVISE})
    assert alerts("2026-11-23T11:30", replace(one, reminders=(urged, supervised))) == [Step.URGENT]


def test_the_loudest_stands_first_and_says_how_late_it_is() -> None:
    fresh, late = waiting("2026-11-23T10:00"), replace(waiting("2026-11-20T09:00", "特急"), delivery_id="d2")
    found = attention(ORDOS, CALENDAR, [fresh, late], [], local("2026-11-23T10:05"))
    assert [alert.waiting.delivery_id for alert in found.alerts] == ["d2", "d1"]
    assert found.step is Step.URGENT
    assert found.alerts[0].due_at == local("2026-11-20T11:00")
    assert found.alerts[0].late == timedelta(hours=5, minutes=35)
    assert found.gap == timedelta(minutes=7.5)


@pytest.mark.parametrize(
    ("now", "checks", "morning", "afternoon"),
    [
        ("2026-11-23T09:00", (), CheckState.OPEN, CheckState.OPEN),
        ("2026-11-23T11:10", (), CheckState.SOON, CheckState.OPEN),
        ("2026-11-23T12:30", (), CheckState.MISSED, CheckState.OPEN),
        ("2026-11-23T12:30", ("2026-11-23T09:12",), CheckState.DONE, CheckState.OPEN),
        ("2026-11-23T16:40", ("2026-11-23T09:12",), CheckState.DONE, CheckState.SOON),
        ("2026-11-23T18:00", ("2026-11-23T09:12", "2026-11-23T14:40"), CheckState.DONE, CheckState.DONE),
        ("2026-11-22T10:00", (), CheckState.FREE, CheckState.FREE),
        ("2026-10-10T11:10", (), CheckState.SOON, CheckState.OPEN),  # a make-up Saturday
    ],
)
def test_the_clocks_of_the_half_days(
    now: str, checks: tuple[str, ...], morning: CheckState, afternoon: CheckState
) -> None:
    found = clocks(ORDOS, CALENDAR, [local(text) for text in checks], local(now))
    assert (found.morning.state, found.afternoon.state) == (morning, afternoon)
    assert found.article == "管理办法第十一条"


def test_a_half_day_that_would_pass_without_a_look_asks_by_itself() -> None:
    assert attention(ORDOS, CALENDAR, [], [], local("2026-11-23T10:00")).step is Step.NONE
    assert attention(ORDOS, CALENDAR, [], [], local("2026-11-23T11:10")).step is Step.AGAIN
    assert attention(ORDOS, CALENDAR, [], [], local("2026-11-23T11:50")).step is Step.URGENT
    made = [local("2026-11-23T11:20")]
    assert attention(ORDOS, CALENDAR, [], made, local("2026-11-23T11:50")).step is Step.NONE
