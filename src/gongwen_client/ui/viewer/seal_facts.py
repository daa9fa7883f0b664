"""What a report says of one signature, in words. Pure functions of the report's plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gongwen_client.host.clock import to_local
from gongwen_client.ui import words
from gongwen_client.ui.theme.tokens import Tone
from gongwen_client.ui.words import StateWord

Report = Mapping[str, Any]
Facts = Iterator[tuple[str, str]]

KINDS = {
    "ses_v1": "电子签章第一代（GM/T 0031-2014）",
    "ses_v4": "电子签章第四版（GB/T 38540-2020）",
    "ses_v5": "电子签章第五版（GM/T 0031-2025）",
    "cms": "数字签名（GB/T 35275），没有印章",
    "bare": "仅有签名数值，没有签名人",
}
_USAGE = {
    "digital_signature": "数字签名",
    "non_repudiation": "抗抵赖",
    "key_encipherment": "密钥加密",
    "data_encipherment": "数据加密",
    "key_agreement": "密钥协商",
    "key_cert_sign": "签发证书",
    "crl_sign": "签发吊销列表",
    "encipher_only": "仅加密",
    "decipher_only": "仅解密",
    "time_stamping": "时间戳",
}
LINKS = {
    "ok": StateWord("可用", "valid", Tone.VALID),
    "anchor": StateWord("信任的根", "valid", Tone.VALID),
    "revocation_unknown": StateWord("吊销情况不明", "unknown", Tone.NEUTRAL),
    "untrusted": StateWord("上级不在信任之列", "unknown", Tone.NEUTRAL),
    "expired": StateWord("不在有效期", "invalid", Tone.INVALID),
    "revoked": StateWord("已吊销", "invalid", Tone.INVALID),
    "broken": StateWord("不成立", "invalid", Tone.INVALID),
}
"""Verdicts on one certificate of a chain."""
_NO_TIME = "没有"


def items(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list of the report; empty for anything else."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, Sequence) else []


def name_of(signature: Report) -> str:
    """What a person calls this signature: its seal's name, or its signer."""
    seal = signature.get("seal") or {}
    return str(seal.get("name") or "") or common_name(signature.get("signer")) or "未能读出名称的印章"


def shortened(text: str, most: int) -> str:
    """The beginning of a long text; whoever shows it gives the whole as tooltip."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def common_name(subject: object) -> str:
    """The first part of a certificate's subject, which names the holder."""
    return str(subject or "").split(", ")[0]


def moment(value: object) -> str:
    """A moment of the report as the full stamp; empty for none."""
    return words.stamp(datetime.fromisoformat(str(value))) if value else ""


def day(value: object) -> str:
    """The day of a moment of the report."""
    return f"{to_local(datetime.fromisoformat(str(value))):%Y-%m-%d}" if value else ""


def period(start: object, end: object) -> str:
    """2025-11-20 至 2027-11-20."""
    return f"{day(start)} 至 {day(end)}" if start and end else ""


def identity(signature: Report) -> Facts:
    """Seal and unit."""
    seal = signature.get("seal") or {}
    yield "印章名称", str(seal.get("name") or "")
    yield "单位", str(signature.get("organization") or "")
    yield "签名人", common_name(signature.get("signer"))
    yield "印章编码", str(seal.get("id") or "")
    yield "印章类型", str(seal.get("type") or "")
    yield "印章期限", period(seal.get("valid_from"), seal.get("valid_to"))
    yield "制章机构", common_name(seal.get("maker"))


def times(signature: Report) -> Facts:
    """The times by who states them: never merged."""
    yield "签名人自称", moment(signature.get("claimed_time")) or _NO_TIME
    stamped = moment(signature.get("stamped_time"))
    authority = common_name(signature.get("time_authority"))
    if stamped:
        yield "时间戳", f"{stamped}\n{authority}"
    else:
        yield "时间戳", f"不可信（{authority}）" if authority else _NO_TIME
    witnessed = moment(signature.get("witnessed_time"))
    yield "交换回执", f"{witnessed} 之前已盖好" if witnessed else _NO_TIME


