"""The training ground on this PC: set up once, served as long as somebody trains, torn down on wish."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from gongwen_client.practice import counterpart
from gongwen_client.practice.cast import ACCOUNT, RECEIVER, SENDER
from gongwen_client.practice.counterpart import Counterpart
from gongwen_client.practice.passwords import replace_password
from gongwen_client.practice.stage import Stage
from gongwen_client.services.office import Office
from gongwen_client.services.training import TrainingTicket

READY = "ready"


@dataclass
class Ground:
    """Everything below ``home``. The trainee is the sending unit, the counterpart the receiving one."""

    home: Path

    def __post_init__(self) -> None:
        self._stage = Stage(self.home)
        self._office: Office | None = None
        self._counterpart: Counterpart | None = None

    def open(self) -> TrainingTicket:
        """Slow. Serve the exchange and let the counterpart work; set everything up the first time, or where
        an earlier set-up did not come to its end."""
        fresh = not (self.home / READY).exists()
        if fresh:
            shutil.rmtree(self.home, ignore_errors=True)
            self.home.mkdir(parents=True)
            url = self._stage.set_up()
            for desk in (self._stage.sender, self._stage.receiver):
                desk.plug_in()
                unit = desk.unit
                replace_password(url, unit, ACCOUNT, unit.initial_password, unit.password)
        else:
            url = self._stage.exchange.start()
        self._office = self._stage.office(self._stage.receiver, url)
        self._office.start()
        counterpart.log_in(self._office)
        self._counterpart = Counterpart(self._office, url, self.home / "samples")
        if fresh:
            self._counterpart.send_samples()
            (self.home / READY).touch()
        self._counterpart.start()
        desk = self._stage.sender
        return TrainingTicket(
            server_url=url,
            home=str(desk.home),
            slot=str(desk.slot),
            trust=str(self._stage.trust),
            parcel=str(desk.parcel),
            printed=str(self.home / "printed"),
            unit_code=SENDER.code,
            unit_name=SENDER.name,
            account=ACCOUNT,
            password=SENDER.password,
            pin=SENDER.pin,
            counterpart=RECEIVER.name,
        )

    def close(self) -> None:
        """End counterpart and exchange; what was done stays for the next time."""
        if self._counterpart is not None:
            self._counterpart.stop()
        if self._office is not None:
            self._office.stop()
        self._stage.exchange.stop()
