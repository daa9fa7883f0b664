"""A small town for the windows: a real exchange, a seal authority, offices of units. Nothing is mocked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from fakes.clock import FakeClock
from fakes.exchange import ALL_ROLES, INITIAL_PASSWORD, PASSWORD, RunningExchange
from gongwen_client.host.places import Places
from gongwen_client.host.printing import PrinterPort
from gongwen_client.services.office import Office, OfficeSettings
from gongwen_client.token.keyfile import create_key_file
from gongwen_crypto.issue import Subject, Usage, issue, issue_revocation_list, make_root
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.seal_artwork import draw_seal_picture
from gongwen_docs.seals.model import SealPicture
from gongwen_docs.seals.write import SealOrder, make_seal
from gongwen_docs.typeset import read_circular, typeset, typeset_attachment
from gongwen_protocol.messages import Role
from gongwen_protocol.resources import resource_path

PIN = "135790"
UNITS: tuple[tuple[str, str, str], ...] = (
    ("150600001", "示范市人民政府办公室", "市政府办公室"),
    ("150600002", "示范市发展和改革委员会", "市直部门"),
    ("150600003", "示范市教育局", "市直部门"),
    ("150600004", "示范市财政局", "市直部门"),
    ("150600005", "示范市水利局", "市直部门"),
    ("150600006", "示范市卫生健康委员会", "市直部门"),
    ("150602001", "东城区人民政府办公室", "区人民政府"),
    ("150602002", "西城区人民政府办公室", "区人民政府"),
    ("150603001", "临河区人民政府办公室", "区人民政府"),
    ("150699001", "示范市供水集团有限公司", "企业事业单位"),
    ("150600007", "示范市档案局", "市直部门"),
    ("150600008", "示范市统计局", "市直部门"),
    ("150600009", "示范市审计局", "市直部门"),
    ("150600010", "示范市司法局", "市直部门"),
)
NOT_ENABLED = "150699001"
_YEAR = timedelta(days=365)


@cache
def _circular() -> dict[str, bytes]:
    """Files of the circular of three pages and its annexes, typeset once for all towns."""
    circular = read_circular(resource_path("documents", "qiyong-tongzhi.toml"))
    annexes = {one.file: typeset_attachment(circular, one.annex) for one in circular.attachments}
    return {"启用通知.ofd": typeset(circular)[0], **annexes}


@dataclass
class Town:
    """Everything the story needs; ``stop`` ends what was started."""

    home: Path
    exchange: RunningExchange
    documents: Path
    trust: Path
    root: SoftwareSigner
    maker: SoftwareSigner
    offices: list[Office] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    """Units whose clerk has replaced the initial password."""
    clock: FakeClock | None = None
    """What the exchange and the offices go by, None: the machine's."""
    address: str = ""
    """Where the offices look for the exchange, empty: at its own address."""
    names: dict[str, str] = field(default_factory=lambda: {code: name for code, name, _region in UNITS})

    @classmethod
    def found(cls, home: Path, clock: FakeClock | None = None) -> Town:
        """Exchange, authority, directory, documents."""
        exchange = RunningExchange(home / "exchange", clock=clock)
        for rank, (code, name, region) in enumerate(UNITS):
            exchange.add_unit(code, name, rank=rank, region=region, enabled=code != NOT_ENABLED)
        for code, _name, _region in UNITS:
            if code != NOT_ENABLED:
                exchange.add_account(code)
        now = datetime.now(UTC)
        root = make_root(
            Subject("示范市电子印章根证书", "示范市电子印章中心"), now - 3 * _YEAR, now + 7 * _YEAR
        )
        maker = SoftwareSigner.generate()
        maker_subject = Subject("示范市电子印章中心", "示范市电子印章中心")
        maker = maker.with_certificate(
            issue(root, maker_subject, maker.public_key, Usage.SIGNING, now - 2 * _YEAR, now + 5 * _YEAR)
        )
        trust = home / "trust"
        trust.mkdir(parents=True)
        (trust / "root.cer").write_bytes(root.certificate_der)
        (trust / "root.crl").write_bytes(
            issue_revocation_list(root, (), now - timedelta(days=1), now + _YEAR)
        )
        documents = home / "documents"
        documents.mkdir()
        for file, content in _circular().items():
            (documents / file).write_bytes(content)
        return cls(home, exchange, documents, trust, root, maker, clock=clock)

    @property
    def body(self) -> Path:
        """The circular of three pages."""
        return self.documents / "启用通知.ofd"

    @property
    def attachment(self) -> Path:
        """Its annex."""
        return next(path for path in self.documents.iterdir() if path.name.startswith("附件"))

    def add_unit(self, code: str, name: str, roles: frozenset[Role] = ALL_ROLES) -> None:
        """One more unit, with its clerk."""
        self.exchange.add_unit(code, name, rank=len(self.names), region="市直部门")
        self.exchange.add_account(code, roles=roles)
        self.names[code] = name

    def office(
        self,
        code: str,
        *,
        key: bool = True,
        poll_seconds: float = 1.0,
        printer: PrinterPort | None = None,
    ) -> Office:
        """A started office of a unit, with its seal key plugged in; nobody is logged in. Without a
        ``printer`` it has those of this machine."""
        places = Places.below(self.home / f"pc-{code}")
        places.prepare()
        if key:
            self.plug_key(places.keyfiles, code)
        settings = OfficeSettings(
            self.address or self.exchange.url,
            (),
            (),
            self.trust,
            self.home / f"printed-{code}",
            poll_seconds,
        )
        settings.print_folder.mkdir(exist_ok=True)
        office = Office(places, settings, clock=self.clock, printer=printer)
        office.start()
        self.offices.append(office)
        return office

    def logged_in(self, code: str, *, key: bool = True, printer: PrinterPort | None = None) -> Office:
        """An office in which the clerk has logged in; the first time the password is set."""
        office = self.office(code, key=key, printer=printer)
        if code in self.settled:
            office.login.log_in(code, "clerk", PASSWORD)
        else:
            office.login.log_in(code, "clerk", INITIAL_PASSWORD)
            office.login.change_password(INITIAL_PASSWORD, PASSWORD)
            self.settled.add(code)
        return office

    def plug_key(self, folder: Path, code: str) -> Path:
        """Put the unit's key file into a folder."""
        name = self.names[code]
        now = datetime.now(UTC)
        signer = SoftwareSigner.generate()
        certificate = issue(
            self.root, Subject(name, name), signer.public_key, Usage.SIGNING, now - _YEAR, now + 3 * _YEAR
        )
        artwork = draw_seal_picture(name)
        seal = make_seal(
            SealOrder(
                es_id=f"{code}0001",
                name=name,
                certificates=[certificate],
                picture=SealPicture("PNG", artwork.png(), artwork.width_mm, artwork.height_mm),
                created=now - _YEAR,
                valid_from=now - _YEAR,
                valid_to=now + 3 * _YEAR,
            ),
            self.maker,
        )
        path = folder / f"{code}.gwkey"
        create_key_file(
            path, signer.pair.private, certificate, seal, PIN, label=f"{name}秘钥盘", serial=f"GW-{code}"
        )
        return path

    def stop(self) -> None:
        """End offices and exchange."""
        for office in self.offices:
            office.stop()
        self.exchange.stop()
