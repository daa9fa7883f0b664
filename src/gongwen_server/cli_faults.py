"""Commands about fault reports: what waits for an answer, and answering it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from gongwen_protocol.faults import FaultAnswer, FaultKind, FaultState, FaultView
from gongwen_server.services import administration, faults
from gongwen_server.services.ledger import Ledger
from gongwen_server.services.rules import SYSTEM

Add = Callable[[str, Callable[[argparse.Namespace], None], str], argparse.ArgumentParser]
KINDS = {
    FaultKind.LOG_IN: "不能登录",
    FaultKind.RECEIVE: "不能接收",
    FaultKind.READ_OR_PRINT: "正文或附件不能阅读、打印",
    FaultKind.SEAL: "印章显示不正常",
    FaultKind.OTHER: "其他",
}
STATES = {FaultState.OPEN: "待答复", FaultState.ANSWERED: "已答复", FaultState.CLOSED: "已办结"}


def add_commands(add: Add) -> None:
    """``add(name, run, help)`` makes a command with its --home."""
    listed = add("list", _list, "reports of units, the newest first")
    listed.add_argument("--open", action="store_true", help="only those that are not closed")
    shown = add("show", _show, "one report with the automatic checks")
    shown.add_argument("ticket")
    answered = add("answer", _answer, "answer a report")
    answered.add_argument("ticket")
    answered.add_argument("text")
    answered.add_argument("--close", action="store_true", help="the cause is mended")


def _list(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        found = faults.to_answer(exchange, None, open_only=options.open)
        form = exchange.profile.article_of("outage_notice")
    for fault in found.faults:
        late = (
            fault.due_at is not None and fault.state is FaultState.OPEN and fault.due_at < found.server_time
        )
        print(f"{_line(fault)}{f'  已逾期，请另行书面通知（{form}）' if late else ''}")


def _line(fault: FaultView) -> str:
    due = "" if fault.due_at is None else f"  应于 {fault.due_at:%Y-%m-%d %H:%M} UTC 前答复"
    return (
        f"{fault.ticket_id}  {STATES[fault.state]}  {fault.handed_in_at:%Y-%m-%d %H:%M} UTC  "
        f"{fault.unit_name}  {KINDS[fault.kind]}{due}"
    )


def _show(options: argparse.Namespace) -> None:
    with administration.opened(options.home) as exchange:
        fault = faults.one(exchange, options.ticket)
    print(_line(fault))
    print(f"{fault.by_post}：{fault.said}")
    if fault.contact:
        print(f"联系方式：{fault.contact}")
    for fact in fault.facts:
        print(f"  {fact.check}：{fact.result}{f'（{fact.detail}）' if fact.detail else ''}")
    if fault.answer:
        print(f"{fault.answered_by} 答复：{fault.answer}")


def _answer(options: argparse.Namespace) -> None:
    said = FaultAnswer(answer=options.text, closed=options.close)
    with administration.opened(options.home) as exchange, exchange.writing() as session:
        ledger = Ledger(exchange, session)
        fault = faults.answer(ledger, SYSTEM, None, options.ticket, said)
        ledger.close()
    print(f"{STATES[fault.state]}：{fault.unit_name}")
