"""A unit's PC without documents, keys and printers: store, engine and services that need no more."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fakes.exchange import INITIAL_PASSWORD, PASSWORD
from gongwen_client.domain.drafts import Draft, LocalFile, draft_for
from gongwen_client.exchange.announcer import Announcer
from gongwen_client.exchange.api import ExchangeApi, Timeouts
from gongwen_client.exchange.cabinet import FileCabinet
from gongwen_client.exchange.engine import Engine
from gongwen_client.exchange.key_directory import KeyDirectory
from gongwen_client.exchange.opening import EnvelopeOpener
from gongwen_client.exchange.protecting import Protector
from gongwen_client.exchange.proving import Prover
from gongwen_client.exchange.retry import Backoff
from gongwen_client.exchange.session import SessionHolder
from gongwen_client.host.clock import Clock, SystemClock
from gongwen_client.host.secrets import FileStore
from gongwen_client.host.unit_keys import UnitKeys
from gongwen_client.render import RenderPool
from gongwen_client.services.desk import Desk
from gongwen_client.services.devices import DeviceService
from gongwen_client.services.duty import DutyService
from gongwen_client.services.login import LoginService
from gongwen_client.services.notices import NoticeService
from gongwen_client.services.sending import SendingService
from gongwen_client.services.tracking import TrackingService
from gongwen_client.store import Store
from gongwen_client.token.proxy import TokenBroker
from gongwen_client.token.wire import BrokerConfig
from gongwen_crypto import sm3
from gongwen_crypto.errors import RefusedError
from gongwen_protocol.messages import Elements, Recipient, RecipientRole
from gongwen_protocol.states import DocumentState

OFD = b"PK\x03\x04" + b"a body that only claims to be an OFD package" * 20
PATIENCE = 20.0
QUICK = Backoff(base=0.05, cap=0.4)


class DeskPc:
    """Everything of a client that talks to the exchange, below ``home``; a second one on the same home is
    the same PC after a restart."""

    def __init__(
        self,
        home: Path,
        url: str,
        *,
        poll_seconds: float = 0.2,
        clock: Clock | None = None,
        read: float = 5.0,
    ) -> None:
        self.home = home
        self.patience = PATIENCE
        self.store = Store(home / "gongwen.db", home / "drafts")
        clock = clock or SystemClock()
        prover = Prover(clock)
        self.api = ExchangeApi(url, Timeouts(connect=1.0, read=read), prover)
        self.announcer = Announcer()
        session = SessionHolder(self.api)
        self.secrets = FileStore(home / "secrets.json", "")
        self.unit_keys = UnitKeys(home / "encryption", self.secrets)
        opener = EnvelopeOpener(self.api, self.store, self.unit_keys)
        key_directory = KeyDirectory(self.api, self.store, home / "trust")
        cabinet = FileCabinet(home / "received", self.api, opener)
        self.engine = Engine(
            self.api,
            self.store,
            cabinet,
            clock,
            self.announcer,
            session,
            Protector(home / "sending"),
            key_directory,
            poll_seconds=poll_seconds,
            backoff=QUICK,
        )
        self.desk = Desk(
            store=self.store,
            api=self.api,
            session=session,
            engine=self.engine,
            announcer=self.announcer,
            cabinet=cabinet,
            clock=clock,
            draft_folder=home / "drafts",
            trust_dir=home / "trust",
            key_directory=key_directory,
            opener=opener,
        )
        self.devices = DeviceService(self.api, self.store, prover, self.secrets, home)
        self.tokens = TokenBroker(BrokerConfig((), (home / "keys",)))
        self.login = LoginService(self.desk, self.devices, self.tokens)
        self.sending = SendingService(self.desk)
        self.render = RenderPool(1)
        self.tracking = TrackingService(self.desk, self.render)
        self.duty = DutyService(self.desk, NoticeService(self.desk))
        self._changed = threading.Condition()
        self.announcer.subscribe(self._note)

    def start(self) -> None:
        """Begin to talk to the exchange."""
        self.engine.start()

    def stop(self) -> None:
        """End everything."""
        self.engine.stop()
        self.tokens.stop()
        self.render.stop()
        self.store.close()

    def log_in(self, unit_code: str, account: str = "clerk") -> None:
        """Log in, with a change of the initial password at the first time."""
        try:
            grant = self.login.log_in(unit_code, account, INITIAL_PASSWORD)
        except RefusedError:
            self.login.log_in(unit_code, account, PASSWORD)
        else:
            if grant.must_change_password:
                self.login.change_password(INITIAL_PASSWORD, PASSWORD)

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that the engine announces; looks again every now and then besides."""
        with self._changed:
            for _ in range(int(self.patience / 0.2)):
                if happened():
                    return
                self._changed.wait(0.2)
        raise AssertionError(f"it never happened; {self.duty.state()}")

    def ready_draft(self, *unit_codes: str, body: bytes = OFD, title: str = "关于测试的通知") -> Draft:
        """A draft that only has to be sent."""
        document_id = uuid.uuid4().hex
        path = self.home / "drafts" / document_id / "body.ofd"
        path.parent.mkdir(parents=True)
        path.write_bytes(body)
        draft = replace(
            draft_for(document_id, self.desk.clock.now()),
            state=DocumentState.READY,
            elements=Elements(title=title, doc_number="东政发〔2026〕1号"),
            body=LocalFile("通知.ofd", path, len(body), sm3.digest(body).hex()),
            recipients=tuple(
                Recipient(unit_code=code, role=RecipientRole.MAIN, copies=2) for code in unit_codes
            ),
        )
        self.store.drafts.save(draft)
        return draft

    def _note(self, _topics: frozenset[str]) -> None:
        with self._changed:
            self._changed.notify_all()
