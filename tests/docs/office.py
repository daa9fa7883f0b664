"""A seal authority, units with their seals, and small documents: real parts for the tests of this folder."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.issue import Revoked, Subject, Usage, issue, issue_revocation_list, make_root
from gongwen_crypto.paths import TrustStore
from gongwen_crypto.revocation import RevocationList
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.ofd.container import pack
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.write import SealOrder, make_seal
from gongwen_docs.sign import Placement, complete, prepare

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = 365 * DAY
OVER_THE_DATE = Placement(0, Box(120, 220, 42, 42))
NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def png(size: int = 8) -> bytes:
    """A red square."""
    rows = (b"\x00" + b"\xc8\x10\x10" * size) * size

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


PICTURE = SealPicture("PNG", png(), 42, 42)


@dataclass(frozen=True)
class Unit:
    """A body with its seal key and its seal."""

    signer: SoftwareSigner
    seal: bytes

    @property
    def certificate(self) -> Certificate:
        return Certificate.load(self.signer.certificate_der)


@dataclass(frozen=True)
class Authority:
    """A root, and below it an authority that certifies units and makes their seals."""

    root: SoftwareSigner
    maker: SoftwareSigner

    @classmethod
    def found(cls) -> Authority:
        root = make_root(Subject("演示根证书", "演示制章机构"), NOW - 5 * YEAR, NOW + 10 * YEAR)
        maker = SoftwareSigner.generate()
        subject = Subject("演示制章签名", "演示制章机构")
        certificate = issue(root, subject, maker.public_key, Usage.SIGNING, NOW - 5 * YEAR, NOW + 5 * YEAR)
        return cls(root, maker.with_certificate(certificate))

    def certify(
        self, name: str, not_before: datetime = NOW - YEAR, not_after: datetime = NOW + YEAR,
        usage: Usage = Usage.SIGNING,
    ) -> SoftwareSigner:  # fmt: skip
        signer = SoftwareSigner.generate()
        certificate = issue(self.root, Subject(name, name), signer.public_key, usage, not_before, not_after)
        return signer.with_certificate(certificate)

    def order(self, signer: SoftwareSigner, name: str = "东胜区人民政府") -> SealOrder:
        return SealOrder(
            es_id="15060200000001",
            name=name,
            certificates=[signer.certificate_der],
            picture=PICTURE,
            created=NOW - YEAR,
            valid_from=NOW - YEAR,
            valid_to=NOW + YEAR,
        )

    def unit(self, name: str = "东胜区人民政府", es_id: str = "15060200000001") -> Unit:
        signer = self.certify(name)
        return Unit(signer, make_seal(replace(self.order(signer, name), es_id=es_id), self.maker))

    def trust(self, *revoked: Revoked, lists_at: datetime | None = NOW) -> TrustStore:
        lists: tuple[RevocationList, ...] = ()
        if lists_at is not None:
            made = issue_revocation_list(self.root, revoked, lists_at - DAY, lists_at + 30 * DAY)
            lists = (RevocationList.load(made),)
        maker = Certificate.load(self.maker.certificate_der)
        return TrustStore((Certificate.load(self.root.certificate_der),), lists, (maker,))


def document_parts(pages: int = 2) -> dict[str, bytes]:
    """The files of a small document with an attachment and an annotation on its first page."""
    text = "".join(
        f'<ofd:Page ID="{100 + number}" BaseLoc="Pages/Page_{number}/Content.xml"/>'
        for number in range(pages)
    )
    parts = {
        "OFD.xml": f'<ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        "<ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID><ofd:Title>关于会议的通知</ofd:Title>"
        "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>900</ofd:MaxUnitID>"
        "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        f"<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>{text}</ofd:Pages>"
        "<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>",
        "Doc_0/PublicRes.xml": f'<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:Fonts>'
        '<ofd:Font ID="1" FontName="FandolFang"><ofd:FontFile>fang.otf</ofd:FontFile></ofd:Font>'
        "</ofd:Fonts></ofd:Res>",
        "Doc_0/Res/fang.otf": "not really a font",
        "Doc_0/Annots/Annotations.xml": f'<ofd:Annotations {NAMESPACE}><ofd:Page PageID="100">'
        "<ofd:FileLoc>Page_0/Annotation.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>",
        "Doc_0/Annots/Page_0/Annotation.xml": f'<ofd:PageAnnot {NAMESPACE}><ofd:Annot ID="500" '
        'Type="Watermark" Creator="收发员" LastModDate="2026-11-20"/></ofd:PageAnnot>',
        "Doc_0/Attachs/Attachments.xml": f'<ofd:Attachments {NAMESPACE}><ofd:Attachment ID="600" '
        'Name="参会名单" Format="txt"><ofd:FileLoc>list.txt</ofd:FileLoc></ofd:Attachment></ofd:Attachments>',
        "Doc_0/Attachs/list.txt": "各旗区人民政府",
    }
    for number in range(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f'<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID="{200 + number}">'
            f'<ofd:TextObject ID="{300 + number}" Boundary="20 20 170 10" Font="1" Size="5.6">'
            '<ofd:TextCode X="0" Y="8">会议定于9月1日召开</ofd:TextCode></ofd:TextObject>'
            "</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return {name: text.encode() for name, text in parts.items()}


def write_document(path: Path, pages: int = 2) -> Path:
    path.write_bytes(pack(document_parts(pages)))
    return path


def seal(source: Path, target: Path, unit: Unit, *placements: Placement, at: datetime = NOW) -> Path:
    """Seal ``source`` to ``target`` as the product does it: prepare, sign, complete."""
    prepared = prepare(
        source, target, unit.seal, unit.signer.certificate_der, unit.signer.algorithm_oid,
        placements or (OVER_THE_DATE,), at,
    )  # fmt: skip
    complete(target, prepared, unit.signer.sign(prepared.to_sign))
    return target
