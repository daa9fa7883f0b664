"""The stage of the demonstration: exchange, seal authority, two offices with one seal key each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gongwen_client.host.places import Places
from gongwen_client.practice.authority import SealAuthority
from gongwen_client.practice.cast import RECEIVER, SENDER, UNITS, DemoUnit
from gongwen_client.practice.exchange import DemoExchange
from gongwen_client.services.office import Office, OfficeSettings, device_secrets
from gongwen_crypto import key_parcel

_POLL_SECONDS = 2.0


@dataclass(frozen=True)
class Desk:
    """One unit's PC. ``slot`` is where its seal key is plugged in, ``key`` the key while unplugged."""

    unit: DemoUnit
    home: Path
    slot: Path
    drawer: Path

    @property
    def parcel(self) -> Path:
        """The unit's encryption key as the authority delivered it."""
        return self.home / f"{self.unit.short_name}{key_parcel.SUFFIX}"

    def plug_in(self) -> None:
        """Put the seal key into the PC."""
        key = next(self.drawer.glob("*.gwkey"))
        key.rename(self.slot / key.name)


class Stage:
    """Everything below one folder; nothing of it outlives that folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.trust = home / "trust"
        self.exchange = DemoExchange(home / "exchange")
        self.sender = self._desk(SENDER, "fawen")
        self.receiver = self._desk(RECEIVER, "shouwen")

    def set_up(self) -> str:
        """Found the authority, make keys and seals, serve the exchange; return its address."""
        now = datetime.now(UTC)
        authority = SealAuthority.found(now - timedelta(days=30))
        authority.write_trust(self.trust, now)
        for desk in (self.sender, self.receiver):
            authority.make_key(desk.unit, desk.drawer)
            desk.slot.mkdir(parents=True, exist_ok=True)
        self.exchange.set_up()
        self._make_encryption_keys(authority)
        return self.exchange.start()

    def _make_encryption_keys(self, authority: SealAuthority) -> None:
        """A pair for every unit: certificates to the exchange, keys to the units as files with a password."""
        certificates = self.home / "certificates"
        certificates.mkdir()
        for unit in UNITS:
            holder = authority.issue_encryption(unit.name)
            (certificates / f"{unit.code}.cer").write_bytes(holder.certificate_der)
            for desk in (self.sender, self.receiver):
                if desk.unit is unit:
                    desk.parcel.write_bytes(key_parcel.pack(holder, unit.pin))
        self.exchange.add_encryption(certificates)

    def office(self, desk: Desk, server_url: str) -> Office:
        """The program on that PC, as its administrator has set it up."""
        settings = OfficeSettings(
            server_url=server_url,
            key_folders=(desk.slot,),
            token_modules=(),
            trust_dir=self.trust,
            print_folder=self.home / "printed" / desk.unit.short_name,
            poll_seconds=_POLL_SECONDS,
        )
        places = Places.below(desk.home)
        office = Office(places, settings, secrets=device_secrets(places))
        office.unit_keys.keep(desk.parcel, desk.unit.pin)
        return office

    def inspection(self, server_url: str) -> Office:
        """The program on the inspector's PC: no seal key, no documents."""
        settings = OfficeSettings(
            server_url, (), (), self.trust, self.home / "printed", poll_seconds=_POLL_SECONDS
        )
        places = Places.below(self.home / "ducha")
        return Office(places, settings, secrets=device_secrets(places))

    def _desk(self, unit: DemoUnit, name: str) -> Desk:
        return Desk(unit, self.home / name, self.home / name / "usb", self.home / name / "drawer")
