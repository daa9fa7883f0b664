"""The address book of units (通讯录)."""

from __future__ import annotations

from gongwen_client.exchange.api import in_foreground
from gongwen_client.services.desk import Desk
from gongwen_crypto.errors import KnownError
from gongwen_protocol.messages import Readiness, Unit, UnitGroup


class DirectoryService:
    """Reads the locally kept directory; the engine refreshes it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def units(self) -> tuple[Unit, ...]:
        """All units in rank order."""
        return self._desk.store.units.list()

    def groups(self) -> tuple[UnitGroup, ...]:
        """Units that are often addressed together (常用分组)."""
        return self._desk.store.units.groups()

    def readiness(self) -> Readiness:
        """Slow. Whether units will take notice of what is sent now. Raises KnownError: network.*."""
        self._desk.grant()
        return in_foreground(lambda: self._desk.api.get("/v1/readiness", Readiness))

    def unit(self, code: str) -> Unit:
        """Raises KnownError("directory.not_listed")."""
        for unit in self.units():
            if unit.code == code:
                return unit
        raise KnownError("directory.not_listed", unit=code)
