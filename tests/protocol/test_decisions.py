"""Decisions: the same facts, judged by each region."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gongwen_crypto.errors import RefusedError
from gongwen_protocol.decisions import (
    ALLOWED,
    Refused,
    SendFacts,
    may_accept,
    may_print,
    may_return,
    may_send,
    password_is_due,
    use_receives,
)
from gongwen_protocol.messages import CheckResult, Finding, ReturnReason, ReturnRequest
from gongwen_protocol.profile import load_profile
from gongwen_protocol.states import DeliveryState

ORDOS = load_profile("ordos-2018")
JIANGMEN = load_profile("jiangmen-2008")
PLAIN = SendFacts(body_format="OFD", size=1000, urgency="", texts=("关于防汛的通知",), copies=(1,))
CHECKS = CheckResult(
    body=Finding.OK, attachments=Finding.OK, seal=Finding.OK, layout=Finding.OK, body_digest="a" * 64
)


def test_a_plain_document_may_be_sent() -> None:
    assert may_send(ORDOS, PLAIN) is ALLOWED
    assert may_send(JIANGMEN, replace(PLAIN, body_format="PDF")) is ALLOWED


@pytest.mark.parametrize(
    ("facts", "code", "article"),
    [
        (replace(PLAIN, body_format="PDF"), "send.body_format", "管理办法第二条"),
        (replace(PLAIN, body_format=""), "send.body_format", "管理办法第二条"),
        (replace(PLAIN, size=100 * 2**20 + 1), "send.too_large", "管理办法第七条"),
        (replace(PLAIN, urgency="火急"), "send.urgency_not_allowed", "管理办法第九条"),
        (replace(PLAIN, texts=("机密★一年",)), "send.forbidden_mark", "管理办法第十九条"),
        (replace(PLAIN, texts=("秘 密 ★ 长期",)), "send.forbidden_mark", "管理办法第十九条"),
    ],
)
def test_ordos_refuses(facts: SendFacts, code: str, article: str) -> None:
    decision = may_send(ORDOS, facts)
    assert isinstance(decision, Refused)
    assert (decision.code, decision.article) == (code, article)


def test_a_document_about_secrecy_is_no_secret() -> None:
    assert may_send(ORDOS, replace(PLAIN, texts=("关于加强机密文件管理的通知",))) is ALLOWED


def test_the_limit_itself_is_allowed() -> None:
    assert may_send(ORDOS, replace(PLAIN, size=100 * 2**20)) is ALLOWED


@pytest.mark.parametrize(
    ("facts", "code", "article"),
    [
        (PLAIN, "send.body_format", "暂行办法第二十七条"),
        (
            replace(PLAIN, body_format="PDF", urgency="特急"),
            "send.urgency_not_allowed",
            "暂行办法第四条第（二）项",
        ),
        (replace(PLAIN, body_format="PDF", copies=(0, 0)), "send.copies_missing", "暂行办法第三十条"),
    ],
)
def test_jiangmen_refuses(facts: SendFacts, code: str, article: str) -> None:
    decision = may_send(JIANGMEN, facts)
    assert isinstance(decision, Refused)
    assert (decision.code, decision.article) == (code, article)


def test_acceptance_needs_the_same_document_and_no_failed_check() -> None:
    assert may_accept(ORDOS, CHECKS, "a" * 64) is ALLOWED
    assert may_accept(ORDOS, CHECKS.model_copy(update={"seal": Finding.UNKNOWN}), "a" * 64) is ALLOWED
    other = may_accept(ORDOS, CHECKS, "b" * 64)
    failed = may_accept(ORDOS, CHECKS.model_copy(update={"seal": Finding.FAILED}), "a" * 64)
    assert isinstance(other, Refused)
    assert isinstance(failed, Refused)
    assert (other.code, failed.code) == ("accept.other_document", "accept.check_failed")
    with pytest.raises(RefusedError) as refusal:
        failed.require()
    assert refusal.value.facts == {"article": "管理办法第十条"}


def test_an_unlisted_reason_needs_words() -> None:
    assert may_return(ORDOS, ReturnRequest(reason=ReturnReason.MISDIRECTED)) is ALLOWED
    assert may_return(ORDOS, ReturnRequest(reason=ReturnReason.OTHER, note="收文单位已撤并")) is ALLOWED
    assert isinstance(may_return(ORDOS, ReturnRequest(reason=ReturnReason.OTHER, note=" ")), Refused)


@pytest.mark.parametrize(
    ("state", "ordos", "jiangmen"),
    [
        (DeliveryState.DELIVERED, False, False),
        (DeliveryState.VIEWED, False, False),
        (DeliveryState.VERIFIED, True, True),
        (DeliveryState.RECEIVED, True, True),
        (DeliveryState.RETURNED, False, False),
    ],
)
def test_when_originals_may_be_printed(state: DeliveryState, ordos: bool, jiangmen: bool) -> None:
    assert (may_print(ORDOS, state) is ALLOWED) is ordos
    assert (may_print(JIANGMEN, state) is ALLOWED) is jiangmen


def test_where_the_first_print_is_the_acceptance_it_needs_none_before() -> None:
    assert may_print(load_profile("example-2026"), DeliveryState.DELIVERED) is ALLOWED


def test_first_print_is_the_receipt_in_jiangmen_only() -> None:
    assert use_receives(JIANGMEN, DeliveryState.VIEWED)
    assert not use_receives(JIANGMEN, DeliveryState.RECEIVED)
    assert not use_receives(ORDOS, DeliveryState.VIEWED)


def test_passwords_age_in_ordos() -> None:
    now = datetime(2025, 6, 30, tzinfo=UTC)
    assert password_is_due(ORDOS, now - timedelta(days=180), now)
    assert not password_is_due(ORDOS, now - timedelta(days=179), now)
    assert not password_is_due(JIANGMEN, now - timedelta(days=5000), now)
