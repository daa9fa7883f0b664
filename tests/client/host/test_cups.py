"""The real spooler: what it says of a job is what came out."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import real_cups
from fakes.real_cups import QUEUE, RealCups
from gongwen_client.host.printing import PrinterState, PrintResult, Sides
from gongwen_client.host.printing_cups import CupsPrinter

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture(scope="module")
def cups() -> Iterator[RealCups]:
    place = real_cups.root()
    if place is None:
        pytest.skip("no cupsd on this machine; GONGWEN_CUPS_ROOT names an unpacked one")
    home = Path(tempfile.mkdtemp(prefix="cups"))  # short: names of sockets are
    try:
        with real_cups.running(home, place) as spooler, pytest.MonkeyPatch.context() as patch:
            for name in ("CUPS_SERVER", "PATH"):
                patch.setenv(name, spooler.environment[name])
            yield spooler
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "copy.pdf"
    path.write_bytes(PDF)
    return path


def test_a_copy_that_came_out_is_told_and_was_not_scaled(cups: RealCups, pdf: Path) -> None:
    cups.play("prints")
    before = len(cups.paper())
    outcome = CupsPrinter(poll=0.05).print_pdf(pdf, QUEUE, sides=Sides.ONE)
    assert outcome.result is PrintResult.PRINTED
    assert cups.paper()[before:] == [PDF]
    options = cups.options()[-1].split()
    assert {"sides=one-sided", "print-scaling=none", "nofit-to-page", "media=A4"} <= set(options)


def test_a_job_that_was_given_up_is_in_doubt(cups: RealCups, pdf: Path) -> None:
    cups.play("fails")
    outcome = CupsPrinter(poll=0.05).print_pdf(pdf, QUEUE)
    assert (outcome.result, outcome.reason) == (PrintResult.IN_DOUBT, "aborted")


def test_an_empty_tray_is_told_and_the_job_taken_back(cups: RealCups, pdf: Path) -> None:
    cups.play("no_paper")
    before = len(cups.paper())
    outcome = CupsPrinter(poll=0.05).print_pdf(pdf, QUEUE, timeout=1.0)
    # The spooler had begun with it, so only a person knows; the job is gone from the queue all the same.
    assert (outcome.result, outcome.reason) == (PrintResult.IN_DOUBT, PrinterState.NO_PAPER.in_words)
    (printer,) = CupsPrinter().printers()
    assert not printer.ready
    # A second one is never begun: the queue stands still. It surely did not come out.
    outcome = CupsPrinter(poll=0.05).print_pdf(pdf, QUEUE, timeout=1.0)
    assert (outcome.result, outcome.reason) == (PrintResult.NOT_PRINTED, PrinterState.NO_PAPER.in_words)
    cups.play("prints")
    assert CupsPrinter(poll=0.05).print_pdf(pdf, QUEUE).result is PrintResult.PRINTED
    assert len(cups.paper()) == before + 1, "what was taken back did not come out afterwards"
