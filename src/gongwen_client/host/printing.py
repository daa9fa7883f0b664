"""Printers: hand over one PDF, and say honestly what became of it.

A printed original is counted (print tickets), so the outcome matters more than the printing: a copy is
PRINTED only when the spooler says that the job is through, NOT_PRINTED only when surely nothing came out,
and IN_DOUBT otherwise; the person with the paper decides then.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from gongwen_client.durable import write_atomically
from gongwen_crypto.errors import KnownError


class PrintResult(StrEnum):
    """What became of a job."""

    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    IN_DOUBT = "in_doubt"


class PrinterState(StrEnum):
    """What a printer says of itself; UNKNOWN where it says nothing."""

    READY = "ready"
    BUSY = "busy"
    OFFLINE = "offline"
    NO_PAPER = "no_paper"
    JAM = "jam"
    DOOR_OPEN = "door_open"
    NO_INK = "no_ink"
    STOPPED = "stopped"
    UNKNOWN = "unknown"

    @property
    def can_print(self) -> bool:
        """Whether a page given to it now may come out soon."""
        return self in (PrinterState.READY, PrinterState.BUSY, PrinterState.UNKNOWN)

    @property
    def in_words(self) -> str:
        """For people."""
        return _STATE_WORDS[self]


_STATE_WORDS = {
    PrinterState.READY: "就绪",
    PrinterState.BUSY: "正在打印",
    PrinterState.OFFLINE: "未连接",
    PrinterState.NO_PAPER: "缺纸",
    PrinterState.JAM: "卡纸",
    PrinterState.DOOR_OPEN: "盖板未关",
    PrinterState.NO_INK: "缺墨粉",
    PrinterState.STOPPED: "已停用",
    PrinterState.UNKNOWN: "状态未知",
}


class Sides(StrEnum):
    """One or both sides of the paper; GB/T 9704-2012, 6.3: documents are printed on both."""

    ONE = "one-sided"
    BOTH = "two-sided-long-edge"
    BOTH_SHORT_EDGE = "two-sided-short-edge"


@dataclass(frozen=True)
class Printer:
    """A printer to choose. ``virtual`` ones write files; originals may be refused there by policy."""

    name: str
    title: str
    virtual: bool = False
    state: PrinterState = PrinterState.UNKNOWN

    @property
    def ready(self) -> bool:
        """Whether something can be printed there now, as far as is known."""
        return self.state.can_print


@dataclass(frozen=True)
class PrintOutcome:
    """``code`` has its sentence and is empty for PRINTED; ``file`` is where a virtual printer wrote."""

    result: PrintResult
    printer: str
    job: str = ""
    code: str = ""
    reason: str = ""
    file: Path | None = None


class PrinterPort(Protocol):
    """A way to the printers of this PC."""

    def printers(self) -> tuple[Printer, ...]:
        """The printers there are, the default one first."""

    def print_pdf(
        self,
        pdf: Path,
        printer: str,
        *,
        sides: Sides = Sides.BOTH,
        job_name: str = "公文",
        timeout: float = 120.0,
    ) -> PrintOutcome:
        """Print ``pdf`` once, at 100 % on A4 in colour; wait up to ``timeout`` s for the spooler's word.

        ``job_name`` shows in queues that others can read: no document titles. Raises
        KnownError("host.no_printer") or KnownError("host.printer_refused"): nothing was printed then.
        """


class PdfPrinter:
    """A printer of files for where no printer is: numbered PDFs in a folder, as many as copies."""

    NAME = "pdf"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def printers(self) -> tuple[Printer, ...]:
        """The one virtual printer."""
        return (Printer(self.NAME, "保存为 PDF 文件", virtual=True, state=PrinterState.READY),)

    def print_pdf(
        self,
        pdf: Path,
        printer: str,
        *,
        sides: Sides = Sides.BOTH,
        job_name: str = "公文",
        timeout: float = 120.0,
    ) -> PrintOutcome:
        """Copy the file under the next free number. Raises the errors of writing."""
        if printer != self.NAME:
            raise KnownError("host.no_printer", printer=printer)
        try:
            content = pdf.read_bytes()
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._write_next(content)
        except OSError as error:
            raise KnownError("host.printer_refused", printer=printer, reason=str(error)) from error
        return PrintOutcome(PrintResult.PRINTED, printer, job=file.stem, file=file)

    def _write_next(self, content: bytes) -> Path:
        number = 1 + max((_number(path) for path in self._folder.glob("打印-*.pdf")), default=0)
        while True:
            path = self._folder / f"打印-{number:04d}.pdf"
            try:
                path.open("xb").close()  # the number is ours alone from here on
            except FileExistsError:
                number += 1
                continue
            try:
                write_atomically(path, content)
            except KnownError:
                path.unlink(missing_ok=True)
                raise
            return path


class AllPrinters:
    """Several ways under one roof; a printer belongs to the first way that has it."""

    def __init__(self, *ports: PrinterPort) -> None:
        self._ports = ports

    def printers(self) -> tuple[Printer, ...]:
        """All printers in the order of the ways."""
        return tuple(printer for port in self._ports for printer in port.printers())

    def print_pdf(
        self,
        pdf: Path,
        printer: str,
        *,
        sides: Sides = Sides.BOTH,
        job_name: str = "公文",
        timeout: float = 120.0,
    ) -> PrintOutcome:
        """Print where the printer is."""
        for port in self._ports:
            if any(known.name == printer for known in port.printers()):
                return port.print_pdf(pdf, printer, sides=sides, job_name=job_name, timeout=timeout)
        raise KnownError("host.no_printer", printer=printer)


def open_printers(pdf_folder: Path) -> PrinterPort:
    """The system's printers, and files in ``pdf_folder`` after them."""
    ports: list[PrinterPort] = []
    if sys.platform == "win32":
        from gongwen_client.host.printing_windows import WindowsPrinter

        ports.append(WindowsPrinter())
    elif shutil.which("lp") and shutil.which("lpstat"):
        from gongwen_client.host.printing_cups import CupsPrinter

        ports.append(CupsPrinter())
    return AllPrinters(*ports, PdfPrinter(pdf_folder))


def _number(path: Path) -> int:
    digits = path.stem.removeprefix("打印-")
    return int(digits) if digits.isdecimal() else 0
