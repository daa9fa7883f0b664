"""Printing through CUPS by its own commands ``lp``, ``lpstat`` and ``cancel`` (Linux, 麒麟, 统信)."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

from gongwen_client.host.ipp import JobState, ask_job
from gongwen_client.host.printing import Printer, PrinterState, PrintOutcome, PrintResult, Sides
from gongwen_crypto.errors import KnownError

_ASK_SECONDS = 10.0
_SUCCESS = "job-completed-successfully"
_STARTED = ("job-printing", "job-transforming", "processing")
_VIRTUAL = re.compile(r"pdf|xps|onenote|file", re.IGNORECASE)
_ALERTS = (
    ("jam", PrinterState.JAM),
    ("media-empty", PrinterState.NO_PAPER),
    ("media-needed", PrinterState.NO_PAPER),
    ("door-open", PrinterState.DOOR_OPEN),
    ("cover-open", PrinterState.DOOR_OPEN),
    ("toner-empty", PrinterState.NO_INK),
    ("supply-empty", PrinterState.NO_INK),
    ("offline", PrinterState.OFFLINE),
    ("connecting-to-device", PrinterState.OFFLINE),
    ("timed-out", PrinterState.OFFLINE),
    ("shutdown", PrinterState.OFFLINE),
    ("paused", PrinterState.STOPPED),
)
"""Words within the printer-state-reasons of IPP (RFC 8011, 5.4.12), the gravest first."""


class CupsPrinter:
    """The printers that CUPS knows. ``poll`` is the pause in seconds between looks at the queue."""

    def __init__(self, poll: float = 0.5) -> None:
        self._poll = poll

    def printers(self) -> tuple[Printer, ...]:
        """From ``lpstat``; empty when the spooler does not answer."""
        told = _run("lpstat", "-l", "-p", "-d")
        found: list[Printer] = []
        default = ""
        for part in re.split(r"\n(?=\S)", told):
            if "default destination: " in part:
                default = part.split("default destination: ", 1)[1].strip()
            match = re.match(r"printer (\S+) (.*)", part, re.DOTALL)
            if match:
                name, rest = match.groups()
                found.append(Printer(name, name, bool(_VIRTUAL.search(name)), _state(rest)))
        return tuple(sorted(found, key=lambda printer: (printer.name != default, printer.name)))

    def print_pdf(
        self,
        pdf: Path,
        printer: str,
        *,
        sides: Sides = Sides.BOTH,
        job_name: str = "公文",
        timeout: float = 120.0,
    ) -> PrintOutcome:
        """Spool with ``lp``, then watch the queue until the job has left it."""
        options = (
            *("media=A4", "print-scaling=none", "fit-to-page=false", "number-up=1"),
            *(f"sides={sides.value}", "print-color-mode=color"),
        )
        chosen = [word for option in options for word in ("-o", option)]
        command = ("lp", "-d", printer, "-n", "1", "-t", job_name, *chosen, "--", str(pdf))
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
        """Wait until the job has ended; withdraw it when that takes too long.

        What was withdrawn before the spooler began with it surely did not come out.
        """
        deadline = time.monotonic() + timeout
        begun = False
        while time.monotonic() < deadline:
            seen = _look(printer, job)
            if isinstance(seen, PrintOutcome):
                return seen
            begun = begun or seen
            time.sleep(self._poll)
        withdrawn = _run_well("cancel", job)
        state = next((known.state for known in self.printers() if known.name == printer), None)
        if withdrawn and not begun and state is not None and not state.can_print:
            return PrintOutcome(
                PrintResult.NOT_PRINTED, printer, job, "host.printer_not_ready", state.in_words
            )
        return _doubt(printer, job, "timeout" if state is None or state.can_print else state.in_words)


def _look(printer: str, job: str) -> PrintOutcome | bool:
    """What became of the job; while it has not ended, whether the spooler has begun with it."""
    facts = ask_job(printer, job)
    if facts is None:
        return _look_with_commands(printer, job)
    if facts.state is JobState.COMPLETED:
        return PrintOutcome(PrintResult.PRINTED, printer, job)
    if not facts.state.ended:
        return facts.begun
    if facts.begun:
        return _doubt(printer, job, facts.state.name.lower())
    return PrintOutcome(PrintResult.NOT_PRINTED, printer, job, "host.printer_refused", "任务已取消")


def _look_with_commands(printer: str, job: str) -> PrintOutcome | bool:
    """The same where the spooler's socket does not answer."""
    waiting = _jobs(printer, "not-completed")
    if job in waiting:
        return any(word in waiting[job] for word in _STARTED)
    alerts = _jobs(printer, "completed").get(job, "left the queue")
    if _SUCCESS in alerts:
        return PrintOutcome(PrintResult.PRINTED, printer, job)
    return _doubt(printer, job, alerts)


def _state(told: str) -> PrinterState:
    """From what ``lpstat -l -p`` says after the printer's name."""
    alerts = next((line for line in told.splitlines() if line.strip().startswith("Alerts:")), "")
    for word, state in _ALERTS:
        if word in alerts:
            return state
    if told.startswith("disabled"):
        return PrinterState.STOPPED
    return PrinterState.BUSY if told.startswith("now printing") else PrinterState.READY


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
    done = _done(command)
    return done.stdout if done is not None else ""


def _run_well(*command: str) -> bool:
    """Whether a command says that it did it."""
    done = _done(command)
    return done is not None and done.returncode == 0


def _done(command: tuple[str, ...]) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=_ASK_SECONDS, env=_english(), check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _doubt(printer: str, job: str, reason: str) -> PrintOutcome:
    return PrintOutcome(PrintResult.IN_DOUBT, printer, job, "host.print_unconfirmed", reason)


def _english() -> dict[str, str]:
    """The commands' words are parsed, so they must come in one language."""
    return os.environ | {"LC_ALL": "C"}
