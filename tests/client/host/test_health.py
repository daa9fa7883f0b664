"""The state of a PC read from its own files; what is not there stays unknown."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gongwen_client.domain.checks import CheckState
from gongwen_client.host import health_linux
from gongwen_client.host.health import Disk, TerminalFacts, disk_of, terminal_facts
from gongwen_client.services.terminal import LEAST_FREE, TerminalService, judge
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.profile import load_profile

GOOD_DISK = Disk(100 << 30, 200 << 30, True)


def _write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A PC with 麒麟: apt, an anti-virus, two networks of which one has no cable."""
    last = (datetime.now(UTC) - timedelta(days=50)).strftime("%Y-%m-%d")
    _write(tmp_path, "etc/os-release", 'PRETTY_NAME="Kylin V10 SP1"\n')
    _write(tmp_path, "var/log/apt/history.log", f"Start-Date: {last}  10:00:00\nUpgrade: x\n")
    older = tmp_path / "var/log/apt/history.log.1.gz"
    older.write_bytes(gzip.compress(b"Start-Date: 2019-01-01  10:00:00\n"))
    for number, name in ((1, "systemd"), (77, "qaxsafed")):
        _write(tmp_path, f"proc/{number}/comm", f"{name}\n")
    for name, flags, state in (
        ("lo", "0x9", "unknown"),
        ("docker0", "0x1003", "up"),
        ("eno1", "0x1003", "up"),
        ("wlp2s0", "0x1003", "up"),
        ("eno2", "0x1002", "down"),
    ):
        _write(tmp_path, f"sys/class/net/{name}/flags", flags)
        _write(tmp_path, f"sys/class/net/{name}/operstate", state)
    (tmp_path / "sys/class/net/wlp2s0/wireless").mkdir()
    (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    return tmp_path


def test_a_pc_tells_how_it_is_kept(root: Path) -> None:
    facts = health_linux.facts(root)
    assert facts == TerminalFacts(
        "Kylin V10 SP1", 50, False, ("奇安信天擎",), ("eno1", "wlp2s0"), ("wlp2s0",), False
    )
    (root / "run/reboot-required").touch()
    (root / "run/systemd/timesync/synchronized").touch()
    facts = health_linux.facts(root)
    assert facts.restart_due is True
    assert facts.clock_synchronised is True


def test_what_a_pc_does_not_tell_is_unknown(tmp_path: Path) -> None:
    facts = health_linux.facts(tmp_path)
    assert facts.patched_days is None
    assert facts.antivirus is None
    assert facts.networks is None
    assert facts.clock_synchronised is None
    states = {check.name: check.state for check in judge(facts, Disk(1 << 40, 1 << 40, None), None)}
    unknown = {name for name, state in states.items() if state is CheckState.UNKNOWN}
    assert unknown == {"patches", "antivirus", "encryption", "clock", "networks", "wireless"}


def test_without_a_history_the_database_says_when(tmp_path: Path) -> None:
    _write(tmp_path, "var/lib/dpkg/status", "")
    assert health_linux.facts(tmp_path).patched_days == 0


def test_encryption_is_seen_through_the_layers_of_a_disk(tmp_path: Path) -> None:
    number = tmp_path.stat().st_dev
    import os

    place = tmp_path / "sys/dev/block"
    place.mkdir(parents=True)
    top, below = tmp_path / "sys/devices/dm-1", tmp_path / "sys/devices/dm-0"
    for device, kind in ((top, "LVM-abc"), (below, "CRYPT-LUKS2-abc")):
        (device / "dm").mkdir(parents=True)
        (device / "dm/uuid").write_text(kind)
    (top / "slaves").mkdir()
    (top / "slaves/dm-0").symlink_to(below)
    (place / f"{os.major(number)}:{os.minor(number)}").symlink_to(top)
    wanted = None if os.major(number) == 0 else True
    assert health_linux.is_encrypted(tmp_path, tmp_path) is wanted


def test_what_a_clerk_should_know_is_said(root: Path) -> None:
    checks = {
        check.name: check
        for check in judge(health_linux.facts(root), Disk(LEAST_FREE - 1, 1 << 40, False), 7300.0)
    }
    states = {name: check.state for name, check in checks.items()}
    assert states == {
        "system": CheckState.OK,
        "patches": CheckState.NOTICE,
        "antivirus": CheckState.OK,
        "encryption": CheckState.NOTICE,
        "space": CheckState.FAILED,
        "clock": CheckState.NOTICE,
        "networks": CheckState.NOTICE,
        "wireless": CheckState.NOTICE,
    }
    assert all(check.do for check in checks.values() if not check.good)
    assert "慢约 2 小时" in checks["clock"].said


def test_a_good_pc_has_nothing_to_do() -> None:
    facts = TerminalFacts("x", 3, False, ("ClamAV",), ("eno1",), (), True)
    assert all(check.good for check in judge(facts, GOOD_DISK, 0.4))


def test_this_pc_answers(tmp_path: Path) -> None:
    """Whatever it is: nothing raises, and every check has its words."""
    assert terminal_facts().system
    assert disk_of(tmp_path).total > 0
    assert all(check.said for check in TerminalService(tmp_path, lambda: None).checks())


class _Wireless(TerminalService):
    """A PC with a wireless network."""

    def checks(self):  # type: ignore[no-untyped-def]
        return list(judge(TerminalFacts("x", wireless=("wlan0",)), GOOD_DISK, None))


def test_the_region_decides_who_is_kept_out(tmp_path: Path) -> None:
    service = _Wireless(tmp_path, lambda: None)
    service.require(load_profile("ordos-2018"))
    with pytest.raises(RefusedError, match=r"terminal\.denied") as caught:
        service.require(load_profile("example-2026"))
    assert "无线网络" in str(caught.value.facts["checks"])
