"""The ledger of seal uses as a book: its columns, its words, its files (CSV, Excel, PDF)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from gongwen_client.domain.seal_ledger import LedgerStep, SealUse, SignerKind
from gongwen_client.render import RenderPool
from gongwen_client.services.register_book import write_table
from gongwen_client.services.seal_ledger import LedgerState
from gongwen_crypto.errors import KnownError
from gongwen_docs.register import Align, RegisterColumn, RegisterTable
from gongwen_protocol.sentences import Sentence, sentence

_CHINA = timezone(timedelta(hours=8))
RESULTS = {
    LedgerStep.BEGUN: "进行中",
    LedgerStep.SEALED: "已盖章",
    LedgerStep.REFUSED: "已拒绝",
    LedgerStep.FAILED: "未成功",
    LedgerStep.INTERRUPTED: "中断",
}
SIGNERS = {SignerKind.SEAL_KEY: "印章秘钥盘", SignerKind.DEVICE: "本机"}
_COLUMNS = (
    RegisterColumn("序号", 2.0, Align.CENTER),
    RegisterColumn("时间", 2.5, Align.CENTER),
    RegisterColumn("公文标题", 4.8),
    RegisterColumn("发文字号", 3.0),
    RegisterColumn("印章", 3.2),
    RegisterColumn("页", 1.9, Align.CENTER),
    RegisterColumn("盖章人", 1.9, Align.CENTER),
    RegisterColumn("口令保管人", 2.1, Align.CENTER),
    RegisterColumn("载体保管人", 2.1, Align.CENTER),
    RegisterColumn("秘钥盘编号", 2.5, Align.CENTER),
    RegisterColumn("发文记录", 2.4, Align.CENTER),
    RegisterColumn("结果", 2.9, Align.CENTER),
    RegisterColumn("单位", 3.0, printed=False),
    RegisterColumn("位置（毫米）", 3.0, printed=False),
    RegisterColumn("公文摘要（SM3）", 3.0, printed=False),
    RegisterColumn("盖章后摘要（SM3）", 3.0, printed=False),
    RegisterColumn("页面图像摘要（SM3）", 3.0, printed=False),
    RegisterColumn("原因代码", 3.0, printed=False),
    RegisterColumn("台账签名", 2.0, printed=False),
    RegisterColumn("台账核对", 3.0, printed=False),
)


def result_words(use: SealUse) -> str:
    """已盖章; 已拒绝 with its reason."""
    word = RESULTS[use.result]
    if not use.code or use.result is LedgerStep.INTERRUPTED:
        return word
    return f"{word}：{reason(use)}"


def reason(use: SealUse) -> str:
    """Why a use came to nothing, in short: the sentence's first clause."""
    words = use.why or (sentence(KnownError(use.code)).what if use.code else "")
    return words.split("，")[0].split("。")[0]


def record_words(use: SealUse) -> str:
    """发文记录: under which number it was sent. A seal on what never went out is what an inspection asks
    about (Ordos art. 18)."""
    if use.sent_as:
        return use.sent_as
    return "未发送" if use.result is LedgerStep.SEALED else ""


def place_words(use: SealUse) -> str:
    """Where the stamps are, page by page."""
    words = [
        f"第 {one.page_index + 1} 页 左 {one.x:.1f} 上 {one.y:.1f} "
        f"宽 {one.width:.1f} 高 {one.height:.1f} 毫米"
        for one in use.places
    ]
    if use.seam:
        words.append("骑缝（左侧页边）" if use.seam == "left" else "骑缝（右侧页边）")
    return "；".join(words)


def moment(at: datetime) -> str:
    """2026-11-22 17:30 in China's time."""
    return f"{at.astimezone(_CHINA):%Y-%m-%d %H:%M}"


def break_sentences(state: LedgerState) -> Iterator[Sentence]:
    """What is wrong with a ledger, in words."""
    for one in state.breaks:
        yield sentence(KnownError(one.code, sequence=one.sequence))
    for title in state.unrecorded:
        yield sentence(KnownError("ledger.unrecorded", title=title))


def ledger_table(uses: Sequence[SealUse], year: int | None, *, whole: bool) -> RegisterTable:
    """The book: one row for each use."""
    unit = next((use.unit for use in reversed(uses) if use.unit), "")
    period = f"{year} 年度" if year else "全部年度"
    checked = "台账完整，未发现改动" if whole else "台账不完整或被改动，详见核对结果"
    return RegisterTable(
        title="用印台账",
        subtitle="　　".join(filter(None, (unit, period, f"共 {len(uses)} 次"))),
        columns=_COLUMNS,
        rows=[_row(use) for use in uses],
        foot=checked,
    )


def _row(use: SealUse) -> tuple[str, ...]:
    checked = "" if not use.problem else sentence(KnownError(use.problem, sequence=use.sequences[0])).what
    return (
        use.label,
        moment(use.started_at).replace(" ", "\n"),
        use.title,
        use.doc_number,
        use.seal_name,
        use.pages,
        use.post,
        use.pin_holder,
        use.carrier_holder,
        use.key_serial,
        record_words(use),
        result_words(use),
        use.unit,
        place_words(use),
        use.document_digest,
        use.sealed_digest,
        use.page_digest,
        use.code,
        SIGNERS[use.signed_by],
        checked or "无误",
    )


def export_ledger(
    uses: Sequence[SealUse], target: Path, render: RenderPool, *, year: int | None, whole: bool
) -> None:
    """Slow. Write the book to ``target``: CSV, Excel, OFD or PDF by its suffix.

    Raises KnownError("ledger.format_unknown"), host.disk_full, host.not_writable.
    """
    write_table(ledger_table(uses, year, whole=whole), target, render)
