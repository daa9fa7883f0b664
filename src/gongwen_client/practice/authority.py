"""The demonstration's seal authority (制章机构): certificates, revocation list, seals and software seal keys.

A real region has a licensed certification provider and a seal centre; here one folder plays both, with the
same structures: root → unit certificate, seal maker certificate, seal signed by the maker (GB/T 38540).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gongwen_client.practice.cast import AUTHORITY, DemoUnit
from gongwen_client.token.keyfile import create_key_file
from gongwen_crypto.issue import Subject, Usage, issue, issue_revocation_list, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.seal_artwork import draw_seal_picture
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.write import SealOrder, make_seal

_YEAR = timedelta(days=365)
_DIAMETER_MM = 42.0  # 国发〔1999〕25号: organs below city level and departments up to 45 mm


@dataclass(frozen=True)
class SealAuthority:
    """Root and seal maker of the demonstration."""

    root: SoftwareSigner
    maker: SoftwareSigner
    since: datetime

    @classmethod
    def found(cls, since: datetime) -> SealAuthority:
        """A new authority, its certificates valid from ``since`` for ten years."""
        root = make_root(Subject(f"{AUTHORITY}根证书", AUTHORITY), since, since + 10 * _YEAR)
        maker = SoftwareSigner.generate()
        subject = Subject(f"{AUTHORITY}制章人", AUTHORITY)
        certificate = issue(root, subject, maker.public_key, Usage.SIGNING, since, since + 5 * _YEAR)
        return cls(root, maker.with_certificate(certificate), since)

    def write_trust(self, folder: Path, now: datetime) -> None:
        """Write what a client trusts: the root, a fresh revocation list, and who may make seals."""
        makers = folder / "seal-makers"
        makers.mkdir(parents=True, exist_ok=True)
        (makers / "maker.cer").write_bytes(self.maker.certificate_der)
        (folder / "root.cer").write_bytes(self.root.certificate_der)
        revocations = issue_revocation_list(self.root, (), now, now + timedelta(days=90))
        (folder / "root.crl").write_bytes(revocations)

    def make_key(self, unit: DemoUnit, folder: Path) -> Path:
        """Issue the unit's certificate and seal and put both on a software key in ``folder``."""
        signer = SoftwareSigner.generate()
        certificate = issue(
            self.root,
            Subject(unit.name, unit.name),
            signer.public_key,
            Usage.SIGNING,
            self.since,
            self.since + 3 * _YEAR,
        )
        order = SealOrder(
            es_id=f"{unit.code}01",
            name=unit.name,
            picture=_picture(unit.name),
            certificates=(certificate,),
            created=self.since,
            valid_from=self.since,
            valid_to=self.since + 3 * _YEAR,
        )
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{unit.short_name}.gwkey"
        create_key_file(
            path,
            private_key=signer.pair.private,
            certificate=certificate,
            seal=make_seal(order, self.maker),
            pin=unit.pin,
            label=f"{unit.name}电子印章秘钥盘",
            serial=f"DEMO-{unit.code[-3:]}",
        )
        return path

    def issue_encryption(self, name: str, common_name: str = "") -> SoftwareSigner:
        """A fresh pair for encryption, certified for ``name``; a real authority keeps a copy for recovery."""
        holder = SoftwareSigner.generate()
        subject = Subject(common_name or f"{name}（加密）", name)
        until = self.since + 3 * _YEAR
        return holder.with_certificate(
            issue(self.root, subject, holder.public_key, Usage.ENCRYPTION, self.since, until)
        )


def _picture(name: str) -> SealPicture:
    return SealPicture("PNG", draw_seal_picture(name, _DIAMETER_MM).png(), _DIAMETER_MM, _DIAMETER_MM)
