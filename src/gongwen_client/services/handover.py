"""Handing a clerk's work over (交接): the list, both confirmations, the document. Posts only, no persons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from gongwen_client.domain.handover import HandedItem, HandedSection, Handover, HandoverList
from gongwen_client.domain.registers import BOOK_NAMES, Book, local_day
from gongwen_client.domain.rows import IncomingRow, IncomingState, SentRow
from gongwen_client.host.clock import to_local
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.keys import KeyCard, KeyService
from gongwen_client.services.login import LoginService
from gongwen_client.services.register_book import write_table
from gongwen_crypto.errors import GongwenError, RefusedError
from gongwen_docs.register import Align, RegisterColumn, RegisterTable
from gongwen_protocol.messages import SessionGrant
from gongwen_protocol.profile import Archiving
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DocumentState

Thing = TypeVar("Thing")
_MOST = 30
"""Lines of a section; how many there are in all stands beside its title."""
_WAITING = {
    IncomingState.PENDING: "待收",
    IncomingState.DOWNLOADING: "下载中",
    IncomingState.LOCKED: "未能解密",
    IncomingState.TO_VERIFY: "待核验",
    IncomingState.VERIFIED: "已核验，待使用",
}
_DRAFTS = {
    DocumentState.DRAFT: "草稿",
    DocumentState.AWAITING_SEAL: "待盖章",
    DocumentState.READY: "待发",
    DocumentState.SENDING: "发送中",
}
_COLUMNS = (
    RegisterColumn("交接内容", 34),
    RegisterColumn("事项", 110),
    RegisterColumn("情况", 90),
    RegisterColumn("核对", 14, Align.CENTER),
)


class HandoverService:
    """Both clerks confirm the very same list on this PC, each with their own account (ADR 0060)."""

    def __init__(self, desk: Desk, render: RenderPool, login: LoginService, keys: KeyService) -> None:
        self._desk = desk
        self._render = render
        self._login = login
        self._keys = keys

    def all(self) -> list[Handover]:
        """Newest first."""
        return self._desk.store.handovers.all()

    def prepare(self, remark: str = "") -> HandoverList:
        """Slow. What is to be handed over now."""
        desk = self._desk
        grant = desk.grant()
        sections = (
            self._incoming(),
            self._drafts(),
            self._sent(),
            self._requests(),
            self._tickets(),
            self._key_section(),
            self._registers(),
            self._duty(),
            self._account(),
        )
        return HandoverList(
            unit=grant.unit_name,
            made_at=f"{to_local(desk.clock.now()):%Y-%m-%d %H:%M}",
            from_post=grant.post,
            from_account=grant.account,
            sections=sections,
            remark=remark.strip(),
        )

    def give(self, handed: HandoverList, password: str) -> Handover:
        """Slow. The clerk who works here confirms the list with their password; from now on it is fixed.

        Raises as ``LoginService.unlock``; RefusedError("handover.other_clerk") when somebody else works here
        by now.
        """
        desk = self._desk
        if desk.grant().account != handed.from_account:
            raise RefusedError("handover.other_clerk", account=handed.from_account)
        self._proven(handed.from_account, password)
        given = desk.store.handovers.begin(handed, desk.clock.now())
        desk.announcer.tell("registers")
        return given

    def take(self, handover_id: int, account: str, password: str) -> Handover:
        """Slow. The new clerk confirms the same list with their own account and password, whoever works at
        this PC meanwhile.

        Raises as ``LoginService.vouch``; RefusedError: handover.same_account, handover.complete.
        """
        desk = self._desk
        handover = desk.store.handovers.get(handover_id)
        if handover.complete:
            raise RefusedError("handover.complete", account=handover.to_account)
        if account.strip() == handover.from_account:
            raise RefusedError("handover.same_account", account=handover.from_account)
        grant = self._proven(account.strip(), password)
        taken = desk.store.handovers.take(handover_id, grant.account, grant.post, desk.clock.now())
        desk.announcer.tell("registers")
        return taken

    def _proven(self, account: str, password: str) -> SessionGrant:
        """Who shows to be the holder of an account; the session of this PC stays what it is."""
        here = self._desk.grant()
        if account == here.account:
            return self._login.unlock(here.unit_code, account, password)
        return self._login.vouch(account, password)

    def note_disabled(self, handover_id: int) -> Handover:
        """The unit's administrator has stopped the old account; raises RefusedError("handover.not_complete")
        before both have confirmed."""
        desk = self._desk
        if not desk.store.handovers.get(handover_id).complete:
            raise RefusedError("handover.not_complete")
        noted = desk.store.handovers.note_disabled(handover_id, desk.clock.now())
        desk.announcer.tell("registers")
        return noted

    def export(self, handover: Handover, target: Path) -> None:
        """Slow. 交接清单 as PDF, OFD, Excel or CSV. Raises as ``register_book.write_table``."""
        write_table(handover_table(handover), target, self._render)

    # -- sections -------------------------------------------------------------------------------------------

    def _incoming(self) -> HandedSection:
        rows = self._desk.store.rows.incoming(tuple(_WAITING))
        return _section(
            "待收、待核验公文", rows, self._incoming_item, "接收人登录后按应收时限逐件核验、接收。"
        )

    @staticmethod
    def _incoming_item(row: IncomingRow) -> HandedItem:
        sent = f"{to_local(row.sent_at):%m-%d %H:%M} 发送"
        urgency = f"{row.elements.urgency}，" if row.elements.urgency else ""
        return HandedItem(
            name=f"{row.sender_name}《{row.elements.title}》{row.elements.doc_number}",
            detail=f"{urgency}{_WAITING[row.state]}，{sent}",
        )

    def _drafts(self) -> HandedSection:
        rows = [draft for state in _DRAFTS for draft in self._desk.store.drafts.list(state)]
        return _section(
            "草稿、待盖章、待发公文",
            rows,
            lambda draft: HandedItem(
                name=f"《{draft.elements.title or '未填标题'}》{draft.elements.doc_number}",
                detail=f"{_DRAFTS[draft.state]}，接收单位 {len(draft.recipients)} 个",
            ),
            "留在本机，接收人登录后继续办理。",
        )

    def _sent(self) -> HandedSection:
        waiting = (DocumentState.SENT, DocumentState.PARTLY_RECEIVED)
        rows = [row for row in self._desk.store.rows.sent() if row.state in waiting]
        return _section(
            "已发未收齐、被退回公文",
            rows,
            _sent_item,
            f"接收人跟踪接收情况，及时催办{self._cited('reminders')}。",
        )

    def _requests(self) -> HandedSection:
        asked = [row for row in self._desk.store.rows.sent() if row.open_requests]
        own = [row for row in self._desk.store.rows.incoming(None) if row.open_requests]
        items = [
            HandedItem(
                name=f"《{row.elements.title}》", detail=f"其他单位的申请 {row.open_requests} 项待答复"
            )
            for row in asked
        ]
        items += [
            HandedItem(name=f"《{row.elements.title}》", detail=f"本单位的申请 {row.open_requests} 项待答复")
            for row in own
        ]
        waiting = self._desk.store.outbox.count_pending()
        if waiting:
            items.append(HandedItem(name="尚未送达交换中心的操作", detail=f"{waiting} 项，联网后自动送达"))
        return _section("追加份数、重发等申请", items, lambda item: item)

    def _tickets(self) -> HandedSection:
        return _section(
            "未了结的打印份号",
            self._desk.store.tickets.open(),
            lambda ticket: HandedItem(
                name=self._desk.store.documents.get(ticket.document_id).elements.title,
                detail=f"份号 {ticket.copy_number}（本单位共 {ticket.copies} 份），"
                f"{ticket.printer}，须查明结果",
            ),
            "查明后在“打印记录”中确认，作废的份号收回原纸。",
        )

    def _key_section(self) -> HandedSection:
        try:
            cards: Sequence[KeyCard] = self._keys.look().cards
        except GongwenError as error:
            item = HandedItem(name="秘钥盘未能读取", detail=sentence(error).what)
            return _section("印章秘钥盘及保管", [item], lambda one: one)
        return _section(
            "印章秘钥盘及保管",
            cards,
            _key_item,
            "当面点交秘钥盘；接收人当场更换口令，并在“印章与秘钥盘”中登记新的保管岗位"
            f"{self._cited('seal_custody')}。",
        )

    def _registers(self) -> HandedSection:
        desk, today = self._desk, local_day(self._desk.clock.now())
        year = today.year
        items = [
            HandedItem(
                name=f"{year} 年{BOOK_NAMES[book]}",
                detail=f"末号 {desk.store.registers.last_number(book, year)}",
            )
            for book in Book
        ]
        uses = desk.store.seal_uses.count_begun(year)
        items.append(HandedItem(name=f"{year} 年用印台账", detail=f"用印 {uses} 次"))
        signed = desk.store.rules.in_force()
        months = (Archiving() if signed is None else signed.archives).within_months
        counts = desk.store.archive.counts(today, months)
        items.append(
            HandedItem(
                name="待归档公文",
                detail=f"{counts.waiting} 件，30 天内到期 {counts.soon} 件，已超期 {counts.overdue} 件",
            )
        )
        held = desk.store.evidence.checkpoint()
        if held is not None:
            items.append(
                HandedItem(
                    name="交换中心回执日志", detail=f"本机核对至第 {held.checkpoint.size} 条，全部保存在本机"
                )
            )
        return _section("登记簿末号、台账和回执", items, lambda item: item, "登记簿打印成册的，一并移交。")

    def _duty(self) -> HandedSection:
        last = self._desk.store.attended.last()
        told = "尚无记录" if last is None else f"{to_local(last):%Y-%m-%d %H:%M}"
        item = HandedItem(name="最近一次人工查收", detail=told)
        return _section(
            "值守",
            [item],
            lambda one: one,
            f"自接收确认起，每个工作日的查收由接收人负责{self._cited('daily_checks')}。",
        )

    def _account(self) -> HandedSection:
        grant = self._desk.grant()
        item = HandedItem(name=f"账号 {grant.account}（{grant.post}）", detail="密码不移交")
        return _section(
            "账号",
            [item],
            lambda one: one,
            "一人一账号：接收人使用自己的账号，原账号由单位系统管理员停用"
            f"{self._cited('password_first_change')}。",
        )

    def _cited(self, rule: str) -> str:
        """The region's own article, where it has one."""
        article = self._desk.profile().article_of(rule)
        return f"（{article}）" if article else ""


