"""The address book of units (通讯录)."""

from __future__ import annotations

from gongwen_protocol.messages import Unit


class DirectoryService:
    """Reads the locally kept directory; the engine refreshes it."""

    def units(self) -> tuple[Unit, ...]:
        """All units in rank order."""
        raise NotImplementedError

    def unit(self, code: str) -> Unit:
        """Raises KnownError("directory.unknown_unit")."""
        raise NotImplementedError
