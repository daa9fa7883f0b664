"""Whole PCs of units: real office, real seal keys (files), real documents."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from fakes.exchange import INITIAL_PASSWORD, PASSWORD, RunningExchange
from gongwen_client.domain.drafts import Draft
from gongwen_client.domain.rows import IncomingRow, IncomingState
from gongwen_client.host.places import Places
from gongwen_client.host.printing import PrinterPort
from gongwen_client.host.secrets import FileStore
from gongwen_client.practice.authority import SealAuthority
from gongwen_client.practice.cast import RECEIVER, SENDER, DemoUnit
from gongwen_client.services.office import Office, OfficeSettings
from gongwen_crypto import key_parcel
from gongwen_crypto.errors import RefusedError
from gongwen_crypto.software import SoftwareSigner
from gongwen_docs.typeset import read_circular, typeset
from gongwen_protocol.messages import Recipient, RecipientRole
from gongwen_protocol.resources import resource_path
from gongwen_protocol.states import DocumentState

PATIENCE = 30.0
UNITS = {SENDER.code: SENDER.name, RECEIVER.code: RECEIVER.name}


@cache
def authority() -> SealAuthority:
    """One seal authority for all tests of a run, founded half a year ago."""
    return SealAuthority.found(datetime.now(UTC) - timedelta(days=180))


@cache
def circular() -> bytes:
    """The product's own circular as OFD."""
    return typeset(read_circular(resource_path("documents", "qiyong-tongzhi.toml")))[0]


class UnitPc:
    """A unit's PC below ``home``. A second one on the same home is the same PC after a restart."""

    def __init__(
        self,
        home: Path,
        unit: DemoUnit,
        server_url: str,
        *,
        printer: PrinterPort | None = None,
        key_of: DemoUnit | None = None,
        encryption: SoftwareSigner | None = None,
    ) -> None:
        self.unit = unit
        self.places = Places.below(home)
        trust = home / "trust"
        if not trust.exists():
            authority().write_trust(trust, datetime.now(UTC))
            authority().make_key(key_of or unit, home / "keys")
        settings = OfficeSettings(
            server_url=server_url,
            key_folders=(home / "keys",),
            token_modules=(),
            trust_dir=trust,
            print_folder=home / "printed",
            poll_seconds=0.2,
        )
        secrets = FileStore(self.places.data / "secrets.json", "")
        self.office = Office(self.places, settings, printer=printer, secrets=secrets)
        if encryption is not None:
            self.import_key(encryption)
        self._changed = threading.Condition()
        self.office.subscribe(self._note)
        self.office.start()

    def stop(self) -> None:
        """End everything."""
        self.office.stop()

    def import_key(self, encryption: SoftwareSigner) -> None:
        """Take in the unit's encryption key from the authority's file."""
        path = self.write(f"key{key_parcel.SUFFIX}", key_parcel.pack(encryption, "transport"))
        self.office.unit_keys.keep(path, "transport")

    def log_in(self) -> None:
        """The first log-in, with its change of password, or a later one."""
        login = self.office.login
        try:
            grant = login.log_in(self.unit.code, "clerk", INITIAL_PASSWORD)
        except RefusedError:
            login.log_in(self.unit.code, "clerk", PASSWORD)
        else:
            if grant.must_change_password:
                login.change_password(INITIAL_PASSWORD, PASSWORD)

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that the office announces."""
        with self._changed:
            for _ in range(int(PATIENCE / 0.2)):
                if happened():
                    return
                self._changed.wait(0.2)
        raise AssertionError("it never happened")

    def wait_for(self, document_id: str) -> IncomingRow:
        """The delivery of a document, once its files are here."""

        def rows() -> list[IncomingRow]:
            here = self.office.incoming.list((IncomingState.TO_VERIFY,))
            return [row for row in here if row.document_id == document_id]

        self.wait_until(lambda: bool(rows()))
        return rows()[0]

    def write(self, name: str, content: bytes) -> Path:
        """A file on this PC, e.g. on its desktop."""
        path = self.places.data.parent / "desktop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def compose(self, *, to: DemoUnit, copies: int = 2, body: bytes | None = None) -> Draft:
        """A draft with a body and an attachment, addressed and waiting for its seal."""
        drafts = self.office.drafts
        document_id = drafts.create().document_id
        content = circular() if body is None else body
        name = "正文.pdf" if content.startswith(b"%PDF-") else "正文.ofd"
        drafts.set_body(document_id, self.write(name, content))
        drafts.add_attachment(document_id, self.write("附件.xlsx", b"not looked into"))
        recipient = Recipient(unit_code=to.code, role=RecipientRole.MAIN, copies=copies)
        drafts.set_recipients(document_id, (recipient,))
        return drafts.submit_for_seal(document_id)

    def seal(self, draft: Draft) -> Draft:
        """Seal where the program suggests it."""
        key = self.office.sealing.keys()[0]
        place = self.office.sealing.suggest(draft.document_id, key.key_id)
        return self.office.sealing.seal(draft.document_id, key.key_id, self.unit.pin, place)

    def send(self, draft: Draft) -> str:
        """Send and wait until the exchange has it; answers the document's id."""
        self.office.sending.send(draft.document_id)
        self.wait_until(lambda: self.office.drafts.get(draft.document_id).state is DocumentState.SENT)
        return draft.document_id

    def _note(self, _topics: frozenset[str]) -> None:
        with self._changed:
            self._changed.notify_all()


def populate(exchange: RunningExchange) -> None:
    """Sender and receiver with an account ``clerk`` each."""
    exchange.populate(UNITS)
