"""Marks from the exchange to the paper and back, in the region that prints them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp

from docs.copies.paper import Picture, pictures
from fakes.exchange import RunningExchange
from fakes.printer import FakePrinter, Fault
from fakes.proxy import FaultProxy
from fakes.secrecy import KeyCabinet
from fakes.units import UnitPc, populate
from gongwen_client.cli import main
from gongwen_client.domain.drafts import Draft
from gongwen_client.practice.cast import RECEIVER, SENDER
from gongwen_client.services.copy_marks import MarkVerdict
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_docs.copies.mark import SIDE, TOP
from gongwen_docs.ofd.values import Box
from gongwen_docs.typeset import read_circular, typeset
from gongwen_docs.typeset.circular import Block
from gongwen_protocol.messages import Recipient, RecipientRole
from gongwen_protocol.resources import resource_path
from gongwen_protocol.secrecy import ESCROW

COPIES = 2


def harmless() -> bytes:
    """The circular without its passage about secrets, which this region wants explained."""
    whole = read_circular(resource_path("documents", "qiyong-tongzhi.toml"))
    kept = tuple(
        block for block in whole.content if not (isinstance(block, Block) and "密" in block.lead + block.text)
    )
    return typeset(replace(whole, content=kept))[0]


def compose(pc: UnitPc, copies: int) -> Draft:
    """A draft that raises no question about secrets: no attachment that nobody can look into."""
    drafts = pc.office.drafts
    document_id = drafts.create().document_id
    drafts.set_body(document_id, pc.write("正文.ofd", harmless()))
    recipient = Recipient(unit_code=RECEIVER.code, role=RecipientRole.MAIN, copies=copies)
    drafts.set_recipients(document_id, (recipient,))
    return drafts.submit_for_seal(document_id)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningExchange]:
    running = RunningExchange(tmp_path_factory.mktemp("exchange") / "home", profile_id="example-2026")
    populate(running)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def pair(
    exchange: RunningExchange, shared_pc: Callable[..., UnitPc], _printer: FakePrinter
) -> tuple[UnitPc, UnitPc]:
    keys = KeyCabinet(exchange)
    for code, name in ((SENDER.code, SENDER.name), (RECEIVER.code, RECEIVER.name), (ESCROW, "示例市")):
        keys.equip(code, name)
    sender = shared_pc(SENDER, encryption=keys.holders[SENDER.code])
    receiver = shared_pc(RECEIVER, encryption=keys.holders[RECEIVER.code], printer=_printer)
    for pc in (sender, receiver):
        pc.wait_until(lambda pc=pc: bool(pc.office._store.encryption.entries()))  # type: ignore[misc]
    return sender, receiver


@pytest.fixture(scope="module")
def delivered(pair: tuple[UnitPc, UnitPc]) -> tuple[UnitPc, str]:
    sender, receiver = pair
    row = receiver.wait_for(sender.send(sender.seal(compose(sender, COPIES))))
    return receiver, row.delivery_id


def scanned(paper: bytes, folder: Path, dpi: int = 200) -> list[Picture]:
    """The printed copy on a scanner."""
    pdf = folder / "paper.pdf"
    pdf.write_bytes(paper)
    return pictures(pdf, folder, dpi)


def read_by_zxing(page: Picture) -> str:
    grey = memoryview(page.samples[1::3]).cast("B", (page.height, page.width))
    (code,) = zxingcpp.read_barcodes(grey)
    return str(code.text)


def test_each_printed_copy_carries_its_own_mark(
    delivered: tuple[UnitPc, str],
    printer: FakePrinter,
    exchange: RunningExchange,
    network: FaultProxy,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pc, delivery = delivered
    printer.tray = 1
    first, second = pc.office.printing.print_original(delivery, 2, printer.NAME)
    assert first.printed
    assert first.unmarked_pages == 0
    assert not second.printed, "the tray is empty"
    assert "缺纸" in second.problem
    printer.tray = None
    assert pc.office.printing.quota(delivery).next_numbers == (2,), "void: the same number comes again"
    (again,) = pc.office.printing.print_original(delivery, 1, printer.NAME)
    assert (again.copy_number, again.printed) == (2, True)
    pc.wait_until(lambda: pc.office.duty.waiting() == 0)
    pages = [scanned(paper, tmp_path) for paper in printer.paper]
    texts = [[read_by_zxing(page) for page in copy] for copy in pages]
    assert [len(set(copy)) for copy in texts] == [1, 1], "the same mark on each page of a copy"
    assert texts[0][0] != texts[1][0]
    marks = pc.office.copy_marks
    found = marks.check(texts[1][0])
    assert found.verdict is MarkVerdict.GENUINE
    assert (found.mark.copy_number, found.mark.attempt, found.unit_name) == (2, 2, RECEIVER.name)
    assert found.status is not None
    assert "关于做好电子公文交换平台启用工作的通知" in found.document

    # Outside the type area, to a fifth of a millimetre where it belongs.
    place = pages[0][0].dark(Box(164, 2, 44, 33))
    assert place is not None
    assert abs(place.x + place.width - 184.0) <= 0.2
    assert abs(place.y - TOP) <= 0.2
    assert abs(place.width - SIDE) <= 0.2
    assert place.y + place.height < 30.0

    # A photograph of the paper; the paper itself as PDF; the certificate alone.
    photo = tmp_path / "paper-1.png"
    subprocess.run(
        [
            "pdftoppm",
            "-r",
            "150",
            "-l",
            "1",
            "-png",
            "-singlefile",
            tmp_path / "paper.pdf",
            photo.with_suffix(""),
        ],
        check=True,
    )
    for picture in (photo, tmp_path / "paper.pdf"):
        assert marks.check_picture(picture).mark == found.mark
    certificate = tmp_path / "exchange.cer"
    certificate.write_bytes(exchange.exchange.signer.certificate_der)
    assert main(["copy-mark", "check", texts[1][0], "--certificate", str(certificate)]) == 0
    assert "无法确认" in capsys.readouterr().out
    assert main(["copy-mark", "check", "--picture", str(photo), "--certificate", str(certificate)]) == 0
    assert main(["copy-mark", "check", texts[1][0][:-3] + "AAA", "--certificate", str(certificate)]) == 1

    network.faults.down = True
    try:
        away = marks.check(texts[1][0])
        assert away.verdict is MarkVerdict.GENUINE, "this PC knows its own copy"
        assert "无法确认" in away.problem
    finally:
        network.faults.down = False


def test_a_void_copy_a_forgery_and_what_is_no_mark(
    pair: tuple[UnitPc, UnitPc], printer: FakePrinter, tmp_path: Path
) -> None:
    sender, pc = pair
    delivery = pc.wait_for(sender.send(sender.seal(compose(sender, 1)))).delivery_id
    printing, marks = pc.office.printing, pc.office.copy_marks
    texts = []
    for _attempt in range(3):
        printer.fault = Fault.CRUMPLED
        (outcome,) = printing.print_original(delivery, 1, printer.NAME)
        assert outcome.in_doubt
        texts.append(read_by_zxing(scanned(printer.paper[-1], tmp_path)[0]))
        assert marks.check(texts[-1]).verdict is MarkVerdict.UNSETTLED
        printing.resolve(outcome.ticket_id, False, "卡纸")
    printer.reset()
    void = marks.check(texts[0])
    assert void.verdict is MarkVerdict.VOID
    assert void.status is not None
    assert void.status.void_reason == "卡纸"
    with pytest.raises(RefusedError, match=r"print\.attempts_used_up"):
        printing.print_original(delivery, 1, printer.NAME)
    forged = texts[0][:60] + ("A" if texts[0][60] != "A" else "B") + texts[0][61:]
    assert marks.check(forged).verdict is MarkVerdict.FORGED
    with pytest.raises(KnownError, match=r"copy_mark\.unreadable"):
        marks.check("https://example.cn")
    blank = tmp_path / "blank.png"
    blank.write_bytes(pc.office.render.seal_pictures(pc.office.incoming.files(delivery).body.path)[0])
    with pytest.raises(KnownError, match=r"copy_mark\.not_found"):
        marks.check_picture(blank)
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 40)
    with pytest.raises(KnownError, match=r"draw\.picture_damaged"):
        marks.check_picture(broken)


def test_who_printed_is_on_record(delivered: tuple[UnitPc, str]) -> None:
    pc, delivery = delivered
    pc.wait_until(lambda: pc.office.duty.waiting() == 0)
    rows = pc.office.printing.tickets(delivery)
    assert {row.by_post for row in rows} == {"收发员"}
    assert [(row.copy_number, row.attempt, row.state.value) for row in rows] == [
        (1, 1, "printed"),
        (2, 1, "void"),
        (2, 2, "printed"),
    ]
