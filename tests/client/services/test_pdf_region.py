"""A region that exchanges PDF (Jiangmen art. 27): only a whole PDF is taken; it is sealed, sent, verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.exchange import RunningExchange
from fakes.units import UnitPc, circular, populate
from gongwen_client.domain.seal_ledger import LedgerStep
from gongwen_client.practice.cast import RECEIVER, SENDER, DemoUnit
from gongwen_client.services.stamping import require_sealable_format
from gongwen_crypto.errors import GongwenError, RefusedError
from gongwen_docs.draw import open_drawing
from gongwen_protocol.profile import load_profile
from gongwen_protocol.sentences import sentence


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path_factory.mktemp("jiangmen"), profile_id="jiangmen-2008")
    populate(running)
    yield running
    running.stop()


def at_desk(unit: DemoUnit, exchange: RunningExchange, home: Path) -> Iterator[UnitPc]:
    running = UnitPc(home, unit, exchange.url)
    running.log_in()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def pc(exchange: RunningExchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnitPc]:
    yield from at_desk(SENDER, exchange, tmp_path_factory.mktemp("sender"))


@pytest.fixture(scope="module")
def other(exchange: RunningExchange, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UnitPc]:
    yield from at_desk(RECEIVER, exchange, tmp_path_factory.mktemp("receiver"))


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


def test_a_sealed_pdf_travels_and_is_verified(pc: UnitPc, other: UnitPc, pdf: bytes) -> None:
    ready = pc.seal(pc.compose(to=RECEIVER, body=pdf))
    assert ready.body is not None
    assert ready.body.path.read_bytes().startswith(pdf), "every byte before the seal stays"
    use = pc.office.seal_ledger.state().uses[-1]
    assert (use.result, use.seal_name) == (LedgerStep.SEALED, SENDER.name)
    row = other.wait_for(pc.send(ready))
    verification = other.office.incoming.verify(row.delivery_id)
    assert verification.report["verdict"] == "valid", verification.report["codes"]
    assert verification.report["signatures"][0]["seal"]["name"] == SENDER.name  # type: ignore[index]


def test_a_pdf_is_sealed_where_the_region_exchanges_pdf(pc: UnitPc, pdf: bytes) -> None:
    draft = pc.compose(to=SENDER, body=pdf)
    key = pc.office.sealing.keys()[0]
    place = pc.office.sealing.suggest(draft.document_id, key.key_id)
    assert place.confident, "the date line is found in a PDF, too"
    sealed = pc.office.sealing.seal(draft.document_id, key.key_id, SENDER.pin, place)
    assert sealed.body is not None
    trust, now = pc.office.settings.trust_dir, datetime.now(UTC)
    report = pc.office.render.verify(sealed.body.path, trust_dir=trust, now=now)
    assert report["verdict"] == "valid", report
    state = pc.office.seal_ledger.state()
    assert state.whole
    use = state.uses[-1]
    assert (use.result, use.sealed_digest) == (LedgerStep.SEALED, sealed.body.digest)


def test_what_the_region_does_not_exchange_is_not_sealed(pc: UnitPc, tmp_path: Path) -> None:
    """Bodies are taken in with their format checked; sealing checks it again."""
    rules = load_profile("jiangmen-2008")
    for content, code in ((circular(), "send.body_format"), (b"a letter", "seal.not_fixed_layout")):
        path = tmp_path / "正文"
        path.write_bytes(content)
        with pytest.raises(RefusedError) as refused:
            require_sealable_format(path, rules)
        assert refused.value.code == code
