"""What a check of a package found; plain values that cross the pipe from a worker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something wrong: ``code`` has its sentence with ``file`` and ``detail``."""

    code: str
    file: str
    detail: str = ""


@dataclass(frozen=True)
class PackageReport:
    """What was found about one package; sound without findings."""

    code: str
    title: str
    files: int
    evidence: bool
    findings: tuple[Finding, ...]
