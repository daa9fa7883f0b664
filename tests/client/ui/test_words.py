"""Words for states, times, sizes and copies."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest

from gongwen_client.domain.drafts import DraftFinding
from gongwen_client.domain.rows import Connection, IncomingState
from gongwen_client.host.clock import LOCAL
from gongwen_client.token.keys import KeyState
from gongwen_client.ui import words
from gongwen_protocol.messages import Finding, ReceiptEvent, RecipientRole, ReturnReason
from gongwen_protocol.resources import resource_path
from gongwen_protocol.sentences import sentence
from gongwen_protocol.states import DeliveryState, DocumentState, TicketState

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=LOCAL)
"""Three in the afternoon in Beijing, wherever the PC thinks it is."""


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW.replace(hour=9, minute=12), "今天 09:12"),
        (NOW.replace(hour=16, minute=40) - timedelta(days=1), "昨天 16:40"),
        (NOW.replace(month=3, day=2, hour=10, minute=5), "03-02 10:05"),
        (NOW.replace(year=2025, month=11, day=20), "2025-11-20"),
        (None, "—"),
    ],
)
def test_times_are_said_as_people_say_them(moment: datetime | None, said: str) -> None:
    assert words.when(moment, NOW) == said


@pytest.mark.parametrize(("count", "said"), [(812, "812 B"), (34_900, "34 KB"), (1_300_000, "1.2 MB")])
def test_sizes(count: int, said: str) -> None:
    assert words.size(count) == said


def test_copies_dates_and_reasons() -> None:
    assert words.copy_number(8, 5) == "份号 8（本单位共 5 份）"
    assert words.chinese_date("2018-12-05") == "2018年12月5日"
    assert words.chinese_date("戊戌年") == "戊戌年"
    assert words.return_reason("misdirected") == "误送"
    assert words.return_reason("自拟原因") == "自拟原因"
    assert words.printer("pdf") == "存为 PDF 文件"


def test_findings_part_with_their_small_print() -> None:
    finding = DraftFinding(
        "draft.no_title", "还没有填写标题。（管理办法第九条 · draft.no_title）", blocking=True
    )
    assert words.finding_parts(finding) == ("还没有填写标题。", "管理办法第九条 · draft.no_title")
    plain = DraftFinding("x", "一句话（不是小字）", blocking=False)
    assert words.finding_parts(plain) == ("一句话（不是小字）", "")


@pytest.mark.parametrize(
    ("states", "table"),
    [
        (DocumentState, words.DOCUMENT_STATES),
        (DeliveryState, words.DELIVERY_STATES),
        (IncomingState, words.INCOMING_STATES),
        (TicketState, words.TICKET_STATES),
        (Finding, words.FINDINGS),
        (Connection, words.CONNECTIONS),
        (KeyState, words.KEY_STATES),
        (RecipientRole, words.ROLES),
        (ReturnReason, words.RETURN_REASONS),
        (ReceiptEvent, words.RECEIPT_EVENTS),
    ],
)
def test_every_state_has_its_word(states: type[StrEnum], table: dict[StrEnum, object]) -> None:
    assert set(table) == set(states)


def test_every_shape_is_an_icon_and_no_two_verdicts_share_one() -> None:
    tables = (
        words.DOCUMENT_STATES,
        words.DELIVERY_STATES,
        words.INCOMING_STATES,
        words.VERDICTS,
        words.FINDINGS,
        words.TICKET_STATES,
        words.CONNECTIONS,
        words.KEY_STATES,
    )
    for table in tables:
        for state in table.values():
            assert Path(resource_path("icons", f"{state.shape}.svg")).is_file()
    assert len({state.shape for state in words.VERDICTS.values()}) == len(words.VERDICTS)
    assert len({state.word for state in words.VERDICTS.values()}) == len(words.VERDICTS)


def test_a_sentence_that_was_kept_as_text_is_parted_again() -> None:
    said = sentence("send.urgency_not_allowed", urgency="特急", article="暂行办法第四条第（二）项")
    assert words.said_parts(str(said)) == (
        said.what + said.do,
        "暂行办法第四条第（二）项 · send.urgency_not_allowed",
    )
    assert words.said_parts("交换中心没有接受。") == ("交换中心没有接受。", "")
