"""诊断: automatic checks in plain words, and a bundle for the administrator without a word of any document.

Works before log-in, without a network, and without an office (when the program itself could not start): what
is not there is left out. The four classes of faults are those of Ordos art. 12.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gongwen_client.domain.checks import Check, failed, notice, ok, unknown
from gongwen_client.durable import write_atomically
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.probing import probe
from gongwen_client.host.health import disk_of
from gongwen_client.host.journal import redacted
from gongwen_client.host.places import Places
from gongwen_client.host.printing import PrinterPort
from gongwen_client.render import RenderPool
from gongwen_client.services.faults import CHECK_WORDS
from gongwen_client.services.terminal import LEAST_FREE, TerminalService
from gongwen_client.store import Store
from gongwen_client.token.proxy import TokenBroker
from gongwen_crypto.errors import GongwenError
from gongwen_docs.ofd.container import pack
from gongwen_protocol.faults import FaultKind
from gongwen_protocol.sentences import catalogue, sentence
from gongwen_protocol.version import VERSION

_FACES = ("仿宋", "小标宋", "黑体", "楷体", "宋体")
_MOST_LOG = 2_000_000
_MOST_CRASHES = 10
_GB = 1 << 30


@dataclass(frozen=True)
class CheckGroup:
    """Checks that are made together. ``kinds``: the faults for which they are looked at first."""

    name: str
    title: str
    kinds: frozenset[FaultKind]
    run: Callable[[], list[Check]]


@dataclass(frozen=True)
class BundleFile:
    """One file of the bundle, all of it text that a person can read before it leaves the PC."""

    name: str
    text: str


@dataclass(frozen=True)
class Parts:
    """What there is to look at; a PC whose office could not be opened has only its places."""

    places: Places
    server_url: str = ""
    trust_dir: Path | None = None
    api: ExchangeApi | None = None
    pinned: Callable[[], tuple[str, ...]] = field(default=tuple)
    store: Store | None = None
    render: RenderPool | None = None
    tokens: TokenBroker | None = None
    printer: PrinterPort | None = None
    terminal: TerminalService | None = None


class DiagnosticsService:
    """Every group may be run on a thread of its own; none raises."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def groups(self) -> tuple[CheckGroup, ...]:
        """All groups of checks that this PC can make, in the order in which they are shown."""
        parts, kinds = self._parts, FaultKind
        every = frozenset(kinds)
        found = [CheckGroup("storage", "本机存储", every, self._storage)]
        if parts.api is not None:
            wanted = frozenset({kinds.LOG_IN, kinds.RECEIVE, kinds.OTHER})
            found.insert(0, CheckGroup("network", "网络与交换中心", wanted, self._network))
        if parts.render is not None:
            wanted = frozenset({kinds.READ_OR_PRINT, kinds.SEAL, kinds.OTHER})
            found.append(CheckGroup("documents", "公文显示", wanted, self._documents))
        if parts.tokens is not None:
            wanted = frozenset({kinds.LOG_IN, kinds.SEAL, kinds.OTHER})
            found.append(CheckGroup("keys", "秘钥盘", wanted, self._keys))
        if parts.printer is not None:
            wanted = frozenset({kinds.READ_OR_PRINT, kinds.OTHER})
            found.append(CheckGroup("printers", "打印机", wanted, self._printers))
        if parts.terminal is not None:
            found.append(CheckGroup("terminal", "终端状况", frozenset(), parts.terminal.checks))
        return tuple(_safe(group) for group in found)

    def bundle(self, checks: Iterable[Check], surroundings: dict[str, str]) -> tuple[BundleFile, ...]:
        """Slow. What the administrator gets. ``surroundings``: versions that only the windows know."""
        codes = frozenset(catalogue())
        files = [BundleFile("检查结果.txt", self._facts(checks, surroundings))]
        for path in self._logs():
            try:
                text = path.read_bytes()[-_MOST_LOG:].decode("utf-8", "replace")
            except OSError:
                continue
            files.append(BundleFile(path.name, redacted(text, codes)))
        return tuple(files)

    def save(self, files: Iterable[BundleFile], target: Path) -> None:
        """Slow. Write the bundle (zip). Raises the errors of writing."""
        write_atomically(target, pack({one.name: one.text.encode("utf-8") for one in files}))

    # -- the groups ----------------------------------------------------------------------------------

    def _network(self) -> list[Check]:
        assert self._parts.api is not None
        return list(probe(self._parts.api, self._parts.server_url, self._parts.pinned()))

    def _storage(self) -> list[Check]:
        checks = [self._space()]
        store = self._parts.store
        if store is None:
            do = "请保留数据文件夹，把诊断信息交给平台管理员。"
            checks.append(unknown("store", "本地数据库", "没有打开。", do))
        else:
            checks.append(_damages(store))
            waiting = store.outbox.count_pending()
            said = f"{waiting} 项操作等待送达交换中心。" if waiting else "没有等待送达的操作。"
            checks.append(ok("outbox", "等待送达", said))
        return checks

    def _space(self) -> Check:
        disk = disk_of(self._parts.places.data)
        said = f"剩余 {disk.free / _GB:.1f} GB。"
        if disk.free < LEAST_FREE:
            return failed("space", "磁盘空间", said, "请清理不用的文件，否则不能接收和打印公文。")
        return ok("space", "磁盘空间", said)

    def _documents(self) -> list[Check]:
        render = self._parts.render
        assert render is not None
        return [_worker(render), _fonts(), self._roots()]

    def _roots(self) -> Check:
        folder = self._parts.trust_dir
        roots = [] if folder is None else [path for path in folder.glob("*.cer") if path.is_file()]
        if not roots:
            do = "请由平台管理员把根证书放入信任文件夹；在此之前所有印章都显示“无法确认”。"
            return failed("roots", "根证书", "没有找到根证书，不能核验印章。", do)
        lists = len(list(folder.glob("*.crl"))) if folder else 0
        return ok("roots", "根证书", f"{len(roots)} 个根证书，{lists} 份吊销列表。")

    def _keys(self) -> list[Check]:
        assert self._parts.tokens is not None
        title = "秘钥盘驱动"
        try:
            found = self._parts.tokens.survey()
        except GongwenError as error:
            said = sentence(error.code)
            return [failed("drivers", title, f"{said.what}（{error.code}）", said.do)]
        kinds = "、".join(dict.fromkeys(driver.title for driver in found.drivers)) or "无"
        checks = [ok("drivers", title, f"已加载 {len(found.drivers)} 个（{kinds}）。")]
        checks += (
            failed("drivers", title, f"{sentence(one.code).what}（{one.code}）", sentence(one.code).do)
            for one in found.problems
        )
        if found.keys:
            checks.append(ok("keys", "秘钥盘", f"识别到 {len(found.keys)} 把密钥。"))
        else:
            do = "请插好秘钥盘；指示灯不亮时换一个 USB 口。"
            checks.append(notice("keys", "秘钥盘", "没有识别到秘钥盘。", do))
        return checks

    def _printers(self) -> list[Check]:
        assert self._parts.printer is not None
        real = [printer for printer in self._parts.printer.printers() if not printer.virtual]
        if not real:
            do = "请检查打印机电源、连线和驱动；需要时由管理员添加打印机。"
            return [notice("printers", "打印机", "本机没有打印机，只能存为文件。", do)]
        ready = sum(printer.ready for printer in real)
        said = f"{len(real)} 台打印机，{ready} 台就绪。"
        if not ready:
            return [failed("printers", "打印机", said, "请检查打印机是否脱机、缺纸或卡纸。")]
        return [ok("printers", "打印机", said)]

    # -- the bundle ----------------------------------------------------------------------------------

    def _facts(self, checks: Iterable[Check], surroundings: dict[str, str]) -> str:
        facts = {
            "生成时间": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
            "客户端": VERSION,
            "系统": f"{platform.system()} {platform.release()} {platform.machine()}",
            "Python": platform.python_version(),
            **surroundings,
        }
        lines = [f"{name}：{value}" for name, value in facts.items()]
        lines += (f"〔{CHECK_WORDS[one.state]}〕{one.title}：{one.said}（{one.name}）" for one in checks)
        return "\n".join(lines) + "\n"

    def _logs(self) -> Iterator[Path]:
        folder = self._parts.places.log
        yield from sorted(folder.glob("client.log*"))
        yield from sorted(folder.glob("crash-*.txt"))[-_MOST_CRASHES:]


