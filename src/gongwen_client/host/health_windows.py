"""Windows 10 and 11: registry, Security Center (WMI through PowerShell), BitLocker's shell property.

Written after Microsoft's documentation; it needs no administrator's rights. Everything that fails stays None.
"""

from __future__ import annotations

import json
import platform
import subprocess
from pathlib import Path

from gongwen_client.children import NO_WINDOW
from gongwen_client.host.health import TerminalFacts

_ASK_SECONDS = 30.0
_ASK = """
$ErrorActionPreference = 'SilentlyContinue'
$out = @{}
$last = (New-Object -ComObject Microsoft.Update.AutoUpdate).Results.LastInstallationSuccessDate
if ($last) { $out.patched = [int]((Get-Date).ToUniversalTime() - $last).TotalDays }
$updates = 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update'
$out.restart = (Test-Path ($updates + '\\RebootRequired'))
$av = Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct
$running = $av | Where-Object { ($_.productState -band 0x1000) -ne 0 }
if ($av) { $out.antivirus = @($running | ForEach-Object displayName) }
$net = Get-NetAdapter -Physical | Where-Object Status -eq 'Up'
$out.networks = @($net | ForEach-Object Name)
$out.wireless = @($net | Where-Object { $_.NdisPhysicalMedium -eq 9 } | ForEach-Object Name)
$time = Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\W32Time\\Parameters'
if ($time) { $out.clock = ($time.Type -ne 'NoSync') -and ((Get-Service W32Time).Status -eq 'Running') }
$out | ConvertTo-Json -Compress
"""
_ENCRYPTION = (
    "(New-Object -ComObject Shell.Application).NameSpace('{}')"
    ".Self.ExtendedProperty('System.Volume.BitLockerProtection')"
)
_PROTECTED = {"1": True, "2": False, "3": False, "4": False, "5": False, "6": True}


def facts() -> TerminalFacts:
    """What this system says of itself."""
    system = f"Windows {platform.release()} {platform.version()}"
    try:
        said = json.loads(_powershell(_ASK) or "{}")
    except ValueError:
        said = {}
    return TerminalFacts(
        system=system,
        patched_days=said.get("patched"),
        restart_due=said.get("restart"),
        antivirus=_names(said.get("antivirus")),
        networks=_names(said.get("networks")),
        wireless=_names(said.get("wireless")),
        clock_synchronised=said.get("clock"),
    )


def is_encrypted(folder: Path) -> bool | None:
    """Whether BitLocker protects the volume of ``folder``."""
    return _PROTECTED.get(_powershell(_ENCRYPTION.format(folder.anchor)).strip())


def _names(said: object) -> tuple[str, ...] | None:
    if isinstance(said, str):  # ConvertTo-Json writes a list of one as its element
        return (said,)
    return tuple(str(name) for name in said) if isinstance(said, list) else None


def _powershell(script: str) -> str:
    try:
        done = subprocess.run(
            ("powershell", "-NoProfile", "-NonInteractive", "-Command", script),
            capture_output=True,
            text=True,
            timeout=_ASK_SECONDS,
            check=False,
            creationflags=NO_WINDOW,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout
