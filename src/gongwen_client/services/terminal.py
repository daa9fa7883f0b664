"""终端状况 (Ordos art. 21): how the dedicated PC is kept, in words, and what the region does about it.

The profile names the checks that keep a PC out (deny); all others only remind. A check that could not be
made is 无法确认 and keeps nobody out. Whether the internet can be reached is not tried: an attempt would
itself be a connection that is not allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from gongwen_client.domain.checks import Check, CheckState, failed, notice, ok, unknown
from gongwen_client.host.health import Disk, TerminalFacts, disk_of, terminal_facts
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.profile import RegionProfile

MOST_PATCH_DAYS = 45
LEAST_FREE = 2 << 30
"""Bytes: below this receiving and printing may stop."""
MOST_CLOCK_SECONDS = 60.0
_GB = 1 << 30
_NOT_SAID = "系统没有提供这项信息。"
_ASK_ADMIN = "请与单位系统管理员核实。"


class TerminalService:
    """``offset``: seconds by which the exchange's clock is ahead of this one, or None while unknown."""

    def __init__(self, data: Path, offset: Callable[[], float | None]) -> None:
        self._data = data
        self._offset = offset

    def checks(self) -> list[Check]:
        """Slow. All checks, in the order in which they are shown."""
        return list(judge(terminal_facts(), disk_of(self._data), self._offset()))

    def require(self, profile: RegionProfile) -> None:
        """Slow. Raises RefusedError("terminal.denied") naming what the region does not let pass."""
        wanted = profile.terminal_denials.value if profile.terminal_denials else ()
        if not wanted:
            return
        bad = [one for one in self.checks() if one.name in wanted and one.state in _BAD]
        if bad:
            raise RefusedError(
                "terminal.denied",
                checks="；".join(one.said.rstrip("。") for one in bad),
                article=profile.article_of("terminal_denials"),
            )


_BAD = (CheckState.NOTICE, CheckState.FAILED)


def judge(facts: TerminalFacts, disk: Disk, offset: float | None) -> Iterator[Check]:
    """The checks that follow from what the system says."""
    yield ok("system", "操作系统", facts.system)
    yield _patches(facts)
    yield _antivirus(facts)
    yield _encryption(disk)
    yield _space(disk)
    yield _clock(facts, offset)
    yield _networks(facts)
    yield _wireless(facts)


def _patches(facts: TerminalFacts) -> Check:
    name, title = "patches", "系统补丁"
    if facts.patched_days is None:
        return unknown(name, title, _NOT_SAID, _ASK_ADMIN)
    said = f"最近一次更新在 {facts.patched_days} 天前。" if facts.patched_days else "今天更新过。"
    if facts.restart_due:
        return notice(name, title, f"{said}有补丁要重新启动后才生效。", "请在办完手头工作后重新启动计算机。")
    if facts.patched_days > MOST_PATCH_DAYS:
        do = "请与单位系统管理员联系，及时安装补丁。"
        return notice(name, title, f"{said}已超过 {MOST_PATCH_DAYS} 天。", do)
    return ok(name, title, said)


def _antivirus(facts: TerminalFacts) -> Check:
    name, title = "antivirus", "防病毒软件"
    if facts.antivirus is None:
        return unknown(name, title, _NOT_SAID, _ASK_ADMIN)
    if not facts.antivirus:
        said = "没有发现正在运行的、已知的防病毒软件。"
        return notice(name, title, said, "请安装并开启防病毒软件；本程序不认识的产品请由管理员核实。")
    return ok(name, title, f"正在运行：{'、'.join(facts.antivirus)}。")


def _encryption(disk: Disk) -> Check:
    name, title = "encryption", "磁盘加密"
    if disk.encrypted is None:
        return unknown(name, title, _NOT_SAID, _ASK_ADMIN)
    if not disk.encrypted:
        return notice(
            name, title, "数据所在的磁盘没有加密。", "建议由管理员开启磁盘加密，防止计算机遗失后泄露。"
        )
    return ok(name, title, "数据所在的磁盘已加密。")


def _space(disk: Disk) -> Check:
    name, title = "space", "磁盘空间"
    said = f"剩余 {disk.free / _GB:.1f} GB，共 {disk.total / _GB:.0f} GB。"
    if disk.free < LEAST_FREE:
        return failed(name, title, said, "空间不足会使接收和打印中断，请清理不用的文件。")
    return ok(name, title, said)


def _clock(facts: TerminalFacts, offset: float | None) -> Check:
    name, title = "clock", "计算机时间"
    if offset is not None:
        ahead = "慢" if offset > 0 else "快"
        if abs(offset) > MOST_CLOCK_SECONDS:
            said = f"本机时间比交换中心{ahead}约 {_span(abs(offset))}。"
            return notice(name, title, said, "请校正时间，并开启与政务外网时间服务器的同步。")
        return ok(name, title, "与交换中心的时间一致。")
    if facts.clock_synchronised is None:
        return unknown(name, title, "还没有连上交换中心，无法比较时间。", "连上以后会自动比较。")
    if not facts.clock_synchronised:
        return notice(name, title, "没有与时间服务器同步。", "请由管理员开启时间同步。")
    return ok(name, title, "与时间服务器同步。")


def _networks(facts: TerminalFacts) -> Check:
    name, title = "networks", "网络连接"
    if facts.networks is None:
        return unknown(name, title, _NOT_SAID, _ASK_ADMIN)
    if len(facts.networks) > 1:
        said = f"同时接通了 {len(facts.networks)} 个网络。"
        return notice(name, title, said, "专用计算机只应接入政务外网，请断开其他网络。")
    if not facts.networks:
        return notice(name, title, "没有接通的网络。", "请检查网线。")
    return ok(name, title, "只接通了一个网络。")


def _wireless(facts: TerminalFacts) -> Check:
    name, title = "wireless", "无线网络"
    if facts.wireless is None:
        return unknown(name, title, _NOT_SAID, _ASK_ADMIN)
    if facts.wireless:
        return notice(name, title, "无线网络已接通。", "专用计算机不应使用无线网络，请关闭。")
    return ok(name, title, "没有接通无线网络。")


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} 秒"
    return f"{seconds / 60:.0f} 分钟" if seconds < 7200 else f"{seconds / 3600:.0f} 小时"
