"""Printing on Windows, best effort: the program registered for PDF prints, and never reports back.

The outcome is therefore always IN_DOUBT and the person with the paper confirms it. A direct way through the
spooler needs rendered pages and is a later step.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gongwen_client.host.printing import Printer, PrintOutcome, PrintResult
from gongwen_crypto.errors import KnownError

_LIST = 'Get-CimInstance Win32_Printer | ForEach-Object { "$($_.Default)`t$($_.Name)" }'
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
        rows = sorted(line.split("\t", 1) for line in done.stdout.splitlines() if "\t" in line)
        return tuple(
            Printer(name, name, any(word in name.casefold() for word in _VIRTUAL)) for _, name in rows[::-1]
        )

    def print_pdf(
        self, pdf: Path, printer: str, *, copies: int = 1, job_name: str = "公文", timeout: float = 120.0
    ) -> PrintOutcome:
        """Hand the file to the registered program once per copy."""
        try:
            for _ in range(copies):
                _start(pdf, printer)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise KnownError("host.printer_refused", printer=printer, reason=reason) from error
        return PrintOutcome(PrintResult.IN_DOUBT, printer, code="host.print_unconfirmed", reason="windows")


if sys.platform == "win32":

    def _start(pdf: Path, printer: str) -> None:
        os.startfile(pdf, "printto", f'"{printer}"')  # noqa: S606 - Windows' own way, no command line

else:

    def _start(pdf: Path, printer: str) -> None:
        raise KnownError("host.no_printer", printer=printer)
