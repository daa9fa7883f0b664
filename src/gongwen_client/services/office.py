"""The office: one per PC, wires store, engine, key broker, render pool, printer and clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gongwen_client.services.directory import DirectoryService
from gongwen_client.services.drafts import DraftService
from gongwen_client.services.duty import DutyService
from gongwen_client.services.incoming import IncomingService
from gongwen_client.services.login import LoginService
from gongwen_client.services.printing import PrintService
from gongwen_client.services.sealing import SealingService
from gongwen_client.services.sending import SendingService
from gongwen_client.services.tracking import TrackingService

if TYPE_CHECKING:
    from gongwen_client.host import Clock, Places, PrinterPort


@dataclass(frozen=True)
class OfficeSettings:
    """What the administrator sets once per PC."""

    server_url: str
    key_folders: tuple[Path, ...]
    token_modules: tuple[str, ...]
    trust_dir: Path
    print_folder: Path
    poll_seconds: float = 30.0


class Office:
    """The services that windows, commands and the demo call. All calls are thread-safe."""

    def __init__(
        self,
        places: Places,
        settings: OfficeSettings,
        *,
        clock: Clock | None = None,
        printer: PrinterPort | None = None,
    ) -> None:
        self.places = places
        self.settings = settings
        self.login = LoginService()
        self.directory = DirectoryService()
        self.drafts = DraftService()
        self.sealing = SealingService()
        self.sending = SendingService()
        self.incoming = IncomingService()
        self.printing = PrintService()
        self.tracking = TrackingService()
        self.duty = DutyService()

    def start(self) -> None:
        """Start the engine."""

    def stop(self) -> None:
        """Stop engine, workers and broker; joins within 3 s."""

    def subscribe(self, callback: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call back with changed topics ("incoming", "sent", "drafts", "duty", "keys", "notice") on an
        engine thread; the answer unsubscribes."""
        return lambda: None