def handover_table(handover: Handover) -> RegisterTable:
    """交接清单 as a table of three columns and one to tick; who confirmed stands at its end."""
    handed = handover.list
    rows: list[tuple[str, ...]] = []
    for section in handed.sections:
        title = f"{section.title}\n（{section.total} 项）"
        if not section.items:
            rows.append((title, "无", "", ""))
        for number, item in enumerate(section.items):
            rows.append((title if number == 0 else "", item.name, item.detail, ""))
        if section.total > len(section.items):
            rows.append(("", f"其余 {section.total - len(section.items)} 项见本机列表", "", ""))
        if section.note:
            rows.append(("", f"交接要求：{section.note}", "", ""))
    if handed.remark:
        rows.append(("备注", handed.remark, "", ""))
    rows.append(
        (
            "移交人",
            f"{handover.from_post}（账号 {handover.from_account}）",
            f"{_at(handover.from_at)} 在本机登录确认",
            "",
        )
    )
    taken = f"{_at(handover.to_at)} 在本机登录确认" if handover.to_at is not None else "尚未确认"
    who = f"{handover.to_post}（账号 {handover.to_account}）" if handover.to_account else ""
    rows.append(("接收人", who, taken, ""))
    rows.append(("签字（纸质存档）", "移交人：\n\n接收人：", "监交人：\n\n日期：", ""))
    return RegisterTable(
        title="交接清单",
        subtitle=f"{handed.unit}　　{handed.made_at}　　第 {handover.handover_id} 号",
        columns=_COLUMNS,
        rows=rows,
        foot=f"清单摘要（SM3）{handover.digest[:32]}…",
    )


def _section(
    title: str, rows: Sequence[Thing], item_of: Callable[[Thing], HandedItem], note: str = ""
) -> HandedSection:
    items = tuple(item_of(row) for row in rows[:_MOST])
    return HandedSection(title=title, items=items, total=len(rows), note=note)


def _sent_item(row: SentRow) -> HandedItem:
    returned = f"，退回 {row.returned}" if row.returned else ""
    return HandedItem(
        name=f"《{row.elements.title}》{row.elements.doc_number}",
        detail=f"已接收 {row.received}/{row.total}{returned}，{to_local(row.sent_at):%m-%d} 发送",
    )


def _key_item(card: KeyCard) -> HandedItem:
    custody = card.custody
    keepers = [
        f"载体保管：{custody.carrier_holder or '未登记'}",
        f"口令保管：{custody.pin_holder or '未登记'}",
    ]
    if custody.second_pin_holder:
        keepers.append(f"第二段口令：{custody.second_pin_holder}")
    keepers.append(f"证书剩余 {card.days_left} 天")
    return HandedItem(name=f"{card.name}　编号 {card.key.serial}", detail="，".join(keepers))


def _at(moment: datetime) -> str:
    return f"{to_local(moment):%Y-%m-%d %H:%M}"
