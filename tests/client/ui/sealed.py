"""Sealed documents for the seal panel, one for each verdict, made by the project's own writers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from docs.office import DAY, NOW, YEAR, Authority, Unit, document_parts, seal
from docs.verify.attacks.lab import SIGNATURE, unpack
from gongwen_crypto.issue import issue_revocation_list
from gongwen_docs.ofd.container import pack
from gongwen_docs.ofd.values import Box
from gongwen_docs.seal_artwork import draw_seal_picture
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.write import make_seal
from gongwen_docs.sign import Placement
from gongwen_docs.typeset import read_circular, typeset
from gongwen_protocol.resources import resource_path

UNIT = "示范市人民政府办公室"
LONG_NAME = "示范市推进电子公文交换与电子印章应用工作领导小组办公室" * 8


class NoonClock:
    """A clock that stands still two days after the documents were sealed."""

    def now(self) -> datetime:
        return NOW + 2 * DAY


class Sealed:
    """An authority, its trust folders, and documents by name below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority.found()
        self.unit = self.unit_of(UNIT, "1506000010001")
        self.trust = folder / "trust"
        self._write_trust(self.trust, lists=True)
        self.no_lists = folder / "no-lists"
        self._write_trust(self.no_lists, lists=False)
        self.plain = folder / "启用通知.ofd"
        circular = read_circular(resource_path("documents", "qiyong-tongzhi.toml"))
        self.plain.write_bytes(typeset(circular)[0])

    def unit_of(self, name: str, es_id: str) -> Unit:
        """A unit with a key and a seal that shows its name."""
        signer = self.authority.certify(name[:60], NOW - YEAR, NOW + 2 * YEAR)
        art = draw_seal_picture(name[:20])
        picture = SealPicture("PNG", art.png(), art.width_mm, art.height_mm)
        order = replace(self.authority.order(signer, name), es_id=es_id, picture=picture)
        return Unit(signer, make_seal(order, self.authority.maker))

    def _write_trust(self, folder: Path, *, lists: bool) -> None:
        makers = folder / "seal-makers"
        makers.mkdir(parents=True)
        (folder / "root.cer").write_bytes(self.authority.root.certificate_der)
        (makers / "maker.cer").write_bytes(self.authority.maker.certificate_der)
        if lists:
            made = issue_revocation_list(self.authority.root, (), NOW - DAY, NOW + 30 * DAY)
            (folder / "root.crl").write_bytes(made)

    def valid(self) -> Path:
        """Three pages, one seal over the date and the same seal over the edges."""
        seam = [Placement(n, Box(196 - 14 * n, 120, 42, 42), Box(14 * n, 0, 14, 42)) for n in range(3)]
        target = self.folder / "有效.ofd"
        return seal(self.plain, target, self.unit, Placement(1, Box(120, 180, 42, 42)), *seam)

    def invalid(self) -> Path:
        """The same with a page that was changed after sealing."""
        parts = unpack(self.valid().read_bytes())
        page = next(name for name in parts if name.endswith("Content.xml") and "Page" in name)
        parts[page] = parts[page].replace(b"</ofd:Layer>", b"</ofd:Layer><!-- later -->", 1)
        return self._write("无效.ofd", parts)

    def warning(self) -> Path:
        """White text on the first page."""
        parts = document_parts()
        name = "Doc_0/Pages/Page_0/Content.xml"
        hidden = (
            '<ofd:TextObject ID="399" Boundary="20 60 170 10" Font="1" Size="5">'
            '<ofd:FillColor Value="255 255 255"/><ofd:TextCode X="0" Y="8">同意拨付</ofd:TextCode>'
            "</ofd:TextObject></ofd:Layer>"
        )
        parts[name] = parts[name].replace(b"</ofd:Layer>", hidden.encode(), 1)
        source = self._write("源.ofd", parts)
        return seal(source, self.folder / "有提示.ofd", self.unit, Placement(0, Box(120, 220, 42, 42)))

    def unsigned(self) -> Path:
        """Without a seal."""
        return self.plain

    def removed(self) -> Path:
        """The signature file is gone while the list still names it."""
        parts = unpack(self.valid().read_bytes())
        del parts[SIGNATURE]
        return self._write("签章丢失.ofd", parts)

    def joint(self, count: int, name: str = "联合行文单位") -> Path:
        """So many signatures, one after another."""
        path = self.plain
        for number in range(count):
            target = self.folder / f"联合-{number}.ofd"
            box = Box(10 + 19 * (number % 10), 20 + 45 * (number // 10 % 5), 18, 18)
            unit = self.unit if number else self.unit_of(name, "1506000990001")
            path = seal(path, target, unit, Placement(0, box))
        return path

    def seal_file(self) -> Path:
        """The unit's seal as a file."""
        path = self.folder / "印章.esl"
        path.write_bytes(self.unit.seal)
        return path

    def _write(self, name: str, parts: dict[str, bytes]) -> Path:
        path = self.folder / name
        path.write_bytes(pack(parts))
        return path
