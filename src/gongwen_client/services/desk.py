"""What all services of one office share."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from gongwen_client.domain.draft_record import Hand
from gongwen_client.domain.drafts import Draft, draft_for
from gongwen_client.domain.intents import IntentKind
from gongwen_client.exchange.announcer import Announcer
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.cabinet import FileCabinet
from gongwen_client.exchange.engine import Engine
from gongwen_client.exchange.key_directory import KeyDirectory
from gongwen_client.exchange.opening import EnvelopeOpener
from gongwen_client.exchange.session import SessionHolder
from gongwen_client.host.clock import Clock
from gongwen_client.store import Store
from gongwen_client.store.documents import StoredDocument
from gongwen_client.store.notes import Notes
from gongwen_crypto.errors import KnownError
from gongwen_protocol.canonical import canonical_bytes
from gongwen_protocol.messages import Message, ServerInfo, SessionGrant
from gongwen_protocol.permissions import Action, may, require
from gongwen_protocol.profile import RegionProfile, load_profile

_ACTIONS = {
    Action.SEND: (IntentKind.SEND,),
    Action.FOLLOW_UP: (
        *(IntentKind.RECALL, IntentKind.REMIND, IntentKind.RESEND, IntentKind.SUPPLEMENT, IntentKind.PAPER),
        *(IntentKind.GRANT, IntentKind.REFUSE),
    ),
    Action.RECEIVE: (
        *(IntentKind.VIEW, IntentKind.ACCEPT, IntentKind.RETURN, IntentKind.REQUEST, IntentKind.REPLY),
        *(IntentKind.ARRIVE, IntentKind.WITHDRAW),
    ),
    Action.PRINT: (IntentKind.RESERVE, IntentKind.SETTLE, IntentKind.VOID, IntentKind.COPY),
}
ACTION_OF = {kind: action for action, kinds in _ACTIONS.items() for kind in kinds}
"""What a person must be allowed to do for each kind of wish."""


@dataclass(frozen=True)
class Desk:
    """Wired once by ``Office``."""

    store: Store
    api: ExchangeApi
    session: SessionHolder
    engine: Engine
    announcer: Announcer
    cabinet: FileCabinet
    clock: Clock
    draft_folder: Path
    trust_dir: Path
    key_directory: KeyDirectory
    opener: EnvelopeOpener

    def grant(self) -> SessionGrant:
        """Who works here now. Raises KnownError("session.none")."""
        grant = self.session.usable
        if grant is None:
            raise KnownError("session.none")
        return grant

    def hand(self) -> Hand:
        """Who works here and when, for a record. Raises KnownError("session.none")."""
        grant = self.grant()
        return Hand(account=grant.account, post=grant.post, at=self.clock.now())

    def new_draft(self) -> Draft:
        """An empty draft of who works here (拟稿人); it is not kept yet."""
        draft = draft_for(uuid.uuid4().hex, self.clock.now())
        if self.session.usable is None:
            return draft
        return replace(draft, record=draft.record.model_copy(update={"author": self.hand()}))

    def may(self, action: Action) -> bool:
        """Whether who works here may do this; while nobody is logged in the exchange will be asked later."""
        grant = self.session.grant
        return grant is None or may(grant.roles, action)

    def require(self, action: Action) -> None:
        """Raise RefusedError("session.role_missing") naming the roles that would do."""
        grant = self.session.grant
        if grant is not None:
            require(grant.roles, action)

    def profile(self) -> RegionProfile:
        """The region's rules in force, as the exchange signed them; those that ship with the program until
        it did. Raises KnownError("session.none") before the first contact with it."""
        signed = self.store.rules.in_force()
        if signed is not None:
            return signed
        grant = self.session.grant
        if grant is not None:
            return load_profile(grant.profile_id)
        info = self.store.notes.get(Notes.SERVER_INFO)
        if info is None:
            raise KnownError("session.none")
        return load_profile(ServerInfo.model_validate_json(info).profile_id)

    def profile_of(self, document: StoredDocument) -> RegionProfile:
        """The rules under which a document was sent."""
        kept = self.store.rules.get(document.profile_id, document.profile_version)
        return self.profile() if kept is None else kept

    def wish(self, kind: IntentKind, subject: str, message: Message | None, *topics: str) -> None:
        """Write one intent for the exchange and let the engine know."""
        self.grant()
        self.require(ACTION_OF[kind])
        payload = "{}" if message is None else canonical_bytes(message).decode()
        self.store.outbox.add(kind, subject, payload, self.clock.now())
        self.engine.nudge()
        self.announcer.tell(*topics)
