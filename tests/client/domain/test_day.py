"""Deadlines, what comes first on a day, and what the first page says of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gongwen_client.domain.day import Day, DayFact, Tallies, Task, TaskKind, day_facts
from gongwen_client.domain.deadlines import Deadlines, receive_by
from gongwen_protocol.calendar import WorkCalendar
from gongwen_protocol.duties import ChecksOfDay
from gongwen_protocol.profile import load_profile

ZONE = ZoneInfo("Asia/Shanghai")
ORDOS, JIANGMEN = load_profile("ordos-2018"), load_profile("jiangmen-2008")
CALENDAR = WorkCalendar(
    holidays={date(2027, 1, day): "元旦" for day in (1, 2, 3)},
    make_up_days=frozenset({date(2027, 1, 9)}),
    years=frozenset({2026, 2027}),
)
NOW = datetime(2026, 12, 31, 15, 0, tzinfo=ZONE)


def test_a_deadline_runs_in_office_hours_only() -> None:
    due = receive_by(ORDOS, CALENDAR, datetime(2026, 12, 31, 16, 30, tzinfo=ZONE), "特急")
    assert due == datetime(2027, 1, 4, 9, 30, tzinfo=ZONE), "one hour before the holiday, one after it"


def test_without_hours_the_cutoff_says_which_day() -> None:
    before = datetime(2026, 12, 31, 15, 29, 59, tzinfo=ZONE)
    assert receive_by(JIANGMEN, CALENDAR, before, "") == datetime(2026, 12, 31, 17, 30, tzinfo=ZONE)
    after = before + timedelta(seconds=1)
    assert receive_by(JIANGMEN, CALENDAR, after, "") == datetime(2027, 1, 4, 17, 30, tzinfo=ZONE)


def test_what_is_due_first_stands_first_then_the_urgent_then_the_older() -> None:
    deadlines = Deadlines.under(ORDOS, CALENDAR)
    calm, urgent = deadlines.order(NOW, ""), deadlines.order(NOW, "特急")
    assert urgent < calm < deadlines.order(NOW + timedelta(minutes=1), "")


def _task(
    kind: TaskKind, urgency: str = "", due: timedelta | None = None, since: timedelta = timedelta()
) -> Task:
    return Task(kind, "", "", "", "", urgency, NOW - since, None if due is None else NOW + due)


def test_late_tasks_come_before_urgent_ones_and_urgent_ones_before_the_rest() -> None:
    late = _task(TaskKind.URGE, due=timedelta(hours=-1))
    urgent = _task(TaskKind.RECEIVE, "特急", due=timedelta(hours=5))
    soon = _task(TaskKind.RECEIVE, due=timedelta(hours=1))
    seal = _task(TaskKind.SEAL, "特急")
    old = _task(TaskKind.SEAL, since=timedelta(days=2))
    tasks = [seal, old, soon, urgent, late]
    assert sorted(tasks, key=lambda task: task.order(NOW)) == [late, urgent, soon, old, seal]


def test_coming_holidays_and_make_up_days() -> None:
    assert day_facts(CALENDAR, NOW.date()) == (
        DayFact(date(2027, 1, 1), date(2027, 1, 3), "元旦", worked=False),
        DayFact(date(2027, 1, 9), date(2027, 1, 9), "调休上班", worked=True),
    )
    assert day_facts(CALENDAR, NOW.date(), count=1)[0].name == "元旦"
    assert day_facts(WorkCalendar(), NOW.date()) == ()


def a_day(**changes: object) -> Day:
    """A working Thursday before a holiday."""
    day = Day(
        now=NOW,
        workday=True,
        name="",
        known=True,
        checks=ChecksOfDay(NOW.date(), 0, 1, 0, 1, assumed=False),
        check_times=(),
        noon=time(12),
        cutoff=None,
        counts_for=NOW.date(),
        tasks=(),
        more_tasks=0,
        tallies=Tallies(),
        facts=day_facts(CALENDAR, NOW.date()),
        next_workday=date(2027, 1, 4),
    )
    return replace(day, **changes)  # type: ignore[arg-type]


def test_each_half_day_says_whether_a_person_looked() -> None:
    from gongwen_client.ui.home.words import check_lines

    assert [state.word for _half, state in check_lines(a_day())] == ["未查收", "待查收"]
    looked = a_day(check_times=(NOW.replace(hour=9, minute=12), NOW.replace(hour=14), NOW))
    assert [state.word for _half, state in check_lines(looked)] == ["已查收 09:12", "已查收 15:00（2 次）"]
    twice = ChecksOfDay(NOW.date(), 1, 2, 0, 2, assumed=False)
    early = a_day(now=NOW.replace(hour=10), check_times=(NOW.replace(hour=9),), checks=twice)
    assert [state.word for _half, state in check_lines(early)] == ["待查收，还差 1 次", "待查收"]
    off = a_day(workday=False, checks=ChecksOfDay(NOW.date(), 0, 0, 0, 0, assumed=False))
    assert [state.word for _half, state in check_lines(off)] == ["休息日，不要求查收"]


def test_the_clock_of_the_cutoff() -> None:
    from gongwen_client.ui.home.words import cutoff_words

    day = a_day(cutoff=NOW.replace(hour=15, minute=30), counts_for=NOW.date())
    assert cutoff_words(day, NOW.astimezone(UTC))[0] == "还有 30 分"
    assert cutoff_words(day, NOW.replace(hour=13, minute=25))[0] == "还有 2 小时 05 分"
    left, meaning = cutoff_words(day, NOW.replace(hour=15, minute=30))
    assert left == "已过 15:30"
    assert "1月4日（周一）" in meaning
    assert cutoff_words(a_day(), NOW) == ("", "")


def test_the_days_to_come_stand_in_their_order() -> None:
    from gongwen_client.ui.home.words import calendar_lines, headline

    assert calendar_lines(a_day()) == (
        ("1月1日至3日", "元旦放假", False),
        ("1月4日（周一）", "下一个工作日", False),
        ("1月9日（周六）", "调休上班", True),
    )
    assert headline(a_day()) == "2026年12月31日　星期四"
    assert headline(a_day(workday=False)).endswith("休息日")
    assert headline(a_day(workday=False, name="元旦")).endswith("元旦放假")
    assert headline(a_day(name="调休上班")).endswith("调休上班")