def _safe(group: CheckGroup) -> CheckGroup:
    """The group as one that never raises: a check that breaks is itself a finding."""

    def run() -> list[Check]:
        try:
            return group.run()
        except Exception as error:
            code = error.code if isinstance(error, GongwenError) else type(error).__name__
            return [unknown(group.name, group.title, f"检查没有完成（{code}）。", "请稍后再检查一次。")]

    return CheckGroup(group.name, group.title, group.kinds, run)


def _damages(store: Store) -> Check:
    title = "本地数据库"
    try:
        damages = store.damages()
    except GongwenError as error:
        said = sentence(error.code)
        return failed("store", title, f"{said.what}（{error.code}）", said.do)
    if damages:
        do = "请停止使用，保留数据文件夹，立即与平台管理员联系。"
        return failed("store", title, f"发现 {len(damages)} 处损坏。", do)
    return ok("store", title, "完整，没有损坏。")


def _worker(render: RenderPool) -> Check:
    try:
        render.warm_up()
    except GongwenError as error:
        do = "请重新启动程序；仍不行请检查防病毒软件是否拦截了本程序。"
        return failed("worker", "阅读组件", f"没有启动（{error.code}）。", do)
    return ok("worker", "阅读组件", "已启动。")


def _fonts() -> Check:
    from gongwen_docs.fonts.lookup import find  # looks through all fonts of the system

    missing = [name for name in _FACES if find(name).substituted_for and not _stands_in(name)]
    if missing:
        do = "公文仍能阅读，但字形可能与原文不同；请由管理员安装公文字体。"
        return notice("fonts", "公文字体", f"没有 {'、'.join(missing)}，用其他字体代替。", do)
    return ok("fonts", "公文字体", "仿宋、小标宋、黑体、楷体、宋体齐全。")


def _stands_in(name: str) -> bool:
    """Whether the face found for ``name`` is the free one that set-up provides for it."""
    from gongwen_docs.fonts.lookup import find

    path = find(name).path
    return path is not None and path.name.startswith("Fandol")
