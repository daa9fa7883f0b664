"""故障报告: written at any time, also before log-in and without a network; sent once the exchange can be
reached; answered within the region's hours (Ordos art. 12, Jiangmen art. 38)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from gongwen_client.domain.checks import Check, CheckState
from gongwen_client.domain.faults import FaultCase
from gongwen_client.domain.intents import IntentKind
from gongwen_client.durable import write_atomically
from gongwen_client.exchange.api import in_foreground
from gongwen_client.exchange.files import disk_errors
from gongwen_client.host.clock import to_local
from gongwen_client.host.printing import PrinterPort, PrintOutcome
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.table_files import write_pdf
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError
from gongwen_docs.register import RegisterColumn, RegisterTable
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.faults import FaultFact, FaultKind, FaultList, FaultReport, FaultState

KINDS = {
    FaultKind.LOG_IN: "不能登录",
    FaultKind.RECEIVE: "不能接收公文",
    FaultKind.READ_OR_PRINT: "正文或附件不能阅读、打印",
    FaultKind.SEAL: "印章显示不正常",
    FaultKind.OTHER: "其他",
}
STATES = {FaultState.OPEN: "待答复", FaultState.ANSWERED: "已答复", FaultState.CLOSED: "已办结"}
CHECK_WORDS = {
    CheckState.OK: "正常",
    CheckState.NOTICE: "提醒",
    CheckState.FAILED: "有问题",
    CheckState.UNKNOWN: "无法确认",
}
_COLUMNS = (RegisterColumn("项目", 3.0), RegisterColumn("内容", 16.0))


class FaultService:
    """The reports of this PC; each is a row here before the exchange hears of it."""

    def __init__(self, desk: Desk, render: RenderPool, printer: PrinterPort, folder: Path) -> None:
        self._desk = desk
        self._render = render
        self._printer = printer
        self._folder = folder

    def write(
        self, kind: FaultKind, said: str, happened_at: datetime, contact: str, checks: Iterable[Check]
    ) -> FaultReport:
        """A report, not kept yet. Raises KnownError("fault.nothing_said")."""
        if not said.strip():
            raise KnownError("fault.nothing_said")
        facts = tuple(
            FaultFact(check=one.title, result=CHECK_WORDS[one.state], detail=one.said[:500]) for one in checks
        )
        return FaultReport(
            ticket_id=uuid.uuid4().hex,
            kind=kind,
            said=said.strip()[:2000],
            happened_at=happened_at,
            contact=" ".join(contact.split())[:200],
            facts=facts,
        )

    def hand_in(self, report: FaultReport) -> None:
        """Keep it and send it once the exchange can be reached by somebody who is logged in."""
        store, now = self._desk.store, self._desk.clock.now()
        with store.transaction():
            store.faults.add(report, now)
            payload = canonical_bytes(report).decode()
            store.outbox.add(IntentKind.FAULT, report.ticket_id, payload, now)
        self._desk.engine.nudge()
        self._desk.announcer.tell("faults")

    def cases(self) -> list[FaultCase]:
        """All reports that this PC knows, the newest first."""
        return [self._with_refusal(case) for case in self._desk.store.faults.list()]

    def refresh(self) -> bool:
        """Slow. Ask the exchange what became of the unit's reports; True when there is something new.

        Raises KnownError: session.*, network.*."""
        self._desk.grant()
        known = in_foreground(lambda: self._desk.api.get("/v1/faults", FaultList))
        with self._desk.store.transaction():
            changed = [self._desk.store.faults.apply(view) for view in known.faults]
        return any(changed)

    def now(self) -> datetime:
        """The exchange's time, by which answers are due."""
        offset = self._desk.engine.connection.facts.server_time_offset
        return self._desk.clock.now() + timedelta(seconds=offset)

    def save(self, case: FaultCase, target: Path) -> None:
        """Slow. Write a report to a file: plain text, or a sheet (.pdf, .ofd) to print and hand over.

        Raises KnownError("export.format_unknown") and the errors of writing."""
        suffix = target.suffix.lower()
        if suffix == ".txt":
            lines = (f"{name}：{content}" for name, content in self._lines(case))
            write_atomically(target, ("故障报告\r\n" + "\r\n".join(lines) + "\r\n").encode("utf-8-sig"))
            return
        if suffix not in (".pdf", ".ofd"):
            raise KnownError("export.format_unknown", name=target.name)
        from gongwen_docs.register.sheets import to_ofd  # fonts: not at each start

        sheet = to_ofd(self._table(case))
        if suffix == ".ofd":
            write_atomically(target, sheet)
            return
        write_pdf(sheet, target, self._render)

    def print(self, case: FaultCase, printer: str) -> PrintOutcome:
        """Slow. Print the sheet. Raises KnownError: host.*, render.*."""
        with disk_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        pdf = self._folder / f"{uuid.uuid4().hex}.pdf"
        try:
            self.save(case, pdf)
            return self._printer.print_pdf(pdf, printer, job_name="故障报告")
        finally:
            pdf.unlink(missing_ok=True)

    def _with_refusal(self, case: FaultCase) -> FaultCase:
        refusals = self._desk.store.outbox.refusals(case.report.ticket_id) if case.waits else []
        return replace(case, refusal=refusals[0]) if refusals else case

    def _table(self, case: FaultCase) -> RegisterTable:
        return RegisterTable(
            title="故障报告",
            subtitle=self._unit(case),
            columns=_COLUMNS,
            rows=list(self._lines(case)),
            foot="本报告不含公文内容、标题、口令和密码。",
        )

    def _lines(self, case: FaultCase) -> Iterator[tuple[str, str]]:
        report, view = case.report, case.view
        yield "报告编号", report.ticket_id
        yield "单位", self._unit(case)
        yield "故障类别", KINDS[report.kind]
        yield "发生时间", f"{to_local(report.happened_at):%Y-%m-%d %H:%M}"
        yield "填写时间", f"{to_local(case.written_at):%Y-%m-%d %H:%M}"
        yield "情况说明", report.said
        yield "联系方式", report.contact or "未填"
        for fact in report.facts:
            yield f"检查：{fact.check}", f"{fact.result}　{fact.detail}".strip()
        yield "签名", "经办人：　　　　　　　　单位（盖章）："
        if view is not None and view.answer:
            yield "答复", f"{STATES[view.state]}　{view.answer}"

    def _unit(self, case: FaultCase) -> str:
        if case.view is not None:
            return case.view.unit_name
        return self._desk.store.notes.get(Notes.OWNER_NAME) or "（尚未登录）"