def algorithms(signature: Report) -> Facts:
    """Generation, algorithms, picture."""
    seal = signature.get("seal") or {}
    yield "格式", KINDS.get(str(signature.get("kind")), "未能读出")
    yield "算法", str(signature.get("algorithm") or "")
    if seal.get("version"):
        yield "印章结构", f"第 {seal['version']} 版，厂商 {seal.get('vendor') or '未注明'}"
    if seal.get("picture"):
        width, height = seal.get("size_mm") or (0, 0)
        size = f"，{width:g} × {height:g} 毫米" if width and height else ""
        yield "图案", f"{seal['picture']}{size}"
    yield "制章时间", moment(seal.get("created"))
    yield "签名编号", str(signature.get("id") or "")


def scope(signature: Report, page_count: int = 0) -> Facts:
    """What the signature covers, what it leaves out and why."""
    covered = signature.get("scope") or {}
    pages = [int(page) for page in covered.get("pages") or ()]
    ranges = [str(item) for item in signature.get("covered") or ()]
    if pages:
        whole = page_count and len(set(pages)) >= page_count
        yield "页面", f"全部 {page_count} 页" if whole else f"第 {ranged(pages)} 页"
    elif ranges and all(item.replace("-", "").isdigit() for item in ranges):
        yield "页面", f"盖章时的全部内容（文件前 {int(ranges[-1].split('-')[1]):,} 字节）"
    yield "附件", "、".join(f"《{name}》" for name in covered.get("attachments") or ())
    if covered.get("others"):
        yield "其他", f"字体、图片、文档结构等 {covered['others']} 个文件"
    yield "已改动", "、".join(dict.fromkeys(part(item) for item in items(signature.get("changed"))))
    yield "未保护", "、".join(dict.fromkeys(part(item) for item in items(signature.get("uncovered"))))
    if outside := items(signature.get("outside")):
        yield (
            "依法除外",
            f"签章清单等 {len(outside)} 个文件：后盖的印章要写入清单，所以不在保护之内（GB/T 33190 第18章）",
        )


def certificate(link: Report) -> Facts:
    """One certificate of a chain."""
    yield "持有者", str(link.get("subject") or "")
    yield "颁发者", str(link.get("issuer") or "")
    yield "序列号", str(link.get("serial") or "")
    yield "有效期", period(link.get("not_before"), link.get("not_after"))
    yield "用途", "、".join(_USAGE.get(str(one), str(one)) for one in link.get("usage") or ()) or "未限定"
    yield "密钥", str(link.get("key") or "")
    yield "SM3 指纹", str(link.get("fingerprint") or "")


def link_state(link: Report) -> StateWord:
    """The verdict on one certificate."""
    status = str(link.get("status") or "")
    if link.get("anchor") and status == "ok":
        return LINKS["anchor"]
    return LINKS.get(status, LINKS["untrusted"])


@dataclass(frozen=True)
class Place:
    """A stamp: page from 0, the visible part in mm, and whether it is a slice of a seal over the edges."""

    page: int
    box: tuple[float, float, float, float]
    slice: bool


def places(signature: Report) -> list[Place]:
    """Where the signature shows its seal."""
    found = []
    for stamp in items(signature.get("stamps")):
        if not stamp.get("page") or not stamp.get("boundary"):
            continue
        x, y, width, height = (float(value) for value in stamp["boundary"])
        if clip := stamp.get("clip"):
            left, top, across, down = (float(value) for value in clip)
            x, y = x + left, y + top
            width, height = min(across, width - left), min(down, height - top)
        if width > 0 and height > 0:
            found.append(Place(int(stamp["page"]) - 1, (x, y, width, height), bool(clip)))
    return found


def ranged(numbers: Sequence[int]) -> str:
    """1—3、5 for 1, 2, 3, 5."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(str(first) if first == last else f"{first}—{last}" for first, last in runs)


_PARTS = {
    "template": "页面模板",
    "picture": "图片",
    "annotation": "注释",
    "structure": "文档结构",
    "metadata": "文档信息",
    "signature": "签章数据",
}


def part(item: Report) -> str:
    """A file of the package as a person calls it."""
    kind, name, page = str(item.get("kind", "")), str(item.get("name") or ""), item.get("page")
    if kind == "page":
        return f"第 {page} 页正文"
    if kind == "attachment":
        return f"附件《{name}》"
    if kind == "font":
        return f"字体 {name}"
    word = _PARTS.get(kind, f"其他文件 {name or item.get('path', '')}")
    return f"第 {page} 页{word}" if page else word
