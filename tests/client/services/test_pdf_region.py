"""A region that exchanges PDF (Jiangmen art. 27): only a whole PDF is taken, and no seal is put on one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.exchange import RunningExchange
from fakes.units import UnitPc, circular, populate
from gongwen_client.demo.cast import SENDER
from gongwen_client.domain.drafts import StampPlace
from gongwen_crypto.errors import GongwenError, RefusedError
from gongwen_docs.draw import open_drawing
from gongwen_protocol.sentences import sentence


@pytest.fixture(scope="module")
def pc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnitPc]:
    home = tmp_path_factory.mktemp("jiangmen")
    exchange = RunningExchange(home / "exchange", profile_id="jiangmen-2008")
    populate(exchange)
    running = UnitPc(home / "pc", SENDER, exchange.url)
    running.log_in()
    yield running
    running.stop()
    exchange.stop()


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The circular as PDF."""
    path: Path = tmp_path_factory.mktemp("pdf") / "通知.pdf"
    open_drawing(circular()).export_pdf(path)
    return path.read_bytes()


def test_only_whole_documents_of_the_region_are_taken(pc: UnitPc, pdf: bytes) -> None:
    document_id = pc.office.drafts.create().document_id
    for content, code, rule in (
        (circular(), "send.body_format", "暂行办法第二十七条"),
        (pdf[: len(pdf) // 2], "draw.pdf_damaged", "暂行办法第三十三条"),
        (pdf[:40], "draw.pdf_damaged", "暂行办法第三十三条"),
    ):
        with pytest.raises(GongwenError) as refused:
            pc.office.drafts.set_body(document_id, pc.write("正文", content))
        assert refused.value.code == code
        assert sentence(refused.value).rule == rule
    assert pc.office.drafts.get(document_id).body is None
    assert pc.office.drafts.set_body(document_id, pc.write("正文.pdf", pdf)).body is not None


def test_a_seal_on_a_pdf_is_refused_before_the_key_is_touched(pc: UnitPc, pdf: bytes) -> None:
    draft = pc.compose(to=SENDER, body=pdf)
    key = pc.office.sealing.keys()[0]
    with pytest.raises(RefusedError, match=r"seal\.not_ofd"):
        pc.office.sealing.seal(draft.document_id, key.key_id, SENDER.pin, StampPlace(0, 100, 200, 42, 42))
    assert pc.office.drafts.get(draft.document_id) == draft
    assert pc.office.sealing.ledger() == []
