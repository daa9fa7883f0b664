"""Printing through CUPS by its own commands ``lp``, ``lpstat`` and ``cancel`` (Linux, 麒麟, 统信)."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

from gongwen_client.host.printing import Printer, PrintOutcome, PrintResult
from gongwen_crypto.errors import KnownError

_ASK_SECONDS = 10.0
_SUCCESS = "job-completed-successfully"
_VIRTUAL = re.compile(r"pdf|xps|onenote|file", re.IGNORECASE)


class CupsPrinter:
    """The printers that CUPS knows. ``poll`` is the pause in seconds between looks at the queue."""

    def __init__(self, poll: float = 0.5) -> None:
        self._poll = poll

    def printers(self) -> tuple[Printer, ...]:
        """From ``lpstat -p -d``; empty when the spooler does not answer."""
        lines = _run("lpstat", "-p", "-d").splitlines()
        default = next((line.split(": ", 1)[1] for line in lines if "default destination: " in line), "")
        found = [
            Printer(name, name, bool(_VIRTUAL.search(name)), ready="disabled" not in rest)
            for line in lines
            if (match := re.match(r"printer (\S+)(.*)", line))
            for name, rest in (match.groups(),)
        ]
        return tuple(sorted(found, key=lambda printer: (printer.name != default, printer.name)))

    def print_pdf(
        self, pdf: Path, printer: str, *, copies: int = 1, job_name: str = "公文", timeout: float = 120.0
    ) -> PrintOutcome:
        """Spool with ``lp``, then watch the queue until the job has left it."""
        options = ("-o", "media=A4", "-o", "print-scaling=none", "-o", "fit-to-page=false")
        command = ("lp", "-d", printer, "-n", str(copies), "-t", job_name, *options, "--", str(pdf))
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_ASK_SECONDS, env=_english(), check=False
            )
        except subprocess.TimeoutExpired:
            return _doubt(printer, "", "timeout")  # it may or may not have been spooled
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise KnownError("host.printer_refused", printer=printer, reason=reason) from error
        request = re.search(r"request id is (\S+)", done.stdout)
        if done.returncode != 0:
            code = "host.no_printer" if "does not exist" in done.stderr else "host.printer_refused"
            raise KnownError(code, printer=printer, reason=done.stderr.strip()[:200])
        if request is None:
            return _doubt(printer, "", "lp")
        return self._follow(printer, request.group(1), timeout)

    def _follow(self, printer: str, job: str, timeout: float) -> PrintOutcome:
        """Wait until the job has left the queue; withdraw it when that takes too long."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if job not in _jobs(printer, "not-completed"):
                alerts = _jobs(printer, "completed").get(job, "left the queue")
                if _SUCCESS in alerts:
                    return PrintOutcome(PrintResult.PRINTED, printer, job)
                return _doubt(printer, job, alerts)
            time.sleep(self._poll)
        _run("cancel", job)
        return _doubt(printer, job, "timeout")


def _jobs(printer: str, which: str) -> dict[str, str]:
    """Jobs of a queue with what the spooler says of them. Cancelled and aborted ones are "completed" too."""
    jobs: dict[str, str] = {}
    job = ""
    for line in _run("lpstat", "-l", "-W", which, "-o", printer).splitlines():
        if line[:1].strip():
            job = line.split()[0]
            jobs[job] = ""
        elif line.strip().startswith("Alerts:"):
            jobs[job] = line.strip().removeprefix("Alerts:").strip()
    return jobs


def _run(*command: str) -> str:
    """What a command prints; nothing when it fails or does not answer."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_ASK_SECONDS, env=_english(), check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _doubt(printer: str, job: str, reason: str) -> PrintOutcome:
    return PrintOutcome(PrintResult.IN_DOUBT, printer, job, "host.print_unconfirmed", reason)


def _english() -> dict[str, str]:
    """The commands' words are parsed, so they must come in one language."""
    return os.environ | {"LC_ALL": "C"}
