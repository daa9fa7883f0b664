"""Printing on Windows, best effort: the program registered for PDF prints, and never reports back.

The outcome is therefore always IN_DOUBT and the person with the paper confirms it. A direct way through the
spooler needs rendered pages and is a later step.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gongwen_client.host.printing import Printer, PrinterState, PrintOutcome, PrintResult, Sides
from gongwen_crypto.errors import KnownError

_LIST = (
    "Get-CimInstance Win32_Printer | ForEach-Object "
    '{ "$($_.Default)`t$($_.DetectedErrorState)`t$($_.WorkOffline)`t$($_.Name)" }'
)
_ERROR_STATES = {
    "4": PrinterState.NO_PAPER,
    "6": PrinterState.NO_INK,
    "7": PrinterState.DOOR_OPEN,
    "8": PrinterState.JAM,
    "9": PrinterState.OFFLINE,
}
"""DetectedErrorState of Win32_Printer; the other values say nothing that would forbid printing."""
_VIRTUAL = ("pdf", "xps", "onenote", "fax")
_ASK_SECONDS = 20.0


class WindowsPrinter:
    """The printers of Windows, through ShellExecute's verb ``printto``."""

    def printers(self) -> tuple[Printer, ...]:
        """From the system's management interface, the default printer first."""
        try:
            done = subprocess.run(
                ("powershell", "-NoProfile", "-NonInteractive", "-Command", _LIST),
                capture_output=True,
                text=True,
                timeout=_ASK_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ()
        rows = sorted(line.split("\t", 3) for line in done.stdout.splitlines() if line.count("\t") >= 3)
        return tuple(
            Printer(name, name, any(word in name.casefold() for word in _VIRTUAL), _state(error, offline))
            for _, error, offline, name in rows[::-1]
        )

    def print_pdf(
        self,
        pdf: Path,
        printer: str,
        *,
        sides: Sides = Sides.BOTH,
        job_name: str = "公文",
        timeout: float = 120.0,
    ) -> PrintOutcome:
        """Hand the file to the registered program, which has size and sides in its own settings: the test
        sheet shows whether they are right."""
        try:
            _start(pdf, printer)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise KnownError("host.printer_refused", printer=printer, reason=reason) from error
        return PrintOutcome(PrintResult.IN_DOUBT, printer, code="host.print_unconfirmed", reason="windows")


def _state(error: str, offline: str) -> PrinterState:
    return PrinterState.OFFLINE if offline == "True" else _ERROR_STATES.get(error, PrinterState.UNKNOWN)


if sys.platform == "win32":

    def _start(pdf: Path, printer: str) -> None:
        os.startfile(pdf, "printto", f'"{printer}"')  # noqa: S606 - Windows' own way, no command line

else:

    def _start(pdf: Path, printer: str) -> None:
        raise KnownError("host.no_printer", printer=printer)
