"""设置: kept in a file of the configuration folder, below what the administrator has fixed in client.toml."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from gongwen_client.domain.preferences import Locks, Preferences
from gongwen_client.durable import write_atomically
from gongwen_client.host.printing import Printer, PrinterPort, PrintOutcome, Sides
from gongwen_crypto.errors import RefusedError

FILE_NAME = "preferences.json"


class PreferenceService:
    """Thread-safe. A damaged file counts as none: nothing in it is worth a program that does not start."""

    def __init__(self, config: Path, locks: Locks = Locks()) -> None:  # noqa: B008 - frozen
        self._path = config / FILE_NAME
        self.locks = locks
        self._lock = threading.Lock()
        self._now = Preferences().with_values(_read(self._path)).with_values(locks.values)

    @property
    def now(self) -> Preferences:
        """The preferences in force."""
        with self._lock:
            return self._now

    def change(self, **changes: Any) -> Preferences:
        """Keep changed preferences. Raises RefusedError("settings.locked") for what the administrator fixed,
        and the errors of writing; nothing has changed then."""
        if any(self.locks.fixes(name) for name in changes):
            raise RefusedError("settings.locked", reason=self.locks.reason)
        with self._lock:
            wanted = replace(self._now, **changes)
            own = {name: value for name, value in asdict(wanted).items() if not self.locks.fixes(name)}
            write_atomically(self._path, json.dumps(own, ensure_ascii=False, indent=1).encode())
            self._now = wanted
            return wanted


class PreferredFirst:
    """The printers of this PC, the clerk's own in front: dialogs choose the first one."""

    def __init__(self, port: PrinterPort, preferred: Callable[[], str]) -> None:
        self._port = port
        self._preferred = preferred

    def printers(self) -> tuple[Printer, ...]:
        """The default one first."""
        wanted = self._preferred()
        return tuple(sorted(self._port.printers(), key=lambda printer: printer.name != wanted))

    def print_pdf(
        self,
        pdf: Path,
        printer: str,
        *,
        sides: Sides = Sides.BOTH,
        job_name: str = "公文",
        timeout: float = 120.0,
    ) -> PrintOutcome:
        """As the port does."""
        return self._port.print_pdf(pdf, printer, sides=sides, job_name=job_name, timeout=timeout)


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
