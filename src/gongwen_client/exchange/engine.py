"""The engine: threads that bring wishes to the exchange and its news home.

The small lane polls and tells short intents; the large lane sends and fetches files, so that a large
document never holds up a receipt; the ear waits for news and makes the next poll happen at once. When to try
again lives in memory by the monotonic clock: a restart, a regained connection or a person's click tries at
once.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from datetime import timedelta

from gongwen_client.domain.intents import Intent, Lane
from gongwen_client.domain.rows import Connection
from gongwen_client.exchange.actions import INTERRUPTED, SmallActions, give_back
from gongwen_client.exchange.announcer import Announcer
from gongwen_client.exchange.api import ExchangeApi
from gongwen_client.exchange.cabinet import FileCabinet
from gongwen_client.exchange.connection import ConnectionState
from gongwen_client.exchange.ear import Ear
from gongwen_client.exchange.key_directory import KeyDirectory
from gongwen_client.exchange.lane import LaneThread
from gongwen_client.exchange.large import STALE, LargeActions
from gongwen_client.exchange.protecting import Protector
from gongwen_client.exchange.retry import Backoff, RetryTimes, is_network, pause_asked
from gongwen_client.exchange.session import SessionHolder
from gongwen_client.exchange.sync import Synchroniser, SyncOutcome
from gongwen_client.exchange.words import in_words
from gongwen_client.host.clock import Clock
from gongwen_client.store import Store
from gongwen_crypto.errors import BugError, GongwenError, KnownError, RefusedError
from gongwen_protocol.duties import longest_poll_gap
from gongwen_protocol.messages import ServerInfo, SessionGrant
from gongwen_protocol.permissions import Action, may
from gongwen_protocol.sentences import speak_for

DIRECTORY_SECONDS = 3600.0

_log = logging.getLogger(__name__)


class Stopping(Exception):  # noqa: N818 (no error: the way out of long work)
    """The client is being closed."""


class Engine:
    """Start once, stop once."""

    def __init__(
        self,
        api: ExchangeApi,
        store: Store,
        cabinet: FileCabinet,
        clock: Clock,
        announcer: Announcer,
        session: SessionHolder,
        protector: Protector,
        key_directory: KeyDirectory,
        *,
        poll_seconds: float,
        backoff: Backoff = Backoff(),  # noqa: B008 (frozen)
    ) -> None:
        self._api = api
        self._store = store
        self._clock = clock
        self._announcer = announcer
        self._session = session
        self._poll_seconds = poll_seconds
        self._backoff = backoff
        self._synchroniser = Synchroniser(api, store, key_directory)
        self.small_actions = SmallActions(api, store, clock)
        self._large_actions = LargeActions(
            api, store, cabinet, clock, self._keep_on, announcer.tell, protector, key_directory
        )
        self.connection = ConnectionState()
        self._next_poll = 0.0
        self._not_before = 0.0  # until then the exchange, too busy, asked us to stay away
        self._next_directory = 0.0
        self._poll_failures = 0
        self._retries = {lane: RetryTimes(backoff) for lane in Lane}
        self._small = LaneThread("exchange-small", self._small_step, self._note_trouble)
        self._large = LaneThread("exchange-large", self._large_step, self._note_trouble)
        self._ear = Ear(api, store, backoff, self._hear)
        self._listening = LaneThread("exchange-ear", self._ear_step, self._note_trouble)

    def start(self) -> None:
        """Clear up after a crash and begin."""
        self._store.documents.forget_interrupted_fetches()
        self._store.outbox.reopen()
        for ticket_id in self._store.tickets.jobs("reserved"):
            give_back(self._store, ticket_id, INTERRUPTED, self._clock)
        speak_for(self._store.rules.in_force())
        self._announcer.start()
        self._small.start()
        self._large.start()
        self._listening.start()

    def stop(self) -> None:
        """Cut conversations and join within 3 s; what was under way goes on after the next start."""
        self._small.ask_to_stop()
        self._large.ask_to_stop()
        self._listening.ask_to_stop()
        self._api.close()
        self._small.join()
        self._large.join()
        self._listening.join()
        speak_for(None)
        self._announcer.stop()

    def poll_now(self) -> None:
        """Ask the exchange at once, and try everything that waits."""
        for retries in self._retries.values():
            retries.forget()
        self._not_before = 0.0
        self.nudge()

    def nudge(self) -> None:
        """There is something new to tell the exchange."""
        self._next_poll = 0.0
        self._small.wake()
        self._large.wake()

    def logged_in(self) -> None:
        """A session is there."""
        self._next_directory = 0.0
        self.poll_now()
        self._listening.wake()

    # -- small lane ------------------------------------------------------------------------------------------

    def _small_step(self) -> float | None:
        """While the exchange is away only the poll is tried, ever more rarely; the rest waits for it."""
        grant = self._session.usable
        if grant is None:
            self.connection.plan(None)
            return None
        if self._online:
            self._work(Lane.SMALL, self.small_actions.perform, self._refuse_small)
        if time.monotonic() >= max(self._next_poll, self._not_before):
            self._poll(grant)
        seconds = max(0.0, max(self._next_poll, self._not_before) - time.monotonic())
        self.connection.plan(self._clock.now() + timedelta(seconds=seconds))
        self._announcer.tell("duty")
        return min(seconds, self._until_next(Lane.SMALL)) if self._online else seconds

    def _poll(self, grant: SessionGrant) -> None:
        try:
            if may(grant.roles, Action.READ):
                outcome = self._synchroniser.run(grant.unit_code)
            else:  # who inspects or administers reads no documents; the exchange is asked for its time only
                outcome = SyncOutcome(self._api.get("/v1/server", ServerInfo).server_time)
            if time.monotonic() >= self._next_directory:
                outcome.topics |= self._synchroniser.refresh_directory()
                self._next_directory = time.monotonic() + DIRECTORY_SECONDS
        except GongwenError as error:
            self._note_failed_poll(error, grant)
            return
        self._poll_failures = 0
        self._next_poll = time.monotonic() + self.poll_gap()
        problem = in_words(KnownError(outcome.problem)) if outcome.problem else ""
        if self.connection.answered(outcome.server_time, self._clock.now(), problem):
            self.poll_now()
            self._next_poll = time.monotonic() + self.poll_gap()
            self._listening.wake()
        if outcome.arrived:
            outcome.topics.add("notice")
        self._announcer.tell(*outcome.topics)
        self._large.wake()

    def _note_failed_poll(self, error: GongwenError, grant: SessionGrant) -> None:
        if self._small.stopping:
            return
        sentence = in_words(error)
        if error.code == "session.expired":
            self._session.drop(grant)
            self.connection.expired(sentence)
        elif is_network(error):
            self.connection.failed(sentence)
        else:
            self.connection.troubled(sentence)
        self._stay_away(error)
        self._next_poll = time.monotonic() + self._backoff.delay(self._poll_failures)
        self._poll_failures += 1

    def _refuse_small(self, intent: Intent, sentence: str) -> None:
        self._store.outbox.refuse(intent, sentence, self._clock.now())

    def poll_gap(self) -> float:
        """Seconds between two polls: the administrator's, but never so long that the machine looks less often
        than the region wants of a person. A little less each time, so that units that heard of the same
        broadcast do not poll in step ever after."""
        profile = self._store.rules.in_force()
        longest = self._poll_seconds if profile is None else longest_poll_gap(profile)
        return random.uniform(0.8, 1.0) * min(self._poll_seconds, longest)  # noqa: S311

    def _hear(self, seconds: float) -> None:
        self._next_poll = min(self._next_poll, time.monotonic() + seconds)
        self._small.wake()

    def _stay_away(self, error: GongwenError) -> bool:
        """Keep the pause that a busy exchange asked for, with everything but a person's click; whether it
        asked."""
        pause = pause_asked(error)
        self._not_before = max(self._not_before, time.monotonic() + pause)
        return pause > 0

    def _ear_step(self) -> float | None:
        grant = self._session.usable
        if grant is None or not self._online or not may(grant.roles, Action.READ):
            return None
        return self._ear.step()

    # -- large lane ------------------------------------------------------------------------------------------

    def _large_step(self) -> float | None:
        if self._session.usable is None or not self._online:
            return None
        try:
            self._work(Lane.LARGE, self._large_actions.send, self._large_actions.refuse)
            self._fetch()
        except Stopping:
            return None
        return self._until_next(Lane.LARGE)

    def _until_next(self, lane: Lane) -> float:
        return max(self._retries[lane].seconds_until_next(), self._not_before - time.monotonic())

    def _fetch(self) -> None:
        retries = self._retries[Lane.LARGE]
        for document_id in self._store.documents.to_fetch():
            if not retries.is_due(document_id) or time.monotonic() < self._not_before:
                continue
            try:
                self._large_actions.fetch(document_id)
            except GongwenError as error:
                retries.failed(document_id)
                if self._stops_all(error):
                    return
                if not error.code.startswith("secrecy."):  # the document's own row says those
                    self.connection.troubled(in_words(error))
            else:
                retries.succeeded(document_id)

    # -- both ------------------------------------------------------------------------------------------------

    @property
    def _online(self) -> bool:
        return self.connection.facts.connection is Connection.ONLINE

    def _work(
        self, lane: Lane, perform: Callable[[Intent], None], refuse: Callable[[Intent, str], None]
    ) -> None:
        """Do what is due, in the order of the clicks, as long as the exchange answers."""
        retries = self._retries[lane]
        while not self._small.stopping and time.monotonic() >= self._not_before:
            due = [head for head in self._store.outbox.heads(lane) if retries.is_due(head.key)]
            if not due:
                return
            for intent in due:
                if not self._try(intent, retries, perform, refuse):
                    return

    def _try(
        self,
        intent: Intent,
        retries: RetryTimes,
        perform: Callable[[Intent], None],
        refuse: Callable[[Intent, str], None],
    ) -> bool:
        """Perform one intent; False when the others had better wait too. Whatever goes wrong with it, even
        by our own mistake, it waits for its next try and holds up no other."""
        try:
            perform(intent)
        except RefusedError as error:
            retries.succeeded(intent.key)
            refuse(intent, in_words(error))
            if error.code == STALE:
                self._next_directory = self._next_poll = 0.0
                self._small.wake()
            self._announcer.tell("notice", "drafts", "incoming")
        except KnownError as error:
            retries.failed(intent.key)
            self._store.outbox.note_failure(intent, in_words(error))
            self._announcer.tell("drafts")
            if self._stops_all(error):
                return False
            self.connection.troubled(in_words(error))
        except Stopping:
            raise
        except Exception as error:
            retries.failed(intent.key)
            _log.exception("intent %s failed", intent.kind)
            self._note_trouble(error)
        else:
            retries.succeeded(intent.key)
            self._announcer.tell("drafts", "incoming", "sent")
            self._next_poll = 0.0
            self._small.wake()
        return True

    def _stops_all(self, error: GongwenError) -> bool:
        """Whether nothing later would fare better; the poll, tried at once, then says what is wrong."""
        if self._stay_away(error):
            self.connection.troubled(in_words(error))
            return True
        if not is_network(error) and error.code != "session.expired":
            return False
        self._next_poll = 0.0
        self._small.wake()
        return True

    def _note_trouble(self, error: Exception) -> None:
        bug = BugError("client.bug", kind=type(error).__name__)
        self.connection.troubled(in_words(error if isinstance(error, GongwenError) else bug))
        self._announcer.tell("duty")

    def _keep_on(self) -> None:
        if self._large.stopping:
            raise Stopping
