"""The office: one per PC, wires store, engine, key broker, render pool, printer and clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gongwen_client.domain.preferences import Locks
from gongwen_client.exchange.announcer import Announcer
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.cabinet import FileCabinet
from gongwen_client.exchange.engine import Engine
from gongwen_client.exchange.key_directory import KeyDirectory
from gongwen_client.exchange.opening import EnvelopeOpener
from gongwen_client.exchange.pinning import pinned_certificates
from gongwen_client.exchange.protecting import Protector
from gongwen_client.exchange.proving import Prover
from gongwen_client.exchange.session import SessionHolder
from gongwen_client.host.clock import Clock, SystemClock
from gongwen_client.host.places import Places
from gongwen_client.host.printing import PrinterPort, open_printers
from gongwen_client.host.secrets import FileStore, SecretStore, open_secret_store
from gongwen_client.host.unit_keys import UnitKeys
from gongwen_client.render import RenderPool
from gongwen_client.services.addressing import AddressingService
from gongwen_client.services.archive import ArchiveService
from gongwen_client.services.asking import AskingService
from gongwen_client.services.attention import AttentionService
from gongwen_client.services.boards import BoardService
from gongwen_client.services.contacts import ContactsService
from gongwen_client.services.copy_marks import CopyMarkService
from gongwen_client.services.copying import CopyService
from gongwen_client.services.deputies import DeputyService
from gongwen_client.services.desk import Desk
from gongwen_client.services.devices import DeviceService
from gongwen_client.services.diagnostics import DiagnosticsService, Parts
from gongwen_client.services.directory import DirectoryService
from gongwen_client.services.drafts import DraftService
from gongwen_client.services.duty import DutyService
from gongwen_client.services.encryption_keys import EncryptionKeyService
from gongwen_client.services.evidence import EvidenceService
from gongwen_client.services.examination import Examiner
from gongwen_client.services.faults import FaultService
from gongwen_client.services.finding import FindService
from gongwen_client.services.first_run import FirstRunService
from gongwen_client.services.followup import FollowUpService
from gongwen_client.services.forwarding import ForwardingService
from gongwen_client.services.handover import HandoverService
from gongwen_client.services.help import HelpService
from gongwen_client.services.home import HomeService
from gongwen_client.services.incoming import IncomingService
from gongwen_client.services.keys import KeyService
from gongwen_client.services.lists import ListService
from gongwen_client.services.local import LocalDocuments
from gongwen_client.services.login import LoginService
from gongwen_client.services.notepad import NotepadService
from gongwen_client.services.notices import NoticeService
from gongwen_client.services.paper_book import PaperBookService
from gongwen_client.services.photographs import PhotographService
from gongwen_client.services.preferences import PreferenceService, PreferredFirst
from gongwen_client.services.print_witness import PrintWitness
from gongwen_client.services.printing import PrintService
from gongwen_client.services.registers import RegisterService
from gongwen_client.services.seal_ledger import SealLedgerService
from gongwen_client.services.sealing import SealingService
from gongwen_client.services.secrecy_guard import SecrecyGuard
from gongwen_client.services.send_review import SendReviewService
from gongwen_client.services.sending import SendingService
from gongwen_client.services.sheet_printing import SheetPrinter
from gongwen_client.services.statistics import StatisticsService
from gongwen_client.services.terminal import TerminalService
from gongwen_client.services.texts import TextService
from gongwen_client.services.time_stamping import TimeStamping
from gongwen_client.services.tracking import TrackingService
from gongwen_client.services.unsealing import UnsealingService
from gongwen_client.store import Store
from gongwen_client.token.keys import TokenEvent
from gongwen_client.token.profiles import ModuleConfig
from gongwen_client.token.proxy import TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_protocol.states import DocumentState


@dataclass(frozen=True)
class TokenDriver:
    """A library of a key's maker. ``interface`` is pkcs11 or skf; ``profile`` names how to drive it (or is
    the path of a profile); empty means: by what the library says of itself."""

    library: Path
    interface: str = "pkcs11"
    profile: str = ""


@dataclass(frozen=True)
class OfficeSettings:
    """What the administrator sets once per PC. ``poll_seconds`` lies between two polls of the exchange."""

    server_url: str
    key_folders: tuple[Path, ...]
    token_modules: tuple[str, ...]
    trust_dir: Path
    print_folder: Path
    poll_seconds: float = 30.0
    token_drivers: tuple[TokenDriver, ...] = ()
    locks: Locks = field(default_factory=Locks)


class Office:
    """The services that windows, commands and the demo call. All calls are thread-safe.

    Making one opens the store (errors: see ``store.database``) and touches no network; ``start`` begins to
    talk to the exchange, ``stop`` ends everything.
    """

    def __init__(
        self,
        places: Places,
        settings: OfficeSettings,
        *,
        clock: Clock | None = None,
        printer: PrinterPort | None = None,
        secrets: SecretStore | None = None,
    ) -> None:
        places.prepare()
        self.places = places
        self.settings = settings
        clock = clock or SystemClock()
        draft_folder = places.data / "drafts"
        self._announcer = Announcer()
        self._store = Store(places.data / "gongwen.db", draft_folder)
        prover = Prover(clock)
        api = ExchangeApi(settings.server_url, prover=prover)
        session = SessionHolder(api)
        secrets = secrets or open_secret_store(places.config)
        self.unit_keys = UnitKeys(places.data / "encryption", secrets)
        opener = EnvelopeOpener(api, self._store, self.unit_keys)
        key_directory = KeyDirectory(api, self._store, settings.trust_dir)
        self._protector = Protector(places.data / "sending")
        cabinet = FileCabinet(places.data / "received", api, opener)
        self._engine = Engine(
            api,
            self._store,
            cabinet,
            clock,
            self._announcer,
            session,
            self._protector,
            key_directory,
            poll_seconds=settings.poll_seconds,
        )
        self.render = RenderPool()
        self.tokens = TokenBroker(broker_config(settings, places))
        desk = Desk(
            store=self._store,
            api=api,
            session=session,
            engine=self._engine,
            announcer=self._announcer,
            cabinet=cabinet,
            clock=clock,
            draft_folder=draft_folder,
            trust_dir=settings.trust_dir,
            key_directory=key_directory,
            opener=opener,
        )
        self.devices = DeviceService(api, self._store, prover, secrets, places.data)
        self.login = LoginService(desk, self.devices, self.tokens)
        self.directory = DirectoryService(desk)
        self.contacts = ContactsService(desk, self.render)
        self.notices = NoticeService(desk)
        self.statistics = StatisticsService(desk, self.render)
        examiner = Examiner(self.render)
        self.secrecy = SecrecyGuard(desk, self.render, examiner, self.login.vouch)
        self.addressing = AddressingService(desk, examiner)
        self.drafts = DraftService(desk, self.render, examiner, self.secrecy)
        self.keys = KeyService(desk, self.render, self.tokens)
        self.seal_ledger = SealLedgerService(self._store, clock, device_secrets(places))
        self.sealing = SealingService(
            desk, self.render, self.tokens, self.seal_ledger, self.keys.custody, TimeStamping(desk).ask
        )
        self.sending = SendingService(desk, self.seal_ledger.witness_head, self.secrecy)
        self.send_review = SendReviewService(desk, self.drafts, self.sending, self.addressing, self.secrecy)
        self.incoming = IncomingService(desk, self.render)
        self.forwarding = ForwardingService(desk, self.incoming, self.drafts)
        self.unsealing = UnsealingService(self.incoming, opener, self.tokens)
        self.preferences = PreferenceService(places.config, settings.locks)
        printer = PreferredFirst(
            printer or open_printers(settings.print_folder), lambda: self.preferences.now.printer
        )
        self.printing = PrintService(
            desk,
            self.incoming,
            self.render,
            printer,
            places.cache / "print",
            PrintWitness(desk, self.keys, self.tokens),
        )
        self.copying = CopyService(desk, self.incoming, self.render, places.cache / "copies")
        self.copy_marks = CopyMarkService(desk, self.render)
        self.tracking = TrackingService(desk, self.render)
        self.local = LocalDocuments(
            self.render, settings.trust_dir, clock, lambda: pinned_certificates(self._store), self.tokens
        )
        self.duty = DutyService(desk, self.notices)
        self.lists = ListService(desk)
        self.texts = TextService(desk, self.render)
        self.followup = FollowUpService(desk)
        self.asking = AskingService(desk)
        self.photographs = PhotographService(desk, self.render)
        self.boards = BoardService(desk)
        self.notepad = NotepadService(desk)
        self.attention = AttentionService(desk, lambda: self.preferences.now.earlier_notice)
        self.deputies = DeputyService(desk)
        self.evidence = EvidenceService(desk)
        self.registers = RegisterService(desk, self.render)
        self.paper_book = PaperBookService(desk, self.render)
        self.sheets = SheetPrinter(printer, places.cache / "print")
        self.finding = FindService(self.lists, self.registers)
        self.archive = ArchiveService(
            desk, self.render, self.incoming.checked_files, self.tracking.sent_files
        )
        self.home = HomeService(desk, self.lists, self.duty, self.notices, self.archive)
        self.handover = HandoverService(desk, self.render, self.login, self.keys)
        self.encryption_keys = EncryptionKeyService(desk, self.unit_keys)
        self._add_safety(desk, api, printer)
        self._clear_up(draft_folder)

    def start(self) -> None:
        """Begin to talk to the exchange and to watch for seal keys."""
        self._engine.start()
        self.tokens.watch(self._note_token)

    def stop(self) -> None:
        """Stop engine, workers and broker, each within 3 s. What was under way goes on at the next start."""
        self._engine.stop()
        self.tokens.stop()
        self.render.stop()
        self._store.close()

    def subscribe(self, callback: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Call back with changed topics ("incoming", "sent", "drafts", "duty", "directory", "keys",
        "notice", "notices") on an engine thread; the answer unsubscribes."""
        return self._announcer.subscribe(callback)

    def _add_safety(self, desk: Desk, api: ExchangeApi, printers: PrinterPort) -> None:
        """What a clerk needs when something does not work, and before anything does."""
        places, settings = self.places, self.settings
        self.terminal = TerminalService(places.data, self._clock_offset)
        self.faults = FaultService(desk, self.render, printers, places.cache / "print")
        self.first_run = FirstRunService(desk, places)
        self.help = HelpService(desk.profile)
        self.diagnostics = DiagnosticsService(
            Parts(
                places,
                settings.server_url,
                settings.trust_dir,
                api,
                self.first_run.pinned,
                self._store,
                self.render,
                self.tokens,
                printers,
                self.terminal,
            )
        )

    def _clock_offset(self) -> float | None:
        """How far the exchange's clock is ahead, once it has answered."""
        facts = self._engine.connection.facts
        return None if facts.last_heartbeat is None else facts.server_time_offset

    def _note_token(self, _event: TokenEvent) -> None:
        self._announcer.tell("keys")

    def _clear_up(self, draft_folder: Path) -> None:
        """What a crash left: half-copied and half-sealed files, ledger lines without an end."""
        self.seal_ledger.settle_interrupted()
        self._store.registers.catch_up()
        sending = self._store.drafts.list(DocumentState.SENDING)
        self._protector.forget_all_but(draft.document_id for draft in sending)
        known = self._store.drafts.known_files()
        for path in draft_folder.glob("*/*"):
            if path not in known:
                path.unlink(missing_ok=True)


def device_secrets(places: Places) -> SecretStore:
    """The key of the ledger, in a file that only its user may read: unlike a key ring it is there whoever
    asks, with and without a desktop, so the ledger's signer never changes by itself."""
    return FileStore(places.data / "device.json", "")


def broker_config(settings: OfficeSettings, places: Places) -> BrokerConfig:
    """Where the broker looks for seal keys."""
    modules = [ModuleConfig(Path(library)) for library in settings.token_modules]
    skf_modules: list[ModuleConfig] = []
    for driver in settings.token_drivers:
        family = skf_modules if driver.interface == "skf" else modules
        family.append(ModuleConfig(driver.library, driver.profile))
    return BrokerConfig(
        tuple(modules),
        (places.keyfiles, *settings.key_folders),
        tuple(skf_modules),
        places.data / "self_tests.json",
    )
