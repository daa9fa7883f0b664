"""Genuine documents to attack, the keys that sealed them, and what a verifier trusts."""

from __future__ import annotations

import base64
import io
import zipfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from docs import producers
from docs.office import (
    DAY,
    NOW,
    OVER_THE_DATE,
    YEAR,
    Authority,
    Unit,
    document_parts,
    png,
)
from gongwen_crypto import sm3
from gongwen_crypto.certificates import Certificate
from gongwen_crypto.issue import Revoked, Usage, issue_revocation_list
from gongwen_crypto.paths import TrustStore
from gongwen_crypto.revocation import RevocationList
from gongwen_crypto.seal_register import SealRegister, SealStatus, StatusChange, make_register
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.ofd.container import pack
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.parse import parse_seal, parse_signed_value
from gongwen_docs.seals.write import make_seal, signed_value, to_sign
from gongwen_docs.sign import Placement
from gongwen_docs.sign.sealing import complete, prepare

Parts = dict[str, bytes]
CHECKED_AT = NOW + DAY
SIGN = "Doc_0/Signs/Sign_0"
SIGNATURE, VALUE, ESEAL = (f"{SIGN}/{name}" for name in ("Signature.xml", "SignedValue.dat", "Seal.esl"))
LIST, ENTRY, ROOT = "Doc_0/Signs/Signatures.xml", "OFD.xml", "Doc_0/Document.xml"
PAGE_1, PAGE_2 = (f"Doc_0/Pages/Page_{number}/Content.xml" for number in range(2))
NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def unpack(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def replaced(parts: Parts, name: str, old: str, new: str) -> Parts:
    assert old.encode() in parts[name], (name, old)
    return {**parts, name: parts[name].replace(old.encode(), new.encode(), 1)}


def without(parts: Parts, *names: str) -> Parts:
    """Without the files whose path begins with one of ``names``."""
    return {name: data for name, data in parts.items() if not name.startswith(names)}


def resigned(
    parts: Parts, unit: Unit, at: datetime = NOW, info: str = f"/{SIGNATURE}", seal: bytes | None = None
) -> Parts:
    """The same Signature.xml signed anew: what a signer could do whose software bends the rules."""
    tbs = to_sign(seal or unit.seal, at, sm3.digest(parts[SIGNATURE]), info)
    value = signed_value(tbs, unit.signer.certificate_der, unit.signer.algorithm_oid, unit.signer.sign(tbs))
    return {**parts, VALUE: value}


def protected_names(parts: Parts, *leaving_out: str) -> list[str]:
    """All files that a signature lists, without some."""
    return sorted(parts.keys() - {SIGNATURE, VALUE, LIST, *leaving_out})


def with_references(parts: Parts, unit: Unit, references: dict[str, bytes], method: str | None) -> Parts:
    """Signed again over exactly these references (FileRef → digest)."""
    listed = "".join(
        f'<ofd:Reference FileRef="{name}"><ofd:CheckValue>{base64.b64encode(value).decode()}'
        "</ofd:CheckValue></ofd:Reference>"
        for name, value in references.items()
    )
    text = parts[SIGNATURE].decode()
    head, _, rest = text.partition("<ofd:References ")
    tail = rest.partition("</ofd:References>")[2]
    stated = "" if method is None else f' CheckMethod="{method}"'
    text = f"{head}<ofd:References{stated}>{listed}</ofd:References>{tail}"
    return resigned({**parts, SIGNATURE: text.encode()}, unit)


def listing_only(parts: Parts, unit: Unit, names: list[str]) -> Parts:
    """Signed again over these files only."""
    return with_references(parts, unit, {f"/{name}": sm3.digest(parts[name]) for name in names}, "SM3")


def rich_parts() -> Parts:
    """A document with everything that a page can refer to."""
    parts = document_parts()
    text = parts[ROOT].decode()
    text = text.replace(
        "</ofd:CommonData>",
        '<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes><ofd:TemplatePage ID="700" '
        'BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>',
    )
    text = text.replace(
        "<ofd:Annotations>",
        "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>"
        "<ofd:Extensions>Extensions.xml</ofd:Extensions><ofd:Annotations>",
    )
    page = (
        parts[PAGE_1]
        .decode()
        .replace(
            "<ofd:Content>",
            '<ofd:Template TemplateID="700" ZOrder="Background"/><ofd:PageRes>PageRes.xml</ofd:PageRes>'
            "<ofd:Content>",
        )
    )
    page = page.replace(
        "</ofd:Layer>",
        '<ofd:ImageObject ID="390" Boundary="20 60 90 60" CTM="90 0 0 60 0 0" ResourceID="40"/>'
        '<ofd:PathObject ID="391" Boundary="20 130 90 1" DrawParam="41"><ofd:AbbreviatedData>M 0 0 L 90 0'
        "</ofd:AbbreviatedData></ofd:PathObject></ofd:Layer>",
    )
    added = {
        ROOT: text,
        PAGE_1: page,
        "Doc_0/DocumentRes.xml": f'<ofd:Res {NS} BaseLoc="Res"><ofd:ColorSpaces><ofd:ColorSpace ID="42" '
        'Type="RGB" BitsPerComponent="8"/></ofd:ColorSpaces><ofd:DrawParams><ofd:DrawParam ID="41" '
        'LineWidth="0.35"><ofd:StrokeColor Value="200 0 0" ColorSpace="42"/></ofd:DrawParam>'
        '</ofd:DrawParams><ofd:MultiMedias><ofd:MultiMedia ID="40" Type="Image" Format="PNG">'
        "<ofd:MediaFile>map.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>",
        "Doc_0/Pages/Page_0/PageRes.xml": f"<ofd:Res {NS}/>",
        "Doc_0/Tpls/Tpl_0/Content.xml": f'<ofd:Page {NS}><ofd:Content><ofd:Layer ID="701" Type="Background">'
        '<ofd:TextObject ID="702" Boundary="20 5 170 8" Font="1" Size="5"><ofd:TextCode X="0" Y="6">'
        "内部格式</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>",
        "Doc_0/Tags/CustomTags.xml": f'<ofd:CustomTags {NS}><ofd:CustomTag NameSpace="urn:doc">'
        "<ofd:FileLoc>Tag.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>",
        "Doc_0/Tags/Tag.xml": "<tag>标题</tag>",
        "Doc_0/Extensions.xml": f'<ofd:Extensions {NS}><ofd:Extension AppName="a" RefId="300">'
        "<ofd:ExtendData>Ext/data.xml</ofd:ExtendData></ofd:Extension></ofd:Extensions>",
        "Doc_0/Ext/data.xml": "<data/>",
    }
    return {**parts, **{name: body.encode() for name, body in added.items()}, "Doc_0/Res/map.png": png(16)}


@dataclass
class World:
    """What a verifier is given: certificates and lists as files, ready to be written to a folder."""

    roots: list[bytes]
    lists: list[bytes] = field(default_factory=list)
    makers: list[bytes] = field(default_factory=list)
    registers: list[bytes] = field(default_factory=list)

    def store(self) -> TrustStore:
        return TrustStore(
            tuple(map(Certificate.load, self.roots)),
            tuple(map(RevocationList.load, self.lists)),
            tuple(map(Certificate.load, self.makers)),
            tuple(map(SealRegister.load, self.registers)),
        )

    def write(self, folder: Path) -> None:
        for place, name, items in (
            (folder, "root-{}.cer", self.roots),
            (folder, "list-{}.crl", self.lists),
            (folder, "stopped-{}.sealstatus", self.registers),
            (folder / "seal-makers", "maker-{}.cer", self.makers),
        ):
            place.mkdir(parents=True, exist_ok=True)
            for number, item in enumerate(items):
                (place / name.format(number)).write_bytes(item)


class Lab:
    """Originals by name (``originals``), the units that sealed them, and trust stores by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.authority = Authority.found()
        self.impostor = Authority.found()  # the same names, other keys
        self.unit = self.authority.unit("东胜区人民政府")
        self.second = self.authority.unit("康巴什区人民政府", "15060300000001")
        self.third = self.authority.unit("伊金霍洛旗人民政府", "15062700000001")
        self.clock = self.authority.certify("时间戳机构", usage=Usage.TIME_STAMPING)
        self.worlds = {
            "trust": self.world(),
            "no-lists": replace(self.world(), lists=[]),
            "nobody": World([]),
            "revoked": self.world(Revoked(self.unit.certificate.serial, NOW - DAY)),
            "revoked-after": self.world(Revoked(self.unit.certificate.serial, NOW + timedelta(hours=1))),
            "maker-revoked": self.world(Revoked(self._serial(self.authority.maker), NOW - DAY)),
            "clock-revoked": self.world(Revoked(self._serial(self.clock), NOW - DAY)),
            "seal-suspended": self._stopped(SealStatus.SUSPENDED, NOW - DAY),
            "seal-cancelled": self._stopped(SealStatus.CANCELLED, NOW - DAY),
            "seal-stopped-since": self._stopped(SealStatus.SUSPENDED, NOW + timedelta(hours=1)),
        }
        self.plain = self.seal(document_parts(), self.unit)
        self.rich = self.seal(rich_parts(), self.unit)
        self.joint = self._joint()
        self.v5 = self._with_value(producers.value_v5)
        self.cms = self._cms()
        self.stamped = self.with_token(self.clock, NOW + timedelta(minutes=1))
        self.seam = self.seal(
            document_parts(3),
            self.unit,
            Placement(2, Box(120, 220, 42, 42)),
            *(Placement(n, Box(196 - 14 * n, 120, 42, 42), Box(14 * n, 0, 14, 42)) for n in range(3)),
        )
        self.originals: dict[str, Parts] = {
            "plain": self.plain, "rich": self.rich, "joint": self.joint, "v5": self.v5, "cms": self.cms,
            "stamped": self.stamped, "seam": self.seam,
        }  # fmt: skip

    def world(self, *revoked: Revoked) -> World:
        lists = [issue_revocation_list(self.authority.root, revoked, NOW - DAY, NOW + 30 * DAY)]
        root, maker = self.authority.root.certificate_der, self.authority.maker.certificate_der
        return World([root], lists, [maker])

    def _stopped(self, status: SealStatus, since: datetime) -> World:
        change = StatusChange(parse_seal(self.unit.seal).es_id, status, since)
        return replace(self.world(), registers=[make_register(self.authority.maker, [change], NOW)])

    def seal(self, parts: Parts, unit: Unit, *places: Placement, at: datetime = NOW) -> Parts:
        """Sealed as the product seals."""
        source, target = self._folder / "source.ofd", self._folder / "target.ofd"
        source.write_bytes(pack(parts))
        signer = unit.signer
        prepared = prepare(
            source, target, unit.seal, signer.certificate_der, signer.algorithm_oid,
            places or (OVER_THE_DATE,), at,
        )  # fmt: skip
        complete(target, prepared, signer.sign(prepared.to_sign))
        return unpack(target.read_bytes())

    def with_token(self, clock: SoftwareSigner, at: datetime, signature: bytes | None = None) -> Parts:
        """The plain document with a time stamp."""
        own = parse_signed_value(self.plain[VALUE]).signature
        token = producers.time_stamp(clock, own if signature is None else signature, at)
        return {**self.plain, VALUE: producers.with_time_stamp(self.plain[VALUE], token)}

    def seal_of(self, signer: SoftwareSigner, maker: SoftwareSigner | None = None, **changes: object) -> Unit:
        """A unit with a seal that differs from the usual order in ``changes``."""
        order = replace(self.authority.order(signer), **changes)  # type: ignore[arg-type]
        return Unit(signer, make_seal(order, maker or self.authority.maker))

    def _joint(self) -> Parts:
        parts = document_parts()
        for number, unit in enumerate((self.unit, self.second, self.third)):
            place = Placement(0, Box(20 + 60 * number, 220, 42, 42))
            parts = self.seal(parts, unit, place, at=NOW + timedelta(hours=number))
        return parts

    def _with_value(self, make: object) -> Parts:
        listed = self.plain[SIGNATURE].replace(reference_to(self.plain, ESEAL), b"")
        value = make(self.authority, self.unit, NOW, listed)  # type: ignore[operator]
        own_seal = parse_signed_value(value).seal
        assert own_seal is not None
        return {**self.plain, ESEAL: own_seal.raw, SIGNATURE: listed, VALUE: value}

    def _cms(self) -> Parts:
        text = self.plain[SIGNATURE].replace(reference_to(self.plain, ESEAL), b"")
        start, end = text.index(b"<ofd:StampAnnot"), text.index(b"</ofd:SignedInfo>")
        text = text[:start] + text[end:]
        parts = replaced(without(self.plain, ESEAL), LIST, 'Type="Seal"', 'Type="Sign"')
        return {**parts, SIGNATURE: text, VALUE: producers.cms(self.unit.signer, sm3.digest(text), NOW)}

    @staticmethod
    def _serial(signer: SoftwareSigner) -> int:
        return Certificate.load(signer.certificate_der).serial


def reference_to(parts: Parts, name: str) -> bytes:
    """The Reference element of one file."""
    text = parts[SIGNATURE]
    start = text.index(b'<ofd:Reference FileRef="/' + name.encode())
    return text[start : text.index(b"</ofd:Reference>", start) + len(b"</ofd:Reference>")]


__all__ = ["CHECKED_AT", "YEAR", "Lab", "Parts", "World"]
