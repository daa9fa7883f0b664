"""A verification put into words: as JSON of a stable schema and as an A4 report (docs/evidence-bundle.md)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongwen_client.durable import write_atomically
from gongwen_crypto.errors import KnownError
from gongwen_protocol.sentences import sentence
from gongwen_protocol.version import VERSION

if TYPE_CHECKING:  # setting a report loads fonts; only who exports one pays for that
    from gongwen_client.render import RenderPool
    from gongwen_docs.typeset.verification import SealText, StepText, VerificationText

_MOST_REASONS = 5
SCHEMA = "gongwen.verification/1"
VERDICT_WORDS = {
    "valid": "有效",
    "warning": "有提示",
    "unknown": "无法确认",
    "invalid": "无效",
    "unsigned": "未签章",
}
VERDICT_EXIT_CODES = {"valid": 0, "warning": 3, "unknown": 4, "invalid": 5, "unsigned": 6}
_STATUS_WORDS = {"ok": "通过", "warn": "提示", "unknown": "无法确认", "fail": "不通过"}
_KINDS = {
    "ses_v1": "电子印章（GM/T 0031-2014）",
    "ses_v4": "电子印章（GB/T 38540-2020）",
    "ses_v5": "电子印章（GM/T 0031-2025）",
    "cms": "数字签名（GB/T 35275）",
    "bare": "仅有签名数值",
}
_SUMMARIES = {
    "valid": "全部签章经验证有效，内容自盖章后没有改动。",
    "warning": "签章有效，但有需要注意的情况，请逐项查看。",
    "unknown": "有检查无法完成，不能确认签章是否有效。",
    "invalid": "签章无效或内容被改动，请不要采信。",
    "unsigned": "文件没有签章，不能证明由谁发出、是否改动。",
}


def spoken(report: Mapping[str, Any], name: str, size: int, checked_at: datetime) -> dict[str, Any]:
    """The report with its schema, the file, the tool, and a sentence for every step."""
    told = {
        "schema": SCHEMA,
        "tool": {"name": "gongwen", "version": VERSION},
        "checked_at": checked_at.isoformat(),
        "file": {"name": name, "size": size, "digest_method": "SM3", "digest": report["digest"]},
        **report,
        "verdict_text": VERDICT_WORDS[report["verdict"]],
        "steps": [_spoken_step(step) for step in report["steps"]],
    }
    told["signatures"] = [
        {**signature, "steps": [_spoken_step(step) for step in signature["steps"]]}
        for signature in report["signatures"]
    ]
    return told


def spoken_bundle(answer: Mapping[str, Any], checked_at: datetime) -> dict[str, Any]:
    """The answer about an evidence bundle with sentences, and the report on its document told likewise."""
    report = answer["report"]
    return {
        **answer,
        "tool": {"name": "gongwen", "version": VERSION},
        "checked_at": checked_at.isoformat(),
        "verdict_text": VERDICT_WORDS[answer["verdict"]],
        "steps": [_spoken_step(step) for step in answer["steps"]],
        "report": report and spoken(report, answer["document"], answer["size"], checked_at),
    }


def _spoken_step(step: Mapping[str, Any]) -> dict[str, Any]:
    said = sentence(step["code"] or f"seal.step.{step['step']}", **step["facts"])
    return {**step, "sentence": {"what": said.what, "do": said.do, "rule": said.rule}}


def export_report(
    render: RenderPool,
    report: Mapping[str, Any],
    document: Path,
    name: str,
    checked_at: datetime,
    target: Path,
) -> None:
    """Slow. The report on ``document`` as JSON, OFD or PDF, after the end of ``target``'s name.

    Raises KnownError ``write.*``, ``draw.*``, ``host.*``, ``report.unwritable``.
    """
    try:
        told = spoken(report, name, document.stat().st_size, checked_at)
        if target.suffix.lower() == ".json":
            write_atomically(target, json.dumps(told, ensure_ascii=False, indent=2).encode())
        else:
            write_report(render, told, document, target)
    except OSError as error:
        raise KnownError("report.unwritable", file=target.name) from error


def write_report(render: RenderPool, told: Mapping[str, Any], document: Path, target: Path) -> None:
    """Slow. Write the report about ``document`` as PDF (as OFD where ``target`` ends so).

    ``told`` comes from :func:`spoken`. Raises KnownError ``write.*``, ``draw.*``, ``host.*``.
    """
    from gongwen_docs.typeset.verification import typeset_verification

    try:
        pictures = render.seal_pictures(document)
    except KnownError:  # a file that cannot be opened still gets its report
        pictures = ()
    data = typeset_verification(report_text(told, pictures))
    if target.suffix.lower() == ".ofd":
        write_atomically(target, data)
        return
    source = target.with_name(f"{uuid.uuid4().hex}.ofd")
    try:
        write_atomically(source, data)
        render.export_pdf(source, target.absolute(), for_print=False)
    finally:
        render.forget(source)
        source.unlink(missing_ok=True)


def report_text(told: Mapping[str, Any], pictures: Sequence[bytes]) -> VerificationText:
    """The words of the report. ``pictures``: the seals as PNG in the order of the signatures."""
    from gongwen_docs.typeset.verification import VerificationText

    file, tool = told["file"], told["tool"]
    return VerificationText(
        title="电子签章验证报告",
        verdict=told["verdict"],
        word=told["verdict_text"],
        summary="\n".join((_SUMMARIES[told["verdict"]], *_reasons(told))),
        facts=(
            ("文件", file["name"]),
            ("大小", f"{file['size']:,} 字节"),
            ("SM3 摘要", file["digest"] or "（文件未能打开）"),
            ("签章数量", f"{len(told['signatures'])} 个"),
            ("验证时间", _moment(told["checked_at"])),
        ),
        seals=tuple(
            _seal_text(number, signature, pictures[number - 1] if number <= len(pictures) else b"")
            for number, signature in enumerate(told["signatures"], 1)
        ),
        steps=tuple(_step_texts(told["steps"])),
        footer=f"由公文交换 {tool['version']} 验证生成",
    )


def _reasons(told: Mapping[str, Any]) -> list[str]:
    """What was noticed, worst first, each once."""
    steps = [*told["steps"], *(step for signature in told["signatures"] for step in signature["steps"])]
    noticed = [
        step["sentence"]["what"]
        for status in ("fail", "unknown", "warn")
        for step in steps
        if step["status"] == status
    ]
    return [f"· {what}" for what in dict.fromkeys(noticed)][:_MOST_REASONS]


def _seal_text(number: int, signature: Mapping[str, Any], picture: bytes) -> SealText:
    from gongwen_docs.typeset.verification import SealText

    seal = signature["seal"]
    width, height = seal["size_mm"]
    return SealText(
        heading=f"签章 {number}　{seal['name'] or signature['signer'] or signature['id']}",
        verdict=signature["verdict"],
        word=VERDICT_WORDS[signature["verdict"]],
        picture=picture,
        width=width,
        height=height,
        facts=tuple((name, value) for name, value in _seal_facts(signature) if value),
        steps=tuple(_step_texts(signature["steps"])),
    )


def _seal_facts(signature: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    seal = signature["seal"]
    yield "印章名称", seal["name"]
    yield "印章编码", seal["id"]
    yield "制章机构", seal["maker"]
    if seal["valid_from"] and seal["valid_to"]:
        yield "印章有效期", f"{_moment(seal['valid_from'])[:10]} 至 {_moment(seal['valid_to'])[:10]}"
    yield "签章人", signature["signer"]
    yield "单位", signature["organization"]
    yield "盖章时间", _moment(signature["claimed_time"], "（签章人所称）")
    yield "可信时间", _moment(signature["trusted_time"], "（时间戳或回执证实）") or "未经证实"
    pages = sorted({stamp["page"] for stamp in signature["stamps"] if stamp["page"]})
    yield "所在页", "、".join(f"第 {page} 页" for page in pages)
    yield "保护范围", _coverage(signature)
    yield "类型", _KINDS.get(signature["kind"], "")
    for place, link in enumerate(signature["chain"]):
        name = "证书" if place == 0 else "上级证书"
        until = _moment(link["not_after"])[:10]
        yield name, f"{link['subject']}，由 {link['issuer']} 签发，序列号 {link['serial']}，有效至 {until}"


def _coverage(signature: Mapping[str, Any]) -> str:
    text = f"{len(signature['covered'])} 个文件与盖章时一致"
    for key, meaning in (("changed", "已改动"), ("uncovered", "未受保护"), ("outside", "依标准不在保护之内")):
        parts = list(dict.fromkeys(part["text"] for part in signature[key]))
        if parts:
            text += f"；{meaning}：{'、'.join(parts[:6])}{'等' if len(parts) > 6 else ''}"
    return text


def _step_texts(steps: Sequence[Mapping[str, Any]]) -> Iterator[StepText]:
    from gongwen_docs.typeset.verification import StepText

    for step in steps:
        said = step["sentence"]
        advice = "" if step["status"] == "ok" else said["do"]
        small = [said["rule"], step["code"] or f"seal.step.{step['step']}"]
        yield StepText(
            status=step["status"],
            word=_STATUS_WORDS[step["status"]],
            sentence=said["what"] + advice,
            small_print=" · ".join(item for item in small if item),
        )


def _moment(text: str | None, note: str = "") -> str:
    """An ISO moment in China's time, as people write it; empty for none."""
    if not text:
        return ""
    from gongwen_docs.seals.times import readable

    return f"{readable(datetime.fromisoformat(text))}{note}"
