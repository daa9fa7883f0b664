"""What the first page says about a day: pure, so that every kind of day is easily looked at."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from gongwen_client.domain.day import Day, DayFact, Task, TaskKind
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.words import StateWord

_WEEKDAYS = "一二三四五六日"
KINDS = {
    TaskKind.RECEIVE: StateWord("待收", "inbox", Tone.INVALID),
    TaskKind.ANSWER_RETURN: StateWord("退回", "returned", Tone.INVALID),
    TaskKind.ANSWER_REQUEST: StateWord("待答复", "info", Tone.WARNING),
    TaskKind.URGE: StateWord("该催办", "urge", Tone.WARNING),
    TaskKind.SEAL: StateWord("待盖章", "seal", Tone.WARNING),
    TaskKind.SEND: StateWord("待发", "outbox", Tone.INFO),
}


def weekday(day: date) -> str:
    """星期一 … 星期日."""
    return f"星期{_WEEKDAYS[day.weekday()]}"


def short_day(day: date) -> str:
    """11月23日（周一）."""
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def headline(day: Day) -> str:
    """2026年11月23日　星期一, with what is special about the day."""
    today = day.now.date()
    words = f"{today.year}年{today.month}月{today.day}日　{weekday(today)}"
    if day.name:
        return f"{words}　{day.name}{'' if day.workday else '放假'}"
    return words if day.workday else f"{words}　休息日"


def check_lines(day: Day) -> tuple[tuple[str, StateWord], ...]:
    """For each half-day: whether a person has looked (Ordos art. 11), as (half-day, state)."""
    checks = day.checks
    if not day.workday:
        return (("今天", _day_off(day)),)
    before = [at for at in day.check_times if at.time() < day.noon]
    after = [at for at in day.check_times if at.time() >= day.noon]
    past_noon = day.now.time() >= day.noon
    return (
        ("上午", _half(before, checks.morning_wanted, running=not past_noon, over=past_noon)),
        ("下午", _half(after, checks.afternoon_wanted, running=past_noon, over=False)),
    )


def _day_off(day: Day) -> StateWord:
    wanted = day.checks.afternoon_wanted
    if wanted:
        return _half(list(day.check_times), wanted, running=True, over=False)
    return StateWord("休息日，不要求查收", "check", Tone.NEUTRAL)


def _half(times: list[datetime], wanted: int, *, running: bool, over: bool) -> StateWord:
    done = len(times)
    if done >= wanted and done:
        more = f"（{done} 次）" if done > 1 else ""
        return StateWord(f"已查收 {times[-1]:%H:%M}{more}", "check", Tone.VALID)
    if not wanted:
        return StateWord("不要求", "minus", Tone.NEUTRAL)
    left = f"，还差 {wanted - done} 次" if done else ""
    if over:
        return StateWord(f"未查收{left}", "invalid", Tone.INVALID)
    return StateWord(f"待查收{left}", "half", Tone.WARNING if running else Tone.NEUTRAL)


def cutoff_words(day: Day, now: datetime) -> tuple[str, str]:
    """The same-day cut-off (Jiangmen art. 32) as (what is left, what it means); empty where there is none."""
    if day.cutoff is None:
        return "", ""
    if now < day.cutoff:
        left = int((day.cutoff - now).total_seconds() // 60)
        return (
            f"还有 {left // 60} 小时 {left % 60:02} 分" if left >= 60 else f"还有 {left} 分",
            f"{day.cutoff:%H:%M} 前发出的公文计作今天收发。",
        )
    return f"已过 {day.cutoff:%H:%M}", f"现在发出的公文计作{short_day(next_day(day))}收发。"


def next_day(day: Day) -> date:
    """The working day for which a document counts that is sent after the cut-off."""
    return day.counts_for if day.counts_for > day.now.date() else day.next_workday


def calendar_lines(day: Day) -> tuple[tuple[str, str, bool], ...]:
    """Coming days in their order as (when, what, whether it is worked though it is a weekend)."""
    today = day.now.date()
    lines: list[tuple[date, str, str, bool]] = []
    if day.next_workday != today + timedelta(days=1):
        lines.append((day.next_workday, short_day(day.next_workday), "下一个工作日", False))
    lines += [
        (fact.first, _when(fact), fact.name if fact.worked else f"{fact.name}放假", fact.worked)
        for fact in day.facts
    ]
    return tuple((when, what, worked) for _first, when, what, worked in sorted(lines))


def _when(fact: DayFact) -> str:
    if fact.first == fact.last:
        return short_day(fact.first)
    last = (
        f"{fact.last.day}日"
        if fact.first.month == fact.last.month
        else f"{fact.last.month}月{fact.last.day}日"
    )
    return f"{fact.first.month}月{fact.first.day}日至{last}"


def task_detail(task: Task) -> str:
    """Whom a task concerns."""
    if task.kind is TaskKind.URGE:
        return task.unit if task.count == 1 else f"{task.unit}等 {task.count} 个单位未收"
    if task.kind is TaskKind.ANSWER_REQUEST:
        return f"{task.count} 项申请待答复"
    if task.kind in (TaskKind.SEAL, TaskKind.SEND):
        return f"发往 {task.count} 个单位" if task.count else "未选接收单位"
    if task.kind is TaskKind.RECEIVE and task.count:
        return f"{task.unit} · 已催办 {task.count} 次"
    return task.unit
