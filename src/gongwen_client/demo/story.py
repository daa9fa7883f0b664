"""A clerk's whole day, told through the real windows, chapter by chapter."""

from __future__ import annotations

from pathlib import Path

from gongwen_client.demo.chapters import (
    books,
    copies,
    correcting,
    forwarding,
    inspecting,
    morning,
    outage,
    recalling,
    receiving,
    returning,
    sending,
)
from gongwen_client.demo.company import Company
from gongwen_client.demo.player import Player
from gongwen_client.practice.material import Material
from gongwen_client.practice.stage import Stage
from gongwen_client.services.office import Office
from gongwen_client.ui.shell.window import MainWindow


class Story:
    """Plays both clerks. ``windows`` stay open at the end."""

    def __init__(self, stage: Stage, server_url: str, material: Material, player: Player) -> None:
        self._company = Company(stage, server_url, material, player)

    @property
    def offices(self) -> list[Office]:
        """The programs that were started so far."""
        return self._company.offices

    @property
    def windows(self) -> list[MainWindow]:
        """The windows so far."""
        return self._company.windows

    @property
    def printed(self) -> list[Path]:
        """The originals that were printed."""
        return self._company.printed

    def play(self) -> None:
        """The whole day. Raises KnownError("demo.stuck") where it cannot go on."""
        company = self._company
        morning.play(company)
        if not sending.play(company):
            return
        if receiving.play(company):
            copies.play(company)
            forwarding.play(company)
        returning.play(company)
        recalling.play(company)
        correcting.play(company)
        outage.play(company)
        books.play(company)
        inspecting.play(company)
