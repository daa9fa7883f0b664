"""One archive package (归档信息包): a folder of plain files with metadata, the evidence bundle beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gongwen_client.domain.archive import ArchiveItem
from gongwen_client.domain.names import safe_suffix
from gongwen_client.domain.registers import RegisterEntry
from gongwen_client.domain.rows import IncomingFiles
from gongwen_client.durable import sync_folder, write_atomically
from gongwen_client.exchange.files import digest_file, disk_errors
from gongwen_client.render import RenderPool
from gongwen_client.store.documents import StoredDocument
from gongwen_docs.archive import (
    MANIFEST,
    METADATA,
    Act,
    ArchiveManifest,
    Evidence,
    PackedFile,
    RecordMetadata,
    metadata_xml,
    write_manifest,
)
from gongwen_protocol.messages import Receipt, ReceiptEvent
from gongwen_protocol.metadata import NAMES, to_metadata
from gongwen_protocol.version import VERSION

EVIDENCE_SUFFIX = ".验真包.zip"
_NOTES = "说明文件.txt"
_PAGES = frozenset({".ofd", ".pdf"})
_ACTS = {
    ReceiptEvent.SENT: "发送",
    ReceiptEvent.DELIVERED: "送达",
    ReceiptEvent.RECEIVED: "接收",
    ReceiptEvent.RETURNED: "退文",
    ReceiptEvent.RECALLED: "撤回",
}


@dataclass(frozen=True)
class PackageOrder:
    """What goes into a package. ``receipts`` tell what was done with the document; ``evidence`` writes the
    evidence bundle to a file."""

    entry: RegisterEntry
    item: ArchiveItem
    document: StoredDocument
    files: IncomingFiles
    receipts: Sequence[Receipt]
    unit: str
    fonds: str
    post: str
    evidence: Callable[[Path], object]


def make_package(order: PackageOrder, target: Path, render: RenderPool, at: datetime) -> str:
    """Slow. Make the package ``target``/档号 and the bundle beside it; the digest (SM3) of its list.

    The folder appears whole or not at all; one from an earlier export is replaced. Raises KnownError:
    archive.looks_different, ofd.*, draw.*, host.disk_full, host.not_writable.
    """
    code = order.item.code
    building, place = target / f".{code}.part", target / code
    evidence = target / f"{code}{EVIDENCE_SUFFIX}"
    with disk_errors(target):
        shutil.rmtree(building, ignore_errors=True)
        (building / "附件").mkdir(parents=True)
    try:
        unfinished = building.with_suffix(".zip")
        order.evidence(unfinished)
        with disk_errors(target):
            digest = _fill(order, building, unfinished, evidence.name, render, at)
            unfinished.replace(evidence)
            former = target / f".{code}.old"
            shutil.rmtree(former, ignore_errors=True)
            if place.exists():
                place.replace(former)
            building.replace(place)
            sync_folder(target)
            shutil.rmtree(former, ignore_errors=True)
        return digest
    finally:
        shutil.rmtree(building, ignore_errors=True)
        with suppress(OSError):
            building.with_suffix(".zip").unlink(missing_ok=True)


def _fill(
    order: PackageOrder, folder: Path, evidence: Path, evidence_name: str, render: RenderPool, at: datetime
) -> str:
    files, pages = _copies(order, folder, render)
    metadata = metadata_xml(_metadata(order, files, pages, at))
    write_atomically(folder / METADATA, metadata)
    write_atomically(folder / _NOTES, _notes(order, files, evidence_name).encode("utf-8-sig"))
    files += [_packed(folder / METADATA, folder, "metadata"), _packed(folder / _NOTES, folder, "notes")]
    manifest = ArchiveManifest(
        code=order.item.code,
        document_id=order.document.document_id,
        title=order.entry.text("title"),
        made_at=at.isoformat(),
        tool=f"gongwen {VERSION}",
        files=tuple(files),
        evidence=Evidence(evidence_name, evidence.stat().st_size, digest_file(evidence)),
    )
    write_atomically(folder / MANIFEST, write_manifest(manifest))
    if not any((folder / "附件").iterdir()):
        (folder / "附件").rmdir()
    return digest_file(folder / MANIFEST)


def _copies(order: PackageOrder, folder: Path, render: RenderPool) -> tuple[list[PackedFile], int]:
    """Plain copies of body and attachments; attachments of other kinds go along as they are."""
    body = order.document.body
    path = folder / f"正文{safe_suffix(body.name) or '.ofd'}"
    pages = render.plain_copy(order.files.body.path, path).pages
    packed = [_packed(path, folder, "document", body.name, body.digest)]
    for number, (file, reference) in enumerate(
        zip(order.files.attachments, order.document.attachments, strict=True), start=1
    ):
        path = folder / "附件" / f"附件{number:02d}{safe_suffix(reference.name)}"
        if path.suffix in _PAGES:
            render.plain_copy(file.path, path)
        else:
            shutil.copyfile(file.path, path)
        packed.append(_packed(path, folder, "attachment", reference.name, reference.digest))
    return packed, pages


def _packed(path: Path, folder: Path, role: str, name: str = "", source: str = "") -> PackedFile:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
    relative = path.relative_to(folder).as_posix()
    return PackedFile(relative, role, name or path.name, path.stat().st_size, digest_file(path), source)


def _metadata(order: PackageOrder, files: list[PackedFile], pages: int, at: datetime) -> RecordMetadata:
    elements, entry, item = order.document.elements, order.entry, order.item
    acts = [
        Act(_ACTS[one.event], one.at.isoformat(), one.unit_name, one.by_post)
        for one in order.receipts
        if one.event in _ACTS
    ]
    acts.append(Act(f"登记（{entry.label}）", entry.entered_on.isoformat(), order.unit, entry.text("signer")))
    acts.append(Act("归档", at.isoformat(), order.unit, order.post))
    return RecordMetadata(
        identifier=elements.identifier or order.document.document_id,
        code=item.code,
        fonds=order.fonds,
        unit=order.unit,
        year=str(item.year),
        period=item.period,
        number=str(item.number),
        title=elements.title,
        doc_number=elements.doc_number,
        author=elements.issuer or entry.text("unit"),
        date=elements.issue_date,
        kind=elements.doc_kind,
        urgency=elements.urgency,
        main=elements.main_text,
        copies_to=elements.cc_text,
        pages=pages,
        files=tuple((one.path, Path(one.path).suffix.removeprefix(".").upper(), one.size) for one in files),
        seals=tuple(
            (one.seal_name, "" if one.stamped_at is None else one.stamped_at.isoformat())
            for one in order.document.seals
        ),
        acts=tuple(acts),
        elements={key: (NAMES[key], text) for key, text in to_metadata(elements).items()},
        system=f"公文交换 {VERSION}",
    )


def _notes(order: PackageOrder, files: Sequence[PackedFile], evidence: str) -> str:
    lines = [
        f"归档信息包　{order.item.code}",
        f"题名：{order.document.elements.title}",
        f"文件编号：{order.document.elements.doc_number}",
        f"归档单位：{order.unit}　　保管期限：{order.item.period}",
        "",
        "本信息包内的正文和附件是不含加密、签名、电子印章结构和时间戳的副本（GB/T 39362-2020），",
        "印章以普通图片显示，版面与原件一致。原件及其电子签章、收发回执见包外的验真包：",
        f"    {evidence}",
        "",
        f"元数据：{METADATA}（DA/T 46-2009 元素）　　文件清单及 SM3 摘要：{MANIFEST}",
        "",
        *(f"{one.path}　{one.name}　{one.size:,} 字节　SM3 {one.sm3}" for one in files),
    ]
    return "\r\n".join(lines) + "\r\n"
