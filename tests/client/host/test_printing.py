"""Printers: what came out is told, and doubt is called doubt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fakes.cups import FakeCups
from fakes.printer import FakePrinter, Fault
from gongwen_client.durable import write_atomically
from gongwen_client.host import printing
from gongwen_client.host.printing import (
    AllPrinters,
    PdfPrinter,
    PrinterPort,
    PrintResult,
    Sides,
    open_printers,
)
from gongwen_client.host.printing_cups import CupsPrinter
from gongwen_crypto.errors import KnownError


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "in.pdf"
    path.write_bytes(b"%PDF-1.7 copy")
    return path


@pytest.fixture
def cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCups:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return FakeCups(folder)


def test_files_are_numbered_and_never_overwritten(pdf: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    port: PrinterPort = PdfPrinter(folder)
    first = port.print_pdf(pdf, "pdf")
    second = PdfPrinter(folder).print_pdf(pdf, "pdf")
    assert (first.result, first.file) == (PrintResult.PRINTED, folder / "打印-0001.pdf")
    assert second.file == folder / "打印-0002.pdf"
    assert {path.read_bytes() for path in folder.iterdir()} == {pdf.read_bytes()}


def test_a_full_disk_leaves_no_half_copy(pdf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise KnownError("host.disk_full", folder=str(path.parent))

    monkeypatch.setattr(printing, "write_atomically", full)
    with pytest.raises(KnownError, match=r"host\.disk_full"):
        PdfPrinter(tmp_path / "out").print_pdf(pdf, "pdf")
    assert list((tmp_path / "out").iterdir()) == []
    monkeypatch.setattr(printing, "write_atomically", write_atomically)
    assert PdfPrinter(tmp_path / "out").print_pdf(pdf, "pdf").job == "打印-0001"


def test_cups_printers_with_the_default_first(cups: FakeCups) -> None:
    found = CupsPrinter().printers()
    assert [(p.name, p.virtual, p.state.value, p.ready) for p in found] == [
        ("HP", False, "ready", True),
        ("Alt", False, "stopped", False),
        ("Cups-PDF", True, "ready", True),
        ("Neu", False, "busy", True),
        ("Weit", False, "offline", False),
    ]


def test_cups_prints_at_true_size(cups: FakeCups, pdf: Path) -> None:
    outcome = CupsPrinter(poll=0).print_pdf(pdf, "HP", sides=Sides.ONE, job_name="票号 12-2")
    assert (outcome.result, outcome.job) == (PrintResult.PRINTED, "HP-7")
    line = next(call for call in cups.calls() if call.startswith("lp "))
    for part in ("-n 1", "media=A4", "print-scaling=none", "fit-to-page=false", "number-up=1"):
        assert part in line
    for part in ("sides=one-sided", "print-color-mode=color", "-t 票号 12-2"):
        assert part in line
    CupsPrinter(poll=0).print_pdf(pdf, "HP")
    assert "sides=two-sided-long-edge" in "".join(cups.calls())


def test_cups_doubt(cups: FakeCups, pdf: Path) -> None:
    cups.play("aborts")
    outcome = CupsPrinter(poll=0).print_pdf(pdf, "HP")
    assert (outcome.result, outcome.reason) == (PrintResult.IN_DOUBT, "aborted-by-system")
    cups.play("stuck")
    outcome = CupsPrinter(poll=0).print_pdf(pdf, "HP", timeout=0.3)
    assert (outcome.result, outcome.reason) == (PrintResult.IN_DOUBT, "timeout")
    assert "cancel HP-7" in cups.calls()


def test_cups_what_was_never_begun_did_not_come_out(cups: FakeCups, pdf: Path) -> None:
    cups.play("waits")
    outcome = CupsPrinter(poll=0).print_pdf(pdf, "HP", timeout=0.3)
    assert (outcome.result, outcome.code) == (PrintResult.NOT_PRINTED, "host.printer_not_ready")
    assert outcome.reason == "缺纸"


def test_cups_refusals_print_nothing(cups: FakeCups, pdf: Path) -> None:
    with pytest.raises(KnownError, match=r"host\.no_printer"):
        CupsPrinter().print_pdf(pdf, "Nirgends")
    cups.play("refuses")
    with pytest.raises(KnownError, match=r"host\.printer_refused"):
        CupsPrinter().print_pdf(pdf, "HP")


def test_all_printers_under_one_roof(cups: FakeCups, pdf: Path, tmp_path: Path) -> None:
    port = open_printers(tmp_path / "out")
    assert [printer.name for printer in port.printers()] == ["HP", "Alt", "Cups-PDF", "Neu", "Weit", "pdf"]
    assert port.print_pdf(pdf, "HP").result is PrintResult.PRINTED
    assert port.print_pdf(pdf, "pdf").file == tmp_path / "out" / "打印-0001.pdf"
    with pytest.raises(KnownError, match=r"host\.no_printer"):
        port.print_pdf(pdf, "x")


def test_without_a_spooler_files_remain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pdf: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [printer.name for printer in open_printers(tmp_path / "out").printers()] == ["pdf"]
    assert CupsPrinter().printers() == ()
    with pytest.raises(KnownError, match=r"host\.printer_refused"):
        CupsPrinter().print_pdf(pdf, "HP")


def test_the_faulty_printer_of_the_tests(pdf: Path) -> None:
    printer = FakePrinter()
    port = AllPrinters(printer)
    expected = {Fault.NONE: PrintResult.PRINTED, Fault.NO_PAPER: PrintResult.NOT_PRINTED}
    expected[Fault.JAM] = PrintResult.IN_DOUBT
    for fault, result in expected.items():
        printer.fault = fault
        assert port.print_pdf(pdf, FakePrinter.NAME).result is result
    printer.fault = Fault.OFFLINE
    assert not port.printers()[0].ready
    with pytest.raises(KnownError, match=r"host\.printer_refused"):
        port.print_pdf(pdf, FakePrinter.NAME)
    assert len(printer.paper) == 1
