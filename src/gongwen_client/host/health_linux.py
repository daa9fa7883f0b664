"""Linux (Debian, 麒麟, 统信, openEuler): package manager's records, /proc, /sys, systemd's own marks."""

from __future__ import annotations

import gzip
import os
import platform
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gongwen_client.host.health import TerminalFacts, readable

ROOT = Path("/")
_ANTIVIRUS = {
    "clamd": "ClamAV",
    "freshclam": "ClamAV",
    "qaxsafed": "奇安信天擎",
    "360entclient": "360终端安全",
    "360safed": "360终端安全",
    "ksafed": "金山终端安全",
    "rsavd": "瑞星ESM",
    "jmsafed": "江民终端安全",
    "edr_agent": "终端检测响应",
    "asecurity": "安天智甲",
    "hipsdaemon": "火绒终端安全",
    "sfavsvc": "深信服EDR",
    "vrvedp": "北信源主机审计",
    "kylin-kms": "麒麟安全中心",
}
_APT_LOG = re.compile(r"^Start-Date: (\d{4}-\d\d-\d\d)", re.MULTILINE)
_DNF_LOG = re.compile(r"^(\d{4}-\d\d-\d\d)T?.* (?:Upgraded|Installed|Upgrade):", re.MULTILINE)
_LOCAL = re.compile(r"lo|docker|br-|veth|virbr|vnet|tun|tap|wg|zt|ifb|dummy|bond_slave")
_UP = 0x1
_LOOPBACK = 0x8


def facts(root: Path = ROOT) -> TerminalFacts:
    """What this system says of itself; ``root`` is where its files begin."""
    networks = readable(lambda: tuple(_networks(root)))
    return TerminalFacts(
        system=readable(lambda: _system(root)) or f"Linux {platform.release()}",
        patched_days=readable(lambda: _patched_days(root)),
        restart_due=(root / "run/reboot-required").exists() or (root / "var/run/reboot-required").exists(),
        antivirus=readable(lambda: tuple(_antivirus(root))),
        networks=networks,
        wireless=None if networks is None else tuple(name for name in networks if _is_wireless(root, name)),
        clock_synchronised=_clock(root),
    )


def is_encrypted(folder: Path, root: Path = ROOT) -> bool | None:
    """Whether the block device below ``folder`` is a dm-crypt one, or stands on one."""
    number = readable(lambda: folder.stat().st_dev)
    if number is None or os.major(number) == 0:
        return None  # a network or memory file system has no block device
    device = root / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
    return readable(lambda: _stands_on_crypt(device.resolve(strict=True), 0))


def _stands_on_crypt(device: Path, depth: int) -> bool:
    mapping = readable(lambda: (device / "dm/uuid").read_text())
    if mapping and mapping.startswith("CRYPT-"):
        return True
    below = device / "slaves"
    if depth > 8 or not below.is_dir():
        return False
    return any(_stands_on_crypt(part.resolve(), depth + 1) for part in below.iterdir())


def _system(root: Path) -> str:
    text = (root / "etc/os-release").read_text("utf-8")
    return re.search(r'^PRETTY_NAME="?([^"\n]{1,80})', text, re.MULTILINE)[1]  # type: ignore[index]


def _patched_days(root: Path) -> int | None:
    """Days since the package manager last did something."""
    dates = [date for text, pattern in _histories(root) for date in pattern.findall(text)]
    if not dates:
        return _database_age(root)
    last = datetime.fromisoformat(max(dates)).replace(tzinfo=UTC)
    return max(0, (datetime.now(UTC) - last).days)


def _histories(root: Path) -> Iterator[tuple[str, re.Pattern[str]]]:
    for folder, names, pattern in (
        ("var/log/apt", ("history.log", "history.log.1.gz"), _APT_LOG),
        ("var/log", ("dnf.rpm.log", "yum.log"), _DNF_LOG),
    ):
        for name in names:
            content = readable((root / folder / name).read_bytes)
            if content:
                plain = gzip.decompress(content) if name.endswith(".gz") else content
                yield plain[-2_000_000:].decode("utf-8", "replace"), pattern


def _database_age(root: Path) -> int | None:
    """Days since the package database was written, where no history is kept."""
    for place in ("var/lib/dpkg/status", "var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/Packages"):
        written = readable((root / place).stat)
        if written is not None:
            return max(0, (datetime.now(UTC) - datetime.fromtimestamp(written.st_mtime, UTC)).days)
    return None


def _antivirus(root: Path) -> Iterator[str]:
    """Known products among the running processes, each once."""
    running = {
        (readable((folder / "comm").read_text) or "").strip()
        for folder in (root / "proc").iterdir()
        if folder.name.isdecimal()
    }
    if not running - {""}:
        raise OSError("no process can be seen")
    yield from dict.fromkeys(product for name, product in _ANTIVIRUS.items() if name in running)


def _networks(root: Path) -> Iterator[str]:
    for place in sorted((root / "sys/class/net").iterdir()):
        flags = int((place / "flags").read_text(), 16)
        if flags & _LOOPBACK or not flags & _UP or _LOCAL.match(place.name):
            continue
        if (readable((place / "operstate").read_text) or "").strip() in ("up", "unknown"):
            yield place.name


def _is_wireless(root: Path, name: str) -> bool:
    place = root / "sys/class/net" / name
    return (place / "wireless").exists() or (place / "phy80211").exists()


def _clock(root: Path) -> bool | None:
    """systemd-timesyncd and chrony leave marks; without either nobody can say."""
    if (root / "run/systemd/timesync/synchronized").exists():
        return True
    if (root / "run/systemd/timesync").is_dir():
        return False
    return True if (root / "run/chrony").is_dir() or (root / "run/ntpd.pid").exists() else None
